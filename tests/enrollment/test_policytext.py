"""条款原文: a text converted from PDF becomes its articles again, whole and in right Chinese."""

from pathlib import Path

import pytest

from enrollment.policytext import article_text, clause_text, document_number, paths, prose, split

SHARED = Path(__file__).parents[3] / "shared" / "policy"


def real_text(name: str) -> str:
    path = SHARED / name
    if not path.exists():
        pytest.skip("the policy texts are not beside the project")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def lianyungang():
    return split(real_text("lianyungang-2007-149.txt"))


@pytest.fixture
def songming():
    return split(real_text("songming-2016-50.txt"))


LIANYUNGANG = [
    ("第一条", "第一条 为方便城镇居民参加基本医疗保险，", "制定本暂行办法（以下简称本办法）。"),
    ("第二条", "第二条 市区范围内未参加城镇职工基本医疗保险", "市级行政事业单位职工子女可暂不参保。"),
    ("第三条", "第三条 区人民政府是城镇居民基本医疗保险工作的责任主体。", "统计分析、汇总等工作。"),
    ("第四条", "第四条 街道（社区）劳动保障所（站）具体负责", "将登记表信息录入计算机建立档案。"),
    ("第五条", "第五条 城镇居民户应如实填写", "《中华人民共和国残疾人证》原件及其复印件。"),
    ("第六条", "第六条 城镇居民基本医疗保险费按年缴纳，", "重度残疾人员工本费可免缴）。"),
    ("第七条", "第七条 2007年9月20日前登记参保并缴纳2008年度费用的人员", "每年1月10日前一次性划入50元。"),
    ("第八条", "第八条 参加城镇居民基本医疗保险的人员每年应在规定时间", "重度残疾人员每人每年缴纳60元。"),
    ("第九条", "第九条 城镇居民基本医疗保险费的征收使用", "财政部门统一监制的专用收据。"),
    ("第十条", "第十条 城镇居民个人缴纳的基本医疗保险费", "市级城镇居民基本医疗保险基金财政专户。"),
    ("第十一条", "第十一条 参加城镇居民基本医疗保险居民户在每年缴费截止期后", "个人帐户余额可退还继续人。"),
    ("第十二条", "第十二条 参加城镇居民基本医疗保险的人员，当具备", "享受城镇职工基本医疗保险待遇。"),
    ("第十三条", "第十三条 参加城镇居民基本医疗保险和", "不能作为城镇职工基本医疗保险的缴费年限。"),
    ("第十四条", "第十四条 本办法所称区政府包含", "连云港经济技术开发区管委会各部门。"),
    ("第十五条", "第十五条 本办法自2007年10月1日起施行。", "本办法自2007年10月1日起施行。"),
]
SONGMING = [
    ("一", "一、指导思想\n坚持以人为本，", "促进社会公平和谐。"),
    ("二", "二、目标任务\n按照县政府与各镇（街道）政府", "参保率达96%以上。"),
    ("三", "三、参保对象\n本县行政区域内不属于", "（四）国家规定的其他人员。"),
    ("四", "四、参（续）保缴费标准\n根据《关于城乡居民基本医疗保险2016年财政补助", "统一调整为150元/年。"),
    ("五", "五、参（续）保缴费时间\n从2016年10月8日起，办理", "2016年11月15日前统一办理参保缴费手续。"),
    ("六", "六、医疗待遇享受时间\n按规定时间缴纳", "期间正常享受城乡居民基本医疗保险待遇。"),
    (
        "七",
        "七、参（续）保办理方式\n2017年度我县的",
        "3.本县农村居民及“农转城”居民由村（居）委会、村小组以户为单位于2016年11月15日前统一办理参保缴费手续。",
    ),
    ("八", "八、方法步骤\n参保缴费工作分三个阶段：\n（一）宣传动员阶段", "县医保中心办理参（续）保缴费。"),
    ("九", "九、工作要求\n（一）提高思想认识，加强组织领导\n", "参（续）保缴费任务圆满完成。"),
]


@pytest.mark.parametrize(("label", "start", "end"), LIANYUNGANG, ids=[row[0] for row in LIANYUNGANG])
def test_every_article_of_lianyungang_starts_and_ends_rightly(lianyungang, label, start, end):
    text = article_text(lianyungang, label)

    assert text.startswith(start)
    assert text.endswith(end)


@pytest.mark.parametrize(("label", "start", "end"), SONGMING, ids=[row[0] for row in SONGMING])
def test_every_section_of_songming_starts_and_ends_rightly(songming, label, start, end):
    text = article_text(songming, label)

    assert text.startswith(start)
    assert text.endswith(end)


def test_both_texts_have_their_articles_and_no_other(lianyungang, songming):
    assert [a.label for a in lianyungang if len(a.path) == 1] == [row[0] for row in LIANYUNGANG]
    assert [a.label for a in songming if len(a.path) == 1] == [row[0] for row in SONGMING]
    assert [a.label for a in lianyungang if len(a.path) == 2] == [
        *(f"第五条（{n}）" for n in "一二三四"),
        *(f"第十一条（{n}）" for n in "一二三四"),
    ]
    assert [a.label for a in songming if len(a.path) > 1] == [
        *(f"三（{n}）" for n in "一二三四"),
        "七（一）",
        "七（二）",
        *(f"七（二）{n}" for n in "123"),
        *(f"八（{n}）" for n in "一二三四"),
        *(f"九（{n}）" for n in "一二三四"),
    ]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("lianyungang-2007-149.txt", "第一条为方便城镇居民", "自2007年10月1日起施行。"),
        ("songming-2016-50.txt", "一、指导思想", "缴费任务圆满完成。"),
    ],
)
def test_the_articles_together_are_the_text_without_a_character_lost_or_added(name, first, last):
    raw = real_text(name)
    squeezed = "".join(raw.split())

    articles = "".join("".join(article.text.split()) for article in split(raw) if len(article.path) == 1)

    assert articles == squeezed[squeezed.index(first) : squeezed.index(last) + len(last)]


@pytest.mark.parametrize("name", ["lianyungang-2007-149.txt", "songming-2016-50.txt"])
def test_nothing_of_page_imprint_or_download_site_is_left(name):
    whole = "".join(article.text for article in split(real_text(name)))

    for noise in ("100Test", "www.", "http", "PDF", "抄送", "日印发", "下载频道", "\f"):
        assert noise not in whole


@pytest.mark.parametrize("name", ["lianyungang-2007-149.txt", "songming-2016-50.txt"])
def test_no_blank_is_left_where_chinese_has_none(name):
    for article in split(real_text(name)):
        body = article.text.replace(f"{article.label} ", "", 1)
        assert " " not in body


@pytest.mark.parametrize(
    ("name", "number"),
    [("lianyungang-2007-149.txt", "连政办发〔2007〕149号"), ("songming-2016-50.txt", "嵩政办通〔2016〕50号")],
)
def test_the_document_is_known_by_the_number_printed_first(name, number):
    assert document_number(real_text(name)) == number


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("第五条（一）（二）", "（一）居民户口簿；\n（二）居民身份证；"),
        ("第五条（三）", "（三）参保人员照片（一寸近期免冠彩照两张）；"),
        ("第五条第（三）项", "（三）参保人员照片（一寸近期免冠彩照两张）；"),
        ("第5条（3）", "（三）参保人员照片（一寸近期免冠彩照两张）；"),
        ("第五条（四）", "（四）本户中已参加城镇职工基本医疗保险、新型农村合作医疗保险人员的医保证原件。"),
        ("第九条", "第九条 城镇居民基本医疗保险费的征收使用财政部门统一监制的专用收据。"),
        ("第十六条", None),
        ("第五条（九）", None),
        ("附件", None),
    ],
)
def test_an_item_is_found_by_its_label(lianyungang, label, text):
    assert article_text(lianyungang, label) == text


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("七（二）2", "2.本县行政区域内的中等专业学校学生由学校于2016年12月25日前统一办理参保缴费手续。"),
        ("七、（二）2.", "2.本县行政区域内的中等专业学校学生由学校于2016年12月25日前统一办理参保缴费手续。"),
        ("三(四)", "（四）国家规定的其他人员。"),
        ("十", None),
    ],
)
def test_a_point_of_a_section_is_found_by_its_label(songming, label, text):
    assert article_text(songming, label) == text


def test_a_clause_in_an_article_shows_the_article_whole(lianyungang):
    text = clause_text(lianyungang, "第五条（四）")

    assert text == article_text(lianyungang, "第五条")
    assert "\n（四）本户中已参加" in text
    assert "\n低保户、特困户、重度残疾人员（重度残疾人员指：一、二级肢体残疾；" in text


def test_a_clause_below_a_section_shows_the_headings_it_stands_under(songming):
    assert clause_text(songming, "七（二）2").split("\n") == [
        "七、参（续）保办理方式",
        "（二）普通群体",
        "2.本县行政区域内的中等专业学校学生由学校于2016年12月25日前统一办理参保缴费手续。",
    ]


def test_a_clause_that_names_an_item_too_deep_shows_what_lies_around_it(songming):
    assert clause_text(songming, "五（三）") == article_text(songming, "五")
    assert clause_text(songming, "第三十条") is None


def test_times_and_dates_lose_the_blanks_that_the_conversion_put_in(songming):
    assert "参保核定截止时间为2017年2月22日17：00，缴费截止时间为2017年2月23日17：00。" in article_text(songming, "五")
    assert "推进“昆明人社通”手机APP参保缴费工作。" in article_text(songming, "七")


# --- texts of our own making: what the two documents happen not to hold ---------------------------------------


def test_an_article_begins_in_mid_line_but_a_reference_to_one_does_not():
    text = "某办法 第一条 为了方便。第二条 按第三条办理，不依第三条 的除外；第三\n条规定的除外。"
    text += "第三条规定者另办。第三条 完。"

    assert [article.text for article in split(text)] == [
        "第一条 为了方便。",
        "第二条 按第三条办理，不依第三条的除外；第三条规定的除外。第三条规定者另办。",
        "第三条 完。",
    ]


def test_chapters_are_no_part_of_the_article_before_them():
    text = "第一章 总则\n第一条 甲。\n第二章 缴费\n第二条 乙。"

    assert [article.text for article in split(text)] == ["第一条 甲。", "第二条 乙。"]


def test_items_of_several_sentences_keep_them_all():
    text = "第一条 分为： （一）甲。又甲。（二）乙。又乙。 第二条 完。"

    assert [article.text for article in split(text)[:3]] == [
        "第一条 分为：\n（一）甲。又甲。\n（二）乙。又乙。",
        "（一）甲。又甲。",
        "（二）乙。又乙。",
    ]


def test_page_numbers_and_form_feeds_disappear():
    text = (
        "一、范围\r\n本县户籍的城乡居民中未参加职工\r\n\r\n— 3 —\r\n\f医疗保险的人员，由村民委员会集\r\n中办理。\r\n"
        "二、时间\r\n第 4 页 共 9 页\r\n每年九月至十二月。\r\n"
    )

    assert [article.text for article in split(text)] == [
        "一、范围\n本县户籍的城乡居民中未参加职工医疗保险的人员，由村民委员会集中办理。",
        "二、时间\n每年九月至十二月。",
    ]


def test_sections_are_told_from_enumerations_that_a_line_happens_to_begin_with():
    text = "一、范围\n指以下各类残疾：肢体残疾一、二级，智力残疾\n一、二级。按本节\n（一）项办理。\n二、时间\n每年。"

    assert [article.label for article in split(text)] == ["一", "二"]


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("2017 年 2 月 22 日17：00", "2017年2月22日17：00"),
        ("手机 APP 参保", "手机APP参保"),
        ("见 Open Web 网页", "见Open Web网页"),
        ("  前后 空白  ", "前后空白"),
        ("参保率 96 % 以上", "参保率96%以上"),
    ],
)
def test_blanks_beside_chinese_go_and_blanks_between_words_stay(broken, whole):
    assert prose(broken) == whole


def test_words_broken_over_lines_are_joined_as_words_and_addresses_as_addresses():
    text = "第一条 网址 https://example.org/a\nb/c 又见 open\nsource 一词。第二条 完。"

    assert split(text)[0].text == "第一条 网址https://example.org/ab/c又见open source一词。"


@pytest.mark.parametrize("text", ["", "\n\n", "没有条款的一段话。", "\ufeff一句话"])
def test_a_text_without_articles_gives_none(text):
    assert split(text) == ()


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("五", [("五",)]),
        ("第十一条", [("十一",)]),
        ("第12条", [("十二",)]),
        ("第二十条第（二）项", [("二十", "二")]),
        ("七（二）1", [("七", "二", "1")]),
        ("", []),
        ("全文", []),
    ],
)
def test_labels_are_read_in_the_ways_people_write_them(label, found):
    assert paths(label) == found


@pytest.mark.parametrize(
    "garbage", ["a" * 300_000, " " * 300_000, "第" * 100_000, "抄送：" * 50_000, "（一）" * 80_000]
)
def test_a_long_text_that_is_no_document_does_not_stall_the_reader(garbage):
    assert split(f"{garbage}\n{garbage}") == ()
