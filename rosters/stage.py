"""名册的阶段: what was done last and what comes next; derived from the rows of its steps, kept nowhere."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from offices.models import Job
from rosters.models import (
    Roster,
    RosterAgreement,
    RosterDeposit,
    RosterEntry,
    RosterFile,
    RosterRow,
    RosterSubmission,
    RosterTaking,
)

# Each stage with its word, the colour of the word, and what is to be done next.
STAGES: dict[str, tuple[str, str, str]] = {
    "withdrawn": ("已撤销", "out", ""),
    "empty": ("待交表", "due", "交来电子名册"),
    "reading": ("核对中", "due", "等电子名册核对完"),
    "wrong": ("有问题", "wrong", "改好有问题的行再交，或剔出"),
    "checked": ("待核对金额", "due", "核对纸质、电子和现款"),
    "agreed": ("核对相符", "due", "缴存银行，登记回单"),
    "deposited": ("已缴存", "due", "入账，开收据"),
    "taken": ("已入账", "due", "主管上报县里"),
    "submitted": ("已上报", "due", "等县里录入"),
    "returned": ("有退回", "wrong", "处理县里退回的行"),
    "entered": ("已录入", "paid", ""),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A roster's stage."""

    code: str

    @property
    def word(self) -> str:
        return STAGES[self.code][0]

    @property
    def colour(self) -> str:
        return STAGES[self.code][1]

    @property
    def next(self) -> str:
        return STAGES[self.code][2]


@dataclass(frozen=True, slots=True)
class Steps:
    """A roster with the steps that stand."""

    roster: Roster
    file: RosterFile | None
    agreement: RosterAgreement | None
    deposit: RosterDeposit | None
    taking: RosterTaking | None
    submission: RosterSubmission | None
    wrong: bool
    entered: int
    returned: int

    @property
    def stage(self) -> Stage:
        return Stage(_stage(self))

    @property
    def mends(self) -> bool:
        """Whether the file that came has rows to be mended or set aside before it can be agreed."""
        return self.wrong and self.agreement is None

    @property
    def is_agreed(self) -> bool:
        return self.agreement is not None


def _stage(steps: Steps) -> str:
    if steps.roster.withdrawn_at:
        return "withdrawn"
    if steps.submission:
        entered = "entered" if steps.entered >= steps.submission.rows else "submitted"
        return "returned" if steps.returned else entered
    for code, step in (("taken", steps.taking), ("deposited", steps.deposit), ("agreed", steps.agreement)):
        if step:
            return code
    if steps.file is None:
        return "empty"
    if steps.file.checked_at is None:
        return "reading"
    return "wrong" if steps.wrong else "checked"


def steps_of(roster: Roster) -> Steps:
    """The steps of one roster."""
    file = roster.files.filter(superseded_at=None).select_related("received_by").first()
    agreement = roster.agreements.filter(withdrawn_at=None).select_related("by", "file").first()
    deposits = RosterDeposit.objects.filter(agreement__roster=roster, withdrawn_at=None)
    deposit = deposits.select_related("by", "slip__by", "taking__by", "taking__book").first()
    submission = roster.submissions.filter(withdrawn_at=None).select_related("by").first()
    entries = RosterEntry.objects.standing().filter(submission=submission)
    counts = entries.aggregate(
        entered=Count("pk", filter=Q(outcome="entered")), returned=Count("pk", filter=Q(outcome="returned"))
    )
    wrong = file.rows.wrong().exists() if file else False
    return Steps(roster, file, agreement, deposit, getattr(deposit, "taking", None), submission, wrong, **counts)


def with_steps(rosters: QuerySet[Roster]) -> QuerySet[Roster]:
    """Rosters with their stage (`stage_code`) and the counts of their current file, in one statement."""
    file = RosterFile.objects.filter(roster=OuterRef("pk"), superseded_at=None)
    agreement = RosterAgreement.objects.filter(roster=OuterRef("pk"), withdrawn_at=None)
    deposit = RosterDeposit.objects.filter(agreement__roster=OuterRef("pk"), withdrawn_at=None)
    submission = RosterSubmission.objects.filter(roster=OuterRef("pk"), withdrawn_at=None)
    entries = RosterEntry.objects.standing().filter(submission__roster=OuterRef("pk"), submission__withdrawn_at=None)
    wrong = RosterRow.objects.wrong().filter(file__roster=OuterRef("pk"), file__superseded_at=None)

    def count(outcome: str) -> Coalesce:
        rows = entries.filter(outcome=outcome).order_by().values("submission__roster").annotate(n=Count("pk"))
        return Coalesce(Subquery(rows.values("n")), 0)

    return rosters.annotate(
        file_id=Subquery(file.values("pk")),
        checked=Subquery(file.values("checked_at")),
        persons=Subquery(file.values("persons")),
        payable=Subquery(file.values("payable")),
        agreed_rows=Subquery(agreement.values("rows")),
        agreed_payable=Subquery(agreement.values("payable")),
        is_deposited=Exists(deposit),
        is_taken=Exists(RosterTaking.objects.filter(deposit__agreement__roster=OuterRef("pk"))),
        submitted_rows=Subquery(submission.values("rows")),
        entered_rows=count("entered"),
        returned_rows=count("returned"),
        has_wrong=Exists(wrong),
    )


def stage_of(row: Roster) -> Stage:
    """The stage of a roster that `with_steps` annotated."""
    sent = row.submitted_rows is not None
    reached = (
        ("withdrawn", row.withdrawn_at is not None),
        ("returned", sent and row.returned_rows > 0),
        ("entered", sent and row.entered_rows >= (row.submitted_rows or 0)),
        ("submitted", sent),
        ("taken", row.is_taken),
        ("deposited", row.is_deposited),
        ("agreed", row.agreed_rows is not None),
        ("empty", row.file_id is None),
        ("reading", row.checked is None),
        ("wrong", row.has_wrong),
    )
    return Stage(next((code for code, is_so in reached if is_so), "checked"))


def filtered(rosters: QuerySet[Roster], code: str) -> QuerySet[Roster]:
    """Those in one stage, of rosters that `with_steps` annotated."""
    if code == "withdrawn":
        return rosters.filter(withdrawn_at__isnull=False)
    rosters = rosters.filter(withdrawn_at__isnull=True)
    before = Q(submitted_rows__isnull=True)
    unagreed = before & Q(agreed_rows__isnull=True)
    sent = Q(submitted_rows__isnull=False)
    done = Q(entered_rows__gte=F("submitted_rows"))
    returned = Q(returned_rows__gt=0)
    conditions = {
        "empty": unagreed & Q(file_id__isnull=True),
        "reading": unagreed & Q(file_id__isnull=False, checked__isnull=True),
        "wrong": unagreed & Q(checked__isnull=False, has_wrong=True),
        "checked": unagreed & Q(checked__isnull=False, has_wrong=False),
        "agreed": before & Q(agreed_rows__isnull=False, is_deposited=False),
        "deposited": before & Q(is_deposited=True, is_taken=False),
        "taken": before & Q(is_taken=True),
        "submitted": sent & ~returned & ~done,
        "returned": sent & returned,
        "entered": sent & ~returned & done,
    }
    found = conditions.get(code)
    return rosters.filter(found) if found is not None else rosters


def job_of(file: RosterFile) -> Job | None:
    """The latest job that checks a file."""
    return Job.objects.filter(kind="roster_check", parameters={"file": file.pk}).order_by("-pk").first()


def taking_job_of(roster: Roster) -> Job | None:
    """The latest job that takes a roster."""
    jobs = Job.objects.filter(kind="roster_taking", parameters__roster=roster.pk)
    return jobs.order_by("-pk").first()
