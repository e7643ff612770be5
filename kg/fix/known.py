"""What the tables of a folder hold already: ids under all the names that a reference to them may have, and hosts of web addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.config import SourceSettings, read_source_settings
from kg.errors import InputError, Text
from kg.fix.addresses import host_of, identifier_form
from kg.fix.characters import tidy
from kg.fix.model import SURE, Repair
from kg.fix.words import id_form, near, wording_forms
from kg.identifiers import SLUG
from kg.resources import folder as resource
from kg.sources.folder import ROLE_COLUMNS
from kg.sources.lossless import LosslessTable
from kg.sources.tables import Table as ReadTable
from kg.sources.tables import read_table

FORM = Text(
    "The id stands in the tables; only capitals, umlauts, blanks or hyphens differ.",
    "Die Kennung steht in den Tabellen; nur Großschreibung, Umlaute, Leerzeichen oder Striche weichen ab.",
)
AGREED = Text(
    "Ids are written with small letters, digits and single hyphens.", "Kennungen bestehen aus Kleinbuchstaben, Ziffern und einzelnen Bindestrichen."
)
ADDRESS = Text(
    "The table wants the id; this is the address of the same entity in the graph.",
    "Die Tabelle will die Kennung; dies ist die Adresse derselben Entität im Graphen.",
)
PAGE = Text("The table wants the id; the row of this id holds the address.", "Die Tabelle will die Kennung; deren Zeile enthält die Adresse.")
OTHER = Text(
    "The table wants our own id; the row of this id holds the identifier.",
    "Die Tabelle will die eigene Kennung; deren Zeile enthält die Fremdkennung.",
)
NAME = Text("The table wants the id; exactly one row has this name.", "Die Tabelle will die Kennung; genau eine Zeile hat diesen Namen.")
NEARLY = Text(
    "No row has this id; one is spelt nearly like it.",
    "Keine Zeile hat diese Kennung; eine ist fast gleich geschrieben.",
)

MAX_NEAR = 200
"""For how many values a near match is looked for: each takes a comparison with every id."""
MAX_WORDINGS = 1000
"""The same for wordings of roles, of which fewer are known."""


@dataclass
class Index:
    """The ids of one table and what else names them."""

    ids: set[str] = field(default_factory=set)
    forms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    pages: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    others: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, raw: str, names: Iterable[str], page: str, others: Iterable[str]) -> None:
        """Add a row; an id that is not of the agreed form counts as it will be when repaired."""
        name = tidy(raw)
        if not name:
            return
        own = name if SLUG.match(name) else id_form(name)
        self.ids.add(own)
        self.forms[id_form(own)].add(own)
        for text in filter(None, names):
            self.names[text.casefold()].add(own)
        if page:
            self.pages[_page(page)].add(own)
        for other in filter(None, others):
            self.others[other].add(own)


def _page(url: str) -> str:
    return re.sub(r"\A(?:https?:)?//(?:www\.)?|/+\Z", "", url.casefold())


@dataclass
class Known:
    """What the repairs of a folder look up.

    Attributes:
        settings: The settings of the folder.
        entities, sources: Ids of the two tables.
        hosts: Scheme by host of the web addresses.
        wordings: Known wordings of roles by their folded form.
        found: Near matches looked for so far.
        unsearched: For how many values none were, because of :data:`MAX_NEAR`.
    """

    settings: SourceSettings
    entities: Index = field(default_factory=Index)
    sources: Index = field(default_factory=Index)
    hosts: dict[str, str] = field(default_factory=dict)
    wordings: Mapping[str, str] = field(default_factory=dict)
    found: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    worded: dict[str, list[Repair]] = field(default_factory=dict)
    unsearched: int = 0

    def near(self, value: str, ids: Iterable[str]) -> list[tuple[str, float]]:
        """Return near matches of a value among ids (see :func:`kg.fix.words.near`); none when too many were looked for."""
        if value not in self.found:
            if len(self.found) >= MAX_NEAR:
                self.unsearched += 1
                return []
            self.found[value] = near(value, ids)
        return self.found[value]

    def wording(self, value: str) -> list[Repair]:
        """Return the known wordings of a role that a wording nearly matches; empty after :data:`MAX_WORDINGS` of them."""
        if value not in self.worded:
            if len(self.worded) >= MAX_WORDINGS:
                self.unsearched += 1
                return []
            self.worded[value] = wording_forms(value, self.wordings)
        return self.worded[value]

    def reference(self, value: str, index: Index) -> list[Repair]:
        """Return the ids that a faulty reference can mean; empty where it is right or nobody can tell.

        Args:
            value: The reference, without characters that do not count.
            index: The ids of the table it refers to.
        """
        if value in index.ids:
            return []
        own = self._own(value)
        if own in index.ids:
            return [Repair(own, "iri", SURE, ADDRESS)]
        identifier = value if value in index.others else (form.after if (form := identifier_form(value)) else "")
        ways = (
            (index.forms.get(id_form(value)), "id-form", SURE, FORM),
            (index.others.get(identifier), "iri", 0.95, OTHER),
            (index.pages.get(_page(value)), "iri", 0.95, PAGE),
            (index.names.get(value.casefold()), "id-form", 0.95, NAME),
        )
        for found, kind, score, reason in ways:
            if found and len(found) == 1:
                return [Repair(next(iter(found)), kind, score, reason)]
        return [Repair(other, "id", score, NEARLY) for other, score in self.near(value, index.ids)]

    def _own(self, value: str) -> str:
        """Return the slug of an IRI of this graph's own entities, else empty."""
        for root in (f"{self.settings.base}id/", f"{self.settings.base}doc/", f"{self.settings.base}code/topic/"):
            if value.startswith(root):
                return value.removeprefix(root).rstrip("/").rpartition("/")[2]
        return ""


def read_known(folder: Path, tables: Mapping[str, LosslessTable]) -> Known:
    """Read what the tables of a folder hold; settings that cannot be read are told elsewhere and count as none."""
    try:
        settings = read_source_settings(folder)
    except InputError:
        settings = SourceSettings(name="input")
    known = Known(settings)
    for kind, table in tables.items():
        for number in table.rows:
            cells = {column: cell.strip() for column, cell in table.row(number).items()}
            url = cells.get("url", "")
            if (host := host_of(url)) and host not in known.hosts:
                known.hosts[host] = url.partition(":")[0].casefold()
            if kind == "entities":
                names = [cells.get("label_de", ""), cells.get("label_en", ""), *_parts(cells.get("alt_labels", ""))]
                known.entities.add(cells.get("entity_id", ""), names, url, _parts(cells.get("identifiers", "")))
            elif kind == "sources":
                known.sources.add(cells.get("source_id", ""), [cells.get("title", "")], url, ())
    known.wordings = _wordings(tables.get("roles"))
    return known


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";")]


def _wordings(own: LosslessTable | None) -> dict[str, str]:
    shipped: ReadTable = read_table(resource("data", "mappings", "roles.csv"), "roles.csv", ROLE_COLUMNS)
    wordings = [row["wording"] for row in shipped.rows]
    if own is not None and "wording" in own.columns:
        wordings += [own.cell(number, "wording").strip() for number in own.rows]
    return {wording.casefold(): wording for wording in wordings if wording}
