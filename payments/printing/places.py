"""版式: where everything stands on a receipt of half an A4 sheet and on one of a third, in millimetres from its top."""

from typing import NamedTuple

Densities = tuple[tuple[float, float], ...]


class Form(NamedTuple):
    """A receipt's height and the heights at which its parts stand; texts by the middle of their line."""

    height: float
    to_a_sheet: int
    title: float
    title_size: float
    rule: float  # under the title
    qr: float  # the upper edge of the QR code
    demo: float  # the upper edge of 演示 不作凭证
    code: float
    number: float
    date: float
    copy: float
    facts: float
    address: float
    unit: float  # 金额单位：元
    table: float
    heading_height: float
    rows_height: float
    total_height: float
    means_height: float
    clauses_height: float
    signatures: float
    page: float  # 第1页 共2页
    most_rows: int  # to a page
    blank_rows: int  # a short table is filled up to so many
    # Font size and least row height: the first pair with which a page's rows fit is taken.
    densities: Densities


HALF = Form(
    height=148.5,
    to_a_sheet=1,
    title=14,
    title_size=18,
    rule=20.4,
    qr=4.5,
    demo=8.4,
    code=18.5,
    number=14,
    date=26,
    copy=22.5,
    facts=32.5,
    address=38,
    unit=40,
    table=42,
    heading_height=7,
    rows_height=60,
    total_height=8.5,
    means_height=7,
    clauses_height=6.4,
    signatures=139,
    page=146,
    most_rows=15,
    blank_rows=6,
    densities=((10.0, 9.5), (9.5, 7.0), (9.0, 5.6), (8.5, 4.6), (8.0, 4.0), (7.0, 4.0), (6.0, 4.0)),
)
THIRD = Form(
    height=99,
    to_a_sheet=3,
    title=9.5,
    title_size=14,
    rule=14.2,
    qr=4.5,
    demo=5.6,
    code=18.1,
    number=9,
    date=18.6,
    copy=16,
    facts=23.2,
    address=27.8,
    unit=29.4,
    table=31,
    heading_height=5.5,
    rows_height=31.2,
    total_height=6.5,
    means_height=5.2,
    clauses_height=5.6,
    signatures=91,
    page=97,
    most_rows=6,
    blank_rows=3,
    densities=((9.5, 7.0), (9.0, 5.2), (8.0, 4.4), (7.0, 4.0), (6.0, 3.6)),
)
