"""Which row is which: rows of a sheet, or of a table as it is now, against the rows of the table when the workbook was made.

Rows of most tables have no key, so that content decides first, then the key, then the number a row carries, then likeness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Cells = Mapping[str, str]

_COMMON = 100
"""A text that stands in more rows than this says nothing about which row is meant."""


@dataclass(frozen=True)
class Candidate:
    """A row to find.

    Attributes:
        number: Its number where it stands.
        cells: Its cells; empty ones may be left out.
        hint: Number of the base row it says it was; 0: none.
        same: Whether the row with that number has the very same content.
    """

    number: int
    cells: Cells
    hint: int = 0
    same: bool = False


def matched(base: Mapping[int, Cells], rows: Sequence[Candidate], columns: Sequence[str], key: str = "") -> dict[int, int]:
    """Return the number of the base row for each row that was one.

    Each base row is found once at most; a row that is copied stays where it was, and the copy is new.

    Args:
        base: Rows by number.
        rows: Rows to find, in their order.
        columns: Columns that are compared.
        key: Column that names a row, or empty.
    """
    found: dict[int, int] = {}
    free = dict(base)

    def take(row: Candidate, number: int) -> None:
        found[row.number] = number
        del free[number]

    # 1. Its number, and nothing changed.
    for row in rows:
        if row.same and row.hint in free:
            take(row, row.hint)
    # 2. The same content elsewhere: sorted by a program that did not move the numbers, or without numbers.
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number in sorted(free, reverse=True):
        places[_content(free[number], columns)].append(number)
    for row in rows:
        if row.number not in found and (numbers := places.get(_content(row.cells, columns))):
            take(row, numbers.pop())
    # 3. The key, where it is one.
    if key:
        keyed = _unique({number: cells.get(key, "").strip() for number, cells in free.items()})
        owners: dict[str, tuple[Candidate, bool]] = {}
        for row in rows:
            if row.number not in found:
                name = row.cells.get(key, "").strip()
                # A copied row has the key twice: the first that carries the number is the row itself.
                carries = row.hint in base and base[row.hint].get(key, "").strip() == name
                if name not in owners or (carries and not owners[name][1]):
                    owners[name] = (row, carries)
        for name, (row, _) in owners.items():
            if name in keyed:
                take(row, keyed[name])
    # 4. Its number.
    for row in rows:
        if row.number not in found and row.hint in free:
            take(row, row.hint)
    # 5. Likeness, for rows without a number.
    _alike([row for row in rows if row.number not in found and not row.hint], free, columns, key, take)
    return found


def _content(cells: Cells, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(cells.get(column, "") for column in columns)


def _unique(names: Mapping[int, str]) -> dict[str, int]:
    """Return which number has a name, for names that stand once."""
    seen: dict[str, list[int]] = defaultdict(list)
    for number, name in names.items():
        seen[name].append(number)
    return {name: numbers[0] for name, numbers in seen.items() if name and len(numbers) == 1}


def _alike(rows: Sequence[Candidate], free: dict[int, Cells], columns: Sequence[str], key: str, take: Callable[[Candidate, int], None]) -> None:
    """Match rows that share at least half of their filled cells, the most alike first; ties go to the nearest."""
    index: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, cells in free.items():
        for column in columns:
            if text := cells.get(column, ""):
                index[column, text].append(number)
    offers: list[tuple[float, int, int, Candidate]] = []
    for row in rows:
        shared: dict[int, int] = defaultdict(int)
        own = [(column, row.cells[column]) for column in columns if row.cells.get(column)]
        for pair in own:
            for number in index.get(pair, ()) if len(index.get(pair, ())) <= _COMMON else ():
                shared[number] += 1
        for number in shared:
            filled = sum(1 for column in columns if free[number].get(column))
            same = sum(1 for column, text in own if free[number].get(column, "") == text)
            if 2 * same >= max(filled, len(own)) and not (key and _other_key(row.cells, free[number], key)):
                offers.append((-same / max(filled, len(own)), abs(number - row.number), number, row))
    done: set[int] = set()
    for _, _, number, row in sorted(offers, key=lambda offer: (*offer[:3], offer[3].number)):
        if number in free and row.number not in done:
            done.add(row.number)
            take(row, number)


def _other_key(left: Cells, right: Cells, key: str) -> bool:
    return bool(left.get(key)) and bool(right.get(key))
