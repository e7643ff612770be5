"""The difference as files: `changes.json` and `changes.csv` (every entity), `changes.rdfp` (every statement).

Entities are read and written batch by batch, so that memory does not grow with their number. Order: what was withdrawn first, since whoever serves the IRIs needs
these; within a list by class, then IRI.
"""

# ruff: noqa: S608 (only names of this package are put into statements; every value is bound)
from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.diff.names import Names
from kg.diff.owners import INFERRED
from kg.errors import BuildError
from kg.namespaces import ADMS, DCTERMS, INNO, OA, SKOS
from kg.validate.format_csv import safe

if TYPE_CHECKING:
    from kg.diff.result import Diff

JSON, CSV, PATCH = "changes.json", "changes.csv", "changes.rdfp"
FILES = (JSON, CSV, PATCH)
LISTS: dict[str, tuple[str, ...]] = {
    "withdrawn": ("retired", "withdrawn"),
    "new": ("added",),
    "changed": ("changed", "renamed"),
    "derived": ("derived",),
}
"""Lists of the file, and the kinds of change of :mod:`kg.diff` in each. Of `derived` nothing changed but statements that follow from others."""
COLUMNS = ("change", "status", "class", "iri", "label_de", "label_en", "kinds", "properties", "successor")
BATCH = 20_000
_KINDS = {
    INNO.Participation: "participation",
    INNO.SiteUse: "site",
    INNO.Funding: "funding",
    INNO.AwardResult: "result",
    INNO.Claim: "source",
    INNO.Evidence: "source",
    OA.TextQuoteSelector: "source",
    OA.TextPositionSelector: "source",
    ADMS.Identifier: "identifier",
}
"""What a change of a helper node of a class is called."""


class _Item(NamedTuple):
    """One entity of a list."""

    kind: str
    cls: str
    iri: str
    label: dict[str, str]
    kinds: tuple[str, ...]
    properties: tuple[str, ...]
    successor: str

    def to_json(self, name: str) -> dict[str, Any]:
        data: dict[str, Any] = {"iri": self.iri, "class": self.cls or None, "label": self.label}
        if name == "changed":
            data |= {"kinds": list(self.kinds), "properties": list(self.properties)}
        if name == "withdrawn":
            data |= {"status": self.status, "successor": self.successor or None, "registered": self.kind == "retired"}
        return data

    @property
    def status(self) -> str:
        return "replaced" if self.successor else "gone"

    def cells(self, name: str) -> list[str]:
        status = self.status if name == "withdrawn" else ""
        row = (name, status, self.cls, self.iri, self.label["de"], self.label["en"], " ".join(self.kinds), " ".join(self.properties), self.successor)
        return [safe(cell) for cell in row]


def write_lists(folder: Path, found: Diff | None, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> None:
    """Write `changes.json` and `changes.csv`.

    `changes.json`: `from` and `to` (`version`, `dataset`, `issued`; `from` is null for the first release), `statements` and `counts` (complete), then the lists
    `withdrawn`, `new`, `changed`, `derived`. An entry has `iri`, `class`, `label {de, en}`; one of `changed` also `kinds` (`name`, `property`, `participation`,
    `site`, `funding`, `result`, `source`, `contradiction`, `decision`, `identifier`, `detail`) and `properties` (of the entity itself); one of `withdrawn`
    `status` (`gone`, `replaced`), `successor` and `registered` (whether `retired.csv` has it).

    Args:
        folder: Where to.
        found: The difference; nothing for a first release.
        old: Manifest of the release before.
        new: Manifest of the release.
    """
    kinds: dict[str, int] = {}
    classes: dict[str, dict[str, int]] = {}
    if found is not None:
        for cls, kind, number in _counted(found):
            name = next(name for name, members in LISTS.items() if kind in members)
            kinds[name] = kinds.get(name, 0) + number
            of = classes.setdefault(cls, {})
            of[name] = of.get(name, 0) + number
    head = {
        "from": None if old is None else _about(old),
        "to": _about(new),
        "statements": {"added": found.added_count, "removed": found.removed_count} if found is not None else None,
        "counts": {name: kinds.get(name, 0) for name in LISTS},
        "classes": classes,
    }
    with ExitStack() as files:
        lists = files.enter_context((folder / JSON).open("w", encoding="utf-8", newline="\n"))
        table = files.enter_context((folder / CSV).open("w", encoding="utf-8", newline=""))
        rows = csv.writer(table)
        rows.writerow(COLUMNS)
        lists.write(json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}"))
        for name in LISTS:
            lists.write(f',\n "{name}": [')
            separator = "\n"
            for item in _items(found, name) if found is not None and kinds.get(name) else ():
                lists.write(f"{separator}  {json.dumps(item.to_json(name), ensure_ascii=False)}")
                rows.writerow(item.cells(name))
                separator = ",\n"
            lists.write("]" if separator == "\n" else "\n ]")
        lists.write("\n}\n")


def _counted(found: Diff) -> list[tuple[Any, ...]]:
    """Return how many entities there are by class and kind; no table of them was made where no statement of content changed."""
    query = "SELECT cls, kind, count(*) FROM entity WHERE NOT starts_with(iri, '_:') GROUP BY ALL ORDER BY ALL"
    return [] if found.empty else found.session.rows(query)


def _about(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": manifest["version"], "dataset": manifest["dataset"], "issued": manifest.get("issued") or None}


def _items(found: Diff, name: str) -> Iterator[_Item]:
    """Yield the entities of one list, by class, then IRI."""
    session = found.session
    kinds = LISTS[name]
    session.run(
        f"CREATE OR REPLACE TABLE listed AS SELECT row_number() OVER (ORDER BY coalesce(r.rank, 1000), e.cls, e.iri) AS place, e.iri, e.cls, e.kind "
        f"FROM entity e LEFT JOIN class_rank r ON r.cls = e.cls WHERE e.kind IN ({', '.join('?' for _ in kinds)}) AND NOT starts_with(e.iri, '_:')",
        list(kinds),
    )
    total = session.rows("SELECT count(*) FROM listed")[0][0]
    for start in range(0, total, BATCH):
        rows = session.rows("SELECT iri, cls, kind FROM listed WHERE place > ? AND place <= ? ORDER BY place", [start, start + BATCH])
        names = Names(session)
        names.load(row[0] for row in rows)
        said, properties = _kinds(found, [row[0] for row in rows]) if name == "changed" else ({}, {})
        successors = _successors(found, [row[0] for row in rows if row[2] == "retired"]) if name == "withdrawn" else {}
        for iri, cls, kind in rows:
            named = names[iri]
            label = {lang: named.label(lang) for lang in ("de", "en")}
            yield _Item(kind, cls, iri, label, tuple(sorted(said.get(iri, ()))), tuple(sorted(properties.get(iri, ()))), successors.get(iri, ""))


def _kinds(found: Diff, iris: list[str]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return what kinds of change entities had, and which of their own properties changed."""
    session = found.session
    session.texts("asked", iris)
    rows = session.rows(
        "SELECT DISTINCT o.owner, d.subject = o.owner, o.cls, d.predicate FROM delta d JOIN owned o USING (subject) SEMI JOIN asked ON owner = value "
        "WHERE NOT ends_with(d.graph, ?)",
        [INFERRED],
    )
    decided = {
        row[0]
        for row in session.rows(
            "SELECT o.owner FROM delta d JOIN owned o USING (subject) SEMI JOIN asked ON owner = value WHERE d.predicate = ? "
            "GROUP BY o.owner, d.subject HAVING count(DISTINCT d.sign) = 2",
            [INNO.claimStatus],
        )
    }
    said: dict[str, set[str]] = {owner: {"decision"} for owner in decided}
    properties: dict[str, set[str]] = {}
    for owner, own, cls, predicate in rows:
        if predicate == INNO.claimStatus:
            continue
        if own:
            properties.setdefault(owner, set()).add(predicate)
            kind = "name" if predicate == SKOS.prefLabel else "property"
        elif predicate == INNO.contradicts:
            kind = "contradiction"
        else:
            kind = _KINDS.get(cls, "detail")
        said.setdefault(owner, set()).add(kind)
    return said, properties


def _successors(found: Diff, iris: list[str]) -> dict[str, str]:
    found.session.texts("asked", iris)
    return dict(
        found.session.rows(
            "SELECT subject, min(object) FROM b SEMI JOIN asked ON subject = value WHERE predicate = ? GROUP BY subject", [DCTERMS.isReplacedBy]
        )
    )


def write_patch(path: Path, found: Diff | None, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> bool:
    """Write the RDF patch, its header with the data sets it leads from and to; tell whether it is exact.

    Source: RDF Patch (https://afs.github.io/rdf-delta/rdf-patch.html): header rows `H id`, `H prev`, then one transaction. Where blank nodes look alike there is
    no exact patch: the file then says so in a comment and holds no transaction, so that applying it changes nothing.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"H id <{new['dataset']}> .\n")
        if old is not None:
            file.write(f"H prev <{old['dataset']}> .\n")
        try:
            changed = False
            for line in found.patch() if found is not None else ():
                changed = True
                file.write(line)
        except BuildError:
            file.write("# No exact patch: too many blank nodes look alike.\n")
            return False
        if not changed:
            file.write("TX .\nTC .\n")
    return True
