"""照片和扫描件: keeping, showing and removing the files of a household."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.decision import Refusal
from households import vault
from households.access import handles, household_within
from households.file_forms import PhotoForm, RemovalForm, ScanForm
from households.models import Household, Membership, StoredFile
from households.revealing import reveal_file
from households.services import photos_of, remove_file, store_photo, store_scan
from households.serving import stored
from offices.access import for_clerks, for_supervisors, has_role, visible
from offices.clock import moment
from offices.models import Staff
from offices.purposes import PurposeForm


def file_within(file_id: int, *, staff: Staff) -> StoredFile:
    """The file, if its household lies within the scope; otherwise it does not exist."""
    files = visible(StoredFile.objects.select_related("household__office"), staff, field="household__division_code")
    found = files.filter(pk=file_id).first()
    if found is None:
        raise Http404
    return found


def members_of(household: Household) -> list[Membership]:
    """The present members, the head first."""
    return list(household.memberships.filter(ends_on=None).select_related("person").order_by("relation", "pk"))


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def household_files(request: HttpRequest, household_id: int) -> HttpResponse:
    """The household's forms, photos and scans; a scan is added here."""
    found = household_within(household_id, staff=request.user)
    members = members_of(found)
    persons = [(row.person_id, row.person.name) for row in members]
    posted = request.method == "POST"
    form = ScanForm(request.POST if posted else None, request.FILES if posted else None, persons=persons)
    if form.is_valid():
        wanted = form.cleaned_data
        more = {"kind": wanted["kind"], "data": wanted["file"], "person_id": wanted["person"]}
        try:
            store_scan(household_id=found.pk, by=request.user, at=moment(request.user.office or found.office), **more)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "扫描件已存入。")
            return redirect("household-files", found.pk)
    photos = photos_of([row.person_id for row in members])
    scans = found.files.exclude(kind=StoredFile.Kind.PHOTO).select_related("person", "stored_by", "removed_by")
    context = {
        "form": form,
        "household": found,
        "members": [(row, photos.get(row.person_id)) for row in members],
        "scans": scans.order_by("-pk"),
        "handles": handles(request.user, found),
        "may_remove": has_role(request.user, Staff.Role.SUPERVISOR),
    }
    return render(request, "households/files.html", context, status=422 if form.errors else 200)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def photo(request: HttpRequest, household_id: int, person_id: int) -> HttpResponse:
    """Take a member's photo with the camera, or upload one; without a script the middle of the picture is kept."""
    found = household_within(household_id, staff=request.user)
    membership = next((row for row in members_of(found) if row.person_id == person_id), None)
    if membership is None:
        raise Http404
    posted = request.method == "POST"
    form = PhotoForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_valid():
        at = moment(request.user.office or found.office)
        more = {"data": form.cleaned_data["file"], "crop": form.crop(), "by": request.user, "at": at}
        try:
            store_photo(household_id=found.pk, person_id=person_id, **more)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, f"{membership.person.name}的照片已存入。")
            return redirect("household-files", found.pk)
    context = {"form": form, "household": found, "person": membership.person}
    return render(request, "households/photo.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def shown(request: HttpRequest, file_id: int) -> HttpResponse:
    """The bytes of one file: under the type that its content has, in a sandbox, never sniffed.

    Whoever sees the household from above says why; that is counted and logged as a number that is shown.
    """
    found = file_within(file_id, staff=request.user)
    data = None if found.purged_at else vault.get(found.name, sha256=found.sha256)
    if data is None or (found.removed_at and not has_role(request.user, Staff.Role.SUPERVISOR)):
        raise Http404
    form = PurposeForm.asked(request)
    if not handles(request.user, found.household) and not _said_why(request, found, form):
        what = f"{found.get_kind_display()}（户号 {found.household.number}）"
        status = 422 if form.errors else 200
        return render(request, "households/reveal.html", {"form": form, "what": what}, status=status)
    return stored(data, content=found.content, name=f"{found.kind}-{found.pk}", shown=True)


def _said_why(request: HttpRequest, found: StoredFile, form: PurposeForm) -> bool:
    """Whether a reason was given, and the day's limit allows it."""
    if not form.is_valid():
        return False
    try:
        reveal_file(file=found, reason=form.words, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


@for_supervisors
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, file_id: int) -> HttpResponse:
    """Removal by a supervisor, with a reason."""
    found = file_within(file_id, staff=request.user)
    form = RemovalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        at = moment(request.user.office or found.household.office)
        try:
            remove_file(file_id=found.pk, by=request.user, at=at, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "文件已移除。")
            return redirect("household-files", found.household_id)
    context = {"form": form, "file": found, "household": found.household}
    return render(request, "households/file_remove.html", context, status=422 if form.errors else 200)
