"""More than 500 files of 12 kinds at every door that takes files: taken or refused in words, and nobody dies of it.

The doors are the forms with a field for files that the pages show (`walk`).
"""

import random
import re
import time

from django.core.files.uploadedfile import SimpleUploadedFile

from offices.models import Staff
from tests.faults.conftest import Keep
from tests.faults.hostile_files import HostileFile, files
from tests.faults.test_hostile_strings import MOST_SECONDS, RIGHT, runs
from tests.faults.walk import CAST, Form, all_forms, client_of, send
from tests.households.pictures import picture
from tests.test_access import arguments, book, cast, files_folder, pay, rulesets  # noqa: F401 - fixtures

SHORT = 40
# What a page leaves empty and the form wants before it looks at the file.
TYPED = {"number": "8899", "day": "2007-10-26", "bank": "农业银行", "name": "三联", "month": "2007-10"}
# A word about the file stands in a page that refuses one.
WORDS = re.compile(r'(form-errors|invalid-feedback|is-invalid|message-(error|warning)|role="alert")')
PICTURE = SimpleUploadedFile("a.jpg", picture())


def doors_of(arguments: dict[str, object], cast: dict[str, Staff]) -> list[Form]:  # noqa: F811
    """Every form that takes a file, one for each address."""
    found: dict[str, Form] = {}
    for form in all_forms(arguments, cast):
        if form.files and all(each.value for each in form.fields if each.name.endswith("TOTAL_FORMS")):
            found.setdefault(form.action, form)
    return list(found.values())


def at_the_door(form: Form, file: HostileFile) -> dict[str, list[object]]:
    """The form filled in, with the file in its place."""
    typed = {each.name: TYPED[each.name] for each in form.fields if each.name in TYPED and not each.value}
    return form.data(**typed, **{form.files[0]: SimpleUploadedFile(file.name, file.data)})


def test_hostile_files_are_taken_or_refused(
    full: bool,
    arguments: dict[str, object],  # noqa: F811
    cast: dict[str, Staff],  # noqa: F811
    settings,
    keep: Keep,
):
    settings.DEMO = True
    doors = doors_of(arguments, cast)
    clients = {who: client_of(cast[who]) for who in CAST}
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    hostile = files() if full else random.Random(seed).sample(files(), SHORT)
    wrong, silent, slowest, refused, sent = [], [], 0.0, 0, 0

    for turn, file in enumerate(hostile):
        for form in doors if full else [doors[turn % len(doors)]]:
            began = time.perf_counter()
            answer = send(clients[form.who], form, at_the_door(form, file))
            seconds, sent = time.perf_counter() - began, sent + 1
            slowest = max(slowest, seconds)
            if answer.status_code not in RIGHT or runs(answer) or (full and seconds > MOST_SECONDS):
                wrong.append((form.action, file.kind, file.name[:40], answer.status_code, round(seconds, 1)))
            refused += answer.status_code in {400, 413, 422}
            if answer.status_code == 422 and not WORDS.search(answer.content.decode()):
                silent.append((form.action, file.name[:40]))

    assert not wrong, wrong[:5]
    assert not silent, silent[:5]
    assert refused > sent / 4
    kinds = len({each.kind for each in hostile})
    told = f"{len(hostile)} files of {kinds} kinds, {len(doors)} doors, {sent} uploads, {refused} refused in words"
    keep(f"{told}: 0 errors, nobody died; slowest {slowest:.2f} s")
