"""收据的内容: what stands on a receipt, as plain values; it asks no database and no clock."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One member on a receipt, as frozen when the money was taken."""

    name: str
    id_masked: str
    category: str
    standard: Decimal
    payable: Decimal
    sponsored: Decimal
    funder: str  # "" where nobody sponsors
    benefit: str  # "2008-01-01 至 2008-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDocument:
    """What stands on a receipt; texts come as they are printed, amounts in yuan."""

    title: str
    book_code: str
    number: str
    coverage_year: int
    issued_at: datetime
    office: str
    payer: str
    household_number: str
    means: str
    lines: tuple[ReceiptLine, ...]
    total: Decimal
    capitals: str
    clerk: str
    clause_line: str
    address: str = ""
    tendered: Decimal | None = None
    change: Decimal | None = None
    banked: str = ""  # "2016-12-20 16:40 银行缴费，回单号 农行5501"
    copy_label: str = ""  # "补打 第2次"
    voided: bool = False
    demo: bool = False
    sample: bool = False  # 样张: shown before it is printed
    looked_at: bool = False  # 查阅: shown after it was printed

    @property
    def mark(self) -> str:
        """What the paper is if it is no receipt."""
        return "样张" if self.sample else "演示" if self.demo else "查阅" if self.looked_at else ""

    @property
    def scanned(self) -> str:
        """What the QR code says: the book's code and the number, which the search box takes back."""
        return f"{self.book_code}.{self.number}"

    def __post_init__(self) -> None:
        if self.issued_at.tzinfo is None:
            raise ValueError("issued_at needs its time zone")
        if not self.lines or sum(line.payable for line in self.lines) != self.total:
            raise ValueError(f"the lines do not make the total of {self.total}")


@lru_cache(maxsize=1 << 12)
def money(amount: Decimal) -> str:
    """12345.6 → 12,345.60"""
    return f"{amount:,.2f}"
