"""From the files in `ontology/` and `queries/` to an :class:`~kg.terms.model.Ontology`."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, Text
from kg.namespaces import BASE, DCTERMS, OWL, PREFIXES, RDF, RDFS, SKOS
from kg.resources import root as resources
from kg.store import open_store
from kg.terms.counting import Uses, uses
from kg.terms.examples import snippets
from kg.terms.model import Change, Code, CodeList, Header, Obligation, Ontology, Relation, Term, Texts
from kg.terms.obligations import obligations
from kg.terms.questions import Asked, asked
from kg.terms.statements import Statements

if TYPE_CHECKING:
    from kg.build import Build
    from kg.store import Store

_IRI = BASE + "ontology"
_BIBO, _VANN = "http://purl.org/ontology/bibo/", "http://purl.org/vocab/vann/"
_TYPES = {"class": OWL.Class, "object": OWL.ObjectProperty, "datatype": OWL.DatatypeProperty}
_TRAITS = {
    "functional": OWL.FunctionalProperty,
    "inverse-functional": OWL.InverseFunctionalProperty,
    "symmetric": OWL.SymmetricProperty,
    "transitive": OWL.TransitiveProperty,
}
_MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_CHANGES = ("added", "changed", "deprecated")
MAX_CHANGES = 10_000


def terms(build: Build | None = None, *, store: Store | None = None, root: Path | None = None) -> Ontology:
    """Read the ontology.

    Args:
        build: A graph whose uses of each term and code are counted; without one, nothing is counted.
        store: The store of that graph where it is open already.
        root: Folder that holds `ontology/` and `queries/`; the shipped ones by default.

    Raises:
        InputError: A file is missing or cannot be read.
        StoreError: The store of the graph cannot be opened.
    """
    found = _read(root or resources())
    if build is None:
        return found
    if store is not None:
        return _counted(found, uses(found, store, build))
    opened = open_store(build.store)
    try:
        return _counted(found, uses(found, opened, build))
    finally:
        opened.close()


@lru_cache(maxsize=4)
def _read(root: Path) -> Ontology:
    folder = root / "ontology"
    core = Statements([folder / "inno.ttl"])
    both = Statements([folder / "inno.ttl", folder / "alignments.ttl"])
    codes = Statements(sorted((folder / "codes").glob("*.ttl")))
    both.prefixes.update(codes.prefixes)
    header = _header(core)
    own = {kind: [one for one in core.subjects(iri) if one.startswith(header.namespace)] for kind, iri in _TYPES.items()}
    rules = obligations(folder / "shapes", header.namespace, tuple(own["class"]), both.short)
    questions = asked(root / "queries", header.namespace, both.prefixes)
    changes = _history(folder / "history.csv")
    since = {one.term: one.version for one in reversed(changes) if one.kind == "added"}
    shorts = _context(folder / "context.jsonld")
    examples = snippets([iri for kind in own.values() for iri in kind])
    made = []
    for kind, iris in own.items():
        for iri in iris:
            name = iri.removeprefix(header.namespace)
            term = _term(core, both, header.namespace, iri, kind)
            rule_titles = questions.rules.get(iri, ())
            made.append(
                replace(
                    term,
                    obligations=rules.get(iri, ()),
                    questions=questions.of.get(iri, ()),
                    rules=rule_titles,
                    traits=(*term.traits, "derived") if rule_titles else term.traits,
                    snippet=examples.get(iri, ""),
                    short=shorts.get(both.short(iri), ("", "")),
                    since=since.get(name, ""),
                )
            )
    lists = _lists(codes, questions, rules, since)
    stated = {rule.shape for term in made for rule in term.obligations}
    others = {rule.shape: rule for found in rules.values() for rule in found if rule.shape not in stated}
    return Ontology(
        header=header,
        terms=tuple(made),
        lists=lists,
        names=_names(core, made, lists),
        shorts={iri: both.short(iri) for term in made for iri in (term.iri, *term.domain, *term.range, *term.above, *term.below)},
        further=tuple(others[one] for one in sorted(others)),
        questions=questions.titles,
        changes=changes,
    )


def _header(core: Statements) -> Header:
    iri = next((one for one in core.subjects(OWL.Ontology)), _IRI)

    def named(predicate: str) -> tuple[tuple[str, str], ...]:
        return tuple((one, next(iter(core.texts(one, RDFS.label).values()), one)) for one in core.iris(iri, predicate))

    return Header(
        iri=iri,
        version=core.value(iri, OWL.versionInfo),
        version_iri=core.value(iri, OWL.versionIRI),
        title=core.texts(iri, DCTERMS.title),
        description=core.texts(iri, DCTERMS.description),
        prefix=core.value(iri, _VANN + "preferredNamespacePrefix") or "inno",
        namespace=core.value(iri, _VANN + "preferredNamespaceUri") or PREFIXES["inno"],
        previous=core.value(iri, OWL.priorVersion),
        licence=core.value(iri, DCTERMS.license),
        creator=named(DCTERMS.creator),
        publisher=named(DCTERMS.publisher),
        created=core.value(iri, DCTERMS.created),
        issued=core.value(iri, DCTERMS.issued),
        modified=core.value(iri, DCTERMS.modified),
        citation=core.value(iri, DCTERMS.bibliographicCitation),
        status=core.value(iri, _BIBO + "status").rpartition("/")[2],
        sources=tuple(core.iris(iri, DCTERMS.source)),
        see_also=tuple(core.iris(iri, RDFS.seeAlso)),
    )


def _term(core: Statements, both: Statements, namespace: str, iri: str, kind: str) -> Term:
    up = RDFS.subClassOf if kind == "class" else RDFS.subPropertyOf
    above = tuple(one for one in core.iris(iri, up) if one.startswith(namespace))
    relations = [
        Relation("subClassOf" if kind == "class" else "subPropertyOf", one, both.short(one))
        for one in both.iris(iri, up)
        if not one.startswith((namespace, "_:"))
    ]
    relations += [Relation(name, one, both.short(one)) for name in _MATCHES for one in both.iris(iri, SKOS[name])]
    inverse = [*core.iris(iri, OWL.inverseOf), *(one for one in core.subjects() if iri in core.iris(one, OWL.inverseOf))]
    types = core.iris(iri, RDF.type)
    return Term(
        iri=iri,
        name=iri.removeprefix(namespace),
        kind=kind,
        label=core.texts(iri, RDFS.label),
        definition=core.texts(iri, SKOS.definition) or core.texts(iri, RDFS.comment),
        note=core.texts(iri, SKOS.scopeNote),
        example=core.texts(iri, SKOS.example),
        domain=core.ends(iri, RDFS.domain),
        range=core.ends(iri, RDFS.range),
        above=above,
        below=tuple(one for one in core.subjects() if iri in core.iris(one, up) and one.startswith(namespace)),
        inverse=tuple(dict.fromkeys(inverse)),
        disjoint=_disjoint(core, iri),
        traits=tuple(name for name, one in _TRAITS.items() if one in types),
        alignments=tuple(relations),
        deprecated=core.value(iri, OWL.deprecated) == "true",
        successors=tuple(core.iris(iri, DCTERMS.isReplacedBy)),
    )


def _disjoint(core: Statements, iri: str) -> tuple[str, ...]:
    found = dict.fromkeys(core.iris(iri, OWL.disjointWith))
    for one in core.subjects(OWL.AllDisjointClasses):
        members = [member for head in core.iris(one, OWL.members) for member in core.members(head)]
        if iri in members:
            found.update(dict.fromkeys(members))
    found.pop(iri, None)
    return tuple(found)


def _lists(codes: Statements, questions: Asked, rules: dict[str, tuple[Obligation, ...]], since: dict[str, str]) -> tuple[CodeList, ...]:
    allowed: dict[str, dict[str, None]] = {}
    for rule in (one for found in rules.values() for one in found):
        for code in rule.codes:
            allowed.setdefault(code, {})[rule.path] = None
    made = []
    for iri in sorted(codes.subjects(SKOS.ConceptScheme)):
        name = iri.rpartition("/")[2]
        members = [one for one in codes.subjects(SKOS.Concept) if iri in codes.iris(one, SKOS.inScheme)]
        order = {one: number for number, one in enumerate(codes.iris(iri, SKOS.hasTopConcept))}
        members.sort(key=lambda one: order.get(one, len(order)))
        users = dict.fromkeys(path for one in members for path in allowed.get(one, ()) if path)
        made.append(
            CodeList(
                iri=iri,
                name=name,
                label=codes.texts(iri, SKOS.prefLabel),
                definition=codes.texts(iri, SKOS.definition),
                codes=tuple(_code(codes, one, name, since) for one in members),
                used_by=tuple(sorted(users)),
                questions=tuple(dict.fromkeys(sorted(q for one in (iri, *members) for q in questions.of.get(one, ())))),
            )
        )
    return tuple(made)


def _code(codes: Statements, iri: str, scheme: str, since: dict[str, str]) -> Code:
    notation = codes.value(iri, SKOS.notation) or iri.rpartition("/")[2]
    key = f"code/{scheme}"
    return Code(
        iri=iri,
        notation=notation,
        label=codes.texts(iri, SKOS.prefLabel),
        definition=codes.texts(iri, SKOS.definition),
        matches=tuple(Relation(name, one, codes.short(one)) for name in _MATCHES for one in codes.iris(iri, SKOS[name])),
        since=since.get(f"{key}/{notation}", since.get(key, "")),
        deprecated=codes.value(iri, OWL.deprecated) == "true",
        successors=tuple(codes.iris(iri, DCTERMS.isReplacedBy)),
    )


def _names(core: Statements, made: list[Term], lists: tuple[CodeList, ...]) -> dict[str, Texts]:
    found: dict[str, Texts] = {one: label for one in core.subjects() if (label := core.texts(one, RDFS.label))}
    found |= {term.iri: term.label for term in made}
    for one in lists:
        found[one.iri] = one.label
        found |= {code.iri: code.label for code in one.codes}
    return found


def _history(path: Path) -> tuple[Change, ...]:
    """Read the history of terms: columns `version,date,change,term,de,en`; newest version first, the order of the rows within it.

    Raises:
        InputError: The file is missing or a row is none of it.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        what = Text("The history of terms cannot be read.", "Die Geschichte der Begriffe lässt sich nicht lesen.")
        raise InputError(what, where=str(path), fix=Text("It is a CSV file in UTF-8.", "Sie ist eine CSV-Datei in UTF-8.")) from error
    changes = []
    for number, row in enumerate(found[:MAX_CHANGES], start=2):
        if None in row or None in row.values() or row.get("change") not in _CHANGES or not row.get("version") or not row.get("term"):
            what = Text("This is no row of the history.", "Das ist keine Zeile der Geschichte.")
            fix = Text(
                "Write version,date,change,term,de,en; change is one of added, changed, deprecated.",
                "Schreiben Sie version,date,change,term,de,en; change ist added, changed oder deprecated.",
            )
            raise InputError(what, where=f"{path}:{number}", fix=fix)
        note = {lang: row[lang] for lang in ("de", "en") if row.get(lang)}
        changes.append(Change(row["version"], row["date"], row["change"], row["term"], note))
    return tuple(sorted(changes, key=lambda one: [int(part) if part.isdigit() else 0 for part in one.version.split(".")], reverse=True))


def _context(path: Path) -> dict[str, tuple[str, str]]:
    """Return what JSON-LD calls each term, by its short name: the key and the type of its values (JSON-LD 1.1, section 4.2.3)."""
    try:
        context = json.loads(path.read_text(encoding="utf-8"))["@context"]
    except (OSError, ValueError, KeyError) as error:
        what = Text("The JSON-LD context cannot be read.", "Der JSON-LD-Kontext lässt sich nicht lesen.")
        raise InputError(what, where=str(path), fix=Text("Correct the file.", "Berichtigen Sie die Datei.")) from error
    found: dict[str, tuple[str, str]] = {}
    for key, entry in context.items():
        if isinstance(entry, str) and ":" in entry and not entry.startswith("http"):
            found.setdefault(entry, (key, ""))
        elif isinstance(entry, dict) and isinstance(entry.get("@id"), str):
            found.setdefault(entry["@id"], (key, str(entry.get("@type") or entry.get("@container") or "")))
    return found


def _counted(found: Ontology, counted: Uses) -> Ontology:
    numbers = counted.numbers
    lists = tuple(replace(one, codes=tuple(replace(code, count=numbers.get(code.iri, 0)) for code in one.codes)) for one in found.lists)
    return replace(found, terms=tuple(replace(term, count=numbers.get(term.iri, 0)) for term in found.terms), lists=lists, graph=counted.graph)
