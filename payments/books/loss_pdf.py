"""遗失报告与公告: the written report to the finance office and the public notice of a lost book, one A4 sheet."""

from datetime import datetime

from common.dates import SHANGHAI
from payments.models import BookLoss
from payments.paper.sheet import Sheet, pdf, squeeze

LEFT, WIDTH, SIZE = 28.0, 154.0, 12.0


def loss_report(loss: BookLoss) -> bytes:
    """Report and notice as a PDF. Raises fonts.Undrawable."""
    return pdf(lambda sheet: _draw(sheet, loss), title=f"财政票据遗失报告 {loss.book}", author=loss.book.office.name)


def report_text(loss: BookLoss) -> str:
    """What the finance office is told."""
    book = loss.book
    numbers = f"{book.printed(book.first_number)}至{book.printed(book.last_number)}"
    blocked = f"未用的{book.left}份（{_range(loss)}）已全部封锁，不再使用" if book.left else "本册号码已全部用完"
    return (
        f"本单位领用的{book.get_purpose_display()}票据一册（票据代码 {book.code}，号码 {numbers}，"
        f"共{book.size}份）于{_words(loss.lost_at)}在{loss.place}遗失。"
        f"经过：{loss.circumstances.rstrip('。')}。本册已开具{book.next_number - book.first_number}份，{blocked}。"
        f"报告人：{loss.reporter.name}。特此书面报告，并附遗失公告。"
    )


def notice_text(loss: BookLoss) -> str:
    """What the public is told."""
    book = loss.book
    numbers = f"其中未开具的号码 {_range(loss)} 自即日起声明作废，" if book.left else "自即日起声明作废，"
    return (
        f"{book.office.name}不慎遗失{book.get_purpose_display()}票据一册，票据代码 {book.code}，"
        f"号码 {book.printed(book.first_number)}至{book.printed(book.last_number)}，{numbers}"
        "任何人持上述未开具号码的票据收款均属无效。特此公告。"
    )


def _range(loss: BookLoss) -> str:
    return f"{loss.book.printed(loss.book.next_number)}至{loss.book.printed(loss.book.last_number)}"


def _words(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日{local:%H时%M分}"


def _draw(sheet: Sheet, loss: BookLoss) -> None:
    _part(sheet, loss, y=30, title="关于财政票据遗失的书面报告", text=report_text(loss), address="财政局：")
    with sheet.dashed():
        sheet.line(LEFT, 165, LEFT + WIDTH, 165)
    _part(sheet, loss, y=182, title="财政票据遗失公告", text=notice_text(loss))
    sheet.next_page()


def _part(sheet: Sheet, loss: BookLoss, *, y: float, title: str, text: str, address: str = "") -> None:
    sheet.text(105, y, title, 17, "centre")
    if address:
        sheet.line(LEFT, y + 15.4, LEFT + 40, y + 15.4)
        sheet.text(LEFT + 41, y + 14.5, address, SIZE)
    block = squeeze("　　" + text, width=WIDTH, height=72, size=SIZE / 0.8)
    top = y + 20 if address else y + 12
    sheet.block(LEFT, top + block.height / 2, block)
    foot = max(top + block.height + 14, y + 62)
    day = loss.reported_at.astimezone(SHANGHAI)
    sheet.text(LEFT + WIDTH, foot, f"{loss.book.office.name}（盖章）", SIZE, "right", width=WIDTH)
    sheet.text(LEFT + WIDTH, foot + 8, f"{day.year}年{day.month}月{day.day}日", SIZE, "right")
