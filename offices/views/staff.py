"""工作人员: the list, adding and changing, passwords; for administrators, within their own divisions."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from offices.access import for_administrators
from offices.clock import moment
from offices.doors import duties, lockout, second_factor, sessions
from offices.forms import OwnPasswordForm, ResetForm, StaffForm
from offices.inviting import Slip, invite_anew, invite_staff, open_invitations, withdraw_invitation
from offices.models import Staff
from offices.staffing import (
    change_own_password,
    change_staff,
    deactivate_staff,
    reactivate_staff,
    staff_under,
    unlock_login,
)

OWN_SCREEN = lockout.Place("own screen", is_known=True)


@require_safe
@for_administrators
def staff_list(request: HttpRequest) -> HttpResponse:
    """Everybody within the scope, those at the counter under their offices."""
    rows = staff_under(request.user).select_related("office").order_by("-is_active", "office__code", "role", "username")
    locked = lockout.locked_names([row.username for row in rows])
    context = {
        "rows": rows,
        "locked": locked,
        "with_factor": second_factor.who_have(rows),
        "invitations": open_invitations(request.user),
    }
    return render(request, "offices/staff.html", context)


@require_http_methods(["GET", "POST"])
@for_administrators
def add(request: HttpRequest) -> HttpResponse:
    """Invite a member of staff; the slip with the code is shown this once."""
    form = StaffForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            slip = invite_staff(**form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return slip_page(request, slip)
    context = {"form": form, "next": duties.next_page(request, otherwise=reverse("staff"))}
    return render(request, "offices/staff_form.html", context, status=422 if form.is_bound else 200)


def slip_page(request: HttpRequest, slip: Slip) -> HttpResponse:
    """The slip to print and hand over; it is the answer itself, since the code is kept nowhere."""
    context = {"slip": slip, "invitation": slip.invitation, "address": request.build_absolute_uri(reverse("welcome"))}
    context["back"] = duties.next_page(request, otherwise=reverse("staff"))
    return render(request, "offices/slip.html", context)


@require_http_methods(["GET", "POST"])
@for_administrators
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, role, office or scope."""
    staff = get_object_or_404(staff_under(request.user).select_related("office"), pk=pk)
    form = StaffForm(request.POST or None, by=request.user, initial=StaffForm.initial_of(staff))
    if form.is_valid():
        try:
            change_staff(staff_id=pk, **form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{staff.name}的资料已保存。")
            return redirect("staff")
    context = {"form": form, "staff": staff}
    return render(request, "offices/staff_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_administrators
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody choose a new password, by a new slip, for a reason."""
    staff = get_object_or_404(staff_under(request.user), pk=pk)
    form = ResetForm(request.POST or None)
    if form.is_valid():
        try:
            slip = invite_anew(staff_id=pk, **form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return slip_page(request, slip)
    context = {"form": form, "staff": staff}
    return render(request, "offices/staff_password.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_administrators
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a slip void."""
    try:
        invitation = withdraw_invitation(invitation_id=pk, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"给{invitation.name}的邀请已撤回，邀请码作废。")
    return redirect("staff")


@require_POST
@for_administrators
def active(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a login, or open it again."""
    staff = get_object_or_404(staff_under(request.user), pk=pk)
    service, word = (deactivate_staff, "停用") if request.POST.get("to") == "0" else (reactivate_staff, "恢复")
    try:
        service(staff_id=pk, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        undo = "点错了的，在名单末尾点“恢复”。" if service is deactivate_staff else ""
        messages.success(request, f"{staff.name}的登录已{word}。{undo}")
    return redirect("staff")


@require_POST
@for_administrators
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody try again at once who has failed too often."""
    staff = get_object_or_404(staff_under(request.user), pk=pk)
    unlock_login(staff_id=pk, by=request.user, at=moment(request.user.office))
    messages.success(request, f"{staff.name}可以重新登录了。请提醒本人核对大小写。")
    return redirect("staff")


@duties.while_bound
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password and stay logged in; whoever had to, goes on to where she wanted."""
    form = OwnPasswordForm(request.POST or None)
    is_due = request.session.get(duties.KEY) == "password"
    if form.is_valid() and not _may_try(request.user):
        form.add_error("old", "原口令连续输错，请 15 分钟后再试；忘记口令请找管理员。")
    elif form.is_valid():
        try:
            staff: Staff = change_own_password(**form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            _forget_tries(staff)
            update_session_auth_hash(request, staff)
            sessions.end_all(staff, but=request.session.session_key)
            duties.settle(request, "password")
            duties.impose(request, staff, at_once=True)
            messages.success(request, "口令已更改，下次登录请用新口令。")
            return redirect(duties.next_page(request) if is_due else "own-password")
    context = {"form": form, "is_due": is_due, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "offices/own_password.html", context, status=422 if form.is_bound else 200)


def _may_try(staff: Staff) -> bool:
    """Whether the old password may be tried once more: somebody else may sit at a screen that was left open."""
    return lockout.begin(lockout.digest_of(staff.username, kind="own"), OWN_SCREEN) is not None


def _forget_tries(staff: Staff) -> None:
    lockout.succeed(lockout.digest_of(staff.username, kind="own"), OWN_SCREEN)
