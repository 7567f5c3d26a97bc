"""参保登记表: the form for signature, blank or filled, drawn in millimetres from plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

from payments.paper.sheet import Sheet, pdf, squeeze

LEFT, RIGHT, TOP = 12.0, 198.0, 40.0
TITLE = "居民基本医疗保险参保登记表"  # where no rule set gives the insurance its name
DECLARATION = (
    "声明：本表所填内容和所交材料真实、完整；如有不实，由本人承担相应责任。"
    "家庭情况、人员类别或其他医保有变化的，及时到经办机构办理变更。"
)
ROW = 8.2  # height of a row of a member's block
MEMBER_ROWS = 5
BLOCK = ROW * MEMBER_ROWS
PHOTO_WIDTH = 26.0
PER_PAGE = 4
LABEL = 8.0  # font sizes
VALUE = 9.5
DEMO_GREY = (0.88, 0.88, 0.88)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMember:
    """One member as it stands on the form; an empty text leaves room for the pen."""

    name: str = ""
    sex: str = ""
    ethnicity: str = ""
    born: str = ""
    id_kind: str = ""
    id_no: str = ""
    relation: str = ""
    hukou: str = ""
    category: str = ""
    fee: str = ""
    special: str = ""
    other_cover: str = ""
    clauses: str = ""
    photo: bytes = b""  # a JPEG


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDocument:
    """What stands on the form. Without members it is a blank one."""

    office: str
    title: str = TITLE
    coverage_year: str = ""
    number: str = ""
    head: str = ""
    hukou_book_no: str = ""
    hukou_address: str = ""
    address: str = ""
    phone: str = ""
    declaration_clause: str = ""
    printed: str = ""
    demo: bool = False
    members: tuple[FormMember, ...] = ()


def form_pdf(document: FormDocument, *, mark: str = "") -> bytes:
    """The form as a PDF, four members to a page. Raises fonts.Undrawable."""
    pages = in_pages(document.members)

    def draw(sheet: Sheet) -> None:
        for number, members in enumerate(pages, 1):
            _draw_page(sheet, document, members, number=number, of=len(pages))
            sheet.next_page()

    return pdf(draw, title=f"{document.title} {document.number}".strip(), author=document.office, mark=mark)


def in_pages(members: Sequence[FormMember]) -> list[tuple[FormMember, ...]]:
    """Four to a page; the last page keeps its empty places for those who come later."""
    filled = [tuple(members[start : start + PER_PAGE]) for start in range(0, len(members), PER_PAGE)] or [()]
    return [page + (FormMember(),) * (PER_PAGE - len(page)) for page in filled]


def _draw_page(sheet: Sheet, document: FormDocument, members: Sequence[FormMember], *, number: int, of: int) -> None:
    if document.demo:
        with sheet.turned(105, 150, 35, DEMO_GREY):
            sheet.text(105, 150, "演示", 150, "centre")
    _draw_head(sheet, document, number=number, of=of)
    y = _draw_household(sheet, document, TOP - 12)
    for position, member in enumerate(members):
        _draw_member(sheet, member, y, (number - 1) * PER_PAGE + position + 1)
        y += BLOCK
    _draw_foot(sheet, document, y)


def _draw_head(sheet: Sheet, document: FormDocument, *, number: int, of: int) -> None:
    sheet.block(105, 15, squeeze(document.title, width=RIGHT - LEFT, height=12, size=17), "centre")
    sheet.text(LEFT, 25.5, f"经办机构：{document.office}", 9, width=74)
    year = document.coverage_year or "        "
    sheet.text(105, 25.5, f"缴费年度：{year}", 9, "centre")
    pages = f"第{number}页 共{of}页" if of > 1 else ""
    sheet.text(RIGHT, 25.5, f"户号：{document.number or '                    '}  {pages}".rstrip(), 9, "right")


def _draw_household(sheet: Sheet, document: FormDocument, y: float) -> float:
    rows = (
        (
            ("户主姓名", document.head, 62.0),
            ("户口簿号", document.hukou_book_no, 62.0),
            ("联系电话", document.phone, 62.0),
        ),
        (("户籍地址", document.hukou_address, 93.0), ("居住地址", document.address, 93.0)),
    )
    for row in rows:
        _draw_cells(sheet, row, LEFT, y, 8.0)
        y += 8.0
    return y


def _draw_member(sheet: Sheet, member: FormMember, y: float, number: int) -> None:
    """The photo's place on the left, five rows of facts beside it."""
    sheet.box(LEFT, y, PHOTO_WIDTH, BLOCK, 0.3)
    if member.photo:
        sheet.picture(LEFT + 0.5, y + 3, 25.0, 35.0, member.photo)  # one inch in its true size
    else:
        sheet.text(LEFT + PHOTO_WIDTH / 2, y + 18, f"成员{number}", 8, "centre")
        sheet.text(LEFT + PHOTO_WIDTH / 2, y + 23, "贴一寸近期", 7.5, "centre")
        sheet.text(LEFT + PHOTO_WIDTH / 2, y + 27, "免冠彩照", 7.5, "centre")
    start = LEFT + PHOTO_WIDTH
    rows = (
        (
            ("姓名", member.name, 55.0),
            ("性别", member.sex, 25.0),
            ("民族", member.ethnicity, 32.0),
            ("出生日期", member.born, 48.0),
        ),
        (("证件类型", member.id_kind, 55.0), ("证件号码", member.id_no, 105.0)),
        (
            ("与户主关系", member.relation, 55.0),
            ("户口性质", member.hukou, 45.0),
            ("人员类别", member.category, 60.0),
        ),
        (("特殊身份及证号", member.special, 100.0), ("个人缴费", member.fee, 60.0)),
        (("其他医保情况", member.other_cover, 80.0), ("依据", member.clauses, 80.0)),
    )
    for position, row in enumerate(rows):
        _draw_cells(sheet, row, start, y + position * ROW, ROW)


def _draw_cells(sheet: Sheet, cells: Sequence[tuple[str, str, float]], x: float, y: float, height: float) -> None:
    """Labels and their values, each in a box; a long value is broken and made smaller until it fits."""
    middle = y + height / 2
    for label, text, width in cells:
        room = len(label) * 2.9 + 2.4
        sheet.box(x, y, width, height)
        sheet.block(x + 1.2, middle, squeeze(label, width=room, height=height, size=LABEL))
        sheet.line(x + room, y, x + room, y + height, 0.1)
        if text:
            block = squeeze(text, width=width - room - 2.4, height=height - 0.6, size=VALUE)
            sheet.block(x + room + 1.2, middle, block)
        x += width


def _draw_foot(sheet: Sheet, document: FormDocument, y: float) -> None:
    """The declaration with its clause, places for two signatures and the seal."""
    words = f"{DECLARATION}（{document.declaration_clause}）" if document.declaration_clause else DECLARATION
    sheet.box(LEFT, y, RIGHT - LEFT, 15.0)
    sheet.block(LEFT + 2, y + 7.5, squeeze(words, width=RIGHT - LEFT - 4, height=13.5, size=10))
    y += 15.0
    half = (RIGHT - LEFT) / 2
    for x, who in ((LEFT, "申请人（户主）签字"), (LEFT + half, "经办人签字")):
        sheet.box(x, y, half, 38.0)
        sheet.text(x + 3, y + 9, f"{who}：", 10.5)
        sheet.text(x + half - 4, y + 33, "年      月      日", 10.5, "right")
    sheet.text(LEFT + half + 3, y + 22, "经办机构（盖章）", 10.5)
    if document.printed:
        sheet.text(LEFT, y + 43, document.printed, 8, width=RIGHT - LEFT)
