"""参保证明: issuing, paper, revoking, and the public page that answers from the cover as it is now."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pypdfium2 import PdfDocument

from common.decision import Refusal
from common.relations import HEAD
from enrollment import library
from enrollment.change_plan import Kind, Wish, papers_of
from enrollment.change_services import register_change
from enrollment.models import Enrollment
from households.models import Household, Person
from households.services import end_membership
from offices import scope
from offices.models import Staff
from payments.cards.certificate_pdf import FOOT_TOP, CertificateDocument, certificate_pdf
from payments.models import CoverCertificate, Receipt, ReceiptBook
from payments.services import issue_certificate, revoke_certificate, void_receipt
from tests.acting import as_owner
from tests.builders import at, make_household, make_office, make_staff, member
from tests.payments.card_builders import live_in, person, text_of
from tests.payments.conftest import Pay

POINTS = 72 / 25.4  # in a millimetre
NOW, LATER = at("2007-10-25 10:10"), at("2007-10-26 09:00")


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def covered(
    zhang_household: Household, aunt_liu: Staff, mr_chen: Staff, book: ReceiptBook, pay: Pay, settings
) -> Household:
    """The family of Zhang, paid for 2008, in an office that lives in October 2007."""
    settings.DEMO = True
    pay(zhang_household, aunt_liu, "420.00")
    live_in(aunt_liu.office, "2007-10-25 10:10")
    return zhang_household


def issue(household: Household, by: Staff, *, name: str = "", key: UUID | None = None) -> CoverCertificate:
    asked = {"household_id": household.pk, "coverage_year": 2008, "key": key or uuid4()}
    person_id = person(household, name).pk if name else None
    return issue_certificate(**asked, person_id=person_id, by=by, at=NOW).certificate


def asked(token: str) -> str:
    return Client().get(reverse("verify", args=[token])).content.decode()


def test_a_certificate_says_who_when_and_that_the_years_do_not_count_for_employees(covered: Household, aunt_liu: Staff):
    certificate = issue(covered, aunt_liu, name="张建国")

    text = text_of(client_of(aunt_liu).get(reverse("certificate-paper", args=[certificate.pk])).content)

    assert "参 保 证 明" in text
    assert certificate.number == "ZM2007-0001"
    assert "张建国" in text
    assert "李秀英" not in text
    assert "2008-01-01 至 2008-12-31" in text
    assert "不能作为职工医疗保险的缴费年限" in text
    assert "第十三条" in text
    assert "新浦街道劳动保障所" in text
    assert certificate.token in text.replace("\n", "")


def test_a_rule_set_without_such_a_clause_says_nothing_of_it(covered: Household, aunt_liu: Staff):
    office = aunt_liu.office
    type(office).objects.filter(pk=office.pk).update(ruleset_code="songming")

    assert issue(covered, aunt_liu).content["not_for_employee"] == ""


def test_a_household_has_one_paper_for_all_who_are_covered(covered: Household, aunt_liu: Staff):
    certificate = issue(covered, aunt_liu)

    names = [member["name"] for member in certificate.content["members"]]
    assert sorted(names) == sorted(["张建国", "李秀英", "张小红", "王桂兰"])
    assert certificate.covers.count() == 4


def test_who_is_not_covered_gets_none(covered: Household, aunt_liu: Staff):
    with pytest.raises(Refusal, match="没有有效的2008年度参保"):
        issue(covered, aunt_liu, name="张明")


@pytest.mark.parametrize(("members", "pages"), [(1, 1), (8, 1), (9, 2), (14, 2)])
def test_nothing_runs_into_the_code_that_is_scanned(members: int, pages: int):
    row = {"name": "阿卜杜热西提·阿卜杜克里木", "masked_id": "320705********0018", "sex": "男", "born": "1960-01-01"}
    row |= {"category": "一般居民", "starts_on": "2008-01-01", "ends_on": "2008-12-31", "usable_from": "2008-01-01"}
    content = {"insurance": "居民医保", "office": "示例所", "clerk": "刘阿姨", "household_number": "1", "demo": False}
    content |= {"not_for_employee": "第十三条", "members": [row | {"continuous_years": 1, "years": [2008]}] * members}
    told = {"number": "ZM1", "coverage_year": 2008, "issued_at": NOW, "address": "http://127.0.0.1:8000/verify/x/"}

    drawn = PdfDocument(certificate_pdf(CertificateDocument(**told, content=content)))

    assert len(drawn) == pages
    for page in drawn:
        words = page.get_textpage()
        start, count = words.search("以上居民医疗保险").get_next()
        lowest = min(words.get_charbox(place)[1] for place in range(start, start + count))
        assert (page.get_height() - lowest) / POINTS < FOOT_TOP


def test_what_was_printed_stays(covered: Household, aunt_liu: Staff):
    certificate = issue(covered, aunt_liu, name="张建国")
    Person.objects.filter(name="张建国").update(name="张国建")

    text = text_of(client_of(aunt_liu).get(reverse("certificate-paper", args=[certificate.pk])).content)

    assert "张建国" in text


def test_anybody_may_ask_and_learns_yes_and_the_year_and_no_name(covered: Household, aunt_liu: Staff):
    certificate = issue(covered, aunt_liu, name="张建国")

    answer = Client().get(reverse("verify", args=[certificate.token]))

    page = answer.content.decode()
    assert "<strong>是</strong>" in page
    assert "2008年度" in page
    assert "张" not in page
    assert certificate.number not in page
    assert "noindex" in answer["X-Robots-Tag"]
    assert "noindex" in page
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_no_sounds_the_same_whatever_the_reason(covered: Household, aunt_liu: Staff, mr_chen: Staff):
    unknown = asked("x" * 32)
    revoked = issue(covered, aunt_liu)
    revoke_certificate(certificate_id=revoked.pk, reason="开错", by=mr_chen, at=LATER)
    dead = issue(covered, aunt_liu, name="王桂兰")
    Person.objects.filter(name="王桂兰").update(died_on=NOW.date())
    cancelled = issue(covered, aunt_liu, name="张建国")
    void_receipt(receipt_id=Receipt.objects.get().pk, reason="退", by=mr_chen, at=LATER)

    assert "<strong>否</strong>" in unknown
    for certificate in (revoked, dead, cancelled):
        assert asked(certificate.token) == unknown


def test_a_cover_that_is_over_is_certified_no_longer(covered: Household, aunt_liu: Staff):
    certificate = issue(covered, aunt_liu, name="张建国")
    live_in(aunt_liu.office, "2009-01-01 00:00")

    assert "<strong>否</strong>" in asked(certificate.token)


def test_who_split_off_is_certified_where_they_live_now(covered: Household, aunt_liu: Staff):
    mother = person(covered, "王桂兰")
    papers = papers_of(library.current("lianyungang"), Kind.SPLIT)
    wish = Wish(Kind.SPLIT, covered.pk, None, NOW.date(), papers, {"leaving": {mother.pk: HEAD}, "address": "东村5组"})
    change = register_change(wish=wish, by=aunt_liu, at=NOW)
    founded = Household.objects.get(number=change.detail["founded_number"])

    certificates = [issue(founded, aunt_liu), issue(covered, aunt_liu)]

    assert [[each["name"] for each in one.content["members"]] for one in certificates] == [
        ["王桂兰"],
        ["张建国", "李秀英", "张小红"],
    ]


def test_who_came_covered_and_moved_on_is_out_of_sight_of_the_list(covered: Household, aunt_liu: Staff):
    mother, home, clerk = person(covered, "王桂兰"), covered, aunt_liu
    clerks = []
    for number, day in ((2, 25), (3, 26)):
        leaves = {"membership_id": mother.memberships.get(household=home).pk, "last_day": date(2007, 10, day - 1)}
        end_membership(**leaves, by=clerk, at=at(f"2007-10-{day} 10:11"))
        clerk = make_staff(make_office(f"32070500{number}", name=f"{number}号所"), f"clerk{number}")
        clerks.append(clerk)
        live_in(clerk.office, f"2007-10-{day} 10:12")
        home = make_household(clerk, member("王桂兰", HEAD, id_no=mother.id_no), moment=f"2007-10-{day} 10:12")
        with scope.within(clerk.division_scope):
            issue_certificate(
                household_id=home.pk,
                coverage_year=2008,
                person_id=None,
                key=uuid4(),
                by=clerk,
                at=at(f"2007-10-{day} 10:13"),
            )

    words = [[row.word for row in client_of(each).get(reverse("certificates")).context["rows"]] for each in clerks]

    assert words == [["人已迁走，扫码查验"], ["有效"]]
    assert "<strong>是</strong>" in asked(CoverCertificate.objects.order_by("pk")[0].token)


def test_the_list_says_why_a_certificate_holds_no_longer(covered: Household, aunt_liu: Staff, mr_chen: Staff):
    revoked = issue(covered, aunt_liu, name="李秀英")
    issue(covered, aunt_liu, name="王桂兰")
    revoke_certificate(certificate_id=revoked.pk, reason="开错", by=mr_chen, at=LATER)
    issue(covered, aunt_liu, name="张小红")
    Person.objects.filter(pk=person(covered, "王桂兰").pk).update(died_on=date(2007, 10, 26))

    def words() -> dict[str, str]:
        rows = client_of(aunt_liu).get(reverse("certificates")).context["rows"]
        return {row.names: row.word for row in rows}

    assert words() == {"李秀英": "已撤销", "王桂兰": "待遇已提前终止", "张小红": "有效"}
    void_receipt(receipt_id=Receipt.objects.get().pk, reason="退", by=mr_chen, at=LATER)
    assert words() == {"李秀英": "已撤销", "王桂兰": "参保已撤销", "张小红": "参保已撤销"}


def test_who_died_after_the_certified_year_was_covered_until_its_end(covered: Household, aunt_liu: Staff):
    issue(covered, aunt_liu, name="王桂兰")
    Person.objects.filter(pk=person(covered, "王桂兰").pk).update(died_on=date(2009, 3, 1))
    live_in(aunt_liu.office, "2009-03-02 09:00")

    rows = client_of(aunt_liu).get(reverse("certificates")).context["rows"]

    assert [row.word for row in rows] == ["已期满"]


@pytest.mark.parametrize("token", ["a", "x" * 5000, "' OR 1=1 --", "查"], ids=["短", "长", "注入", "汉字"])
def test_an_odd_token_is_a_no(db: None, token: str):
    answer = Client().get(reverse("verify", args=[token]))

    assert (answer.status_code, "<strong>否</strong>" in answer.content.decode()) == (200, True)


def test_asking_is_one_query(covered: Household, aunt_liu: Staff, django_assert_num_queries):
    certificate = issue(covered, aunt_liu)

    for token in (certificate.token, "x" * 32):
        with django_assert_num_queries(3):  # and the scope, set and taken back
            asked(token)


def test_tokens_are_long_and_differ(covered: Household, aunt_liu: Staff):
    tokens = {issue(covered, aunt_liu).token for _ in range(3)}

    assert len(tokens) == 3
    assert all(len(token) >= 32 for token in tokens)


def test_the_page_issues_and_lists(covered: Household, aunt_liu: Staff):
    client, address = client_of(aunt_liu), reverse("household-certificates", args=[covered.pk])

    asked = {"key": str(uuid4()), "person_id": "0", "coverage_year": "2008"}
    page = client.post(address, asked, follow=True).content.decode()
    again = client.post(address, asked, follow=True).content.decode()

    assert "参保证明 ZM2007-0001 已开具" in page
    assert "参保证明 ZM2007-0001 此前已经开具，没有重复开具" in again
    assert CoverCertificate.objects.count() == 1
    assert "有效" in page
    assert "ZM2007-0001" in client.get(reverse("certificates")).content.decode()


def test_one_key_issues_one_certificate_and_no_other(covered: Household, aunt_liu: Staff):
    key = uuid4()
    issue(covered, aunt_liu, name="张建国", key=key)

    with pytest.raises(Refusal, match="已经用于证明 ZM2007-0001"):
        issue(covered, aunt_liu, name="李秀英", key=key)

    assert CoverCertificate.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        pytest.param({"coverage_year": "2007"}, "没有这个年度的有效参保", id="年度"),
        pytest.param({"person_id": "x"}, "此人现在不在本户有效参保的人里", id="人"),
        pytest.param({"key": "x"}, "页面送来的内容不完整，没有开具", id="页面"),
    ],
)
def test_what_cannot_be_certified_is_refused_on_the_page(covered: Household, aunt_liu: Staff, asked, says):
    wanted = {"key": str(uuid4()), "person_id": "0", "coverage_year": "2008"} | asked

    answer = client_of(aunt_liu).post(reverse("household-certificates", args=[covered.pk]), wanted)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not CoverCertificate.objects.exists()


def test_an_auditor_reads_and_issues_none(covered: Household, mrs_wu: Staff):
    client, address = client_of(mrs_wu), reverse("household-certificates", args=[covered.pk])

    assert client.get(address).status_code == 200
    wanted = {"key": str(uuid4()), "person_id": "0", "coverage_year": "2008"}
    assert client.post(address, wanted).status_code == 403


def test_a_supervisor_revokes_and_a_clerk_does_not(covered: Household, aunt_liu: Staff, mr_chen: Staff):
    certificate = issue(covered, aunt_liu)

    with pytest.raises(Refusal, match="只能由"):
        revoke_certificate(certificate_id=certificate.pk, reason="开错", by=aunt_liu, at=LATER)
    client_of(mr_chen).post(reverse("certificate-revoke", args=[certificate.pk]), {"reason": "开错"})

    certificate.refresh_from_db()
    assert (certificate.revoked_by, certificate.revoke_reason) == (mr_chen, "开错")


def test_the_certificates_of_another_office_are_out_of_sight(covered: Household, aunt_liu: Staff, miss_yang: Staff):
    certificate = issue(covered, aunt_liu)
    client = client_of(miss_yang)

    assert client.get(reverse("certificate-paper", args=[certificate.pk])).status_code == 404
    assert client.get(reverse("household-certificates", args=[covered.pk])).status_code == 404
    assert not client.get(reverse("certificates")).context["rows"]


def test_certificates_are_neither_changed_nor_deleted(covered: Household, aunt_liu: Staff):
    certificate = issue(covered, aunt_liu)

    with pytest.raises(Exception, match="Cannot"), as_owner():
        CoverCertificate.objects.filter(pk=certificate.pk).update(coverage_year=2009)


def test_the_code_is_drawn_as_lines_and_not_as_a_picture(covered: Household, aunt_liu: Staff):
    certificate = issue(covered, aunt_liu, name="张建国")

    drawn = client_of(aunt_liu).get(reverse("certificate-paper", args=[certificate.pk])).content

    assert b"/Subtype /Image" not in drawn
    assert Enrollment.objects.filter(certified__certificate=certificate).count() == 1
