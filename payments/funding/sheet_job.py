"""请款单的文件: the document of a sheet, at once or, where it has many rows, by a job."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from common.decision import Reason, Refusal
from common.tables import XLSX, counted
from households import job_files
from offices.acts import accountable, record
from offices.jobs import Progress, ask_for
from offices.models import Job, Staff
from offices.taking import Copy
from payments.funding.sheet import ClaimDocument, claim_pdf, claim_xlsx, heads_document, persons_document
from payments.models import FunderClaimLine, FundingClaim
from payments.paper.fonts import Undrawable

KIND = "claim_sheet"
# Rows that take some seconds; what is longer is for a job.
AT_ONCE_ROWS = {"xlsx": 5_000, "pdf": 1_000}
TYPES = {"xlsx": XLSX, "pdf": "application/pdf"}


def is_part(staff: Staff) -> bool:
    """Whether the member of staff sees a part of a county's sheets only."""
    return len(staff.division_scope) > 6


def is_long(claim: FundingClaim, form: str, *, by: Staff) -> bool:
    """Whether a file of the sheet is for a job rather than for somebody who waits."""
    return bool(claim.lines.visible_to(by).count() > AT_ONCE_ROWS[form])


def name_of(claim: FundingClaim, form: str) -> str:
    """What the file is called."""
    return f"claim-{claim.full_number}.{form}"


@accountable
def note_sheet(*, claim: FundingClaim, form: str, copy: Copy, by: Staff, at: datetime) -> None:
    """Log who takes a sheet."""
    detail = {"claim": claim.full_number, "form": form} | copy.detail(rows_of(claim, by).count())
    record(by=by, at=at, verb="export_claim", subject=claim, detail=detail)


@accountable
def ask_sheet(*, claim: FundingClaim, form: str, copy: Copy, by: Staff, at: datetime) -> Job:
    """Have a long sheet made in the background."""
    note_sheet(claim=claim, form=form, copy=copy, by=by, at=at)
    return ask_for(kind=KIND, parameters={"claim": claim.pk, "form": form, "copy": copy.kept()}, by=by, at=at)


def rows_of(claim: FundingClaim, by: Staff) -> QuerySet[Any]:
    """The lines of the sheet that the member of staff sees."""
    return (claim.heads if claim.kind == FundingClaim.Kind.SUBSIDY else claim.lines).visible_to(by)


def sheet_file(claim: FundingClaim, form: str, *, copy: Copy, by: Staff, progress: Progress | None = None) -> bytes:
    """The sheet as a PDF or a workbook, as far as the member of staff sees it; ID numbers are masked."""
    document = _document(claim, by, progress)
    mark = copy.line(rows_of(claim, by).count())
    return claim_pdf(document, mark=mark) if form == "pdf" else claim_xlsx(document, mark=mark)


def _document(claim: FundingClaim, by: Staff, progress: Progress | None) -> ClaimDocument:
    part = "本管辖范围" if is_part(by) else ""
    if claim.kind == FundingClaim.Kind.SUBSIDY:
        return heads_document(
            claim, claim.heads.visible_to(by).select_related("rate_row").order_by("position"), part=part
        )
    lines: Iterable[FunderClaimLine] = claim.lines.visible_to(by).order_by("position")
    return persons_document(claim, counted(list(lines), progress) if progress else lines.iterator(), part=part)


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `claim_sheet`."""
    form = job.parameters["form"]
    rows = FundingClaim.objects.seen_by(job.by).select_related("period__ruleset", "made_by", "confirmed_by")
    claim = rows.filter(pk=job.parameters["claim"]).first()
    if claim is None:
        raise Refusal(Reason("CLAIM_UNKNOWN", "找不到这张请款单，或不在您的管辖范围内。"))
    try:
        data = sheet_file(claim, form, copy=Copy(**job.parameters["copy"]), by=job.by, progress=progress)
    except Undrawable as error:
        raise Refusal(Reason("GLYPH", f"不能印成 PDF：{error}请改取电子表。")) from error
    return job_files.keep(job, name=name_of(claim, form), content=TYPES[form], data=data)
