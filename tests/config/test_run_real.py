"""`make run` for real work, on an empty database: nothing invented is written, then or later."""

import re

from tests.config.conftest import Station
from tests.config.test_run import free_port, get, running

OFFICE = (
    "INSERT INTO offices_office (code, name, division_code, ruleset_code, phone) VALUES ('A', '甲所', '32', '', '');\n"
)
COUNTS = "SELECT count(*) AS staff FROM offices_staff; SELECT count(*) AS persons FROM households_person;\n"


def test_real_work_begins_without_anything_invented_and_stays_so(furnished: Station):
    port = free_port()

    with running(furnished, CANBAO_PORT=port, CANBAO_DEMO="0") as (_, said):
        page = get(port, "/login/")
        counts = furnished.run("config.embedded", "psql", stdin=COUNTS).stdout
        furnished.run("config.embedded", "psql", stdin=OFFICE)
    later = furnished.run("config.run", CANBAO_PORT=free_port(), CANBAO_DEMO="1")

    token = re.search(rf"http://127.0.0.1:{port}/setup/\?token=(\S+)", said).group(1)
    assert furnished.state.joinpath("setup-token").read_text() == token
    assert "演示" not in said
    assert "演示" not in page
    assert counts.split() == ["staff", "-------", "0", "(1", "row)", "persons", "---------", "0", "(1", "row)"]
    assert later.returncode == 1
    assert "不能写入编造的演示数据" in later.stderr
