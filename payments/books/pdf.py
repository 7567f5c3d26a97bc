"""票据核销表: the verification sheet of one book, A4, as many pages as its lists need; and the same as a workbook."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.dates import SHANGHAI
from common.tables import Cell, Table, xlsx
from common.tables import Column as Heading
from payments.books.told import BookStory, stubs_line
from payments.paper.receipt_pdf import money
from payments.paper.sheet import Align, Sheet, pdf, squeeze

LEFT, RIGHT, TOP, BOTTOM = 20.0, 190.0, 20.0, 275.0
ROW, LINE = 7.2, 6.2
SIGNATURES = 26.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its heading, its width in millimetres, where its text stands."""

    heading: str
    width: float
    align: Align = "left"


VOIDS = (
    Column("号码", 27),
    Column("金额（元）", 22, "right"),
    Column("收款人", 21),
    Column("作废人", 21),
    Column("作废时间", 30),
    Column("事由", 49),
)
DAYS = (
    Column("日期", 30),
    Column("起始号码", 32),
    Column("终止号码", 32),
    Column("份数", 20, "right"),
    Column("其中作废", 22, "right"),
    Column("有效金额（元）", 34, "right"),
)


def verification_sheet(story: BookStory, *, drawn_at: datetime) -> bytes:
    """核销表 as a PDF; one that was not verified yet says so. Raises fonts.Undrawable."""
    title = f"财政票据核销表 {story.book}"
    return pdf(lambda sheet: _Flow(sheet, story, drawn_at).draw(), title=title, author=story.book.office.name)


def facts(story: BookStory) -> tuple[tuple[str, str], ...]:
    """What stands at the head of the sheet, in words."""
    book, verified = story.book, story.verification
    remitted = "—" if story.remitted is None else f"{money(story.remitted)} 元"
    given = [
        ("票据代码", book.code),
        ("用途", book.get_purpose_display()),
        ("号码", f"{story.shown.first}—{story.shown.last}（共{book.size}份）"),
        ("领用机构", book.office.name),
        ("入库", f"{_day(book.received_at)}{f'，领购单 {book.lot.slip_number}' if book.lot else ''}"),
        ("领用人", "、".join(story.holders)),
        ("状态", story.state),
        ("有效收据", f"{story.valid}份，{money(story.amount)} 元"),
        ("作废收据", f"{story.shown.voided}份{_copies(story)}"),
        ("未用号码", f"{book.left}份　{story.unused}" if book.left else "无"),
        ("封锁号码", f"{story.shown.blocked}份　{story.unused}" if story.shown.blocked else "无"),
        ("已上缴", remitted),
    ]
    if story.reversals:
        given.append(("其中已冲正", f"{story.reversals}份，{money(story.reversed)} 元（日结以后退回，收据仍为有效）"))
    if story.shown.state == "lost":
        loss = book.loss
        given.append(
            ("遗失", f"{_moment(loss.lost_at)}，{loss.place}；{loss.circumstances}　报告人：{loss.reporter.name}")
        )
    if story.shown.state == "returned":
        back = book.returned
        given.append(("退回", f"{_day(back.returned_at)} 退回{back.returned_to}　{back.document}"))
    if verified:
        given.append(("核销", f"{_moment(verified.verified_at)}　{verified.by.name}　{verified.note}"))
    return tuple(given)


def verification_workbook(story: BookStory) -> bytes:
    """核销表 as an xlsx: the head, the void receipts, the numbers by day, who held the book."""
    head = Table("核销表", (Heading("项目", 12), Heading("内容", 60)), [*facts(story), ("存根", stubs_line(story))])
    voids = _table(
        "作废收据",
        "号码 缴款人 金额 收款人 作废人 作废时间 事由",
        [(v.printed, v.payer, v.amount, v.clerk, v.voided_by, _moment(v.voided_at), v.reason) for v in story.voids],
    )
    days = _table(
        "按日使用",
        "日期 起始号码 终止号码 份数 其中作废 有效金额",
        [(run.day, run.first, run.last, run.count, run.voided, run.amount) for run in story.runs],
    )
    return xlsx(head, voids, days, _held(story))


def _table(name: str, headings: str, rows: Sequence[Sequence[Cell]]) -> Table:
    return Table(name, [Heading(each, 18) for each in headings.split()], rows)


def _held(story: BookStory) -> Table:
    printed = story.book.printed
    rows = [
        (
            each.clerk.name if each.clerk else "本机构共用",
            _moment(each.given_at),
            each.given_by.name,
            printed(each.from_number),
            _moment(each.ended_at) if each.ended_at else None,
            each.ended_by.name if each.ended_by else None,
            None if each.until_number is None else printed(each.until_number),
        )
        for each in story.holdings
    ]
    return _table("领用与交回", "领用人 领用时间 发放人 领用时下一号 交回时间 收回人 交回时下一号", rows)


def _copies(story: BookStory) -> str:
    return f"，已验作废联{story.verification.void_copies_seen}份" if story.verification and story.voids else ""


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


class _Flow:
    """The sheet as it grows downwards; `y` is where the next thing stands."""

    def __init__(self, sheet: Sheet, story: BookStory, drawn_at: datetime) -> None:
        self.sheet, self.story, self.drawn_at = sheet, story, drawn_at
        self.y, self.page = TOP, 1

    def draw(self) -> None:
        book = self.story.book
        self.sheet.text(105, self.y + 6, "财政票据核销表", 17, "centre")
        self.sheet.block(LEFT, self.y + 16, squeeze(book.office.name, width=110, height=6, size=10))
        self.sheet.text(RIGHT, self.y + 17, f"制表 {_moment(self.drawn_at)}", 9, "right")
        self.y += 21
        self._facts()
        voids = [
            (v.printed, money(v.amount), v.clerk, v.voided_by, _moment(v.voided_at), v.reason) for v in self.story.voids
        ]
        self._list("作废收据", VOIDS, voids, "没有作废的收据。")
        days = [
            (f"{r.day:%Y-%m-%d}", r.first, r.last, str(r.count), str(r.voided), money(r.amount))
            for r in self.story.runs
        ]
        total = ("合计", "", "", str(self.story.valid + self.story.shown.voided), str(self.story.shown.voided))
        rows = [*days, (*total, money(self.story.amount))] if days else []
        self._list("按日使用的号码", DAYS, rows, "一个号码也没有用过。")
        self._foot()
        self._end_page()

    def _facts(self) -> None:
        top = self.y
        for label, text in facts(self.story):
            block = squeeze(text, width=RIGHT - LEFT - 32, height=24, size=10)
            height = max(ROW, block.height + 3)
            self.sheet.line(LEFT, self.y, RIGHT, self.y, 0.15)
            self.sheet.block(LEFT + 2, self.y + height / 2, squeeze(label, width=26, height=6, size=10))
            self.sheet.block(LEFT + 30, self.y + height / 2, block)
            self.y += height
        self.sheet.line(LEFT + 28, top, LEFT + 28, self.y, 0.15)
        self.sheet.box(LEFT, top, RIGHT - LEFT, self.y - top, 0.35)

    def _list(self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], empty: str) -> None:
        self._need(8 + 2 * LINE)
        self.y += 8
        self.sheet.text(LEFT, self.y, title, 11)
        self.y += 3
        if not rows:
            self.sheet.text(LEFT, self.y + 4, empty, 9.5)
            self.y += LINE
            return
        self._row(columns, [column.heading for column in columns])
        for row in rows:
            self._need(LINE, lambda: self._row(columns, [column.heading for column in columns]))
            self._row(columns, row)
        self.sheet.line(LEFT, self.y, RIGHT, self.y, 0.35)

    def _row(self, columns: Sequence[Column], texts: Sequence[str]) -> None:
        self.sheet.line(LEFT, self.y, RIGHT, self.y, 0.15)
        x = LEFT
        for column, text in zip(columns, texts, strict=True):
            block = squeeze(text, width=column.width - 3, height=LINE - 0.8, size=9)
            place = x + column.width - 1.5 if column.align == "right" else x + 1.5
            self.sheet.block(place, self.y + LINE / 2, block, column.align)
            x += column.width
        self.y += LINE

    def _foot(self) -> None:
        self._need(SIGNATURES)
        self.y += 9
        self.sheet.text(LEFT, self.y, stubs_line(self.story) + "；销毁须经财政部门查验。", 9)
        self.y += 13
        for x, label in ((LEFT, "领用人（签字）"), (LEFT + 58, "验票人（签字）"), (LEFT + 116, "财政部门（盖章）")):
            self.sheet.text(x, self.y, label, 10)
        for x, end in ((LEFT + 26, LEFT + 54), (LEFT + 84, LEFT + 112), (LEFT + 145, RIGHT)):
            self.sheet.line(x, self.y + 1, end, self.y + 1)

    def _need(self, height: float, again: Callable[[], None] | None = None) -> None:
        """Begin another page where the height is not left on this one."""
        if self.y + height <= BOTTOM:
            return
        self.sheet.line(LEFT, self.y, RIGHT, self.y, 0.35)
        self._end_page()
        self.page += 1
        self.y = TOP
        self.sheet.text(LEFT, self.y, f"财政票据核销表（续）　{self.story.book}", 9)
        self.y += 3
        if again:
            again()

    def _end_page(self) -> None:
        self.sheet.text(RIGHT, 285, f"第{self.page}页", 8, "right")
        self.sheet.next_page()
