"""参保证明: issuing, printing and revoking certificates, and the public page that says whether one holds."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from common.dates import local_day
from common.decision import Refusal
from households.access import household_within
from offices.access import for_clerks, has_role
from offices.clock import moment
from offices.models import Staff
from offices.paging import page_of
from payments.cards.certificate_pdf import CertificateDocument, certificate_pdf
from payments.cards.certified import certifiable, certificate_rows, certified_year, with_standing
from payments.cards.forms import CertificateForm, RevokeForm
from payments.counter.reading import moment_at
from payments.models import CoverCertificate
from payments.services import issue_certificate, revoke_certificate


def certificate_within(certificate_id: int, *, staff: Staff) -> CoverCertificate:
    """A certificate within the scope; otherwise it does not exist."""
    rows = CoverCertificate.objects.visible_to(staff).select_related("office", "household")
    found = rows.filter(pk=certificate_id).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def household(request: HttpRequest, household_id: int) -> HttpResponse:
    """A household's certificates; a new one for one member or for all."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    people, years = certifiable(found, at=at)
    form = CertificateForm(request.POST if request.method == "POST" else None, people=people, years=years)
    may_act = has_role(request.user, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    if request.method == "POST" and not may_act:
        raise PermissionDenied("参保证明由经办员、主管开具。如需办理，请与其联系。")
    if form.is_valid():
        try:
            issued = issue_certificate(household_id=found.pk, **form.values(), by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, issued.sentence)
            return redirect("household-certificates", found.pk)
    issued = with_standing(CoverCertificate.objects.filter(household=found)).select_related("office", "by")
    rows = [*certificate_rows(issued.order_by("-issued_at", "-pk"))]
    context = {"household": found, "form": form, "rows": rows, "years": years, "may_act": may_act}
    return render(request, "payments/certificates.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """Certificates issued within the scope, the latest first."""
    rows = with_standing(CoverCertificate.objects.visible_to(request.user)).select_related("office", "by", "household")
    page = page_of(rows.order_by("-issued_at", "-pk"), request.GET.get("page"))
    context = {"page": page, "rows": [*certificate_rows(page.rows)]}
    return render(request, "payments/certificate_list.html", context)


@never_cache
@require_safe
def paper(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """The certificate as a PDF, as it was issued, however often it is printed."""
    found = certificate_within(certificate_id, staff=request.user)
    document = CertificateDocument(
        number=found.number,
        coverage_year=found.coverage_year,
        issued_at=found.issued_at,
        content=found.content,
        address=settings.PUBLIC_URL + reverse("verify", args=[found.token]),
        revoked=found.revoked_at is not None,
    )
    response = HttpResponse(certificate_pdf(document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{found.number}.pdf"'
    return response


@for_clerks
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """撤销 by a supervisor, at the own screen or by name and password at the clerk's."""
    found = certificate_within(certificate_id, staff=request.user)
    form = RevokeForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        at = moment(request.user.office or found.office)
        try:
            revoke_certificate(certificate_id=found.pk, reason=form.cleaned_data["reason"], by=form.supervisor, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"参保证明 {found.number} 已撤销，查验时显示无效。")
            return redirect("household-certificates", found.household_id)
    names = "、".join(member["name"] for member in found.content["members"])
    about = f"{names}，{found.coverage_year}年度，{local_day(found.issued_at)}开具。"
    context = {"form": form, "certificate": found, "about": about}
    return render(request, "payments/certificate_revoke.html", context, status=422 if form.errors else 200)


# Public on purpose: whoever holds the paper may ask. It says yes or no and the year, and nothing about anybody; one
# query by a unique index for every token, whether it is unknown, revoked or good.
@login_not_required
@never_cache
@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """查验: whether the certificate whose QR code leads here holds."""
    response = render(request, "payments/verify.html", {"year": certified_year(token)})
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
