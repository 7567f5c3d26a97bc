"""银行对账: what is plain is decided, what could be two things is proposed."""

from datetime import date
from decimal import Decimal

import pytest

from payments.bank.matching import Money, match


def money(pk: int, day: int, amount: str = "420", number: str = "") -> Money:
    return Money(pk, date(2007, 10, day), Decimal(amount), number)


@pytest.mark.parametrize(
    ("rows", "slips", "pairs", "proposed"),
    [
        pytest.param(
            [money(1, 26, number="7788")], [money(9, 26, number="7788")], [(1, 9, "exact")], {}, id="号额日全同"
        ),
        pytest.param(
            [money(1, 26, number="0077k8 ")], [money(9, 26, number="77K8")], [(1, 9, "exact")], {}, id="号补零大小写"
        ),
        pytest.param([money(1, 27)], [money(9, 26, number="7788")], [(1, 9, "near")], {}, id="差一日，别无选择"),
        pytest.param([money(1, 29)], [money(9, 26)], [(1, 9, "near")], {}, id="差三日"),
        pytest.param([money(1, 30)], [money(9, 26)], [], {}, id="差四日"),
        pytest.param([money(1, 26, "419")], [money(9, 26)], [], {}, id="金额不同"),
        pytest.param([money(1, 26)], [money(8, 26), money(9, 27)], [], {1: (8, 9)}, id="两张回单可选"),
        pytest.param([money(1, 26), money(2, 26)], [money(9, 26)], [], {1: (9,), 2: (9,)}, id="两行争一张"),
        pytest.param(
            [money(1, 26, number="A"), money(2, 26, number="B")],
            [money(8, 26, number="A"), money(9, 26, number="B")],
            [(1, 8, "exact"), (2, 9, "exact")],
            {},
            id="同额按号分清",
        ),
        pytest.param(
            [money(1, 27, number="A"), money(2, 27)],
            [money(8, 26, number="A"), money(9, 26)],
            [(1, 8, "near"), (2, 9, "near")],
            {},
            id="先认号，余下就不含糊",
        ),
        pytest.param(
            [money(1, 26, number="A")],
            [money(8, 26, number="A"), money(9, 26, number="A")],
            [],
            {1: (8, 9)},
            id="两张回单同号同额同日",
        ),
        pytest.param([money(1, 26)], [money(8, 26, number="")], [(1, 8, "near")], {}, id="都没有号不算号同"),
    ],
)
def test_matching(rows, slips, pairs, proposed):
    found = match(rows, slips)

    assert [(pair.row, pair.slip, pair.how) for pair in found.pairs] == pairs
    assert found.proposed == proposed


def test_the_number_of_days_can_be_another():
    assert match([money(1, 27)], [money(9, 26)], days=0).pairs == ()
