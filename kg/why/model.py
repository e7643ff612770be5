"""What is known about why a statement stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import Text
from kg.quads import Term

if TYPE_CHECKING:
    from kg.store import Node

CLAIM, ROW, DELIVERY, DERIVED, VOCABULARY, LINK, RECORD = "claim", "row", "delivery", "derived", "vocabulary", "link", "record"
"""What a statement rests on: claims of sources; a table row without a source of its own; a delivery; a rule; ontology and code lists; the mapping
file; the record of the build."""

BASES = {
    CLAIM: Text("a source says so", "eine Quelle sagt es"),
    ROW: Text("stands in a row of the tables, without a source of its own", "steht in einer Zeile der Tabellen, ohne eigene Quelle"),
    DELIVERY: Text("stands in a delivery", "steht in einer Lieferung"),
    DERIVED: Text("derived by a rule", "nach einer Regel abgeleitet"),
    VOCABULARY: Text("defined by the vocabulary", "vom Vokabular festgelegt"),
    LINK: Text("stands in the mapping file", "steht in der Zuordnungsdatei"),
    RECORD: Text("recorded by the build", "vom Bauen festgehalten"),
}
NOTHING = Text("", "")
STATUSES = ("accepted", "disputed", "superseded", "rejected")
STATUS = {
    "accepted": Text("accepted", "gültig"),
    "disputed": Text("disputed", "bestritten"),
    "superseded": Text("superseded", "überholt"),
    "rejected": Text("rejected", "verworfen"),
}
ATTESTATION = {
    "stated": Text("the source states it", "die Quelle sagt es selbst"),
    "attributed": Text(
        "attributed: the source names only the body it belongs to", "zugeschrieben: die Quelle nennt nur die Einrichtung, zu der es gehört"
    ),
    "entity-row": Text(
        "stands in the row of the thing itself; all its sources are named, not each of them says this",
        "steht in der Zeile des Gegenstands selbst; genannt sind alle seine Quellen, nicht jede sagt dies",
    ),
}


@dataclass(frozen=True, order=True)
class Origin:
    """File and row of a statement, as the build names them (the header is row 1; 0 where there is no row)."""

    file: str
    row: int

    @classmethod
    def of(cls, text: str) -> Origin:
        """Return the place that an origin of the quad table names: `dortmund/relations.csv#42`."""
        file, mark, row = text.rpartition("#")
        return cls(file, int(row)) if mark and row.isascii() and row.isdigit() else cls(text, 0)


@dataclass(frozen=True)
class Source:
    """One document that is cited, and what it says.

    Attributes:
        document: IRI.
        title, publisher: Names; the IRI's last step where there is none, the publisher may be empty.
        publisher_iri: IRI or empty; what tells independent publishers apart.
        published, retrieved: Dates as written, or empty.
        page: Web address, or empty.
        paraphrases, quotes: Text and its language, or empty.
    """

    document: str
    title: str
    publisher: str = ""
    publisher_iri: str = ""
    published: str = ""
    retrieved: str = ""
    page: str = ""
    paraphrases: tuple[tuple[str, str], ...] = ()
    quotes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Decision:
    """A row of `decisions.csv`."""

    origin: Origin
    target: str
    decision: str
    value: str
    who: str
    when: str
    why: str


@dataclass(frozen=True)
class Claim:
    """What sources say about one statement (ontology: `inno:Claim`).

    Attributes:
        iri, subject, predicate, object: The claim and its statement.
        status, attestation: Notations.
        wordings: The role in the source's words, with its language.
        speakers: IRIs of who is cited.
        sources: All of them, sorted by title.
        contradicts: Claims that cannot hold together with it.
        concerns: IRIs of the things that the row names.
        origins: File and row; empty where there is no quad table.
        references: How `decisions.csv` names its rows; empty where the tables are not at hand.
        decisions: Rows of `decisions.csv` about it.
    """

    iri: str
    subject: str
    predicate: str
    object: Node
    status: str
    attestation: str
    wordings: tuple[tuple[str, str], ...] = ()
    speakers: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    contradicts: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    references: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """A bulk source: title, state date, publisher; empty where the graph does not say."""

    graph: str
    title: str
    state: str = ""
    publisher: str = ""


@dataclass(frozen=True)
class Premise:
    """A statement that a rule used, with what it rests on itself.

    Attributes:
        subject, predicate, object: The statement.
        sources: Titles of the documents that say so.
        origins: File and row.
        rules: Names of the rules that derived it, where it is derived itself.
    """

    subject: str
    predicate: str
    object: Node
    sources: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """How a rule came to a statement.

    Attributes:
        rule: Name of the file in `queries/infer`; empty where neither quad table nor shipped rules tell it.
        title: The rule in words.
        premises: The statements it used, at most :data:`kg.why.derived.MAX_PREMISES`.
        more: How many further ones there are, as far as was counted.
    """

    rule: str
    title: Text
    premises: tuple[Premise, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Statement:
    """One statement and everything that speaks for and against it.

    Attributes:
        subject, predicate, object: The statement.
        status: `accepted` where the graph holds it, else the best status of its claims.
        basis: One of :data:`BASES`.
        claims: Those that make it; for a part of a record (a participation, say) those that make the record.
        record: IRI of that record, or empty.
        deliveries, derivations, origins: What else it rests on; origins of the plain statement.
        against: Claims that say something else.
        decisions: Rows of `decisions.csv` about it.
        reason: Why it counts, or does not.
        change: What would change that.
    """

    subject: str
    predicate: str
    object: Node
    status: str
    basis: str
    claims: tuple[Claim, ...] = ()
    record: str = ""
    deliveries: tuple[Delivery, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    origins: tuple[Origin, ...] = ()
    against: tuple[Claim, ...] = ()
    decisions: tuple[Decision, ...] = ()
    reason: Text = NOTHING
    change: tuple[Text, ...] = ()

    @property
    def documents(self) -> frozenset[str]:
        """IRIs of the documents that say so."""
        return frozenset(source.document for claim in self.claims for source in claim.sources)


@dataclass(frozen=True)
class Answer:
    """The answer to "who says so".

    Attributes:
        subject: IRI.
        predicates: Those that were asked for.
        wanted: The object as it was typed, or empty.
        statements: What was found, what counts first; empty where nobody says so.
        near: Other objects of the same subject and properties, with their property.
        notes: What could not be looked at, or was cut.
        names: Names of the IRIs in it, in the language asked for.
    """

    subject: str
    predicates: tuple[str, ...]
    wanted: str
    statements: tuple[Statement, ...]
    near: tuple[tuple[str, Node], ...]
    notes: tuple[Text, ...]
    names: dict[str, str]


@dataclass(frozen=True)
class Line:
    """One line of an overview: a statement, what it rests on, how many documents say so, whether another claim contradicts it, and whether only the
    row of the thing itself says so."""

    predicate: str
    object: Node
    status: str
    basis: str
    sources: int
    contradicted: bool
    record: str = ""
    own_row: bool = False


@dataclass(frozen=True)
class Overview:
    """Everything that is said about a thing.

    Attributes:
        subject: IRI.
        lines: Contradicted ones first, then by property.
        decisions: Rows of `decisions.csv` about the thing itself.
        notes: What could not be looked at, or was cut.
        names: Names of the IRIs in it.
    """

    subject: str
    lines: tuple[Line, ...]
    decisions: tuple[Decision, ...]
    notes: tuple[Text, ...]
    names: dict[str, str]


def term_of(node: Node) -> Term:
    """Return a term of the store as the quad table has it."""
    import pyoxigraph as ox

    if isinstance(node, ox.Literal):
        return Term(node.value, "literal", node.datatype.value, node.language or "")
    return Term(node.value) if isinstance(node, ox.NamedNode) else Term(f"_:{node.value}", "bnode")
