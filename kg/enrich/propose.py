"""Identifiers and places that are missing, from tables at hand: what is proposed, how sure it is, and what must not be.

Rules, in this order. A value that is there is never replaced: what disagrees is a contradiction. An identifier that another entity of the folder
bears, or that belongs to the body a unit is a part of, is held back. Two values for one slot are both shown and neither is sure. A ROR that the
table gives several PICs counts less. Nothing is written here (:mod:`kg.enrich.apply`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.enrich.cordis import COUNTRIES, PIC_ROR, Cordis, Links, RorOfPic, linked_citation, read_cordis, read_links
from kg.enrich.folder import Entities, read_entities
from kg.enrich.match import LINKED, REVIEWED, Match, Names, best_of, by_identifier, by_name, with_facts
from kg.enrich.model import IDENTIFIERS, LOCATED, POINT, SHOWN, SURE, UNSURE, Citation, Contradiction, Coverage, Enrichment, Held, Proposal
from kg.enrich.places import Places, narrowed, of_match, of_places, own
from kg.enrich.records import Countries, Record, read_records
from kg.errors import InputError, Problem, Text
from kg.link.score import Profile, Reason
from kg.resources import folder as resource
from kg.sources.listing_mapping import codes
from kg.sources.statements import slug

if TYPE_CHECKING:
    from kg.build import Build

CONFIDENCE: Mapping[str, float] = {"high": 0.985, "medium": 0.9}
"""How far a row of the table of PICs and RORs is believed, by what it says of itself."""

SHARED = 0.8
"""What is left of it where the table gives one ROR to several PICs."""

WEAK = 0.6
"""Below, a rival of a sure proposal is only named in its reasons."""

ACCEPTED, REJECTED, LATER = "enriched", "not-enriched", "enrich-later"
"""Words of decisions.csv; `value` is column and value (`identifiers ror:…`), for the last with ` @` and the hash of the reasons behind it."""

SCHEMES = ("ror", "wikidata", "gnd", "pic")


@dataclass(frozen=True)
class Tables:
    """Tables at hand.

    Attributes:
        records: Records of the user's files.
        problems: Faulty cells in them.
        citations: Source rows for them.
        cordis: Build and reference tables.
        links: Mapping files.
        notes: What is not there.
    """

    records: Sequence[Record] = ()
    problems: Sequence[Problem] = ()
    citations: Mapping[str, Citation] | None = None
    cordis: Cordis | None = None
    links: Links | None = None
    notes: Sequence[Text] = ()


def read_tables(
    base: str,
    countries: Countries,
    *,
    build: Build | None = None,
    files: Iterable[Path] = (),
    columns: Mapping[str, str] | None = None,
    mappings: Iterable[Path] | None = None,
    cite: str = "",
) -> Tables:
    """Read all tables at hand.

    Args:
        base: Namespace root of the folder's entities.
        countries: Codes and names.
        build: A build that holds CORDIS; without one its places and names are not there.
        files: The user's tables.
        columns: As for :func:`kg.enrich.records.read_records`.
        mappings: SSSOM files; the shipped ones by default.
        cite: Id of a source of the folder for what the user's tables say; by default each table becomes a source of its own.

    Raises:
        InputError: A file cannot be read.
        ParameterError: `columns` is wrong.
    """
    cordis, problems = read_cordis(build)
    links = read_links(sorted(resource("data", "mappings").glob("*.sssom.tsv")) if mappings is None else mappings, base)
    records: list[Record] = []
    citations: dict[str, Citation] = {}
    for file in files:
        citation = _citation(file)
        found, faulty, layout = read_records(file, columns or {}, cite or citation.source_id, countries)
        if layout == "ror":
            citation = replace(
                citation,
                title="ROR Data",
                url="https://doi.org/10.5281/zenodo.6347574",
                publisher="Research Organization Registry",
                note=f"CC0; {file.name}",
            )
        elif layout == "wikidata":
            citation = replace(citation, title="Wikidata", url="https://www.wikidata.org", publisher="Wikidata", note=f"CC0; {file.name}")
        if not cite:
            citations[citation.source_id] = citation
        records += found
        problems += faulty
    notes = []
    if not cordis.records:
        en = "No CORDIS organisations at hand: build them in (kg build) or name the build with --build."
        de = "Keine CORDIS-Organisationen zur Hand: bauen Sie sie ein (kg build) oder nennen Sie den Build mit --build."
        notes.append(Text(en, de))
    return Tables(records, problems, citations, cordis, links, notes)


def _citation(file: Path) -> Citation:
    return Citation(f"ref-{slug(file.stem)[:60].strip('-')}", file.name, language="de", note="Tabelle der Datenpflege")


def propose(folder: Path, tables: Tables, countries: Countries, *, kind: str = "") -> Enrichment:
    """Propose what is missing in a folder of tables.

    Args:
        folder: `sources.csv`, `entities.csv`, `relations.csv` and what may stand beside them; read only.
        tables: Tables at hand.
        countries: Codes and names.
        kind: `identifier` or `place`; both by default.

    Raises:
        InputError: The folder cannot be read.
    """
    entities = read_entities(folder, countries)
    return _Run(entities, tables).run(kind)


class _Run:
    """One run over one folder."""

    def __init__(self, entities: Entities, tables: Tables) -> None:
        self.entities, self.tables = entities, tables
        self.cordis = tables.cordis or Cordis()
        self.links = tables.links or Links({}, frozenset())
        self.institutions = entities.of("Institution")
        self.schemes = frozenset(codes("identifier-scheme"))
        self.found: dict[tuple[str, str, str], list[Proposal]] = defaultdict(list)
        self.against: set[Contradiction] = set()
        self.held: set[Held] = set()

    def run(self, kind: str) -> Enrichment:
        linked = self._linked()
        pics = {entity: match.record.ids[0] for entity, matches in linked.items() if len(matches) == 1 for match in matches}
        profiles = {entity: self.entities.profile(entity) for entity in self.institutions}
        self._named(linked, profiles)
        for entity, matches in linked.items():
            for match in matches:
                profiles[entity] = with_facts(profiles[entity], match.record)
        matches = [match for several in linked.values() for match in several]
        matches += self._of_files(pics, profiles)
        places = Places(self.entities, self.cordis)
        for match in matches:
            self._identifiers(match)
            made, against = of_match(self.entities, places, match)
            self._add(made)
            self.against.update(against)
        for entity in self.institutions:
            slot = (entity, LOCATED, "")
            if slot not in self.found:
                self._add(own(self.entities, entity))
            elif all(places.names_country(proposal.value, proposal.place) for proposal in self.found[slot]):
                self.found[slot] = narrowed(self.entities, places, self.found[slot])
        self._add(of_places(self.entities, places))
        proposals = self._settled()
        shown = [proposal for proposal in proposals if not kind or proposal.kind == kind]
        open_, put_off = self._undecided(shown)
        return Enrichment(
            tuple(sorted(open_, key=lambda proposal: (-proposal.score, proposal.entity, proposal.column, proposal.value))),
            tuple(sorted(self.against)),
            tuple(sorted(self.held)),
            tuple(self.tables.problems),
            (*self.tables.notes, *_of_parents(self.entities)),
            {PIC_ROR.source_id: PIC_ROR, COUNTRIES.source_id: COUNTRIES, **self.cordis.citations, **(self.tables.citations or {})},
            coverage(self.entities, open_),
            put_off,
        )

    # --- matches ---------------------------------------------------------------------------------------------------------

    def _linked(self) -> dict[str, list[Match]]:
        """Return the matches by exact links; an organisation that the build does not hold still has its PIC."""
        linked: dict[str, list[Match]] = {}
        for entity, mappings in self.links.exact.items():
            for mapping in mappings if self.entities.type(entity) == "Institution" else ():
                pic = mapping.object_id.rsplit("/pic-", 1)[-1] if "/pic-" in mapping.object_id else ""
                if not pic:
                    continue
                record = self.cordis.records.get(mapping.object_id)
                if record is None:
                    citation = linked_citation(mapping)
                    self.cordis.citations.setdefault(citation.source_id, citation)
                    record = Record("CORDIS", 0, (mapping.object_label,), (f"pic:{pic}",), citation=citation.source_id)
                reviewed = mapping.mapping_justification.endswith("MappingReview")
                score = REVIEWED if reviewed else LINKED if mapping.reviewer_label else min(mapping.confidence, LINKED)
                text = Text(f"linked to “{mapping.object_label}”", f"verknüpft mit „{mapping.object_label}“")
                linked.setdefault(entity, []).append(Match(entity, record, score, (Reason("link", text, score),)))
        return linked

    def _named(self, linked: dict[str, list[Match]], profiles: Mapping[str, Profile]) -> None:
        """Add matches with organisations of the build that no link joins yet, the decisions of the mapping files respected."""
        rest = [entity for entity in self.institutions if entity not in linked]
        taken = {match.record.ids for matches in linked.values() for match in matches}
        records = [record for _, record in sorted(self.cordis.records.items()) if record.ids not in taken]
        refused = [(entity, self.cordis.records[iri]) for entity, iri in sorted(self.links.refused) if iri in self.cordis.records]
        names = Names(self.entities, rest, records, profiles)
        found, held = by_name(names, refused)
        self.held.update(held)
        for match in best_of(found):
            linked.setdefault(match.entity, []).append(match)

    def _of_files(self, pics: Mapping[str, str], profiles: Mapping[str, Profile]) -> list[Match]:
        if not self.tables.records:
            return []
        names = Names(self.entities, self.institutions, self.tables.records, profiles)
        same, held = by_identifier(self.entities, self.institutions, self.tables.records, pics, names)
        alike, more = by_name(names)
        self.held.update((*held, *more))
        return best_of((*same, *alike))

    # --- identifiers -----------------------------------------------------------------------------------------------------

    def _identifiers(self, match: Match) -> None:
        record = match.record
        name = f" “{record.names[0]}”" if record.names else ""
        german = name.replace("“", "„", 1).replace("”", "“")
        for value in record.ids:
            text = Text(f"{record.origin}{name} has {value}", f"{record.origin}{german} hat {value}")
            self._identifier(match, value, match.score, (Reason("register", text, match.score), *match.reasons), (record.citation,))
            pic = value.removeprefix("pic:")
            if value.startswith("pic:") and pic in self.cordis.rors:
                ror = self.cordis.rors[pic]
                score, reasons = match.score * CONFIDENCE.get(ror.confidence, 0.8), _ror_reasons(ror, pic)
                self._identifier(
                    match, ror.ror, score * (SHARED if ror.pics > 1 else 1.0), (*reasons, *match.reasons), (PIC_ROR.source_id, record.citation)
                )

    def _identifier(self, match: Match, value: str, score: float, reasons: tuple[Reason, ...], sources: tuple[str, ...]) -> None:
        entity, scheme = match.entity, value.partition(":")[0]
        mine = self.entities.identifiers(entity)
        if value in mine:
            return
        why = reasons[0].text
        if entity in self.entities.no_own_identifiers:
            en = "its identifiers are those of the body it belongs to (decision identifier-of-parent)"
            de = "seine Kennungen sind die der Einrichtung, zu der es gehört (Entscheidung identifier-of-parent)"
            self.held.add(Held(entity, value, Text(f"{why.en}; {en}", f"{why.de}; {de}")))
            return
        if scheme not in self.schemes:
            en = f"the graph has no identifier scheme {scheme} (ontology/codes/identifier-scheme.ttl)"
            de = f"der Graph kennt kein Kennungssystem {scheme} (ontology/codes/identifier-scheme.ttl)"
            self.held.add(Held(entity, value, Text(f"{why.en}; {en}", f"{why.de}; {de}")))
            return
        others = [other for other in self.entities.bearers.get(value, ()) if other not in self.entities.no_own_identifiers]
        if others:
            whole = others[0] in self.entities.wholes.get(entity, ())
            en = f"{others[0]} bears it" + (", the body it is a part of" if whole else "")
            de = f"{others[0]} trägt sie" + (", zu dem es gehört" if whole else "")
            self.held.add(Held(entity, value, Text(f"{why.en}; {en}", f"{why.de}; {de}")))
            return
        if different := [text for text in mine if text.startswith(f"{scheme}:")]:
            if match.score >= UNSURE and scheme != "pic":
                self.against.add(Contradiction(entity, IDENTIFIERS, ";".join(different), value, why))
            return
        label = self.entities.label(entity)
        kept = tuple(dict.fromkeys(filter(None, sources)))
        if kept:
            self._add([Proposal(entity, label, self.entities.type(entity), IDENTIFIERS, value, round(score, 4), reasons, kept)])

    # --- settling --------------------------------------------------------------------------------------------------------

    def _add(self, proposals: Iterable[Proposal]) -> None:
        for proposal in proposals:
            if proposal.score >= SHOWN:
                self.found[proposal.slot].append(proposal)

    def _settled(self) -> list[Proposal]:
        """Join what agrees, mark what is rivalled, and let no identifier go to two entities."""
        slots = {slot: [_joined(list(same)) for same in _by_value(proposals)] for slot, proposals in sorted(self.found.items())}
        self._one_bearer(slots)
        settled = []
        for proposals in slots.values():
            best = max((proposal.score for proposal in proposals), default=0.0)
            weak = [proposal for proposal in proposals if best >= SURE and proposal.score < WEAK]
            strong = [proposal for proposal in proposals if proposal not in weak]
            for proposal in strong:
                rivals = tuple(sorted({*proposal.rivals, *(other.value for other in strong if other.value != proposal.value)}))
                extra = tuple(
                    Reason("weaker", Text(f"weaker: {other.value} ({other.score:.2f})", f"schwächer: {other.value} ({other.score:.2f})"), 0.0)
                    for other in weak
                )
                if rivals:
                    listed = ", ".join(rivals)
                    extra += (Reason("rival", Text(f"also found: {listed}; neither is sure", f"auch gefunden: {listed}; keine ist sicher"), -0.1),)
                score = min(proposal.score, UNSURE) if rivals else proposal.score
                settled.append(replace(proposal, rivals=rivals, score=score, reasons=(*proposal.reasons, *extra)))
        return settled

    def _one_bearer(self, slots: dict[tuple[str, str, str], list[Proposal]]) -> None:
        wanted: dict[str, list[Proposal]] = defaultdict(list)
        for proposals in slots.values():
            for proposal in proposals:
                if proposal.column == IDENTIFIERS:
                    wanted[proposal.value].append(proposal)
        for value, several in wanted.items():
            best = max(proposal.score for proposal in several)
            for proposal in [weak for weak in several if best >= UNSURE and weak.score < WEAK]:
                slots[proposal.slot].remove(proposal)
                several.remove(proposal)
            entities = {proposal.entity for proposal in several}
            for proposal in several if len(entities) > 1 else ():
                slot = slots[proposal.slot]
                slot.remove(proposal)
                if entities & set(self.entities.wholes.get(proposal.entity, ())):
                    en, de = "it belongs to the body this is a part of", "sie gehört zu der Einrichtung, deren Teil dies ist"
                    self.held.add(Held(proposal.entity, value, Text(f"{proposal.reasons[0].text.en}; {en}", f"{proposal.reasons[0].text.de}; {de}")))
                    continue
                units = {entity for entity in entities if entities & set(self.entities.wholes.get(entity, ()))}
                if others := sorted(entities - units - {proposal.entity}):
                    named = ", ".join(others)
                    reason = Reason("two-bearers", Text(f"also found for {named}", f"auch für {named} gefunden"), -0.1)
                    proposal = replace(proposal, rivals=tuple(f"{value} ({other})" for other in others), reasons=(*proposal.reasons, reason))
                slot.append(proposal)

    def _undecided(self, proposals: Sequence[Proposal]) -> tuple[list[Proposal], int]:
        """Return the proposals that no decision hides, and how many one does."""
        decided = {(row["target"], row["decision"], row["value"]) for row in self.entities.folder.decisions.rows}
        kept = [
            proposal
            for proposal in proposals
            if (proposal.entity, REJECTED, proposal.decided_as) not in decided
            and (proposal.entity, LATER, f"{proposal.decided_as} @{proposal.basis}") not in decided
        ]
        return kept, len(proposals) - len(kept)


def _of_parents(entities: Entities) -> list[Text]:
    count = sum(bool(entities.identifiers(entity)) for entity in entities.no_own_identifiers & entities.rows.keys())
    en = f"{count} more bear only identifiers of the body they belong to (identifier-of-parent); they are not counted and get none."
    de = f"{count} weitere tragen nur Kennungen der Einrichtung, zu der sie gehören (identifier-of-parent); sie zählen nicht und bekommen keine."
    return [Text(en, de)] if count else []


def _ror_reasons(ror: RorOfPic, pic: str) -> tuple[Reason, ...]:
    en = f"pic_ror.csv:{ror.row}: {ror.ror} for PIC {pic} ({ror.confidence}, {ror.source})"
    de = f"pic_ror.csv:{ror.row}: {ror.ror} zu PIC {pic} ({ror.confidence}, {ror.source})"
    reasons = [Reason("pic-ror", Text(en, de), CONFIDENCE.get(ror.confidence, 0.8))]
    if ror.pics > 1:
        text = Text(f"the table gives this ROR to {ror.pics} PICs", f"die Tabelle gibt diese ROR {ror.pics} PICs")
        reasons.append(Reason("shared-ror", text, SHARED - 1))
    return tuple(reasons)


def _by_value(proposals: Iterable[Proposal]) -> Iterable[list[Proposal]]:
    kept: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        kept.setdefault(proposal.value, []).append(proposal)
    return [kept[value] for value in sorted(kept)]


def _joined(same: list[Proposal]) -> Proposal:
    """Return several findings of one value as one: tables that agree make it surer (noisy-or over tables, the best of each)."""
    same.sort(key=lambda proposal: -proposal.score)
    tables: dict[tuple[str, ...], float] = {}
    for proposal in same:
        tables[proposal.sources] = max(tables.get(proposal.sources, 0.0), proposal.score)
    miss = 1.0
    for score in tables.values():
        miss *= 1 - score
    reasons = tuple(dict.fromkeys(reason for proposal in same for reason in proposal.reasons))
    sources = tuple(dict.fromkeys(source for proposal in same for source in proposal.sources))
    return replace(same[0], score=round(min(1 - miss, 0.999), 4), reasons=reasons, sources=sources)


def coverage(entities: Entities, proposals: Sequence[Proposal]) -> tuple[Coverage, ...]:
    """Return how many institutions and places have what: now, after the sure proposals, after all."""

    def counted(type_: str, what: str, has: set[str], column: str, scheme: str = "") -> Coverage:
        mine = [p for p in proposals if p.type == type_ and p.column == column and (not scheme or p.value.startswith(f"{scheme}:"))]
        if what == "city":
            mine = [
                p for p in mine if not entities.countries.iso(p.place.en if p.place else entities.label(p.value).en) or (p.place and p.place.country)
            ]
        sure = {p.entity for p in mine if p.sure}
        return Coverage(type_, what, len(entities.of(type_)), len(has), len(has | sure), len(has | {p.entity for p in mine}))

    rows = []
    for type_ in ("Institution", "Place"):
        everyone = entities.of(type_)
        schemes = SCHEMES if type_ == "Institution" else ("wikidata",)
        for scheme in schemes:
            has = {entity for entity in everyone if any(text.startswith(f"{scheme}:") for text in entities.identifiers(entity))}
            rows.append(counted(type_, scheme, has - entities.no_own_identifiers, IDENTIFIERS, scheme))
        if type_ == "Institution":
            rows.append(counted(type_, "place", {entity for entity in everyone if entities.located.get(entity)}, LOCATED))
            rows.append(counted(type_, "city", {entity for entity in everyone if entities.nearer(entity)}, LOCATED))
        else:
            rows.append(counted(type_, "country", {entity for entity in everyone if entities.country(entity)}, LOCATED))
        rows.append(counted(type_, "point", {entity for entity in everyone if entities.rows[entity]["lat"]}, POINT))
    return tuple(rows)


def missing_folder(path: Path) -> InputError:
    """Return the error for a folder that holds no tables."""
    what = Text("There is no folder of tables here.", "Hier ist kein Ordner mit Tabellen.")
    fix = Text(
        "Name a folder with sources.csv, entities.csv and relations.csv.", "Nennen Sie einen Ordner mit sources.csv, entities.csv und relations.csv."
    )
    return InputError(what, where=str(path), fix=fix)
