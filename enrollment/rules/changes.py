"""变更: what a death, a move or employee insurance does to somebody's cover, said before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from common.decision import Reason
from enrollment.rules.ruleset import ChangeRule, RuleSet

KINDS = {"move_within": "区内迁移", "move_out": "迁出统筹区", "death": "死亡", "employee_start": "参加职工医保"}
LAST_DAYS = {
    "ends_that_day": "待遇到当日为止",
    "ends_day_before": "待遇到前一日为止",
    "stays": "当年不变，仍在原参保地",
}
ACCOUNTS = {"self": "个人账户余额退本人", "heir": "个人账户余额退继承人", "nobody": ""}
PEOPLE = {"self": "本人", "heir": "继承人"}
LEAVING = frozenset({"death", "move_out"})


@dataclass(frozen=True, slots=True)
class HeldCover:
    """A cover that somebody holds: the year, its first and last day, what was paid for it."""

    enrollment_id: int
    coverage_year: int
    starts_on: date
    ends_on: date
    payable: Decimal


@dataclass(frozen=True, slots=True)
class EndedYear:
    """A cover that a change ends: `last_day` lies before `cover.starts_on` where it never begins."""

    cover: HeldCover
    last_day: date

    @property
    def never_begins(self) -> bool:
        """Whether not a single day of cover is left."""
        return self.last_day < self.cover.starts_on


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change does: which covers end, whether the person leaves the household, who gets the balance, and why."""

    ended: tuple[EndedYear, ...]
    leaves: bool
    account_to: str
    reasons: tuple[Reason, ...]


def in_short(rule: ChangeRule) -> str:
    """What a rule does, in half a sentence."""
    parts = [LAST_DAYS[rule.cover]]
    if rule.cover != "stays":
        parts += ["已缴保费不退", ACCOUNTS[rule.account_to]]
    return "，".join(part for part in parts if part)


def last_day_of_cover(rule: ChangeRule, happened_on: date) -> date | None:
    """The last day of cover, or None where cover stays as it is."""
    if rule.cover == "stays":
        return None
    return happened_on - timedelta(days=1) if rule.cover == "ends_day_before" else happened_on


def effect_of(
    *,
    rule: ChangeRule,
    ruleset: RuleSet,
    happened_on: date,
    covers: Sequence[HeldCover],
    balance: Decimal,
    at: datetime,
    payee: str = "",
) -> ChangeEffect:
    """What the change does to these covers and this balance, sentence by sentence, each with its clause.

    `payee` is who takes the balance, by name.
    """
    last_day = last_day_of_cover(rule, happened_on)
    if last_day is None:
        return ChangeEffect((), False, "nobody", tuple(_staying(rule, ruleset, covers, happened_on)))
    ended = tuple(EndedYear(cover, last_day) for cover in covers if cover.ends_on > last_day)
    reasons = [_ending(each, rule) for each in ended]
    if not ended:
        reasons.append(Reason("NOT_COVERED", f"{last_day}以后没有参保，没有待遇要终止。", rule.clause))
    reasons += [_money(each, rule, ruleset, at) for each in ended]
    reasons += _account(rule, balance, payee)
    leaves = rule.kind in LEAVING
    if leaves:
        reasons.append(Reason("LEAVES", f"从本户成员中移出，最后一日 {happened_on}。", rule.clause))
    if rule.kind == "employee_start":
        text = f"从 {happened_on} 起登记职工医保；职工医保持续期间不在应参保之列。"
        reasons.append(Reason("EMPLOYEE_INSURED", text, rule.clause))
    if rule.clause is None:
        reasons.append(Reason("SILENT", f"文件对{KINDS[rule.kind]}怎样终止没有规定，以上按通行做法办理。"))
    return ChangeEffect(ended, leaves, rule.account_to, tuple(reasons))


def after_the_end(
    *, kind: str, ruleset: RuleSet, coverage_year: int, last_day: date, ends_on: date, day: date
) -> tuple[Reason, ...]:
    """How somebody stands whose cover of a year was ended by a change, and who is here all the same: back, or still.

    The text lets nobody pay twice in a year and lets nothing come back to life: the next window is what is left.
    """
    rule = ruleset.change(kind)
    by = f"因{KINDS[kind]}" if kind in KINDS else ""
    ended = f"{coverage_year}年度的待遇已{by}到 {last_day} 为止，已缴的保险费不退"
    window = ruleset.window(coverage_year + 1)
    when = (
        f"（{window.opens:%Y-%m-%d} 至 {window.pay_until:%Y-%m-%d}）"
        if window and day <= window.pay_until.date()
        else ""
    )
    again = f"一人一年只能参保一次：{coverage_year}年度不再重缴，待遇也不恢复"
    following = f"{coverage_year + 1}年度在其缴费期{when}内登记并缴费"
    found = [Reason("TERMINATED", ended, rule.clause if rule else None), Reason("ONCE", again, ruleset.once_a_year)]
    if kind in LEAVING:
        found.append(Reason("NEXT_WINDOW", following, ruleset.new_member))
        undo = f"其实没有{KINDS[kind]}的，请主管撤销那项变更，待遇恢复到 {ends_on}"
        found.append(Reason("UNDO", undo))
    return tuple(found)


def _staying(rule: ChangeRule, ruleset: RuleSet, covers: Sequence[HeldCover], day: date) -> list[Reason]:
    held = [cover for cover in covers if cover.ends_on >= day]
    reasons = [
        Reason(
            "NO_TRANSFER_THIS_YEAR",
            f"{cover.coverage_year}年度当年不办理变更，仍在原参保地享受待遇到 {cover.ends_on}。",
            rule.clause,
        )
        for cover in held
    ] or [Reason("NO_TRANSFER_THIS_YEAR", "当年不办理变更；没有在享受的待遇。", rule.clause)]
    year = max((cover.coverage_year for cover in held), default=day.year) + 1
    window = ruleset.window(year)
    when = f"{window.opens:%Y-%m-%d} 至 {window.pay_until:%Y-%m-%d} 的" if window else "下一"
    reasons.append(Reason("NEXT_WINDOW", f"在{when}缴费期内，到新住地登记并缴纳{year}年度。", rule.clause))
    return reasons


def _ending(each: EndedYear, rule: ChangeRule) -> Reason:
    year = each.cover.coverage_year
    if each.never_begins:
        text = f"{year}年度的待遇原从 {each.cover.starts_on} 起，现不再开始。"
    else:
        text = f"{year}年度的待遇到 {each.last_day} 为止（原到 {each.cover.ends_on}）。"
    return Reason("COVER_ENDS", text, rule.clause)


def _money(each: EndedYear, rule: ChangeRule, ruleset: RuleSet, at: datetime) -> Reason:
    """No refund after the deadline; before it the payment itself may be taken back, by a supervisor (L-11-0)."""
    year, paid = each.cover.coverage_year, each.cover.payable
    window = ruleset.window(year)
    if each.never_begins and window and at <= window.pay_until:
        text = (
            f"{year}年度的缴费期到 {window.pay_until:%Y-%m-%d} 才截止，这是截止期前的变动：要退 {paid:,.2f} 元的，"
            "请主管作废收据（整户重收），不按本条办理。"
        )
        return Reason("ORDINARY_CORRECTION", text, window.pay_clause)
    return Reason("NO_REFUND", f"{year}年度已缴的 {paid:,.2f} 元不退。", rule.clause)


def _account(rule: ChangeRule, balance: Decimal, payee: str) -> list[Reason]:
    if rule.account_to == "nobody":
        return []
    if balance <= 0:
        return [Reason("ACCOUNT_EMPTY", "个人账户没有余额可退。", rule.clause)]
    who = PEOPLE[rule.account_to]
    return [Reason("ACCOUNT_REFUND", f"个人账户余额 {balance:,.2f} 元退给{who}{payee}。", rule.clause)]
