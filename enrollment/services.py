"""参保的服务: loading rule sets and policy texts, papers found complete, refusals lifted by a supervisor."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Max

from common.decision import Reason, Refusal
from enrollment import library, policytext
from enrollment.facts import HouseholdFacts, read_household
from enrollment.models import Clause, ContributionPeriod, Override, RuleSet, RuleSetEdition, Verification
from enrollment.rules.lifting import liftable
from enrollment.rules.ruleset import RuleSet as Compiled
from households.models import Household
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff

Role = Staff.Role


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a rule set came to; `changed` is false when this very text was in force already."""

    ruleset: RuleSet
    edition: RuleSetEdition
    changed: bool


@accountable
def load_ruleset(*, text: str, by: Staff | None, at: datetime, if_absent: bool = False) -> Loaded:
    """Put a rule set's text in force as a new edition; RuleSetError, and nothing changed, where it is wrong.

    Editions are never changed: a text loaded before and loaded again is its old edition, in force once more.
    `if_absent` leaves a rule set alone that has an edition: start-up must not undo what an administrator loaded.
    """
    digest = sha256(text.encode()).hexdigest()
    compiled = library.readable(text, sha256=digest)
    RuleSet.objects.get_or_create(code=compiled.code, defaults={"name": compiled.name})
    ruleset = RuleSet.objects.select_for_update().get(code=compiled.code)
    edition = ruleset.editions.filter(sha256=digest).first()
    current = ruleset.current_edition
    if current and (if_absent or current == edition):
        return Loaded(ruleset, current, changed=False)
    edition = edition or _new_edition(ruleset, text, digest, by, at)
    ruleset.name, ruleset.document, ruleset.current_edition = compiled.name, compiled.document.number, edition
    ruleset.save(update_fields=["name", "document", "current_edition"])
    years = [ContributionPeriod(ruleset=ruleset, coverage_year=year) for year in compiled.periods]
    ContributionPeriod.objects.bulk_create(years, ignore_conflicts=True)
    _register_clauses(ruleset, compiled)
    record(by=by, at=at, verb="load_ruleset", subject=ruleset, detail={"edition": edition.number, "sha256": digest})
    return Loaded(ruleset, edition, changed=True)


def _new_edition(ruleset: RuleSet, text: str, digest: str, by: Staff | None, at: datetime) -> RuleSetEdition:
    last = ruleset.editions.aggregate(Max("number"))["number__max"] or 0
    return RuleSetEdition.objects.create(
        ruleset=ruleset, number=last + 1, source=text, sha256=digest, loaded_at=at, loaded_by=by
    )


def _register_clauses(ruleset: RuleSet, compiled: Compiled) -> None:
    """Write the registry. A clause keeps its text while it stays in its article, or takes that of the new one."""
    texts = {(row.document, row.article): row.full_text for row in ruleset.clauses.exclude(full_text="")}
    rows = [
        Clause(
            ruleset=ruleset,
            key=clause.key,
            document=clause.document,
            article=clause.article,
            summary=clause.summary,
            full_text=texts.get((clause.document, clause.article), ""),
        )
        for clause in compiled.clauses.values()
    ]
    Clause.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["ruleset", "key"],
        update_fields=["document", "article", "summary", "full_text"],
    )


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of a policy text: its number, how many top articles it has, clauses filled and not found in it."""

    document: str
    articles: int
    filled: tuple[str, ...]
    unmatched: tuple[str, ...]


@accountable
def fill_policy_text(*, text: str, by: Staff | None, at: datetime, ruleset_codes: Collection[str] = ()) -> Filled:
    """Split a policy's real text and give each clause of that document the article it stands in.

    The document is known by the number printed first in the text; `ruleset_codes` narrows down whose clauses.
    """
    document = policytext.document_number(text)
    if not document:
        raise _no_text("正文里找不到文号（如 连政办发〔2007〕149号），不知道是哪份文件。请核对是否选错了文件。")
    rows = Clause.objects.select_related("ruleset__current_edition").filter(document=document)
    clauses = list(rows.filter(ruleset__code__in=ruleset_codes) if ruleset_codes else rows)
    if not clauses:
        raise _no_text(f"没有规则集引用{document}。请先用 load_ruleset 载入引用这份文件的规则集。")
    articles = policytext.split(text, _layout(clauses[0].ruleset))
    if not articles:
        raise _no_text(f"{document}的正文里分不出条款。请核对文件内容，或规则集里的 text_layout。")
    before = [clause.full_text for clause in clauses]
    for clause in clauses:
        clause.full_text = policytext.clause_text(articles, clause.article) or ""
    changed = [clause for clause, old in zip(clauses, before, strict=True) if clause.full_text != old]
    Clause.objects.bulk_update(changed, ["full_text"])
    filled = tuple(clause.key for clause in clauses if clause.full_text)
    unmatched = tuple(clause.key for clause in clauses if not clause.full_text)
    top = sum(len(article.path) == 1 for article in articles)
    for ruleset in dict.fromkeys(clause.ruleset for clause in changed):
        record(by=by, at=at, verb="fill_policy_text", subject=ruleset, detail={"document": document, "articles": top})
    return Filled(document, top, filled, unmatched)


def _layout(ruleset: RuleSet) -> str:
    edition = ruleset.current_edition
    if edition is None:
        return ""
    return library.compiled(edition_id=edition.pk, sha256=edition.sha256).document.text_layout


def _no_text(sentence: str) -> Refusal:
    return Refusal(Reason("POLICY_TEXT", sentence))


@accountable
def verify_papers(
    *, household_id: int, coverage_year: int, by: Staff, at: datetime, applying: Collection[int] | None = None
) -> Verification:
    """参保核定: note that a household's papers are complete (F7); refused while one is missing. Asked twice, once."""
    facts = locked_facts(household_id=household_id, coverage_year=coverage_year, by=by, at=at, applying=applying)
    known = Verification.objects.filter(household_id=household_id, period_id=facts.period_id).first()
    if known:
        return known
    missing = facts.decide(at=at).missing_documents
    if missing:
        names = {member.asked.ref: member.name for member in facts.members}
        wanted = "、".join(each.label + (f"（{names[each.ref]}）" if each.ref else "") for each in missing)
        text = f"材料不齐，不能核定：还缺{wanted}。请补齐后再核定。"
        raise Refusal(Reason("DOCUMENT_MISSING", text, missing[0].clause))
    found = Verification.objects.create(household_id=household_id, period_id=facts.period_id, verified_at=at, by=by)
    record(by=by, at=at, verb="verify_papers", subject=found, detail={"household": facts.number, "year": coverage_year})
    return found


@accountable
def lift_refusal(*, household_id: int, coverage_year: int, code: str, reason: str, by: Staff, at: datetime) -> Override:
    """主管特批: lift a refusal for one household and year, where the rule set lets a supervisor do so."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    facts = locked_facts(household_id=household_id, coverage_year=coverage_year, by=by, at=at)
    if not reason.strip():
        raise Refusal(Reason("OVERRIDE_REASON", "没有写特批事由，无法存查。请写明为什么放行。"))
    if code not in liftable(facts.ruleset()):
        raise Refusal(Reason("OVERRIDE_CODE", "文件没有规定这一项可以由主管放行，请按原规定办理。"))
    found, new = Override.objects.get_or_create(
        household_id=household_id,
        period_id=facts.period_id,
        code=code,
        defaults={"reason": reason.strip(), "by": by, "at": at},
    )
    if new:
        detail = {"household": facts.number, "year": coverage_year, "code": code, "reason": found.reason}
        record(by=by, at=at, verb="lift_refusal", subject=found, detail=detail)
    return found


def locked_facts(
    *, household_id: int, coverage_year: int, by: Staff, at: datetime, applying: Collection[int] | None = None
) -> HouseholdFacts:
    """Lock a household within the scope of `by` and read it; a year that its rule set does not know is refused."""
    locked = visible(Household.objects.select_for_update(no_key=True), by).filter(pk=household_id).first()
    facts = read_household(household_id, coverage_year=coverage_year, at=at, applying=applying) if locked else None
    if facts is None:
        raise household_unknown()
    facts.ruleset()
    if facts.period_id is None:
        raise Refusal(Reason("PERIOD_UNKNOWN", f"还没有公布{coverage_year}年度的标准，请选择已公布的年度。"))
    return facts


def household_unknown() -> Refusal:
    """The refusal for a household that is not there, or not within the scope."""
    return Refusal(Reason("HOUSEHOLD_UNKNOWN", "找不到这一户，或不在您的管辖范围内。请重新查找，或与其经办机构联系。"))
