"""A rule set 规则集: everything that one place's policy decides, as frozen data, each piece with its clause.

Where places differ in an amount or a date, the value differs; where they differ in shape, the data names a way
(`way = …`) and the rule that knows that way does it. `source.py` reads these from TOML, docs/rulesets.md explains them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from common.dates import SHANGHAI, age_on
from common.decision import Clause
from enrollment.rules.progress import Stage, Target, WeeklyReportRule
from enrollment.rules.transfers import TransferStep


@dataclass(frozen=True, slots=True)
class Document:
    """The policy document: number as printed, title, who issued it when, what it rests on; how its text is divided."""

    number: str
    title: str
    issued_by: str
    issued_on: date
    based_on: str
    text_layout: str


@dataclass(frozen=True, slots=True)
class Division:
    """行政区划 covered: a code prefix, its name, and the days on which it belonged to the area (both included)."""

    code: str
    name: str
    starts_on: date | None
    ends_on: date | None

    def covers(self, code: str, day: date) -> bool:
        """Whether `code` lies in this division on `day`."""
        in_force = (self.starts_on or day) <= day <= (self.ends_on or day)
        return in_force and code.startswith(self.code)


@dataclass(frozen=True, slots=True)
class Area:
    """统筹区: the divisions whose residents the rule set covers."""

    name: str
    divisions: tuple[Division, ...]
    clause: Clause

    def covers(self, code: str, day: date) -> bool:
        """Whether a division code of 6 to 12 digits lies in the area on `day`."""
        return any(division.covers(code, day) for division in self.divisions)


@dataclass(frozen=True, slots=True)
class Admission:
    """参保对象: one way of belonging to the insured. Ways: hukou, student, residence_certificate, supervisor."""

    way: str
    clause: Clause
    hukou_kinds: frozenset[str] = frozenset()
    student_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """不在应参保之列: a cover (employee, nrcms) or a duty (employee_scope) that keeps a person out."""

    fact: str
    clause: Clause
    may_override: bool
    certificate: str
    certificate_clause: Clause | None


@dataclass(frozen=True, slots=True)
class Exemption:
    """可暂不参保: who may stay out of a household that enrols together; the levels of the parent's unit that count."""

    code: str
    name: str
    parent_unit_levels: frozenset[str]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Together:
    """家庭内应参保人员必须同时参保: whether it is asked, whether a supervisor may lift it, who is exempt."""

    required: bool
    may_override: bool
    clause: Clause
    exemptions: tuple[Exemption, ...]


@dataclass(frozen=True, slots=True)
class DisabilityTest:
    """重度残疾: the kinds (empty: any) and grades that count; `required`: nobody counts whose kind is unknown."""

    kinds: frozenset[str]
    grades: frozenset[int]
    required: bool


@dataclass(frozen=True, slots=True)
class Category:
    """人员类别: who belongs to it and how one proves it.

    `scope`: `person`, or `household` where one certificate counts for all members.
    `proof`: `none` (whoever belongs to no other), `facts` (whoever meets the conditions), `certificate` (original and
    copy), `funder_list` (named on the department's list) or `newborn` (paid for within the days of the rule for
    newborns, for the year of birth). `expired`: whether a certificate past its last day is only
    warned about (`warn`), or counts once a supervisor has lifted the refusal (`supervisor`).
    `age_on`: the month and day of the coverage year on which the age counts; None: the day of verification.
    """

    code: str
    name: str
    aliases: frozenset[str]
    scope: str
    proof: str
    priority: int
    clause: Clause
    document: str
    proof_clause: Clause | None
    expired: str
    issued_within: tuple[str, ...]
    disability: DisabilityTest | None
    age_from: int | None
    age_below: int | None
    hukou_in_area: bool
    hukou_kinds: frozenset[str]
    student_kinds: frozenset[str]
    workmanship_fee_exempt: bool
    waits: bool
    age_on: tuple[int, int] | None = None

    def age_day(self, coverage_year: int, verified_on: date) -> date:
        """The day on which the age for a coverage year counts."""
        return date(coverage_year, *self.age_on) if self.age_on else verified_on

    def takes_age(self, birth_date: date, *, coverage_year: int, verified_on: date) -> bool:
        """Whether who was born then has the age, where one is asked for."""
        age = age_on(birth_date, self.age_day(coverage_year, verified_on))
        if self.age_on:
            age = max(age, 0)  # born after that day, and in time for the year
        return (self.age_from or 0) <= age < (self.age_below or 999)


@dataclass(frozen=True, slots=True)
class PaperRule:
    """材料: a document wanted from the household or from each applicant, how many, and what may stand in for it.

    With `instead_below_age` the substitutes serve only who is younger than that.
    """

    code: str
    name: str
    asked_of: str
    count: int
    instead: tuple[str, ...]
    instead_below_age: int | None
    clause: Clause

    def shown_by(self, papers: Collection[str], *, birth_date: date | None = None, day: date) -> bool:
        """Whether the papers that were seen for somebody hold this one, or one that may stand in for it."""
        return self.code in papers or any(code in papers for code in self.substitutes(birth_date, day))

    def substitutes(self, birth_date: date | None, day: date) -> tuple[str, ...]:
        """What may be shown instead by somebody of that age; an unknown age is not a young one."""
        if self.instead_below_age is None:
            return self.instead
        young = birth_date is not None and age_on(birth_date, day) < self.instead_below_age
        return self.instead if young else ()


@dataclass(frozen=True, slots=True)
class Window:
    """缴费期: first day, last moments for verification (None: none of its own) and payment, all included."""

    opens: datetime
    verify_until: datetime | None
    pay_until: datetime
    has_time: bool
    clause: Clause
    verify_clause: Clause
    pay_clause: Clause

    @property
    def span(self) -> tuple[date, date]:
        """First and last day."""
        return self.opens.date(), self.pay_until.date()

    @property
    def opening(self) -> str:
        """From when money is taken, in words; with the time of day where it is not the day's beginning."""
        return f"{self.opens:%Y-%m-%d}" if self.opens.time() == time.min else f"{self.opens:%Y-%m-%d %H:%M}"

    @property
    def closing(self) -> str:
        """Until when money is taken, in words; with the time of day where the document names one."""
        return f"{self.pay_until:%Y-%m-%d %H:%M}" if self.has_time else f"{self.pay_until:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class YearlyWindow:
    """每年的缴费期: the months and days of a window that repeats in the year before each coverage year."""

    opens: tuple[int, int]
    closes: tuple[int, int]
    clause: Clause

    def window(self, coverage_year: int) -> Window:
        """The window in which the cover of `coverage_year` is bought."""
        year = coverage_year - 1
        opens = datetime(year, *self.opens, tzinfo=SHANGHAI)
        closes = datetime(year, *self.closes, 23, 59, 59, 999999, tzinfo=SHANGHAI)
        return Window(opens, None, closes, False, self.clause, self.clause, self.clause)


@dataclass(frozen=True, slots=True)
class Rate:
    """缴费标准 of one category in one period, in yuan; parts make the standard."""

    category: str
    standard: Decimal
    payable: Decimal
    sponsored: Decimal
    funder: str
    clause: Clause
    sponsor_clause: Clause | None


@dataclass(frozen=True, slots=True)
class AccountCredit:
    """个人账户划入: yuan per person and the day by which it is due (None: with the start of cover)."""

    amount: Decimal
    due_by: date | None
    clause: Clause


@dataclass(frozen=True, slots=True)
class Band:
    """时段: who registered and paid between two days (both included, None: open) is covered from `starts`.

    `starts` None: from the day of payment. `rates` take the place of the period's own where the price differs by
    date; `late`: who pays in this band has missed the collection and waits as the rule set's waiting period says.
    Not `subsidised`: who pays one of `rates` (without any: in the band) pays it all, and no budget adds anything.
    """

    from_day: date | None
    until_day: date | None
    starts: date | None
    clause: Clause
    account: AccountCredit | None
    rates: Mapping[str, Rate]
    late: bool
    subsidised: bool

    def first_cover(self, day: date) -> date:
        """The first day of cover for who registered and paid by `day`."""
        return self.starts or day

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the band."""
        return (self.from_day or day) <= day <= (self.until_day or day)


@dataclass(frozen=True, slots=True)
class Period:
    """缴费年度: the coverage year bought, its window, rates by category and bands of benefit starts.

    A day inside the window that no band holds is closed; the text must say so (`gaps_closed`).
    """

    coverage_year: int
    starts_on: date
    ends_on: date
    clause: Clause
    window: Window
    rates: Mapping[str, Rate]
    bands: tuple[Band, ...]
    account: AccountCredit | None

    def band(self, day: date) -> Band | None:
        """The band in which a day lies."""
        return next((band for band in self.bands if band.holds(day)), None)

    def closed_days(self) -> list[tuple[date, date]]:
        """The days within the window on which no band lets anybody pay, as spans."""
        spans: list[tuple[date, date]] = []
        first, last = self.window.span
        day = first
        for band in sorted(self.bands, key=lambda band: band.from_day or date.min):
            if band.from_day and band.from_day > day:
                spans.append((day, min(band.from_day - timedelta(days=1), last)))
            if band.until_day is None or band.until_day >= last:
                return spans
            day = max(day, band.until_day + timedelta(days=1))
        return [*spans, (day, last)] if day <= last else spans

    def rates_on(self, day: date) -> Mapping[str, Rate]:
        """What each category costs who pays on `day`; on a day without a band, in the one that comes next."""
        following = [band for band in self.bands if band.from_day and band.from_day > day]
        band = self.band(day) or min(following, key=lambda each: each.from_day or day, default=None)
        return {**self.rates, **band.rates} if band and band.rates else self.rates


@dataclass(frozen=True, slots=True)
class Continuity:
    """连续缴费年限: the unbroken run of years, and whether years in employee insurance bridge a gap.

    `not_for_employee` is the clause by which these years do not count as years of employee insurance.
    """

    bridge_employee_years: bool
    clause: Clause
    not_for_employee: Clause | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """待遇等待期 in months: a fixed part for who joins late or after a break, and one more for each broken year.

    Each broken year that is paid back takes its month away; who broke `many_years` or more never waits less than
    `many_years_least` months. `repair` says what a year costs that is paid back: `current_rate`, the general rate of
    the year being bought; empty where the document does not say.
    """

    fixed_months: int
    months_per_broken_year: int
    many_years: int | None
    many_years_least: int
    clause: Clause
    broken_clause: Clause
    repair: str = ""

    def months(self, *, late: bool, broken: int, repaid: int) -> int:
        """How many months to wait."""
        if not (late or broken):
            return 0
        months = self.fixed_months + self.months_per_broken_year * max(broken - repaid, 0)
        many = self.many_years is not None and broken >= self.many_years
        return max(months, self.many_years_least) if many else months


@dataclass(frozen=True, slots=True)
class Newborn:
    """新生儿: paid within so many days of birth, at any time of the year, cover runs from birth without waiting."""

    days: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class AfterEmployee:
    """职工医保终止后: within so many months of its end one may still join in the running year, without waiting.

    `starts`: `payment_day`, or `day_after_cover` where the cover reaches back to the day after the other one.
    """

    months: int
    starts: str
    divisions: tuple[str, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """变更: what a change after the deadline does to cover and account, and which papers it wants.

    `cover`: `ends_that_day`, `ends_day_before`, or `stays` where the year is finished in the old place.
    `account_to`: who gets the balance of the individual account: `self`, `heir` or `nobody`. The contribution is not
    refunded by any of them. Without a clause the document is silent, and the sentence says so.
    """

    kind: str
    cover: str
    account_to: str
    papers: tuple[str, ...]
    clause: Clause | None


@dataclass(frozen=True, slots=True)
class RefundRule:
    """退费: what bars giving back a contribution: `deadline`, `cover`, `remittance`. Without a clause: silent."""

    barred_after: tuple[str, ...]
    clause: Clause | None


@dataclass(frozen=True, slots=True)
class WorkmanshipFee:
    """工本费: yuan for book and card (None: the administrator has not entered it), and the clause that exempts.

    `amount` is what a person pays for both together, `card` and `book` what each costs; a document may give the sum
    alone, and then nobody knows what one of them costs.
    """

    amount: Decimal | None
    clause: Clause
    exempt_clause: Clause
    card: Decimal | None = None
    book: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """办理渠道: how an application comes in, and the day until which that way is the ordinary one."""

    code: str
    name: str
    until: date | None
    clause: Clause
    afterwards: str
    afterwards_clause: Clause | None


@dataclass(frozen=True, slots=True)
class Funder:
    """资助部门: the department that pays for a sponsored category."""

    code: str
    name: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class RuleSet:
    """规则集. `new_member` is the clause that sends new members of an enrolled household to the next window.

    `declaration` is the clause on filling in the registration form truthfully, printed above the signature.
    """

    code: str
    name: str
    place: str
    in_force_from: date
    clause: Clause
    document: Document
    clauses: Mapping[str, Clause]
    area: Area
    admissions: tuple[Admission, ...]
    exclusions: tuple[Exclusion, ...]
    together: Together
    categories: tuple[Category, ...]
    category_choice: str
    papers: tuple[PaperRule, ...]
    yearly_window: YearlyWindow | None
    periods: Mapping[int, Period]
    once_a_year: Clause
    continuity: Continuity | None
    after_employee: AfterEmployee | None
    waiting: Waiting | None
    newborn: Newborn | None
    new_member: Clause | None
    declaration: Clause | None
    changes: tuple[ChangeRule, ...]
    refunds: RefundRule | None
    transfers: tuple[TransferStep, ...]
    target: Target | None
    stages: tuple[Stage, ...]
    weekly_report: WeeklyReportRule | None
    workmanship_fee: WorkmanshipFee | None
    channels: tuple[Channel, ...]
    funders: tuple[Funder, ...]

    @property
    def general(self) -> Category:
        """一般居民: the category of whoever belongs to no other."""
        return next(category for category in self.categories if category.proof == "none")

    @property
    def decides_apart(self) -> bool:
        """Whether no member's answer hangs on the others, while everybody takes part who ought to.

        What is refused and what is missing is still told of the household as a whole.
        """
        return self.new_member is None and all(category.scope == "person" for category in self.categories)

    def category(self, code: str) -> Category:
        """A category by its code; KeyError where there is none."""
        for category in self.categories:
            if category.code == code:
                return category
        raise KeyError(code)

    def change(self, kind: str) -> ChangeRule | None:
        """What the rule set says of a kind of change, or None."""
        return next((change for change in self.changes if change.kind == kind), None)

    def transfer(self, step: str) -> TransferStep | None:
        """What the rule set says of a step of the money's way up, or None."""
        return next((each for each in self.transfers if each.step == step), None)

    def window(self, coverage_year: int) -> Window | None:
        """The window of a coverage year, from its period or from the yearly pattern."""
        if coverage_year in self.periods:
            return self.periods[coverage_year].window
        return self.yearly_window.window(coverage_year) if self.yearly_window else None
