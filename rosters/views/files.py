"""名册的文件: which column was taken for what, and another choice; the file as it came, and with its remarks."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.decision import Refusal
from common.sheets import read_sheets
from offices.access import for_clerks, found_first
from offices.acts import record
from offices.models import Staff
from offices.taking import Copy, asks_why
from rosters.columns import SheetShown, sheets_shown
from rosters.exporting import Marked
from rosters.forms import ColumnsForm
from rosters.models import Roster, RosterFile
from rosters.services import correct_columns
from rosters.services.handing import kept
from rosters.views.handed_out import attachment, handed_out
from rosters.views.roster import at_of, file_of, received, roster_within


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def roster_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column was taken for what, with its first values; and another choice."""
    found = roster_within(pk, staff=request.user)
    file, data = _kept(file_of(found), request.user)
    sheets = sheets_shown(read_sheets(data), file.mapping)
    sheet = _open(sheets, request.GET.get("sheet", file.sheet))
    initial = {column.letter: column.field for column in sheet.columns} | {"sheet": file.sheet}
    form = ColumnsForm(
        request.POST or None,
        letters=[column.letter for column in sheet.columns],
        sheets=[each.name for each in sheets if each.name],
        initial=initial,
    )
    if form.is_valid():
        chosen = {"mapping": form.mapping(), "sheet": form.cleaned_data["sheet"]}
        try:
            return received(
                request, correct_columns(file_id=file.pk, by=request.user, at=at_of(request, found), **chosen)
            )
        except Refusal as refusal:
            form.refuse(refusal)
    columns = [(column, form[column.letter]) for column in sheet.columns]
    context = {"roster": found, "file": file, "sheet": sheet, "sheets": sheets, "form": form, "columns": columns}
    return render(request, "rosters/columns.html", context, status=422 if form.errors else 200)


def _open(sheets: list[SheetShown], wanted: str) -> SheetShown:
    """The sheet that was asked for; else the first with headings."""
    named = [each for each in sheets if wanted and each.name == wanted]
    return next(iter(named + [each for each in sheets if each.has_head and not each.hidden] + sheets))


def _kept(file: RosterFile, staff: Staff) -> tuple[RosterFile, bytes]:
    try:
        return kept(file.pk, by=staff)
    except Refusal as refusal:
        raise Http404 from refusal


@never_cache
@require_http_methods(["GET", "POST"])
@found_first("pk", roster_within)
@asks_why("下载核对意见表")
def roster_marked(request: HttpRequest, found: Roster, *, copy: Copy) -> HttpResponse:
    """The file with a remark behind each row, to be mended and handed in again."""
    try:
        asked_for = Marked({"file": file_of(found).pk}, by=request.user)
    except Refusal as refusal:
        raise Http404 from refusal
    return handed_out(asked_for, copy=copy, by=request.user, at=at_of(request, found))


@never_cache
@require_http_methods(["GET", "POST"])
@found_first("pk", roster_within)
@asks_why("下载交来的名册")
def roster_original(request: HttpRequest, found: Roster, number: int, *, copy: Copy) -> HttpResponse:
    """One of the files as it came, to the byte: only the log says who took it."""
    file = found.files.filter(number=number).first()
    if file is None:
        raise Http404
    _, data = _kept(file, request.user)
    detail = copy.detail(file.rows.count())
    record(by=request.user, at=at_of(request, found), verb="fetch_roster_file", subject=found, detail=detail)
    return attachment(data, file.filename, content="application/octet-stream")
