"""名单上的地名: villages of a list's division by the names that lists write."""

from datetime import date

from offices.models import Division
from rosters.known import plain_village


class Places:
    """Villages of a list's division by the names that lists write."""

    def __init__(self, division: str, day: date) -> None:
        rows = list(Division.objects.at(day).within(division).order_by("code"))
        towns = {row.code[:9]: _plain_town(row.name) for row in rows if row.level == Division.Level.TOWN}
        self._known: dict[tuple[str, str], str] = {}
        for row in rows:
            if row.level == Division.Level.VILLAGE:
                village = plain_village(row.name)
                self._known[towns.get(row.code[:9], ""), village] = row.code
                once = ("", village)
                self._known[once] = "" if once in self._known else row.code
        self._known |= {(town, ""): code.ljust(12, "0") for code, town in towns.items()}

    def of(self, town: str, village: str) -> str:
        """Twelve digits, or empty where the names do not lead to one place."""
        asked = (_plain_town(town), plain_village(village) if village else "")
        return self._known.get(asked) or self._known.get(("", asked[1]), "") or self._known.get((asked[0], ""), "")


def _plain_town(name: str) -> str:
    text = "".join(name.split())
    return next((text.removesuffix(end) for end in ("街道办事处", "街道", "镇", "乡") if text.endswith(end)), text)
