"""`startswith` on a column sorted byte by byte is PostgreSQL's starts_with(), which may use an index behind a policy.

Behind a policy only operators that are known to tell nothing of a row they refuse may be asked first (decision 0019);
starts_with() is one of them and LIKE is not.
"""

from typing import Any

from django.db.models import CharField
from django.db.models.lookups import StartsWith

Compiled = tuple[str, tuple[Any, ...]]


@CharField.register_lookup
class StartsWithBytes(StartsWith):
    """`starts_with(column, 'text')` for a column with collation C; LIKE, as ever, for any other."""

    def as_postgresql(self, compiler: Any, connection: Any) -> Compiled:
        if getattr(self.lhs.output_field, "db_collation", None) != "C" or not self.rhs_is_direct_value():
            return self.as_sql(compiler, connection)
        column, parameters = compiler.compile(self.lhs)
        return f"starts_with({column}, %s)", (*parameters, str(self.rhs))
