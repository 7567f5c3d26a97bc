"""打印缓存: the parts of a print run that are drawn already, each whole or not there, until they are bound."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

from households import vault
from payments.paper.stream import Part


def folder(name: UUID) -> Path:
    """Where the parts of a run's file lie, beside the file that they will become."""
    return vault.path_of(name).with_suffix(".parts")


def has(name: UUID, place: int) -> bool:
    """Whether the part is drawn."""
    return _path(name, place).exists()


def put(name: UUID, place: int, part: Part) -> None:
    """Keep a part. Whoever draws it a second time puts the same in its place."""
    head = {
        "pages": [len(page) for page in part.pages],
        "forms": [[name, len(drawn)] for name, drawn in part.forms.items()],
        "letters": [[face, plane, "".join(sorted(chars))] for (face, plane), chars in sorted(part.letters.items())],
    }
    path = _path(name, place)
    fresh = fresh_in(name)
    with vault.created(fresh) as file:
        file.write(json.dumps(head).encode() + b"\n" + b"".join((*part.pages, *part.forms.values())))
    fresh.replace(path)


def parts(name: UUID) -> Iterator[Part]:
    """The parts that are there, in order."""
    for path in sorted(folder(name).glob("[0-9]*")):
        with path.open("rb") as file:
            head = json.loads(file.readline())
            pages = tuple(file.read(size) for size in head["pages"])
            forms = {name: file.read(size) for name, size in head["forms"]}
        yield Part(pages, forms, {(face, plane): set(chars) for face, plane, chars in head["letters"]})


def fresh_in(name: UUID) -> Path:
    """A new file beside the parts, never taken for one; it goes with them if it is left lying."""
    return folder(name) / f"fresh-{uuid4().hex}"


def drop(name: UUID) -> None:
    """Remove the parts; what is gone already is no error."""
    shutil.rmtree(folder(name), ignore_errors=True)


def _path(name: UUID, place: int) -> Path:
    return folder(name) / f"{place:06d}"
