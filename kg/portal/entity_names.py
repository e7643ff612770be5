"""Names for things that have none: participations, results, claims and pieces of evidence are called by what they connect or say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kg.namespaces import DCTERMS, INNO, RDF, RDFS, SKOS, local_name
from kg.portal.entity_values import Reader
from kg.portal.facts import Said, described, first, values

if TYPE_CHECKING:
    from kg.portal.desk import Desk

_ENDS = (INNO.participant, INNO.candidate, INNO.site, INNO.funder, INNO.underProgramme, INNO.inInitiative, INNO.inEdition, INNO.ofAward, INNO.funds)
_LETTERS = 140


def made_name(reader: Reader, said: Sequence[Said]) -> str:
    """Return a name made from what is said about a thing without a name, or empty.

    A claim: property and value; evidence: what the source says; a node between things: the things and the role.
    """
    import pyoxigraph as ox

    if predicate := first(said, RDF.predicate):
        shown = next((reader.show(value, predicate).text for value in values(said, RDF.object)), "")
        subject = first(said, RDF.subject)
        about = reader.name(subject) if subject else ""
        return _cut(f"{about}: {reader.name(predicate)} {shown}" if about and about != local_name(subject) else f"{reader.name(predicate)}: {shown}")
    ends = [reader.name(value.value) for predicate in _ENDS for value in values(said, predicate) if isinstance(value, ox.NamedNode)]
    if ends:
        role = next((reader.name(value.value) for name in (INNO.role, INNO.resultStatus) for value in values(said, name)), "")
        return _cut(" – ".join(ends) + (f" ({role})" if role else ""))
    if first(said, SKOS.notation) and (scheme := first(said, SKOS.inScheme)):
        return f"{reader.name(scheme)} {first(said, SKOS.notation)}"
    text = reader.best([*values(said, DCTERMS.description), *values(said, RDFS.label)])
    return _cut(text.text) if text else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1].rstrip() + "…"


def learn(reader: Reader, iris: Iterable[str]) -> None:
    """Give the reader a made name for every IRI of this graph that has none of its own."""
    import pyoxigraph as ox

    wanted = list(dict.fromkeys(iris))
    reader.know(wanted)
    unnamed = [iri for iri in wanted if _is_node(reader.desk, iri) and reader.name(iri) == local_name(iri)]
    if not unnamed:
        return
    said = described(reader.desk.store, unnamed)
    reader.know(value.value for one in said.values() for _, value in one if isinstance(value, ox.NamedNode))
    for iri, one in said.items():
        if name := made_name(reader, one):
            reader.call(iri, name)


_KINDS = ("participation", "site-use", "funding", "award-result", "claim", "evidence", "identifier", "address")


def _is_node(desk: Desk, iri: str) -> bool:
    return iri.startswith(desk.base + "id/") and iri[len(desk.base) + 3 :].partition("/")[0] in _KINDS


__all__ = ("learn", "made_name")
