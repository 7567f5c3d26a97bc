"""规则集书架: the compiled rule sets of this process, kept by the digest of their text."""

from common.decision import Reason, Refusal
from enrollment import models
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.source import RuleSetError, read_ruleset
from enrollment.ruleset_limits import refuse_what_does_not_fit

_compiled: dict[str, RuleSet] = {}


def current(code: str) -> RuleSet:
    """The rule set in force under a code: one cheap query, and a second one when its text is new to the process."""
    found = models.RuleSet.objects.filter(code=code).values_list("current_edition_id", "current_edition__sha256")
    edition_id, sha256 = found.first() or (None, None)
    if edition_id is None:
        raise unknown(code)
    return compiled(edition_id=edition_id, sha256=sha256)


def compiled(*, edition_id: int, sha256: str) -> RuleSet:
    """The rule set of an edition: no query once the process has read a text with this digest.

    Kept by digest, not by id: an id means another text after a restore or in the next test.
    """
    if sha256 not in _compiled:
        source = models.RuleSetEdition.objects.values_list("source", flat=True).get(pk=edition_id)
        try:
            _compiled[sha256] = read_ruleset(source)
        except RuleSetError as error:
            raise _unreadable(edition_id) from error
    return _compiled[sha256]


def readable(text: str, *, sha256: str) -> RuleSet:
    """The rule set of a text that is to be an edition, with its digest; RuleSetError where anything in it is wrong."""
    if sha256 not in _compiled:
        found = read_ruleset(text)
        refuse_what_does_not_fit(text)
        _compiled[sha256] = found
    return _compiled[sha256]


def unknown(code: str) -> Refusal:
    """The refusal for an office whose rule set is not loaded."""
    named = f"规则集“{code}”尚未载入" if code else "本机构尚未指定规则集"
    return Refusal(Reason("RULESET_UNKNOWN", f"{named}，无法核定，请联系管理员载入并指定规则集。"))


def _unreadable(edition_id: int) -> Refusal:
    """The refusal for a text that was right when it was loaded, but that this version of the program cannot read."""
    text = f"规则集版本（编号{edition_id}）的写法与现在的程序不符，无法核定，请联系管理员重新载入规则集。"
    return Refusal(Reason("RULESET_UNREADABLE", text))
