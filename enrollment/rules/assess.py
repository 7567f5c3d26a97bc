"""核定: one function over a household, called by the counter, the trial calculation, the rosters and the renewal."""

from dataclasses import replace
from datetime import date, datetime

from common.dates import local_day
from common.decision import Reason
from enrollment.rules.benefit import band_on, benefit
from enrollment.rules.category import EXPIRED, OF_HOUSEHOLD, charge, is_expired, names
from enrollment.rules.continuity import continuous_years
from enrollment.rules.decision import Benefit, ExpiredDocument, HouseholdDecision, MemberDecision, MissingDocument
from enrollment.rules.eligibility import admission_reason, not_due, refusals
from enrollment.rules.facts import Certification, Household, Member
from enrollment.rules.papers import missing_papers
from enrollment.rules.ruleset import Period, RuleSet
from enrollment.rules.waiting import REPAIR, unpaid_years
from enrollment.rules.window import Moments, Route, admittance, is_newborn, next_window

INCOMPLETE, MISSING = "HOUSEHOLD_INCOMPLETE", "DOCUMENT_MISSING"


def assess(
    household: Household,
    *,
    ruleset: RuleSet,
    coverage_year: int,
    at: datetime,
    registered_at: datetime | None = None,
    verified_at: datetime | None = None,
    paid_at: datetime | None = None,
    channel: str = "counter",
) -> HouseholdDecision:
    """Decide whether money may be taken (or was rightly taken) for a household, how much, and what it buys.

    All moments are aware. Without `paid_at` the question is whether money could be taken at `at`; with it, whether it
    was rightly taken then. Refusals are told in this order: who may be insured, the moment, the household as a whole,
    the papers.
    """
    moments = Moments(at, registered_at, verified_at, paid_at)
    desk = _Desk(household, ruleset, coverage_year, moments, channel)
    members = tuple(desk.member(member) for member in household.members)
    applicants = [member for member in members if member.applying]
    missing = desk.missing_documents(members)
    left_out = tuple(member for member in members if member.due and not member.applying)
    together, together_warning = desk.together(left_out)
    found = [
        *(reason for member in applicants for reason in member.refusals if reason.code not in desk.timing),
        *(reason for member in applicants for reason in member.refusals if reason.code in desk.timing),
        *together,
        *desk.missing_reasons(missing),
        *desk.expired_reasons(applicants),
    ]
    if not applicants:
        found.append(Reason("NOBODY_APPLIES", "没有选择参保人员，请至少勾选一人。", ruleset.clause))
    closed = any(reason.code in desk.timing for reason in found)
    upcoming = next_window(ruleset, coverage_year, moments) if closed else None
    return HouseholdDecision(
        coverage_year=coverage_year,
        members=members,
        refusals=tuple(dict.fromkeys(found)),
        warnings=together_warning
        + desk.expired_of_household(applicants)
        + tuple(reason for member in applicants for reason in member.warnings),
        missing_documents=missing,
        missing_members=tuple(member.ref for member in left_out),
        next_window=upcoming[1].span if upcoming else None,
        earliest_benefit_start=desk.earliest_start(upcoming[0]) if upcoming else None,
    )


class _Desk:
    """One question: its facts, rule set and moments, answered member by member."""

    timing = frozenset(
        {
            "WINDOW_NOT_OPEN",
            "WINDOW_CLOSED",
            "VERIFY_CLOSED",
            "PAYMENT_CLOSED",
            "NEW_MEMBER_NEXT_WINDOW",
            "PERIOD_UNKNOWN",
        }
    )

    def __init__(
        self, household: Household, ruleset: RuleSet, coverage_year: int, moments: Moments, channel: str
    ) -> None:
        self.household, self.ruleset, self.year = household, ruleset, coverage_year
        self.moments, self.channel = moments, channel
        self.period = ruleset.periods.get(coverage_year)

    def member(self, member: Member) -> MemberDecision:
        day = self.moments.day
        if not member.applying:
            stays_out = not_due(member, ruleset=self.ruleset, coverage_year=self.year, day=day)
            reasons = (stays_out,) if stays_out else ()
            return MemberDecision(member.ref, member.label, False, due=stays_out is None, reasons=reasons)
        kept_out = refusals(member, household=self.household, ruleset=self.ruleset, coverage_year=self.year, day=day)
        admitted = admittance(
            member,
            household=self.household,
            ruleset=self.ruleset,
            coverage_year=self.year,
            moments=self.moments,
        )
        timing = (admitted.refusal,) if admitted.refusal else ()
        decision = MemberDecision(member.ref, member.label, True, due=True, refusals=kept_out + timing)
        if kept_out or self.period is None:
            return decision
        return self._charged(member, decision, self.period, admitted.route)

    def _charged(self, member: Member, decision: MemberDecision, period: Period, route: Route) -> MemberDecision:
        ruleset, moments = self.ruleset, self.moments
        # Outside the window nobody was verified by its cut-off: the day of payment is the day of verification. Nor does
        # it matter what is true of somebody only after the payment: a bank slip may come before the papers.
        verified = moments.verification(period.window if route is Route.WINDOW else None)
        verified_on = min(local_day(verified), moments.day)
        found = charge(
            member,
            household=self.household,
            ruleset=ruleset,
            coverage_year=self.year,
            rates=period.rates_on(moments.day) if route is Route.WINDOW else period.rates,
            day=verified_on,
            first_year=self._first_year(member, period),
        )
        waits = ruleset.category(found.category).waits
        cover = benefit(member, ruleset=ruleset, period=period, moments=moments, route=route, waits=waits)
        if cover.starts_on > cover.ends_on and not decision.refusals:
            decision = replace(decision, refusals=(self._beyond_year(member, period, cover),))
        years = continuous_years(member, ruleset=ruleset, coverage_year=self.year)
        fee = ruleset.workmanship_fee
        exempt = ruleset.category(found.category).workmanship_fee_exempt if fee else None
        admitted = admission_reason(member, ruleset=ruleset, day=moments.day)
        reasons = [
            *([admitted] if admitted else []),
            *found.reasons,
            *([] if decision.refusals else cover.reasons),
            *([years[1]] if years else []),
            *(self._channel_reasons() if route is Route.WINDOW and not decision.refusals else []),
        ]
        if fee and exempt:
            reasons.append(Reason("WORKMANSHIP_EXEMPT", "工本费免缴", fee.exempt_clause))
        return MemberDecision(
            ref=decision.ref,
            name=decision.name,
            applying=True,
            due=True,
            refusals=decision.refusals,
            reasons=tuple(reasons),
            warnings=self._expired(member.certifications, member.label, verified_on, found.expired) + found.mismatches,
            charge=found,
            benefit=None if decision.refusals else cover,
            continuous_years=years[0] if years else None,
            workmanship_fee_exempt=exempt,
        )

    def _first_year(self, member: Member, period: Period) -> bool:
        """Whether a newborn is paid for in time, and for the year of birth."""
        in_time = is_newborn(member, ruleset=self.ruleset, period=period, moments=self.moments)
        return in_time and member.birth_date is not None and member.birth_date >= period.starts_on

    def _beyond_year(self, member: Member, period: Period, cover: Benefit) -> Reason:
        """The refusal of who is born after the year, or of a wait that outlasts it.

        What paying back costs is told where that brings the wait back into the year.
        """
        if member.birth_date and member.birth_date > period.ends_on:
            text = f"{member.label}的出生日期{member.birth_date}在{self.year}年度之后，请核对出生日期或年度。"
            return Reason("BORN_BEYOND_YEAR", text, period.clause)
        unpaid = unpaid_years(member, coverage_year=self.year)
        repaid = replace(member, repaid_years=member.repaid_years.union(unpaid))
        sooner = benefit(
            repaid, ruleset=self.ruleset, period=period, moments=self.moments, route=Route.WINDOW, waits=True
        )
        offer = next((reason for reason in cover.reasons if reason.code == REPAIR), None)
        text = f"{member.label}的等待期满日{cover.starts_on}已过本年度，缴费后享受不到待遇，请缴纳下一年度"
        if offer and sooner.starts_on <= sooner.ends_on:
            text += f"；或先补缴中断年度，缩短等待期（{offer.text}）"
        return Reason("WAITING_BEYOND_YEAR", f"{text}。", cover.reasons[0].clause)

    def _channel_reasons(self) -> list[Reason]:
        for channel in self.ruleset.channels:
            if channel.code == self.channel and channel.until and self.moments.day > channel.until:
                return [Reason("LATE_CHANNEL", channel.afterwards, channel.afterwards_clause)]
        return []

    def expired_reasons(self, applicants: list[MemberDecision]) -> list[Reason]:
        """证件到期: a refusal for each expired certificate on which somebody's lower rate would rest."""
        held = dict.fromkeys(each.charge.expired for each in applicants if each.charge and each.charge.expired)
        how = "有新证的请改录；情况属实的由主管说明理由后放行；也可改为不按此类别缴费。"
        return [
            Reason(
                EXPIRED, f"{each.whose}的{each.document}已于{each.valid_until}到期，不能据以减免：{how}", each.clause
            )
            for each in held
        ]

    def expired_of_household(self, applicants: list[MemberDecision]) -> tuple[Reason, ...]:
        """A warning for each certificate of the whole household that has expired, unless it is refused already."""
        held = next((each.charge.expired for each in applicants if each.charge and each.charge.expired), None)
        return self._expired(self.household.certifications, OF_HOUSEHOLD, self.moments.day, held)

    def _expired(
        self, certifications: tuple[Certification, ...], whose: str, day: date, held: ExpiredDocument | None
    ) -> tuple[Reason, ...]:
        found = []
        for each in certifications:
            if not is_expired(each, day) or (held and (held.whose, held.valid_until) == (whose, each.valid_until)):
                continue
            named = next((c for c in self.ruleset.categories if names(each, c)), None)
            name = named.name if named else each.category or "残疾"
            decided = "已由主管放行" if EXPIRED in self.household.overrides else "请核对，有新证的请改录"
            text = f"{whose}的{name}证件已于{each.valid_until}到期，{decided}。"
            found.append(Reason(EXPIRED, text, (named or self.ruleset.general).clause))
        return tuple(found)

    def together(self, left_out: tuple[MemberDecision, ...]) -> tuple[list[Reason], tuple[Reason, ...]]:
        """家庭内应参保人员必须同时参保: a refusal, or a warning where a supervisor has lifted it."""
        rule = self.ruleset.together
        if not (rule.required and left_out):
            return [], ()
        names = "、".join(member.name for member in left_out)
        if rule.may_override and INCOMPLETE in self.household.overrides:
            return [], (Reason(INCOMPLETE, f"{names}未同时参保，已由主管放行。", rule.clause),)
        text = f"{names}应参保而未同时参保，请一并办理；确有原因的，补录其他医保或由主管放行。"
        return [Reason(INCOMPLETE, text, rule.clause)], ()

    def missing_documents(self, members: tuple[MemberDecision, ...]) -> tuple[MissingDocument, ...]:
        """Papers still wanted, each once."""
        claimed = [each for member in members if member.charge for each in member.charge.missing]
        return tuple(
            dict.fromkeys([*missing_papers(self.household, ruleset=self.ruleset, day=self.moments.day), *claimed])
        )

    def missing_reasons(self, missing: tuple[MissingDocument, ...]) -> list[Reason]:
        """缺材料: one reason per clause, naming each paper and whose it is."""
        names = {member.ref: member.label for member in self.household.members}
        by_clause: dict[str, list[MissingDocument]] = {}
        for each in missing:
            by_clause.setdefault(each.clause.key, []).append(each)
        reasons = []
        for wanted in by_clause.values():
            listed = "、".join(each.label + (f"（{names[each.ref]}）" if each.ref else "") for each in wanted)
            reasons.append(Reason(MISSING, f"缺{listed}，请补齐后办理。", wanted[0].clause))
        return reasons

    def earliest_start(self, coverage_year: int) -> date:
        """The first day of cover that can still be had, if registered by now and paid as early as the window lets."""
        period = self.ruleset.periods.get(coverage_year)
        window = self.ruleset.window(coverage_year)
        if period is None or window is None:
            return date(coverage_year, 1, 1)
        soonest = max(window.opens.date(), self.moments.day)
        return band_on(period, soonest).first_cover(soonest)
