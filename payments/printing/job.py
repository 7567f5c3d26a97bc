"""批量打印的任务: draw a run's receipts part by part, each kept as soon as it is drawn, and bind them into one file."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from common.decision import Reason, Refusal
from households import vault
from offices.clock import moment
from offices.jobs import Progress
from offices.models import Job
from payments.models import PrintRun, ReceiptPrint
from payments.paper.binding import bind
from payments.paper.fonts import Undrawable
from payments.paper.receipt import documents
from payments.paper.receipt_pdf import ReceiptDocument, draw_receipts
from payments.paper.sheet import A4, Paper, Sheet
from payments.paper.stream import Part, streamed
from payments.printing import spool
from payments.printing.overprint_pdf import Offset, draw_overprinted
from payments.printing.places import HALF, THIRD
from payments.services.printing import claim, finish_run, layout_kept

AT_ONCE = 240  # receipts to a part; three to a sheet leave no sheet half empty


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `printing`: what is drawn already is not drawn again. With `close` nothing more is."""
    run = PrintRun.objects.select_related("office", "by").filter(job=job).first()
    if run is None:
        raise Refusal(Reason("RUN_GOES_ON", "这个批次已由后来的任务接着打印，请看“打印批次”。"))
    if run.finished_at:  # by a worker that was killed before it could say so
        spool.drop(run.file)
        return {"run": run.pk, "pages": run.pages}
    closing, done = job.parameters.get("close", False), 0
    progress(0, run.receipts)
    for place, some in enumerate(_chunks(run.receipt_ids)):
        if not closing and not spool.has(run.file, place):
            claim(run=run, receipts=some, by=job.by, at=moment(run.office))
            spool.put(run.file, place, drawn(run, some))
        done += len(some)
        progress(done, run.receipts)
    return _finish(run, job)


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def drawn(run: PrintRun, receipts: list[int]) -> Part:
    """Those of the receipts that the run has claimed, as pages."""
    copies = dict(ReceiptPrint.objects.filter(run=run, receipt__in=receipts).values_list("receipt", "copy"))
    sheet, canvas = streamed(paper_of(run))
    try:
        _draw(run, sheet, documents(copies))
    except Undrawable as error:
        raise Refusal(Reason("GLYPH", f"打印中止：{error}")) from error
    return canvas.part()


def _draw(run: PrintRun, sheet: Sheet, papers: list[ReceiptDocument]) -> None:
    if run.form == PrintRun.Form.OVERPRINT:
        draw_overprinted(sheet, papers, layout_kept(run), Offset(*run.drawing.get("offset", (0.0, 0.0))))
    else:
        draw_receipts(sheet, papers, THIRD if run.form == PrintRun.Form.THIRD else HALF)


def paper_of(run: PrintRun) -> Paper:
    """What the run is printed on."""
    return layout_kept(run).paper if run.form == PrintRun.Form.OVERPRINT else A4


def _finish(run: PrintRun, job: Job) -> dict[str, Any]:
    """Bind the parts into the vault, say so in the run's row, and only then remove them."""
    parts = list(spool.folder(run.file).glob("[0-9]*"))
    pages, written = 0, _Counted(None)
    if parts:
        fresh = spool.fresh_in(run.file)
        with vault.created(fresh) as file:
            written = _Counted(file)
            title = f"收据 {run}"
            pages = bind(written, spool.parts(run.file), paper=paper_of(run), title=title, author=run.office.name)
        if pages:
            vault.take_in(run.file, fresh)
    found = {"sha256": written.digest() if pages else "", "size": written.size if pages else 0, "pages": pages}
    finish_run(run=run, **found, by=job.by, at=moment(run.office))
    spool.drop(run.file)
    return {"run": run.pk, "pages": pages}


class _Counted:
    """A file that knows how much went into it, and its digest."""

    def __init__(self, file: BinaryIO | None) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._sha256.update(data)
        self.size += len(data)

    def digest(self) -> str:
        return self._sha256.hexdigest()


def tidy() -> int:
    """Destroy the files of runs finished long ago, and the parts of those that were given up; how many files."""
    long_ago = timezone.now() - timedelta(days=settings.PRINTS_KEPT_DAYS)
    for run in PrintRun.objects.filter(finished_at=None, job__finished_at__lt=long_ago):
        spool.drop(run.file)
    old = PrintRun.objects.filter(finished_at__lt=long_ago, purged_at=None, pages__gt=0)
    for run in old:
        vault.drop(run.file)
        PrintRun.objects.filter(pk=run.pk).update(purged_at=timezone.now())
    return len(old)
