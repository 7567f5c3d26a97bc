"""资金去向: the page, and the papers behind its figures down to the single receipt."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enrollment.models import ContributionPeriod
from offices.access import for_overseers
from offices.clock import moment
from offices.models import Office, Staff
from offices.paging import page_of
from payments.models import Remittance, SettlementLine, Transfer
from payments.money.flow import NAMES, latest_period, money_of, offices_seen, periods_for
from payments.money.rows import KINDS, STANDS, lines_of, receipts_in, receipts_of, remittances_at

KIND_NAMES = {"receipted": "开出的收据", "voided": "作废的收据", "reversed": "冲正的收据", "unsettled": "未日结的收据"}


@never_cache
@require_safe
@for_overseers
def flow(request: HttpRequest) -> HttpResponse:
    """Where every yuan of a year is: of one office, or of all in scope with a row for each."""
    periods = periods_for(request.user)
    if not periods:
        return render(request, "payments/money.html", {"periods": periods})
    offices, office, period = _chosen(request, periods)
    is_part = len(offices) > 1 and office is not None
    scope = None if is_part or request.user.role == Staff.Role.SUPERVISOR else request.user.division_scope
    money = money_of([office] if office else offices, period, today=moment(request.user.office).date(), scope=scope)
    context = {
        "periods": periods,
        "period": period,
        "office": office,
        "offices": offices,
        "money": money,
        "places": _shown(money.whole.places.values(), office, period),
        "rows": [each for each in money.offices if not each.is_empty or each.differences],
        "code": period.ruleset.code,
    }
    return render(request, "payments/money.html", context)


def _chosen(
    request: HttpRequest, periods: list[ContributionPeriod]
) -> tuple[list[Office], Office | None, ContributionPeriod]:
    """What the address asks for: without an office the only one, or all; without a year that of the latest payment."""
    offices = offices_seen(request.user)
    office = _one(offices, request.GET.get("office", "")) or (offices[0] if len(offices) == 1 else None)
    wanted = request.GET.get("period", "") or str(latest_period(request.user) or "")
    return offices, office, _one(periods, wanted) or periods[0]


def _one(rows: list[Any], wanted: str) -> Any:
    return next((row for row in rows if str(row.pk) == wanted), None)


def _shown(places: Any, office: Office | None, period: ContributionPeriod) -> list[dict[str, Any]]:
    """Each place with the address of what lies there."""
    shown = []
    for place in places:
        page = {"unsettled": "money-receipts", "settled": "money-lines"}.get(place.code, "money-remittances")
        arguments = [period.pk] if page == "money-lines" else [period.pk, place.code]
        href = reverse(page, args=arguments) + (f"?office={office.pk}" if office else "")
        shown.append({"place": place, "href": href})
    return shown


def _within(request: HttpRequest, period_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The filter of a list within the scope, and what every list shows of it."""
    offices = offices_seen(request.user)
    period = next((each for each in periods_for(request.user) if each.pk == period_id), None)
    if period is None:
        raise Http404
    office = _one(offices, request.GET.get("office", ""))
    chosen = [office] if office else offices
    back = f"{reverse('money')}?period={period.pk}" + (f"&office={office.pk}" if office else "")
    kept = request.GET.copy()
    kept.pop("page", None)
    shown = {"period": period, "office": office, "back": back, "query": kept.urlencode(), "many": len(chosen) > 1}
    return {"offices": [each.pk for each in chosen], "period_id": period.pk}, shown


@never_cache
@require_safe
@for_overseers
def remittances(request: HttpRequest, period_id: int, place: str) -> HttpResponse:
    """The remittances that stand at a place of the way."""
    if place not in STANDS:
        raise Http404
    given, shown = _within(request, period_id)
    page = page_of(remittances_at(place, **given), request.GET.get("page"))
    rows = [{"row": row, "transfer": _transfer(row)} for row in page.rows]
    context = shown | {"page": page, "rows": rows, "name": NAMES[place]}
    return render(request, "payments/money_remittances.html", context)


def _transfer(remittance: Remittance) -> Transfer | None:
    """The last transfer that holds it: into the city's account, or else into the district's."""
    district = remittance.transfer
    return district and (district.forwarded_in or district)


@never_cache
@require_safe
@for_overseers
def lines(request: HttpRequest, period_id: int) -> HttpResponse:
    """The settled days of a remittance, or those that are not remitted yet."""
    given, shown = _within(request, period_id)
    wanted = request.GET.get("remittance", "")
    remittance = int(wanted) if wanted.isascii() and wanted.isdigit() else None
    page = page_of(lines_of(remittance=remittance, **given), request.GET.get("page"))
    context = shown | {"page": page, "remittance": remittance}
    return render(request, "payments/money_lines.html", context)


@never_cache
@require_safe
@for_overseers
def receipts(request: HttpRequest, period_id: int, kind: str) -> HttpResponse:
    """Single receipts: of a kind, or (`kind` is "line") of a settled day."""
    given, shown = _within(request, period_id)
    line = request.GET.get("line", "")
    if kind == "line" and line.isascii() and line.isdigit():
        rows, name = receipts_in(int(line), **given), "日结的收据"
        shown |= _way_back(int(line), request.GET, given, shown["office"])
    elif kind in KINDS:
        rows, name = receipts_of(kind, **given), KIND_NAMES[kind]
    else:
        raise Http404
    page = page_of(rows, request.GET.get("page"))
    return render(request, "payments/money_receipts.html", shown | {"page": page, "name": name})


def _way_back(line_id: int, asked: QueryDict, given: dict[str, Any], office: Office | None) -> dict[str, str]:
    """From the receipts of a settled day to the paper that one came from, else to the list of days."""
    line = (
        SettlementLine.objects.filter(pk=line_id, office__in=given["offices"], period=given["period_id"])
        .select_related("settlement__clerk", "remittance")
        .first()
    )
    if line is None:
        return {}
    if asked.get("from") == "settlement":
        name = f"{line.settlement.clerk.name} {line.settlement.day} 日结"
        return {"back": reverse("settlement", args=[line.settlement_id]), "back_name": name}
    if asked.get("from") == "remittance" and line.remittance:
        return {
            "back": reverse("remittance", args=[line.remittance_id]),
            "back_name": f"上缴单 {line.remittance.number}",
        }
    kept = {"remittance": line.remittance_id, "office": office and office.pk}
    query = urlencode({name: value for name, value in kept.items() if value})
    name = "上缴单的日结明细" if line.remittance_id else "已日结未上缴"
    return {"back": f"{reverse('money-lines', args=[given['period_id']])}?{query}", "back_name": name}
