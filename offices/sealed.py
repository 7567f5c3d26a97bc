"""密封的栏目: columns whose texts are sealed on the way in and opened on the way out, and the columns cut from them."""

import json
from collections.abc import Mapping
from functools import reduce
from operator import and_
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Lookup, Q, Value
from django.db.models.lookups import Exact, In, IsNull

from common.sealing import KINDS, Kind, Suite
from offices.keys import opened, sealer


class _ByDigest:
    """Compares digests where texts are asked for: by the column `<name>_index`, or cut out here if there is none."""

    lhs: Any

    @property
    def kind(self) -> Kind:
        return self.lhs.target.kind

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        if self.rhs == "":  # type: ignore[attr-defined]
            return super().process_lhs(compiler, connection, lhs)  # type: ignore[misc]
        field = self.lhs.target
        try:
            index = field.model._meta.get_field(f"{field.name}_index")
        except FieldDoesNotExist:
            start, length = self.kind.place()
            part = Func(self.lhs, Value(start), Value(length), function="SUBSTRING", output_field=models.BinaryField())
            return compiler.compile(part)
        return compiler.compile(index.get_col(self.lhs.alias))

    def digest(self, text: Any) -> bytes:
        """Of one text; what is no text cannot be looked for."""
        if not isinstance(text, str):
            raise FieldError(f"{self.lhs.target.name} is sealed: only a text can be looked for")
        return sealer(self.kind).whole(text)


class SameText(_ByDigest, Exact):
    """`name="text"`."""

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def process_rhs(self, compiler: Any, connection: Any) -> Any:  # noqa: ARG002 - Django's signature
        return "%s", [b"" if self.rhs == "" else self.digest(self.rhs)]


class OneOfTexts(_ByDigest, In):
    """`name__in=texts`."""

    def get_prep_lookup(self) -> Any:
        return [self.digest(text) for text in self.rhs]

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:  # noqa: ARG002 - Django's signature
        return "%s", value


LOOKUPS: Mapping[str, type[Lookup]] = {"exact": SameText, "in": OneOfTexts, "isnull": IsNull}
OF_TRIGGERS = frozenset({"df", "ndf"})  # pgtrigger compares the old row with the new one; equal texts are equal bytes


class SealedField(models.CharField):
    """Text that the database holds sealed (`common/sealing.py`); '' and NULL stay what they are."""

    def __init__(self, *args: Any, kind: Kind | str, **kwargs: Any) -> None:
        self.kind = KINDS[kind] if isinstance(kind, str) else kind
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "kind": self.kind.name}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        return "bytea"

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        return {"type": self.db_type(connection), "check": None}

    def get_lookup(self, lookup_name: str) -> type[Lookup] | None:
        return super().get_lookup(lookup_name) if lookup_name in OF_TRIGGERS else LOOKUPS.get(lookup_name)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> bytes | None:  # noqa: ARG002
        text = value if prepared else self.get_prep_value(value)
        return None if text is None else sealer(self.kind).seal(text)

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> str | None:  # noqa: ARG002
        return None if value is None else opened(self.kind, value)


class SealedJSONField(SealedField):
    """A document that the database holds sealed, and cannot look into."""

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)

    def to_python(self, value: Any) -> Any:
        return value

    def get_lookup(self, lookup_name: str) -> type[Lookup] | None:
        return None if lookup_name in {"exact", "in"} else super().get_lookup(lookup_name)

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else None


def only_sealed(name: str, *columns: str) -> models.CheckConstraint:
    """No text gets into these columns unsealed, whoever writes them: a sealed value begins with its suite."""
    return models.CheckConstraint(name=name, condition=reduce(and_, (Q(_begins_sealed(each)) for each in columns)))


def _begins_sealed(column: str) -> In:
    first = Func(F(column), Value(1), Value(1), function="SUBSTRING", output_field=models.BinaryField())
    return In(first, [b"", *(bytes([suite]) for suite in Suite)])


def digest_of(name: str, kind: Kind, *, tail: int | None = None) -> models.GeneratedField:
    """The digest of a sealed column's whole text, or of its tail, which the database cuts out by itself."""
    return models.GeneratedField(
        expression=part_of(name, kind, tail), output_field=models.BinaryField(), db_persist=True
    )


def part_of(name: str, kind: Kind, tail: int | None = None) -> Func:
    """The digest where it stands in a sealed column, to be compared or indexed."""
    start, length = kind.place(tail)
    return Func(F(name), Value(start), Value(length), function="SUBSTRING", output_field=models.BinaryField())
