"""拼音: how names sort and by which initials they are found. The names are invented or historical."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin.pinyin_dict import pinyin_dict

from common.pinyin import COMPOUND_SURNAMES, MOST_VARIANTS, SURNAMES, _of_character, full_pinyin, initials

CHINESE = st.text(st.sampled_from("曾单解仇查区朴盖乐翟覃重行长茜晟提卡王李明超欧阳𬱖䶮\U000323af·"), max_size=50)


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("张伟明", "zhang wei ming"),
        ("单雄信", "shan xiong xin"),
        ("曾伟", "zeng wei"),
        ("解珍", "xie zhen"),
        ("仇英", "qiu ying"),
        ("查良", "zha liang"),
        ("区小红", "ou xiao hong"),
        ("朴正秀", "piao zheng xiu"),
        ("盖文静", "ge wen jing"),
        ("乐嘉", "yue jia"),
        ("任强", "ren qiang"),
        ("华明", "hua ming"),
        ("吕绿", "lv lv"),
        ("略懂", "lve dong"),
        ("贠玉", "yun yu"),
        ("王曾", "wang ceng"),
        ("王单", "wang dan"),
        ("张晟", "zhang sheng"),
        pytest.param("欧阳文", "ou yang wen", id="欧阳"),
        pytest.param("尉迟恭", "yu chi gong", id="尉迟"),
        pytest.param("尉迟", "wei chi", id="姓尉名迟"),
        pytest.param("尉明", "wei ming", id="单姓尉"),
        pytest.param("长孙无忌", "zhang sun wu ji", id="长孙"),
        pytest.param("万俟卨", "mo qi xie", id="万俟"),
        pytest.param("万明", "wan ming", id="单姓万"),
        pytest.param("令狐冲", "ling hu chong", id="令狐"),
        pytest.param("澹台灭明", "tan tai mie ming", id="澹台"),
        pytest.param("吐谷浑英", "tu yu hun ying", id="三字姓"),
        pytest.param("司马光", "si ma guang", id="司马"),
        pytest.param("诸葛亮", "zhu ge liang", id="诸葛"),
        pytest.param("闾丘露薇", "lv qiu lu wei", id="闾丘"),
        pytest.param("买买提·艾力", "mai mai ti ai li", id="间隔号"),
        pytest.param("解买提·艾力", "jie mai ti ai li", id="少数民族姓名不按汉姓读"),
        pytest.param("李𬱖", "li di", id="扩展区汉字"),
        pytest.param("刘䶮", "liu yan", id="䶮"),
        pytest.param("张𠮷", "zhang ji", id="自补读音"),
        pytest.param("张\U000323af明", "zhang \U000323af ming", id="无人知道的读音"),
        pytest.param("René O'Neil-Müller", "rene oneil muller", id="外文姓名"),
        pytest.param("", "", id="空"),
    ],
)
def test_a_name_sorts_by_its_reading_with_the_surname_read_as_a_surname(name: str, pinyin: str) -> None:
    assert full_pinyin(name) == pinyin


@pytest.mark.parametrize(
    ("name", "searched"),
    [
        ("张伟明", ("zwm",)),
        ("曾伟", ("zw", "cw")),
        ("单雄信", ("sxx", "dxx", "cxx")),
        ("解珍", ("xz", "jz")),
        ("仇英", ("qy", "cy", "jy")),
        ("查明", ("zm", "cm")),
        ("区明", ("om", "qm")),
        ("朴明", ("pm",)),
        ("盖明", ("gm",)),
        ("乐明", ("ym", "lm")),
        ("翟明", ("zm", "dm")),
        ("覃明", ("qm", "tm", "ym")),
        ("尉迟恭", ("ycg",)),
        ("尉恭", ("wg", "yg")),
        ("万俟明", ("mqm",)),
        ("欧阳文", ("oyw",)),
        ("张茜", ("zq", "zx")),
        ("John Smith", ("js",)),
        ("张\U000323af明", ("zm",)),
        ("\U000323af", ()),
        ("", ()),
    ],
)
def test_a_name_is_found_by_every_initial_that_its_surname_may_have(name: str, searched: tuple[str, ...]) -> None:
    found = initials(name)

    assert set(searched) <= set(found)
    assert found[:1] == searched[:1]


def test_readings_of_classical_texts_do_not_crowd_the_search() -> None:
    assert initials("李冰超") == ("lbc", "lnc", "lbt", "lnt")
    assert initials("李俊") == ("lj", "ls")


def test_the_likeliest_initials_come_first() -> None:
    assert initials("曾茜")[0] == "zq"
    assert set(initials("曾茜")[1:3]) == {"cq", "zx"}
    assert initials("曾茜")[3] == "cx"


@given(CHINESE)
def test_initials_are_few_and_each_stands_once(name: str) -> None:
    found = initials(name)

    assert len(found) <= MOST_VARIANTS
    assert len(set(found)) == len(found)
    assert len({len(variant) for variant in found}) <= 1


@given(st.text(max_size=30))
def test_any_text_has_a_sort_key_without_capitals_or_signs(name: str) -> None:
    assert full_pinyin(name) == full_pinyin(name).lower().strip()
    assert all(variant for variant in initials(name))


@pytest.mark.parametrize("surname", sorted(SURNAMES))
def test_every_row_of_the_surname_table_says_more_than_pypinyin_does(surname: str) -> None:
    own, known = SURNAMES[surname], _of_character(surname)

    assert own[0] != known[0] or {reading[0] for reading in own} > {reading[0] for reading in known}


def test_every_compound_surname_has_a_syllable_for_each_character() -> None:
    assert all(len(surname) == len(syllables) for surname, syllables in COMPOUND_SURNAMES.items())


def test_every_character_that_pypinyin_knows_reads_as_plain_letters() -> None:
    readings = {reading for code in pinyin_dict for reading in _of_character(chr(code))}

    assert all(reading.isascii() and reading.isalpha() and reading.islower() for reading in readings)


def test_the_phrases_of_pypinyin_stay_unread() -> None:
    program = (
        "import sys; from common import pinyin; assert 'pypinyin' not in sys.modules; "
        "pinyin.full_pinyin('曾伟'); assert 'pypinyin.phrases_dict' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
