"""Receipts as one PDF, three to a sheet, each with its QR code, against reportlab and qrcode as tutorials show them.

CANBAO_BENCH_RECEIPTS says how many. The peer draws a sample of at most 300 in the same run, extrapolated. Both draw
from values in memory; before anything is told, both files must say the same on every page of the sample, and our QR
codes must be codes of segno's for the same texts.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2 as pdfium
import segno

from bench.result import Result, Size
from common.dates import SHANGHAI
from common.money import capitals
from payments.paper import fontbuild, fonts
from payments.paper.binding import bind
from payments.paper.qr import LEVEL, MASKS, code_of
from payments.paper.receipt_document import ReceiptDocument, ReceiptLine
from payments.paper.receipt_pdf import draw_receipts
from payments.paper.sheet import A4
from payments.paper.stream import Part, streamed
from payments.printing.places import THIRD

SIZES = {"full": 10_000, "small": 600}
SAMPLE = 300
TO_A_PART = 240
# The peer has one font and no fitting: names that need neither.
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂珍建国华志红文玉梅春生海燕荣凤新成永福林云龙辉飞鹏宇浩然子涵梓轩欣怡"
    "思博雨佳琪俊熙嘉诺一帆晨曦沐宸语彤泽瑾瑜铭睿淑惠翠莲贵根旺财宝树槐柏松枫棠苓菡萱芷蕾苗蓉薇茜"
)
VILLAGES = ("东村", "西村", "南巷", "北桥", "河沿", "大井", "陇海里", "盐河巷")


def measure(size: Size) -> list[Result]:
    """Both figures of a print run: how many times as fast as the peer, and bytes each.

    Seconds of the processor, for both draw in one process and other work on the machine must not decide.
    """
    count = int(os.environ.get("CANBAO_BENCH_RECEIPTS", SIZES[size]))
    documents = invented(count)
    sample = documents[:SAMPLE]
    fonts.warm_up()
    with TemporaryDirectory() as folder:
        ours, plain = Path(folder) / "ours.pdf", Path(folder) / "plain.pdf"
        draw(sample, ours)
        plainly = timed(draw_plainly, sample, plain)
        same_words(ours, plain)
        same_codes(sample)
        plain_bytes = plain.stat().st_size / len(sample)
        drawn = min(timed(draw, documents, ours) for _ in range(3))
        bytes_each = ours.stat().st_size / count
    rate, peer = count / drawn, len(sample) / plainly
    note = f"processor seconds; peer extrapolated from {len(sample)} receipts, the same words on every page of them"
    return [
        Result(
            f"{count:,} receipts, one PDF, with QR",
            f"{drawn:.2f} s, {rate:,.0f} a second",
            f"{count / peer:.0f} s, {peer:.0f} a second",
            rate / peer,
            required=20,
            aim=200,
            note=note,
        ),
        Result(
            f"{count:,} receipts, bytes each, three per A4",
            f"{bytes_each:.0f}",
            f"{plain_bytes:.0f}",
            bytes_each,
            required=1500,
            aim=400,
            at_most=True,
        ),
    ]


def invented(count: int) -> list[ReceiptDocument]:
    """Receipts of households of one to six, as a street of some thousand families has them."""
    dice = random.Random(20071025)
    return [_receipt(dice, place) for place in range(count)]


def _receipt(dice: random.Random, place: int) -> ReceiptDocument:
    lines = tuple(_line(dice) for _ in range(dice.choices((1, 2, 3, 4, 5, 6), (20, 30, 27, 15, 5, 3))[0]))
    total = sum((line.payable for line in lines), Decimal("0.00"))
    cash = dice.random() < 0.7
    tendered = Decimal(-(-int(total) // 100) * 100).quantize(Decimal("0.01")) if cash else None
    return ReceiptDocument(
        title="城镇居民基本医疗保险费收据",
        book_code="32070107",
        number=f"{12346 + place:08d}",
        coverage_year=2008,
        issued_at=datetime(2007, 9, 1, 8, 30, tzinfo=SHANGHAI) + timedelta(minutes=place * 3 % 40_000),
        office="新浦街道劳动保障所",
        payer=lines[0].name,
        household_number=f"{dice.randrange(1, 9):04d}-{place:04d}",
        means="现金" if cash else "刷卡",
        lines=lines,
        total=total,
        capitals=capitals(total),
        clerk=dice.choice(("刘阿姨", "孙会计", "周小梅")),
        clause_line="连政发〔2007〕177号第五条、第九条",
        address=f"新浦街道{dice.choice(VILLAGES)}{dice.randrange(1, 20)}组{dice.randrange(1, 200)}号",
        tendered=tendered,
        change=None if tendered is None else tendered - total,
    )


def _line(dice: random.Random) -> ReceiptLine:
    category, payable, funder = dice.choices(
        (("一般居民", 120, ""), ("学生儿童", 50, ""), ("低保人员", 0, "市民政局"), ("重度残疾", 60, "市残联")),
        (70, 20, 6, 4),
    )[0]
    standard = Decimal("50.00") if category == "学生儿童" else Decimal("120.00")
    return ReceiptLine(
        name=dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2, 2)))),
        id_masked=f"3207{dice.choice(('05', '06', '22', '24'))}********{dice.randrange(10_000):04d}",
        category=category,
        standard=standard,
        payable=Decimal(payable).quantize(Decimal("0.01")),
        sponsored=standard - payable,
        funder=funder,
        benefit="2008-01-01 至 2008-12-31",
    )


def timed(
    work: Callable[[Sequence[ReceiptDocument], Path], None], documents: Sequence[ReceiptDocument], path: Path
) -> float:
    """Seconds."""
    started = time.process_time()
    work(documents, path)
    return time.process_time() - started


def draw(documents: Sequence[ReceiptDocument], path: Path) -> None:
    """As a run does: part by part, then bound."""

    def parts() -> Iterator[Part]:
        for start in range(0, len(documents), TO_A_PART):
            sheet, canvas = streamed(A4)
            draw_receipts(sheet, documents[start : start + TO_A_PART], THIRD)
            yield canvas.part()

    with path.open("wb") as file:
        bind(file, parts(), paper=A4, title="bench", author="bench")


def draw_plainly(documents: Sequence[ReceiptDocument], path: Path) -> None:
    """As tutorials do."""
    from bench.plain_receipt import print_plainly

    print_plainly(documents, path=str(path), font=str(fontbuild.finished(fonts.folder())[0]))


def same_words(*paths: Path) -> None:
    """Every page of both files says the same, letter for letter."""
    ours, plain = (pdfium.PdfDocument(path) for path in paths)
    if len(ours) != len(plain):
        raise SystemExit(f"{len(ours)} pages against {len(plain)}")
    for page in range(len(ours)):
        letters = [Counter("".join(each[page].get_textpage().get_text_range().split())) for each in (ours, plain)]
        if letters[0] != letters[1]:
            raise SystemExit(f"page {page} differs: {letters[0] - letters[1]} {letters[1] - letters[0]}")


def same_codes(documents: Sequence[ReceiptDocument]) -> None:
    """Each code is one that segno draws for the same text under one of the eight masks."""
    for document in documents[:20]:
        drawn = [segno.make_qr(document.scanned, error=LEVEL, mask=mask, boost_error=False).matrix for mask in MASKS]
        if code_of(document.scanned).rows not in [[list(row) for row in matrix] for matrix in drawn]:
            raise SystemExit(f"the code of {document.scanned} is wrong")
