"""What a page hands out as a file: at once, or by way of the job that makes it."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from common.tables import XLSX
from offices.models import Job, Staff
from offices.taking import Copy
from rosters.exporting import Export, export


def handed_out(asked_for: Export, *, copy: Copy, by: Staff, at: datetime) -> HttpResponse:
    """The workbook, or the way to its job."""
    made = export(asked_for, copy=copy, by=by, at=at)
    return redirect("job", made.pk) if isinstance(made, Job) else attachment(made.data, made.name)


def attachment(data: bytes, name: str, *, content: str = XLSX) -> HttpResponse:
    """A file to be saved, never sniffed or shown: whoever made it may mean harm."""
    response = HttpResponse(data, content_type=content)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
