"""内存: the collector rests for the time of the work, and for no longer."""

import gc

import pytest

from common.memory import uncollected


def test_the_collector_rests_until_the_outermost_block_is_over():
    with uncollected():
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()

    assert gc.isenabled()


def test_it_is_at_work_again_after_an_error():
    @uncollected()
    def work() -> None:
        raise ValueError(gc.isenabled())

    with pytest.raises(ValueError, match="False"):
        work()

    assert gc.isenabled()
