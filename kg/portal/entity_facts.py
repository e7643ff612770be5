"""The table of facts of a page: property, values, and for each value who says so.

A statement of a curated source has claims (contracts, section 7); one of a bulk source has its delivery, that is its graph; a derived one its rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.namespaces import DCTERMS, INNO, RDF, curie
from kg.portal.desk import Desk
from kg.portal.entity_values import Reader, Shown, date
from kg.portal.entity_words import ATTESTATION, NAMES, STATUS, place
from kg.portal.facts import STATUSES, Claim, Passage, Said, Statement, described, rows, values
from kg.portal.report_link import report_link
from kg.portal.why import why_address

if TYPE_CHECKING:
    from kg.store import Node


@dataclass(frozen=True)
class Quoted:
    """One passage as it is shown: document, publisher, day of retrieval, other words, verbatim."""

    document: Shown
    publisher: Shown | None
    retrieved: str
    page: str
    paraphrase: Shown | None
    quotes: tuple[Shown, ...]


@dataclass(frozen=True)
class Witness:
    """One claim as it is shown.

    Attributes:
        iri, href: The claim.
        value: Its object.
        status, status_text: Notation of the status, and its name.
        note: What the attestation means, where it is not the plain case.
        own_row: Whether it comes from the row of the thing itself: then all its passages say the same, and only documents are listed.
        wordings, speakers: See :class:`kg.portal.facts.Claim`.
        passages: The first ones; :attr:`count` is how many there are.
        report: Address of a report, or empty.
    """

    iri: str
    href: str
    value: Shown
    status: str
    status_text: str
    note: str
    own_row: bool
    wordings: tuple[Shown, ...]
    speakers: tuple[Shown, ...]
    passages: tuple[Quoted, ...]
    count: int
    report: str


@dataclass(frozen=True)
class Delivery:
    """A graph as the source of a statement: its name, its page, the state of the data."""

    name: str
    href: str
    state: str


@dataclass(frozen=True)
class Value:
    """One value of a property with its sources.

    Attributes:
        shown: The value.
        witnesses: Claims.
        deliveries: Graphs, where there are no claims.
        rule: Title of the rule that derived it, or empty.
        report: Address of a report, or empty.
        contested: Whether another claim contradicts it.
        why: Address of the page that says why it stands.
    """

    shown: Shown
    witnesses: tuple[Witness, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    rule: str = ""
    report: str = ""
    contested: bool = False
    why: str = ""


@dataclass(frozen=True)
class Row:
    """A property with its values; the values of all but a few are folded."""

    predicate: str
    label: str
    curie: str
    href: str
    values: tuple[Value, ...]


@dataclass
class Sources:
    """Makes sources out of claims and graphs, for one request."""

    reader: Reader
    subject: str
    claims: Mapping[str, Claim]
    _by_statement: dict[tuple[str, str, Node], list[Claim]] = field(default_factory=lambda: defaultdict(list))
    _deliveries: dict[tuple[str, ...], tuple[Delivery, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for claim in sorted(self.claims.values(), key=lambda one: (rank_of(one.status), one.attestation == "entity-row", one.iri)):
            self._by_statement[claim.subject, claim.predicate, claim.object].append(claim)
        self.reader.know(self._iris())

    def _iris(self) -> set[str]:
        import pyoxigraph as ox

        found: set[str] = set()
        for claim in self.claims.values():
            found.update((claim.subject, claim.predicate), claim.speakers)
            found.update(one.publisher for one in claim.passages if one.publisher)
            if isinstance(claim.object, ox.NamedNode):
                found.add(claim.object.value)
        return found

    def of(self, subject: str, predicate: str, value: Node) -> tuple[Witness, ...]:
        """Return the claims that make a statement, those of a source of its own first."""
        return tuple(self.witness(claim) for claim in self._by_statement.get((subject, predicate, value), ()))

    def witness(self, claim: Claim) -> Witness:
        """Return a claim as it is shown."""
        reader = self.reader
        shown = reader.show(claim.object, claim.predicate)
        status = STATUS.get(claim.status)
        note = ATTESTATION.get(claim.attestation)
        return Witness(
            claim.iri,
            reader.href(claim.iri),
            shown,
            claim.status,
            status.in_(reader.lang) if status else claim.status,
            note.in_(reader.lang) if note else "",
            claim.attestation == "entity-row",
            tuple(reader.show(one) for one in claim.wordings),
            tuple(reader.link(one) for one in claim.speakers),
            tuple(self._quoted(one) for one in claim.passages),
            claim.count,
            self.report(claim.predicate, shown.text, claim.iri, claim.subject),
        )

    def _quoted(self, passage: Passage) -> Quoted:
        reader = self.reader
        title = reader.best(passage.titles)
        href = reader.href(passage.document)
        document = Shown(title.text, href, title.lang, title.mark) if title else reader.link(passage.document)
        return Quoted(
            document,
            reader.link(passage.publisher) if passage.publisher else None,
            date(passage.retrieved, reader.lang) if passage.retrieved else "",
            next((page for page in passage.pages if page.startswith(("https://", "http://"))), ""),
            reader.best(passage.paraphrases),
            tuple(reader.show(one) for one in passage.quotes),
        )

    def report(self, predicate: str, value: str, claim: str = "", subject: str = "") -> str:
        """Return the address of a report about a statement, or empty."""
        subject = subject or self.subject
        to = self.reader.desk.settings.report_to
        if not to:
            return ""
        return report_link(
            to, self.reader.lang, subject=subject, name=self.reader.name(subject), predicate=curie(predicate), value=value, claim=claim
        )

    def deliveries(self, graphs: tuple[str, ...]) -> tuple[Delivery, ...]:
        """Return graphs as sources, in their order."""
        if graphs not in self._deliveries:
            self._deliveries[graphs] = self._made(graphs)
        return self._deliveries[graphs]

    def _made(self, graphs: Iterable[str]) -> tuple[Delivery, ...]:
        known = graph_facts(self.reader.desk)
        made = []
        for graph in graphs:
            said = known.get(graph, [])
            title = self.reader.best(values(said, DCTERMS.title))
            state = next((value.value for value in values(said, DCTERMS.modified)), "")
            name = title.text if title else graph_name(self.reader, graph)
            made.append(Delivery(name, self.reader.href(graph), date(state, self.reader.lang) if state else ""))
        return tuple(made)

    def value(self, statement: Statement, contested: frozenset[tuple[str, Node]] = frozenset()) -> Value:
        """Return a value with its sources."""
        desk = self.reader.desk
        shown = self.reader.show(statement.object, statement.predicate)
        witnesses = self.of(self.subject, statement.predicate, statement.object)
        inferred = f"{desk.base}graph/inferred"
        rule = rule_title(desk, statement.predicate, self.reader.lang) if inferred in statement.graphs else ""
        graphs = tuple(graph for graph in statement.graphs if graph != inferred)
        return Value(
            shown,
            witnesses,
            () if witnesses else self.deliveries(graphs),
            rule,
            self.report(statement.predicate, shown.text),
            (statement.predicate, statement.object) in contested,
            why_address(self.reader.request, self.subject, statement.predicate, statement.object.value),
        )


_GRAPHS = {
    "ontology": ("Ontology", "Ontologie"),
    "codes": ("Code lists", "Codelisten"),
    "links": ("Links found by identifiers", "Verknüpfungen über Kennungen"),
    "build": ("Record of the build", "Protokoll des Bauens"),
    "inferred": ("Derived statements", "Abgeleitete Aussagen"),
}


def graph_name(reader: Reader, graph: str) -> str:
    """Return the name of a graph without a title; the evidence of a source is called after the source."""
    step = graph.rsplit("/", 1)[-1]
    if step in _GRAPHS:
        return _GRAPHS[step][reader.lang == "de"]
    title = reader.best(values(graph_facts(reader.desk).get(graph.removesuffix("-evidence"), []), DCTERMS.title))
    if title and graph.endswith("-evidence"):
        return f"Belege: {title.text}" if reader.lang == "de" else f"Evidence: {title.text}"
    return reader.name(graph)


def rank_of(status: str) -> int:
    """Return where a status stands: what holds first."""
    return STATUSES.index(status) if status in STATUSES else len(STATUSES)


def graph_facts(desk: Desk) -> dict[str, list[Said]]:
    """Return what is said about each graph that has a delivery or a sampling frame (asked for once)."""

    def make() -> dict[str, list[Said]]:
        found = rows(
            desk.store, "SELECT DISTINCT ?g WHERE { { ?g inno:samplingFrame ?f } UNION { ?g a dcat:Dataset ; prov:wasGeneratedBy ?a } } LIMIT 1000"
        )
        return described(desk.store, [row[0].value for row in found if row[0] is not None])

    return desk.cached("entity-graphs", make)


def rule_title(desk: Desk, predicate: str, lang: str) -> str:
    """Return the title of the rule whose CONSTRUCT makes a property; of a property made by no shipped rule a general word."""

    def make() -> dict[str, dict[str, str]]:
        from kg.headers import read_header
        from kg.infer import rules

        made: dict[str, dict[str, str]] = {}
        for _, name, query in rules():
            template = query.partition("CONSTRUCT")[2].partition("}")[0]
            for word in template.replace("{", " ").split():
                if word.startswith("inno:"):
                    made.setdefault(INNO[word.removeprefix("inno:")], read_header(query, name).get("title") or {})
        return made

    title = desk.cached("entity-rules", make).get(predicate, {})
    return title.get(lang) or {"de": "Regel", "en": "rule"}[lang]


def fact_rows(sources: Sources, statements: Iterable[Statement], hidden: frozenset[str] = frozenset()) -> list[Row]:
    """Return the table of facts.

    Args:
        sources: Of the statements.
        statements: About one thing.
        hidden: Properties that stand elsewhere on the page.
    """
    contested = frozenset(
        (claim.predicate, claim.object) for claim in sources.claims.values() if claim.contradicts and claim.subject == sources.subject
    )
    grouped: dict[str, list[Value]] = defaultdict(list)
    for statement in statements:
        if statement.predicate not in hidden:
            grouped[statement.predicate].append(sources.value(statement, contested))
    reader = sources.reader
    return [
        Row(
            predicate,
            reader.name(predicate),
            curie(predicate),
            reader.href(predicate),
            # The reader's language first, then the other values by name.
            tuple(sorted(found, key=lambda one: (bool(one.shown.lang), one.shown.time or one.shown.text.casefold(), one.shown.iri))),
        )
        for predicate, found in sorted(grouped.items(), key=lambda item: place(item[0]))
    ]


def names_of(reader: Reader, statements: Iterable[Statement]) -> tuple[Shown | None, list[Shown]]:
    """Return the heading of a page and the other names: in the reader's language with the fallback, marked."""
    from kg.namespaces import SKOS

    statements = list(statements)
    for predicate in NAMES:
        texts = [one.object for one in statements if one.predicate == predicate]
        if heading := reader.best(texts):
            others = [reader.show(one) for one in texts if one.value != heading.text]
            others += [reader.show(one.object) for one in statements if one.predicate == SKOS.altLabel and one.object.value != heading.text]
            return heading, sorted(others, key=lambda one: (one.text.casefold(), one.lang))
    return None, [reader.show(one.object) for one in statements if one.predicate == SKOS.altLabel]


def classes_of(statements: Iterable[Statement]) -> list[str]:
    """Return the classes of a thing, our own first."""
    found = [one.object.value for one in statements if one.predicate == RDF.type]
    return sorted(found, key=lambda iri: (not iri.startswith(INNO[""]), iri))
