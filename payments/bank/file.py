"""银行对账单的读取: a bank's file in, its lines out, with which column was taken for what. Pure: no query, no clock.

Banks put titles above the headings and sums below the lines, and each calls its columns otherwise.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from common.decision import Reason, Refusal
from common.money import AmountError, parse_yuan, yuan
from common.sheets import Cell, Sheet, read_sheets
from common.typed import compact, visible
from common.workbooks import column_of, letters_of

HEAD_WITHIN = 60  # rows: titles above the headings are fewer
HEADING, CELL = 40, 300  # characters: what is longer is no heading, and of a cell no more is looked at
NUMBERS = ("回单号", "回单编号", "交易流水号", "流水号", "核心流水号", "银行流水号", "业务编号", "凭证号", "凭证号码")
TEXTS = ("摘要", "交易摘要", "用途", "交易用途", "附言", "交易附言", "备注")
# What is looked for, as the page calls it, and its headings, the better ones first.
ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "day": ("日期", ("交易日期", "交易日", "记账日期", "记帐日期", "入账日期", "日期", "交易时间", "记账时间", "时间")),
    "credit": (
        "收入",
        ("贷方发生额", "贷方金额", "收入金额", "存入金额", "转入金额", "贷方", "收入", "存入", "转入"),
    ),
    "debit": (
        "支出",
        ("借方发生额", "借方金额", "支出金额", "支取金额", "转出金额", "借方", "支出", "支取", "取出", "转出"),
    ),
    "amount": ("金额", ("交易金额", "发生额", "发生金额", "金额")),
    "direction": (
        "收支方向",
        ("借贷标志", "借贷标识", "借贷方向", "借贷", "收支标志", "收支方向", "收支", "方向", "交易类型"),
    ),
    "party": ("对方", ("对方户名", "对方名称", "对方单位名称", "对方单位", "对方账户名称", "付款人名称", "付款人")),
    "account": ("对方账号", ("对方账号", "对方帐号", "对方账户", "付款人账号")),
}
# What a person may say the column of, where the headings mislead.
CHOOSABLE = {name: ROLES[name][0] for name in ("day", "credit", "debit", "amount", "direction")} | {"number": "流水号"}
IN = frozenset({"贷", "贷方", "收", "收入", "存入", "转入", "来账", "C", "CR", "+"})
OUT = frozenset({"借", "借方", "支", "付", "支出", "支取", "转出", "往账", "D", "DR", "-"})
FOOT = re.compile(r"合计|总计|小计|累计|余额|本页|承前|过次|制表|打印|总笔数|共\d*笔")
DAY = re.compile(r"(\d{4})(?:([-/.年])(\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?=\D|\d{6}$|$)")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
EPOCH = date(1899, 12, 30)  # Excel's day 0
YEARS = range(1990, 2101)
NOTHING = frozenset({"", "-", "--", "—", "——", "/"})


@dataclass(frozen=True, slots=True)
class Taken:
    """Which column was taken for what."""

    role: str
    column: str
    heading: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of the bank's. `place` is where it stands in the file; `amount` is positive where money came in."""

    place: str
    day: date
    amount: Decimal
    number: str
    text: str
    party: str


@dataclass(frozen=True, slots=True)
class StatementRead:
    """What a file says: its lines, what was taken for what, and the rows that could not be read, each with why."""

    columns: tuple[Taken, ...]
    lines: tuple[StatementLine, ...]
    unread: tuple[tuple[str, str], ...]

    @property
    def first_day(self) -> date:
        return min(line.day for line in self.lines)

    @property
    def last_day(self) -> date:
        return max(line.day for line in self.lines)


class _Unread(Exception):
    """A row that cannot be read; str() says why."""


Columns = dict[str, int]


def read_statement(data: bytes, chosen: Mapping[str, str] | None = None) -> StatementRead:
    """The lines of every sheet that has headings; a Refusal where there are none, or no line.

    `chosen`: the letters of columns that a person named, by what they hold (CHOOSABLE); they go before the headings.
    """
    said = {role: column_of(letters) - 1 for role, letters in (chosen or {}).items()}
    columns: list[Taken] = []
    lines: list[StatementLine] = []
    unread: list[tuple[str, str]] = []
    sheets = read_sheets(data)
    for sheet in sheets:
        found = _chosen(sheet, said) if said else _headings(sheet)
        if found is None:
            continue
        below, taken, headings = found
        columns += [each for each in _told(taken, headings) if each not in columns]
        for outcome in _rows(sheet, below, taken, headings, many=len(sheets) > 1):
            if isinstance(outcome, StatementLine):
                lines.append(outcome)
            else:
                unread.append(outcome)
    if not columns:
        text = "没有找到表头。对账单要有日期一列，和贷方（收入）或金额一列；请核对是否选错了文件，或在表头写明列名。"
        raise Refusal(Reason("STATEMENT_HEAD", text))
    if not lines:
        first = (
            f"例如{unread[0][0]}：{unread[0][1]}"
            if unread
            else "表头之下没有交易，请核对导出时选的起止日期，重新导出。"
        )
        raise Refusal(Reason("STATEMENT_EMPTY", f"对账单里没有读到一笔交易。{first}"))
    return StatementRead(tuple(columns), tuple(lines), tuple(unread))


def _chosen(sheet: Sheet, said: Columns) -> tuple[int, Columns, Sequence[str]] | None:
    """The headings with the columns that a person named; without headings the first row that has a day there."""
    found = _headings(sheet)
    if found is None and "day" in said and said.keys() & {"credit", "amount"}:
        below = next((number for number, row in enumerate(sheet.rows[:HEAD_WITHIN]) if _is_day(row, said["day"])), None)
        found = (
            None if below is None else (below, {}, [_heading(cell) for cell in sheet.rows[below - 1]] if below else [])
        )
    if found is None:
        return None
    below, taken, headings = found
    taken = {role: column for role, column in taken.items() if column not in said.values()}
    if "credit" in said:
        taken.pop("amount", None)
        taken.pop("direction", None)
    elif "amount" in said:
        taken.pop("credit", None)
        taken.pop("debit", None)
    taken |= said
    if "day" not in taken or not taken.keys() & {"credit", "amount"}:
        return None
    return below, taken, [*headings, *[""] * (max(taken.values()) + 1 - len(headings))]


def _is_day(row: Sequence[Cell], column: int) -> bool:
    try:
        read_day(row[column] if column < len(row) else "")
    except _Unread:
        return False
    return True


def _headings(sheet: Sheet) -> tuple[int, Columns, Sequence[str]] | None:
    """The first row that names a day and an amount, alone or with the row below it (发生额 over 借方 and 贷方)."""
    for number, row in enumerate(sheet.rows[:HEAD_WITHIN]):
        single = [_heading(cell) for cell in row]
        below = [_heading(cell) for cell in sheet.rows[number + 1]] if number + 1 < len(sheet.rows) else []
        below += [""] * (len(single) - len(below))
        double = [low or high for high, low in zip(single, below, strict=False)]
        one, two = _columns(single), _columns(double)
        if "day" in one and not below[one["day"]] and "credit" in two and "credit" not in one:
            return number + 2, two, double
        if "day" in one and ("credit" in one or "amount" in one):
            return number + 1, one, single
    return None


def _heading(cell: Cell) -> str:
    """Without brackets and what stands in them, units and blanks."""
    text = compact(cell) if isinstance(cell, str) and len(cell) <= HEADING else ""
    text = re.sub(r"\([^)]*\)|\[[^]]*\]|【[^】]*】|<[^>]*>", "", text)
    return text.removesuffix("/元").removesuffix(":").replace("借/贷", "借贷").replace("收/支", "收支")


def _columns(headings: Sequence[str]) -> Columns:
    found = {
        role: headings.index(name) for role, (_, names) in ROLES.items() for name in reversed(names) if name in headings
    }
    if "credit" in found:
        found.pop("amount", None)
        found.pop("direction", None)
    return found


def _told(taken: Columns, headings: Sequence[str]) -> list[Taken]:
    names = {role: name for role, (name, _) in ROLES.items()} | CHOOSABLE
    told = [Taken(names[role], letters_of(column + 1), headings[column]) for role, column in taken.items()]
    if "number" not in taken:
        told += [Taken("流水号", letters_of(headings.index(name) + 1), name) for name in NUMBERS if name in headings]
    return told + [Taken("摘要", letters_of(headings.index(name) + 1), name) for name in TEXTS if name in headings]


def _rows(
    sheet: Sheet, below: int, taken: Columns, headings: Sequence[str], *, many: bool
) -> Iterator[StatementLine | tuple[str, str]]:
    """Each line, or where one cannot be read, its place and why."""
    for number, row in enumerate(sheet.rows[below:], start=below + 1):
        place = f"{sheet.name[:30]} 第{number}行" if many else f"第{number}行"
        try:
            line = _line(row, taken, headings, place)
        except _Unread as problem:
            yield place, str(problem)
        else:
            if line is not None:
                yield line


def _line(row: Sequence[Cell], taken: Columns, headings: Sequence[str], place: str) -> StatementLine | None:
    """A line, or nothing where the row is blank, a heading once more, a sum or a remark."""

    def at(column: int | None) -> Cell:
        cell = row[column] if column is not None and column < len(row) else ""
        return cell[:CELL] if isinstance(cell, str) else cell

    when = at(taken["day"])
    if headings[taken["day"]] and _heading(when) == headings[taken["day"]]:
        return None
    if when == "" or (isinstance(when, str) and FOOT.search(when)):
        if _is_foot(row) or not any(str(at(taken.get(role))).strip() for role in ("credit", "debit", "amount")):
            return None
        raise _Unread("没有日期。")
    amount = _amount({role: at(column) for role, column in taken.items()})
    if amount is None:
        return None
    columns = [taken["number"]] if "number" in taken else [headings.index(name) for name in NUMBERS if name in headings]
    numbers = (_number(at(column)) for column in columns)
    texts = (_text(at(headings.index(name))) for name in TEXTS if name in headings)
    return StatementLine(
        place=place,
        day=read_day(when),
        amount=amount,
        number=next(filter(None, numbers), "")[:60],
        text=" ".join(dict.fromkeys(filter(None, texts)))[:200],
        party=(_text(at(taken.get("party"))) or _text(at(taken.get("account"))))[:100],
    )


def _is_foot(row: Sequence[Cell]) -> bool:
    return any(isinstance(cell, str) and FOOT.search(compact(cell[:HEADING])) for cell in row)


def _amount(cells: dict[str, Cell]) -> Decimal | None:
    """Positive where money came in; None where the row moves none (余额 carried over)."""
    if "credit" in cells:
        came, went = read_amount(cells["credit"]), read_amount(cells.get("debit", ""))
        if came and went:
            raise _Unread("收入和支出两栏都有金额。")
        return (came or -went) or None
    amount = read_amount(cells["amount"])
    if not amount or "direction" not in cells:
        return amount or None
    way = compact(str(cells["direction"])).upper()
    if way in IN:
        return amount
    if way in OUT:
        return -abs(amount)
    raise _Unread(f"看不出是收入还是支出（{way[:10] or '空'}）。")


def read_amount(cell: Cell) -> Decimal:
    """A cell as yuan with its sign; zero where it is empty. Raises where it is no amount."""
    if isinstance(cell, Decimal):
        if abs(cell) >= Decimal(10) ** 10 or yuan(cell) != cell:
            raise _Unread(f"金额“{cell}”读不出来。")
        return yuan(cell)
    text = compact(str(cell)).upper().removeprefix("CNY").removeprefix("RMB").removeprefix("人民币")
    if text in NOTHING:
        return Decimal("0.00")
    minus = text.startswith(("-", "(", "\N{MINUS SIGN}"))
    digits = text.strip("()").removeprefix("¥").lstrip("+-\N{MINUS SIGN}").removeprefix("¥")
    try:
        amount = parse_yuan(digits)
    except AmountError as error:
        raise _Unread(f"金额“{text[:20]}”读不出来。") from error
    return -amount if minus else amount


def read_day(cell: Cell) -> date:
    """A cell as a day: a date, 20071026, 2007-10-26, 2007年10月26日, with a time or without, or Excel's serial."""
    try:
        day = _day(cell)
    except (ValueError, OverflowError) as error:
        raise _Unread(f"日期“{str(cell)[:20]}”读不出来。") from error
    if day.year not in YEARS:
        raise _Unread(f"日期“{day}”不合常理。")
    return day


def _day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = f"{cell:f}" if isinstance(cell, Decimal) else visible(str(cell)).strip()
    if SERIAL.fullmatch(text):
        return EPOCH + timedelta(days=int(Decimal(text)))
    match = DAY.match(text)
    if match is None:
        raise ValueError(text)
    year, _, month, day, month2, day2 = match.groups()
    return date(int(year), int(month or month2), int(day or day2))


def _number(cell: Cell) -> str:
    """A number of the bank's; one of more than 15 digits that was stored as a number has lost its end, and is none."""
    if isinstance(cell, Decimal):
        return f"{cell:.0f}" if cell == cell.to_integral_value() and 0 < cell < 10**15 else ""
    return compact(str(cell))


def _text(cell: Cell) -> str:
    return " ".join(str(cell).split())
