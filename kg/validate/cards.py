"""A finding as a card for people who keep tables: what is wrong, why, in which row, what a good one looks like, and what to do.

A card says in plain words what a report says in terms (product guide, pattern S2): a title without an IRI, the rule, what was expected and what was found, the row
as it stands in the table with the cells in question marked, another thing of the same class that meets the rule, one instruction, and links. Rules with branches
(`sh:or`, `sh:node` and their like) are unfolded (:mod:`kg.validate.card_branches`). It is made of a result and of a :class:`Bench`, which holds what stands around.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import Text
from kg.namespaces import curie
from kg.quads import Quad
from kg.validate.card_branches import Branch, Unfolded, unfold
from kg.validate.card_example import Failing, Found, find, name_of, says
from kg.validate.card_print import card_text, word
from kg.validate.card_rows import MAX_FILE, MAX_ROWS, Cell, TableRow, Tables, guilty
from kg.validate.card_texts import code_of, rule, title, todo
from kg.validate.card_words import cut, found_in, in_words, property_name
from kg.validate.report import TABLE, Origin, Report, Result, readable_path
from kg.validate.shapes import ShapeInfo, load_catalogue, load_shapes, text_in
from kg.validate.surroundings import InMemory, Surroundings, names

if TYPE_CHECKING:
    from rdflib import Graph

    from kg.build import Build
    from kg.store import EmbeddedStore

LANGUAGES = ("de", "en")
_CODES: dict[str, Text] = {
    "Violation": Text("Violation", "Verstoß"),
    "Warning": Text("Warning", "Warnung"),
    "Info": Text("Note", "Hinweis"),
}


@dataclass(frozen=True)
class Asked:
    """One line of the table: what is looked at, what was expected there, what was found."""

    what: str
    expected: str
    found: str


@dataclass(frozen=True)
class Example:
    """Something of the same class that meets the rule.

    Attributes:
        name: Its name.
        node: Its IRI.
        says: Name of the property and its value there.
        places: Rows that say it.
    """

    name: str
    node: str
    says: tuple[tuple[str, str], ...]
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """Where to look further: `kind` is `entity`, `rule` or `source`; the target an IRI, or a file with its row."""

    kind: str
    label: str
    target: str


@dataclass(frozen=True)
class Card:
    """A finding in plain words, in one language.

    Attributes:
        id: Identity of the finding (see :class:`kg.validate.report.Result`).
        lang: `de` or `en`.
        severity: `Violation`, `Warning` or `Info`.
        severity_word: The same in the language.
        shape: IRI of the rule.
        title: What is wrong with what; holds no IRI.
        rule: The rule in plain words.
        asked: Expected and found.
        rows: The rows as they stand, at most three; `more_rows` counts the others.
        unfolded: Branches of the rule, and why each does not hold.
        example: A good one, or `None` where there is none.
        todo: What to do.
        links: Entity, rule, sources.
    """

    id: str
    lang: str
    severity: str
    severity_word: str
    shape: str
    title: str
    rule: str
    asked: tuple[Asked, ...]
    rows: tuple[TableRow, ...]
    more_rows: int
    unfolded: tuple[Unfolded, ...]
    example: Example | None
    todo: str
    links: tuple[Link, ...]

    def data(self) -> dict[str, Any]:
        """Return the card as JSON can hold it."""
        return asdict(self)


@dataclass
class Bench:
    """What cards of a run are made from.

    Attributes:
        around: Statements of the data.
        tables: The tables that findings come from.
        failing: Which of some nodes are in findings of a rule: they are no good examples.
        places: From which rows a node comes, for examples.
        shapes_path: A Turtle file or folder of shapes; the shipped ones by default.
    """

    around: Surroundings
    tables: Tables = field(default_factory=Tables)
    failing: Failing = lambda _shape, _nodes: set()
    places: Callable[[str, Sequence[str]], tuple[Origin, ...]] = lambda _node, _predicates: ()
    shapes_path: Path | None = None
    _examples: dict[tuple[str, str], Found | None] = field(default_factory=dict)

    @property
    def shapes(self) -> Graph:
        """The shapes graph."""
        return load_shapes(self.shapes_path)

    def info(self, shape: str) -> ShapeInfo | None:
        """Return what is known of a rule."""
        return load_catalogue(self.shapes_path).get(shape)

    def example(self, result: Result) -> Found | None:
        """Return a good example; the same for all findings of a rule about nodes of one kind."""
        key = (result.shape, result.path)
        known = self._examples.get(key)
        if known is not None and known.node != result.focus:
            return known
        if key not in self._examples or known is not None:
            self._examples[key] = find(self.around, result, self.info(result.shape), self.failing)
        return self._examples[key]


def bench_of_quads(quads: Iterable[Quad], report: Report | None = None, *, shapes: Path | None = None) -> Bench:
    """Return the bench for findings in quads: those of files a user named, with the vocabulary among them.

    Args:
        quads: Rows of a quad table, origins being paths as the user named them.
        report: The findings: what stands in them is no good example.
        shapes: A Turtle file or folder of shapes; the shipped ones by default.
    """
    around = InMemory(quads)

    def places(node: str, predicates: Sequence[str]) -> tuple[Origin, ...]:
        from kg.validate.reader import origin

        rows = [quad for quad in around.facts([(node, "")]) if origin(quad.origin)]
        wanted = [quad for quad in rows if quad.predicate in predicates] or rows
        return tuple(sorted({place for quad in wanted if (place := origin(quad.origin))}))

    return Bench(around, Tables(named=True), failing_in(report), places, shapes)


def bench_of_paths(paths: Sequence[Path], report: Report | None = None, *, shapes: Path | None = None) -> Bench:
    """Return the bench for findings of `kg validate PATH…`; the inputs are read again.

    Args:
        paths: What was validated.
        report: What was found.
        shapes: A Turtle file or folder of shapes; the shipped ones by default.
    """
    from kg.build import vocabulary_quads
    from kg.config import SourceSettings
    from kg.validate.inputs import read_inputs

    return bench_of_quads([*read_inputs(paths).quads, *vocabulary_quads(SourceSettings(name="input"))], report, shapes=shapes)


def bench_of_build(
    build: Build, store: EmbeddedStore, report: Report | None = None, *, folders: Sequence[Path] | None = None, largest: int = MAX_FILE
) -> Bench:
    """Return the bench for findings of a built graph.

    Args:
        build: The build.
        store: Its store, opened.
        report: What was found.
        folders: Where its tables lie; what `kg build` reads when nothing is named, by default. Files that are not those of the build are not shown.
        largest: Bytes of a table that is read for a row.
    """
    from kg.config import default_sources
    from kg.resources import root
    from kg.validate.card_facts import StoreFacts, places_of

    where = default_sources() if folders is None else list(folders)
    sums = {str(entry["file"]): str(entry["sha256"]) for entry in build.record.get("inputs", ())}
    tables = Tables([*where, *(folder.resolve().parent for folder in where), root()], sums, largest=largest)
    return Bench(StoreFacts(store), tables, failing_in(report), lambda node, predicates: places_of(build.parquet, node, predicates))


def failing_in(report: Report | None) -> Failing:
    """Return which nodes of a report are in findings of a rule."""
    foci: dict[str, set[str]] = defaultdict(set)
    for result in report.results if report else ():
        foci[result.shape].add(result.focus)
    return lambda shape, nodes: foci[shape] & set(nodes)


def card(result: Result, bench: Bench, lang: str = "en") -> Card:
    """Return a finding in plain words.

    Args:
        result: The finding.
        bench: What stands around it.
        lang: `de` or `en`.
    """
    info = bench.info(result.shape)
    name = _name(result, bench, lang)
    rows = _rows(result, bench, info, lang)
    return Card(
        id=result.id,
        lang=lang,
        severity=result.severity,
        severity_word=_CODES[result.severity].in_(lang),
        shape=result.shape,
        title=cut(title(result, info, lang, name), 400),
        rule=rule(result.shape, info, lang) or text_in(result.message, lang),
        asked=_asked(result, info, lang),
        rows=rows,
        more_rows=len(result.origin) - len(rows),
        unfolded=() if result.component == TABLE else unfold(result, bench.shapes, bench.around, lang),
        example=None if result.component == TABLE else _example(result, bench, info, lang),
        todo=todo(result, lang),
        links=_links(result, info, lang, name),
    )


def _name(result: Result, bench: Bench, lang: str) -> str:
    """Return the name of the focus in the language; of a node without a name, what the report calls it."""
    if result.component == TABLE or result.focus.startswith(('"', "_:")):
        return result.focus_label if not result.focus_label.startswith("_:") else ""
    known = names(bench.around, [result.focus]).get(result.focus, {})
    return name_of(known, result.focus, lang) if known else result.focus_label


def _asked(result: Result, info: ShapeInfo | None, lang: str) -> tuple[Asked, ...]:
    """Return what was expected and found; a cell of a table was expected to be as its instruction says."""
    found = found_in(result.found, lang)
    if result.component == TABLE:
        column = Text(f"Column {result.path}", f"Spalte {result.path}").in_(lang) if result.path else Text("File", "Datei").in_(lang)
        return (Asked(column, rule(result.shape, info, lang), found or Text("nothing", "nichts").in_(lang)),)
    expected = text_in(info.expected.get(result.component, {}), lang) if info is not None else ""
    expected = expected or (text_in(info.description, lang) if info is not None else result.expected)
    name = text_in(info.name, lang) if info is not None else ""
    path = readable_path(result.path) if result.path else ""
    what = name or (property_name(path, lang) if path else Text("The entry itself", "Der Eintrag selbst").in_(lang))
    if expected == rule(result.shape, info, lang):
        expected = Text("as the rule says", "wie die Regel sagt").in_(lang)
    return (Asked(what, in_words(expected, lang), found or "–"),)


def _rows(result: Result, bench: Bench, info: ShapeInfo | None, lang: str) -> tuple[TableRow, ...]:
    made = []
    instruction = todo(result, "en") if result.component != TABLE else ""
    for place in result.origin[:MAX_ROWS]:
        columns = bench.tables.columns(place.file)
        marked = guilty(result, info.predicates if info else (), instruction, columns, bench.tables.cells(place)) if columns else ()
        made.append(bench.tables.row(place, marked, lang))
    return tuple(made)


def _example(result: Result, bench: Bench, info: ShapeInfo | None, lang: str) -> Example | None:
    found = bench.example(result)
    if found is None:
        return None
    name = text_in(info.name, lang) if info is not None else ""
    said = says(found, name, lang)
    places = bench.places(found.node, list(found.values))
    return Example(name_of(found.labels, found.node, lang), found.node, said, tuple(map(str, places[:MAX_ROWS])))


def _links(result: Result, info: ShapeInfo | None, lang: str, name: str) -> tuple[Link, ...]:
    links = []
    if result.component != TABLE and not result.focus.startswith(('"', "_:")):
        links.append(Link("entity", name or curie(result.focus), result.focus))
    label = code_of(result.shape) or (text_in(info.name, lang) if info is not None else "") or curie(result.shape)
    links.append(Link("rule", label, result.shape))
    return (*links, *(Link("source", str(place), str(place)) for place in result.origin[:MAX_ROWS]))


__all__ = [
    "LANGUAGES",
    "Asked",
    "Bench",
    "Branch",
    "Card",
    "Cell",
    "Example",
    "Link",
    "TableRow",
    "Tables",
    "Unfolded",
    "bench_of_build",
    "bench_of_paths",
    "bench_of_quads",
    "card",
    "card_text",
    "failing_in",
    "word",
]
