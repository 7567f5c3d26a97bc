"""亲属关系的推定: what a member is to the new head follows from what both were to the former one."""

from datetime import date

import pytest

from common.kinship import Kin, doubt, likely_head, proposals, towards
from common.relations import HEAD, LABELS


def kin(relation: str, sex: str = "M", born: str = "1970-01-01") -> Kin:
    return Kin(relation, sex, date.fromisoformat(born))


MAN, WOMAN = kin(HEAD, "M", "1960-01-01"), kin(HEAD, "F", "1960-01-01")
WIFE, HUSBAND = kin("10", "F", "1962-01-01"), kin("10", "M", "1962-01-01")
SON, DAUGHTER = kin("20", "M", "1985-01-01"), kin("30", "F", "1990-01-01")


@pytest.mark.parametrize(
    ("former", "new_head", "other", "expected"),
    [
        pytest.param(MAN, WIFE, SON, "子", id="妻接任，子仍为子"),
        pytest.param(MAN, WIFE, kin("52", "F"), "婆婆", id="妻接任，母亲是婆婆"),
        pytest.param(MAN, WIFE, MAN, "配偶", id="妻接任，原户主是配偶"),
        pytest.param(WOMAN, HUSBAND, kin("51"), "岳父", id="夫接任，父亲是岳父"),
        pytest.param(MAN, WIFE, kin("56", "F"), "母亲", id="妻接任，岳母是母亲"),
        pytest.param(MAN, WIFE, kin("97"), "", id="妻接任，其他亲属说不准"),
        pytest.param(MAN, SON, WIFE, "母亲", id="子接任，配偶是母亲"),
        pytest.param(MAN, SON, DAUGHTER, "妹妹", id="子接任，小的女儿是妹妹"),
        pytest.param(MAN, DAUGHTER, SON, "兄", id="女接任，大的儿子是兄"),
        pytest.param(MAN, SON, kin("38", "F"), "配偶", id="子接任，儿媳是配偶"),
        pytest.param(MAN, SON, kin("41"), "子", id="子接任，孙子是子"),
        pytest.param(MAN, SON, kin("52", "F"), "祖母", id="子接任，父亲的母亲是祖母"),
        pytest.param(WOMAN, SON, kin("52", "F"), "外祖母", id="子接任，母亲的母亲是外祖母"),
        pytest.param(MAN, SON, kin("73", "M", "1964-01-01"), "叔父", id="子接任，弟是叔父"),
        pytest.param(MAN, kin("51"), WIFE, "儿媳", id="父接任，配偶是儿媳"),
        pytest.param(MAN, kin("51"), kin("52", "F"), "配偶", id="父接任，母亲是配偶"),
        pytest.param(MAN, kin("51"), SON, "孙子", id="父接任，子是孙子"),
        pytest.param(MAN, kin("73", "M", "1964-01-01"), WIFE, "嫂", id="弟接任，配偶是嫂"),
        pytest.param(MAN, kin("99"), SON, "", id="非亲属接任，说不准"),
    ],
)
def test_a_relation_follows_where_it_can(former: Kin, new_head: Kin, other: Kin, expected: str):
    found = towards(new_head, other, former=former)

    assert (LABELS[found] if found else "") == expected


def test_everybody_but_the_new_head_gets_a_proposal():
    found = proposals({1: MAN, 2: WIFE, 3: SON}, new_head=2)

    assert found == {1: "10", 3: "20"}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({1: MAN, 2: SON, 3: WIFE}, 3, id="有配偶"),
        pytest.param({1: MAN, 2: SON}, 2, id="只有一人"),
        pytest.param({1: MAN, 2: SON, 3: DAUGHTER}, None, id="没有配偶，子女两人"),
    ],
)
def test_the_spouse_or_the_only_other_member_likely_follows(members: dict[int, Kin], expected: int | None):
    assert likely_head(members) == expected


@pytest.mark.parametrize(
    ("relation", "born", "says"),
    [
        pytest.param("51", "1972-01-01", "父亲，却比户主年轻", id="年轻的父亲"),
        pytest.param("51", "1940-01-01", "", id="父亲"),
        pytest.param("20", "1960-01-01", "子，却比户主年长", id="年长的儿子"),
        pytest.param("43", "1995-01-01", "", id="外孙"),
        pytest.param("10", "1990-01-01", "", id="年轻的配偶"),
        pytest.param("", "1990-01-01", "", id="还没有关系"),
    ],
)
def test_a_relation_that_ages_speak_against_is_doubted(relation: str, born: str, says: str):
    assert says in doubt(relation, born=date.fromisoformat(born), head_born=date(1970, 1, 1))
