"""操作手册, one household: its cards and certificates, its photos and scans, what changes in its life."""

import io
import re
from decimal import Decimal

from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from enrollment import library
from enrollment.open_figures import fill_workmanship_fee
from households.models import Household
from households.services import store_photo, store_scan
from offices.clock import moment
from offices.models import Staff
from payments.models import ReceiptBook
from payments.services import receive_book
from tests.browser.counter import follow
from tests.browser.manual import Shot, draw_paper, enter, go, open_from_counter
from tests.builders import at


def the_cards(page: Page, shot: Shot, household: Household) -> None:
    """病历、医保卡: hand them out, take the fee, see who has none yet, certify the cover."""
    have_fees_and_book(household)
    open_from_counter(page, household.pk, "病历和医保卡")
    for place in range(2):
        page.get_by_label(re.compile("的医疗保险卡编号$")).nth(place).fill(f"K071025{place + 1}")
        page.get_by_label(re.compile("的医疗保险病历编号$")).nth(place).fill(f"B071025{place + 1}")
    expect(page.locator("#cards-due")).to_contain_text("4 件")
    page.get_by_label("领取人").focus()
    shot("cards")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/workmanship/\d+/$"))
    shot("card-receipt")
    go(page, "卡证")
    follow(page.locator("nav.subtabs").get_by_role("link", name="未发名单"))
    expect(page.get_by_role("link", name="发放", exact=True).first).to_be_visible()
    shot("cards-unissued")
    open_from_counter(page, household.pk, "病历和医保卡")
    follow(page.locator("nav.subtabs").get_by_role("link", name="参保证明"))
    page.get_by_role("button", name="开具").click()
    expect(page.locator(".message")).to_contain_text("已开具")
    shot("certificates")


def have_fees_and_book(household: Household) -> None:
    """What cards cost and the receipts for it, unless the demonstration has them."""
    supervisor, administrator = Staff.objects.get(username="chen"), Staff.objects.get(username="admin")
    code = household.office.ruleset_code
    fee = library.current(code).workmanship_fee
    if fee is None or fee.amount is None:
        card, book = Decimal("5.00"), Decimal("2.00")
        fill_workmanship_fee(code=code, card_amount=card, book_amount=book, by=administrator, at=at("2007-10-08 09:00"))
    purpose = ReceiptBook.Purpose.WORKMANSHIP
    if not ReceiptBook.objects.filter(office=household.office, purpose=purpose).exists():
        receive_book(
            office_id=household.office_id,
            code="320705-07G",
            first_number=801,
            last_number=900,
            width=8,
            purpose=purpose,
            by=supervisor,
            at=moment(household.office),
        )


def the_files(page: Page, shot: Shot, household: Household) -> None:
    """登记表、照片和扫描件: what is kept, a photo being cropped, the form on paper."""
    clerk, now = Staff.objects.get(username="liu"), moment(household.office)
    people = [each.person for each in household.memberships.select_related("person").order_by("pk")]
    for person, coat in zip(people[:2], ("#39597a", "#7a4a52"), strict=True):
        store_photo(household_id=household.pk, person_id=person.pk, data=a_portrait(coat), by=clerk, at=now)
    for kind in ("hukou_book", "id_card"):
        person_id = people[0].pk if kind == "id_card" else None
        store_scan(household_id=household.pk, person_id=person_id, kind=kind, data=a_sheet(), by=clerk, at=now)
    open_from_counter(page, household.pk, "登记表、照片、扫描件")
    expect(page.locator(".photos img")).to_have_count(2)
    shot("files")
    page.get_by_role("link", name="打印参保登记表").click()
    form = page.locator("form.taking")
    token = form.locator("[name=csrfmiddlewaretoken]").get_attribute("value") or ""
    purpose = form.locator("[name=purpose]").first.get_attribute("value") or ""
    answer = page.request.post(
        form.get_attribute("action") or "", form={"csrfmiddlewaretoken": token, "purpose": purpose}
    )
    draw_paper(answer.body(), "form")
    page.keyboard.press("Escape")
    follow(page.locator(".photos a", has_text="拍照或上传").first)
    page.set_input_files("[name=file]", {"name": "照片.png", "mimeType": "image/png", "buffer": a_portrait("#4c6b4f")})
    expect(page.locator("#photo-crop")).to_be_focused()
    shot("photo")


def a_portrait(coat: str) -> bytes:
    """Nobody: a head and shoulders of three shapes before a light ground."""
    image = Image.new("RGB", (900, 1100), "#c9dcea")
    draw = ImageDraw.Draw(image)
    draw.ellipse((140, 720, 760, 1500), fill=coat)
    draw.ellipse((285, 250, 615, 670), fill="#2b2724")
    draw.ellipse((310, 310, 590, 720), fill="#e8c4a6")
    return _as_png(image)


def a_sheet() -> bytes:
    """A scanned sheet of lines that say nothing."""
    image = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(image)
    for row in range(90, 800, 45):
        draw.line((70, row, 550, row), fill="#9aa4ae", width=2)
    return _as_png(image)


def _as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def the_changes(page: Page, shot: Shot, household: Household) -> None:
    """变更: a death told before it is done; the person's page; how it would be undone. It is the January after."""
    head, wife, *_ = [each.person for each in household.memberships.select_related("person").order_by("pk")]
    enter(page, "liu")
    open_from_counter(page, household.pk, "迁移、死亡、转职工医保、分户…")
    shot("changes")
    follow(page.locator("tr", has_text=wife.name).get_by_role("link", name="死亡"))
    page.get_by_label("死亡日期").fill("20080105")
    for label, said in (("领取余额的继承人", head.name), ("继承人与参保人关系", "配偶")):
        page.get_by_label(label).fill(said)
    for box in page.locator("main [type=checkbox]").all():
        box.check()
    page.keyboard.press("F9")
    expect(page.locator("#change-effect")).to_contain_text("2008-01-05")
    page.locator("#change-effect").scroll_into_view_if_needed()
    shot("change-effect")
    page.keyboard.press("F9")
    expect(page.locator("#messages")).to_contain_text("死亡已办理")
    page.goto(f"/persons/{wife.pk}/")
    expect(page.get_by_role("heading", name="参保年度")).to_be_visible()
    shot("person")
    enter(page, "chen")
    open_from_counter(page, household.pk, "迁移、死亡、转职工医保、分户…")
    follow(page.get_by_role("link", name="撤销", exact=True))
    shot("change-undo")


def live_in(household: Household, day: str) -> None:
    """Let the household's office live on that day."""
    office = household.office
    office.demo_moment, office.demo_set_at = at(day), timezone.now()
    office.save(update_fields=["demo_moment", "demo_set_at"])
