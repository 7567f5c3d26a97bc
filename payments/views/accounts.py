"""退款单: the paper of a refund from an individual account."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enrollment.models import AccountEntry, Clause
from households import identity
from payments.paper.slip import RefundSlip, refund_slip


@never_cache
@require_safe
def slip(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The slip of one refund, as it was made; one that was reversed says so."""
    rows = AccountEntry.objects.visible_to(request.user).select_related("person", "by__office", "reversed_by")
    entry = rows.filter(pk=entry_id, kind=AccountEntry.Kind.REFUND).first()
    if entry is None:
        raise Http404
    clause = Clause.objects.filter(ruleset__code=entry.ruleset_code, key=entry.clause_key).first()
    found = RefundSlip(
        number=f"{entry.pk:08d}",
        office=entry.by.office.name if entry.by.office else "",
        clerk=entry.by.name,
        person=entry.person.name,
        masked_id=identity.masked(entry.person),
        payee=entry.payee,
        relation=entry.relation,
        amount=-entry.amount,
        cause=entry.text,
        clause_line=str(clause) if clause else "",
        moment=entry.at,
        reversed=hasattr(entry, "reversed_by"),
    )
    response = HttpResponse(refund_slip(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="refund-{found.number}.pdf"'
    return response
