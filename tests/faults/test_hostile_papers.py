"""Hostile strings in every row: each page, each PDF and each table shows them; nothing breaks, runs or runs off.

The addresses are those of the URL map, as `tests.test_access` knows them: a PDF or a table that is new is looked at by
itself, and one that shows nothing fails.
"""

import random
from io import StringIO

from offices.models import Staff
from payments.paper import fonts
from tests.faults.conftest import Keep
from tests.faults.hostile_rows import overwrite
from tests.faults.hostile_strings import strings
from tests.faults.looks import PDF, XLSX, Looks
from tests.faults.test_hostile_strings import MOST_SECONDS, assert_one_line_each, log  # noqa: F401
from tests.faults.walk import CAST, client_of
from tests.payments.card_builders import live_in
from tests.test_access import (  # noqa: F401 - fixtures
    PAGES,
    address,
    arguments,
    book,
    cast,
    files_folder,
    pay,
    rulesets,
    savepoint,
)

# Of a job that was done before, by its reader's address: the same files as by their own.
BY_JOB = {"print-run-file", "job-file"}
# 连云港's rules of 2007 know no department; tests/rosters/test_exports.py has one.
NOT_HERE = {"roster-template-department"}
LONGEST = ("一" * 500, "W" * 500, "甲 " * 250)
FEW = 39  # pages besides, of all three sorts of text


def test_hostile_rows_break_no_page_no_paper_and_no_table(
    full: bool,
    arguments: dict[str, object],  # noqa: F811
    cast: dict[str, Staff],  # noqa: F811
    settings,
    log: StringIO,  # noqa: F811
    keep: Keep,
):
    settings.DEMO, settings.EXPORTS_PER_DAY = True, 10_000
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    chance, hostile = random.Random(seed), strings()
    drawn = [text for text in hostile if not fonts.undrawable(text)]
    undrawn = [text for text in hostile if fonts.undrawable(text)]
    clients = {who: client_of(cast[who]) for who in CAST}
    looks = Looks()
    fonts.warm_up()  # on a fresh machine they are made first
    live_in(cast["主管"].office, "2007-10-25 18:00")  # when rosters are handed out
    others = [name for name in PAGES if name not in looks.papers()]

    # What the typefaces know, then the longest that a field takes: each paper must come. Then what they do not know: a
    # paper comes that does not show it, or a refusal that says why.
    for texts in (drawn, LONGEST, undrawn):
        looks.all_can_be_drawn = texts is not undrawn
        for turn in range(len(texts)) if full else [chance.randrange(len(texts))]:
            few = others if full and not turn % 10 else chance.sample(others, FEW // (1 if full else 3))
            with savepoint():
                written = overwrite(texts, turn=turn)
                for name in (*looks.papers(), *few):
                    looks.at(name, address(name, arguments), clients[who_may(name, cast)])

    assert not looks.wrong, looks.wrong[:3]
    missing = looks.papers() - looks.seen.keys() - BY_JOB - NOT_HERE
    assert not missing, [(name, looks.instead.get(name)) for name in sorted(missing)]
    assert_one_line_each(log.getvalue())
    assert not full or looks.slowest <= MOST_SECONDS, looks.slowest_at
    keep(
        f"{len(written)} fields, {looks.asked} answers; {looks.counted(PDF)} PDFs, {looks.counted(XLSX)} workbooks, "
        f"none broken, no formula, nothing off a page; {looks.refused} refused for a character that no typeface draws; "
        f"slowest {looks.slowest:.2f} s"
    )


def who_may(name: str, cast: dict[str, Staff]) -> str:  # noqa: F811
    return next(who for who in CAST if cast[who].role in PAGES[name].roles)
