"""Applying shapes to a catalogue: our own rules by the engine of the project, and those that a user brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ShapesError, Text
from kg.namespaces import OWL, SH, curie, local_name
from kg.preflight.advice import advice
from kg.preflight.findings import Advice, Findings, Place
from kg.preflight.material import Graph, read_rdf
from kg.quads import Quad
from kg.resources import folder

if TYPE_CHECKING:
    from rdflib import Graph as Shapes
    from rdflib.term import Node

    from kg.validate.raw import Raw

RULES = {"dcat-ap": ("dcat-ap.ttl",), "dcat-ap-de": ("dcat-ap.ttl", "dcat-ap-de.ttl")}
"""Files of a profile below `ontology/preflight`: DCAT-AP.de switches off some of DCAT-AP's rules and adds its own."""


def check(graph: Graph, profile: str, findings: Findings) -> None:
    """Check a catalogue by our own rules of a profile."""
    for raw in apply(graph.quads, own_rules(profile)):
        _add(raw, graph, (profile,), findings)


def check_with(graph: Graph, paths: Sequence[Path], findings: Findings) -> None:
    """Check a catalogue by shapes that the user brings, all files together; nothing they import is fetched.

    Raises:
        ShapesError: The shapes cannot be applied: the message names what is missing.
        InputError: A file is no RDF.
    """
    shapes = load(paths)
    complete(shapes, paths)
    try:
        found = apply(graph.quads, shapes)
    except ShapesError as error:
        if error.what.en.startswith("The shapes are ill-formed"):
            raise
        # What our engine refuses, pySHACL may do.
        found = _reference(graph.quads, shapes)
    for raw in found:
        _add(raw, graph, ("shapes",), findings)


def apply(quads: Iterable[Quad], shapes: Shapes) -> list[Raw]:
    """Apply shapes to quads, by the engine for small graphs.

    Raises:
        ShapesError: They are ill-formed, or ask for what the engine refuses.
    """
    from kg.validate import direct

    return direct.find(quads, shapes)


@lru_cache(maxsize=4)
def own_rules(profile: str) -> Shapes:
    """Return our rules of a profile."""
    return load([folder("ontology", "preflight", name) for name in RULES[profile]])


def load(paths: Sequence[Path]) -> Shapes:
    """Read shapes from files, each in its syntax by its ending, a folder as all the files in it; blank nodes of two files stay apart.

    Raises:
        InputError: A file is no RDF, or is too large.
        ShapesError: There is no file, or none with a shape.
    """
    from rdflib import BNode, Graph, Literal, URIRef

    from kg.preflight.material import SYNTAX, _small

    files = [
        file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path]) if file.suffix.lower() in SYNTAX or file == path
    ]
    graph = Graph()
    for number, path in enumerate(files):
        if not path.is_file():
            raise ShapesError(Text("There is no such file.", "Diese Datei gibt es nicht."), where=str(path), fix=_FETCH)
        _small(path)

        def node(value: str, number: int = number) -> URIRef | BNode:
            return BNode(f"f{number}{value[2:]}") if value.startswith("_:") else URIRef(value)

        for quad in read_rdf(path, "" if path.suffix.lower() in SYNTAX else "TURTLE"):
            target = (
                Literal(quad.object, lang=quad.language or None, datatype=None if quad.language else URIRef(quad.datatype))
                if quad.kind == "literal"
                else node(quad.object)
            )
            graph.add((node(quad.subject), URIRef(quad.predicate), target))
    return graph


_FETCH = Text(
    "Download the shapes first; `kg preflight` fetches nothing (DCAT-AP: github.com/SEMICeu/DCAT-AP, DCAT-AP.de: github.com/GovDataOfficial).",
    "Laden Sie die Regeln vorher herunter; `kg preflight` holt nichts aus dem Netz (DCAT-AP: github.com/SEMICeu/DCAT-AP, DCAT-AP.de: github.com/GovDataOfficial).",
)


def complete(shapes: Shapes, paths: Sequence[Path]) -> None:
    """Refuse shapes that would check nothing, or of which a part is missing.

    An overlay (DCAT-AP.de 3.0) says of shapes of DCAT-AP 3.0.0 how severe they are; alone, or with those of another version, it checks
    nothing. The main file of DCAT-AP 3.0.1 names property shapes that it does not hold.

    Raises:
        ShapesError: Which shapes are missing, and what to load with them.
    """
    from rdflib import RDF, URIRef

    sh = {name: URIRef(SH[name]) for name in ("property", "path", "node", "NodeShape", "targetClass", "severity", "deactivated")}
    where = ", ".join(str(path) for path in paths)
    missing = sorted({str(target) for target in shapes.objects(None, sh["property"]) if (target, sh["path"], None) not in shapes})
    if missing:
        shown = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
        what = Text(
            f"The shapes name {len(missing)} property shapes that they do not contain: {shown}.",
            f"Die Regeln nennen {len(missing)} Eigenschaftsregeln, die sie nicht enthalten: {shown}.",
        )
        fix = Text(
            "The main file of DCAT-AP 3.0.1 has this gap: use that of 3.0.0, with which DCAT-AP.de 3.0 belongs, or give the missing file as well.",
            "Die Hauptdatei von DCAT-AP 3.0.1 hat diese Lücke: Nehmen Sie die von 3.0.0, zu der DCAT-AP.de 3.0 gehört, oder geben Sie die fehlende Datei dazu.",
        )
        raise ShapesError(what, where=where, fix=fix)
    held = {*shapes.subjects(sh["path"], None), *shapes.subjects(RDF.type, None), *shapes.subjects(sh["targetClass"], None)}
    changed = {one for name in ("severity", "deactivated") for one in shapes.subjects(sh[name], None) if isinstance(one, URIRef)}
    loose = sorted(map(str, changed - held))
    # A few are no harm: an overlay also speaks of shapes that a later edition of its base dropped.
    if len(loose) * 2 > len(changed):
        what = Text(
            f"The shapes change {len(loose)} shapes that are not among them ({loose[0]} …): they are an overlay, and alone they check nothing.",
            f"Die Regeln ändern {len(loose)} Regeln, die nicht dabei sind ({loose[0]} …): Sie sind eine Überlagerung und prüfen allein nichts.",
        )
        fix = Text(
            "Give the shapes of DCAT-AP 3.0.0 as well: --shapes dcat-ap-SHACL.ttl --shapes dcat-ap-SHACL-DE.ttl.",
            "Geben Sie die Regeln von DCAT-AP 3.0.0 dazu: --shapes dcat-ap-SHACL.ttl --shapes dcat-ap-SHACL-DE.ttl.",
        )
        raise ShapesError(what, where=where, fix=fix)
    targets = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target")
    if not any((None, URIRef(SH[name]), None) in shapes for name in targets) and (None, RDF.type, sh["NodeShape"]) not in shapes:
        imports = sorted(map(str, shapes.objects(None, URIRef(OWL.imports))))
        names = f" ({imports[0]} …)" if imports else ""
        what = Text(
            f"These files hold no shapes{'; what they import is never fetched' if imports else ''}{names}.",
            f"Diese Dateien enthalten keine Regeln{'; was sie importieren, wird nie geholt' if imports else ''}{names}.",
        )
        raise ShapesError(what, where=where, fix=_FETCH)


def _reference(quads: Sequence[Quad], shapes: Shapes) -> list[Raw]:
    """Apply shapes by pySHACL."""
    from rdflib import RDF, Graph, URIRef

    from kg.quads import Term
    from kg.validate.graphs import _node, validate_graphs
    from kg.validate.raw import Raw, raw_text
    from kg.validate.setwise.reading import to_term

    data = Graph()
    for quad in quads:
        data.add((_node(Term(quad.subject, "bnode" if quad.subject.startswith("_:") else "iri")), URIRef(quad.predicate), _node(quad.term)))
    report = validate_graphs(data, shapes, "reference")

    def one(node: Node, name: str) -> str:
        value = report.value(node, URIRef(SH[name]))
        return "" if value is None else raw_text(to_term(value))

    found = []
    for node in report.subjects(RDF.type, URIRef(SH.ValidationResult)):
        messages = tuple(to_term(message) for message in report.objects(node, URIRef(SH.resultMessage)))
        found.append(
            Raw(
                local_name(one(node, "resultSeverity")),
                one(node, "sourceShape"),
                one(node, "sourceConstraintComponent"),
                one(node, "focusNode"),
                one(node, "resultPath"),
                one(node, "value"),
                tuple(message.value for message in messages),
                None,
                messages,
            )
        )
    return sorted(found, key=lambda raw: (raw.shape, raw.component, raw.focus, raw.path, raw.value))


def _add(raw: Raw, graph: Graph, profiles: tuple[str, ...], findings: Findings) -> None:
    component = local_name(raw.component).removesuffix("ConstraintComponent")
    rule = local_name(raw.shape) if raw.shape.startswith(_OWN) else f"shapes:{curie(raw.path)}-{component}"
    if raw.shape.startswith(f"{_OWN}-de#"):
        rule = f"de:{rule}"
    severity = raw.severity if raw.severity in ("Violation", "Warning", "Info") else "Violation"
    found = raw.value or {"MinCount": "–"}.get(component, "")
    todo = advice(raw.path, {"Class": "class", "Pattern": "code"}.get(component, ""))
    findings.add(
        rule,
        severity,
        profiles,
        _words(raw, component),
        Place(graph.name, raw.focus, raw.path, found),
        Advice(*todo),
        expected=_EXPECTED.get(component),
        component=raw.component,
        shape="" if raw.shape.startswith("_:") else raw.shape,
    )


def _words(raw: Raw, component: str) -> Text:
    """Return the messages of a shape; of one without any, words by what it asks."""
    said = {term.language.split("-")[0]: term.value for term in sorted(raw.messages)}
    if not said:
        path = curie(raw.path) or curie(raw.focus)
        en, de = _PLAIN.get(component, (f"{{}} does not meet {component}.", f"{{}} erfüllt {component} nicht."))
        return Text(en.format(path), de.format(path))
    some = said.get("") or next(iter(said.values()))
    return Text(said.get("en", some), said.get("de", some))


_OWN = "https://w3id.org/innokg/preflight/dcat-ap"
_PLAIN = {
    "MinCount": ("{} is missing.", "{} fehlt."),
    "MaxCount": ("{} stands more often than allowed.", "{} steht öfter da als erlaubt."),
    "Class": ("What {} names lacks its class in the file.", "Was {} nennt, hat in der Datei nicht die verlangte Klasse."),
    "NodeKind": ("The value of {} is of the wrong kind (text or address).", "Der Wert von {} ist von der falschen Art (Text oder Adresse)."),
    "Datatype": ("The value of {} has the wrong datatype.", "Der Wert von {} hat den falschen Datentyp."),
    "Pattern": ("The value of {} is not of the form asked for.", "Der Wert von {} hat nicht die verlangte Form."),
}
_EXPECTED = {
    "MinCount": Text("at least one value", "mindestens ein Wert"),
    "MaxCount": Text("at most one value", "höchstens ein Wert"),
    "UniqueLang": Text("one value per language", "ein Wert je Sprache"),
    "Or": Text("one of several", "eines von mehreren"),
}
