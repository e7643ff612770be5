"""What another source says of an institution or of a body above it, kept apart: it stands beside a profile and is counted nowhere in it.

Exact links (`owl:sameAs` in `graph/links`) say that two sources mean the same institution. A source such as CORDIS names universities, not their units:
its projects of the university are a unit's only where a link joins one of them to a project that names the unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse import facts
from kg.analyse.labels import Named, sort_key
from kg.analyse.texts import speaker
from kg.namespaces import OWL, local_name

if TYPE_CHECKING:
    from kg.build import Build
    from kg.store import Store

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Was eine zweite Quelle sagt (nicht mitgezählt)", "en": "What a second source says (not counted)"},
    "above": {
        "de": "{source} nennt „{body}“ (dort „{entity}“), wozu „{name}“ gehört: {projects}, {partners}, {countries}.",
        "en": "{source} names “{body}” (there “{entity}”), to which “{name}” belongs: {projects}, {partners}, {countries}.",
    },
    "itself": {
        "de": "{source} nennt dieselbe Einrichtung als „{entity}“: {projects}, {partners}, {countries}.",
        "en": "{source} names the same institution as “{entity}”: {projects}, {partners}, {countries}.",
    },
    "projects-one": {"de": "1 Projekt", "en": "1 project"},
    "projects-many": {"de": "{n} Projekte", "en": "{n} projects"},
    "partners-one": {"de": "1 weitere Einrichtung darin", "en": "1 other institution in it"},
    "partners-many": {"de": "{n} weitere Einrichtungen darin", "en": "{n} other institutions in them"},
    "countries-one": {"de": "aus 1 Land", "en": "from 1 country"},
    "countries-many": {"de": "aus {n} Ländern", "en": "from {n} countries"},
    "attributed": {
        "de": "Davon mit einem Projekt dieses Profils verknüpft und „{name}“ zuzuordnen: {number}, nämlich {names}.",
        "en": "Of these, linked to a project of this profile and to be attributed to “{name}”: {number}, namely {names}.",
    },
    "attributed-none": {
        "de": "Keines davon ist mit einem Projekt dieses Profils verknüpft.",
        "en": "None of them is linked to a project of this profile.",
    },
    "others": {
        "de": "Alle anderen ({number}) werden nicht „{name}“ zugerechnet: Die Quelle nennt nur „{body}“ und sagt nicht, welche Einheit beteiligt ist.",
        "en": "All others ({number}) are not counted as projects of “{name}”: the source names “{body}” only and does not say which unit takes part.",
    },
    "others-itself": {
        "de": "Alle anderen ({number}) sind in diesem Profil nicht mitgezählt; mit --linked zählt als eins, was Verknüpfungen gleichsetzen.",
        "en": "All others ({number}) are not counted in this profile; --linked counts as one what links join.",
    },
    "missing": {
        "de": "Verknüpft, aber dort ohne „{body}“: {names}.",
        "en": "Linked, but without “{body}” there: {names}.",
    },
    "here": {"de": "Projekt in diesem Profil", "en": "Project in this profile"},
    "there": {"de": "Dasselbe in der zweiten Quelle", "en": "The same in the second source"},
    "pairs": {"de": "Verknüpfte Projekte", "en": "Linked projects"},
}


say = speaker(TEXT)


@dataclass(frozen=True)
class Beside:
    """One institution as another source names it.

    Attributes:
        institution: The institution of the profile.
        body: It or the body above it that the link starts from.
        entity: The same in the other source.
        source: The other source: IRI of its graph with its titles.
        projects: Projects of the entity there, by IRI.
        partners: IRIs of the other institutions in them, sorted.
        countries: IRIs of the countries these lie in, sorted; institutions without a place are left out.
        linked: Pairs of a project of the profile and the same project there, which names the entity; by label of the first.
        missing: The same, where the project there does not name the entity.
    """

    institution: Named
    body: Named
    entity: Named
    source: Named
    projects: tuple[str, ...]
    partners: tuple[str, ...]
    countries: tuple[str, ...]
    linked: tuple[tuple[Named, Named], ...]
    missing: tuple[tuple[Named, Named], ...]

    @property
    def itself(self) -> bool:
        """Whether the link starts from the institution itself, not from a body above."""
        return self.body.iri == self.institution.iri

    @property
    def others(self) -> tuple[str, ...]:
        """Projects there that are linked to none of the profile."""
        joined = {there.iri for _, there in self.linked}
        return tuple(project for project in self.projects if project not in joined)

    def sentences(self, lang: str) -> list[str]:
        """Return what the other source says, which of it can be attributed, and that the rest is not counted."""
        name, body = self.institution.label(lang), self.body.label(lang)
        sizes = {
            key: say(f"{key}-{'one' if len(values) == 1 else 'many'}", lang, n=len(values))
            for key, values in (("projects", self.projects), ("partners", self.partners), ("countries", self.countries))
        }
        about = {"source": self.source.label(lang), "entity": self.entity.label(lang), "body": body, "name": name}
        found = [say("itself" if self.itself else "above", lang, **about, **sizes)]
        if self.linked:
            found.append(say("attributed", lang, number=len(self.linked), name=name, names=self._names(self.linked, lang)))
        else:
            found.append(say("attributed-none", lang))
        if self.others:
            found.append(say("others-itself" if self.itself else "others", lang, number=len(self.others), name=name, body=body))
        if self.missing:
            found.append(say("missing", lang, body=body, names=self._names(self.missing, lang)))
        return found

    @staticmethod
    def _names(pairs: Sequence[tuple[Named, Named]], lang: str) -> str:
        return ", ".join(f"{here.label(lang)} ({local_name(there.iri)})" for here, there in pairs)

    def to_json(self) -> dict[str, Any]:
        """Return everything, with the sentences in both languages."""
        return {
            "counted": False,
            "relation": "itself" if self.itself else "above",
            "body": self.body.to_json(),
            "entity": self.entity.to_json(),
            "source": self.source.to_json(),
            "projects": list(self.projects),
            "partners": len(self.partners),
            "countries": list(self.countries),
            "linked": [{"here": here.to_json(), "there": there.to_json()} for here, there in self.linked],
            "linked_without_the_body": [{"here": here.to_json(), "there": there.to_json()} for here, there in self.missing],
            "text": {lang: self.sentences(lang) for lang in ("de", "en")},
        }


def beside(store: Store, build: Build, institution: Named, above: Sequence[str], projects: Iterable[str]) -> tuple[Beside, ...]:
    """Return what other sources say of an institution or of a body above it; nothing where no exact link leads there.

    Args:
        store: Store of the build.
        build: The build; sources that are not looked at are left out.
        institution: The institution of the profile.
        above: Bodies it belongs to.
        projects: Projects of the profile.

    Returns:
        One entry per entity of another source, by IRI. Cost: a fixed number of queries per linked entity.
    """
    bodies = [institution.iri, *above]
    same = _same(store, bodies)
    if not same:
        return ()
    mine = sorted(set(projects))
    twins = _same(store, mine)
    sources = {str(source["graph"]): source for source in build.record.get("sources", []) if not build.chosen or source["name"] in build.chosen}
    found = []
    for body in bodies:
        for entity in same.get(body, ()):
            part = _projects_of(store, entity, sources)
            for graph, theirs in sorted(part.items()):
                found.append(_entry(store, institution, body, entity, sources[graph], graph, theirs, twins))
    return tuple(found)


def _same(store: Store, things: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return what exact links, in either direction, equate with some things."""
    found: dict[str, set[str]] = {}
    for subject, values in facts.statements(store, things, [OWL.sameAs]).items():
        found.setdefault(subject, set()).update(value.value for value in values[OWL.sameAs])
    for target, subjects in facts.incoming(store, things, OWL.sameAs).items():
        found.setdefault(target, set()).update(subjects)
    return {thing: tuple(sorted(same - {thing})) for thing, same in found.items()}


def _projects_of(store: Store, entity: str, sources: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Return the projects of an institution by the graph of the source that names it there."""
    query = f"SELECT ?g ?i WHERE {{ {facts.iris('s', [entity])} GRAPH ?g {{ ?x inno:participant ?s ; inno:inInitiative ?i }} ?i a inno:Project }}"
    found: dict[str, tuple[str, ...]] = {}
    for graph, project in facts.select(store, query):
        if graph.value in sources:
            found[graph.value] = (*found.get(graph.value, ()), project.value)
    return found


def _entry(
    store: Store,
    institution: Named,
    body: str,
    entity: str,
    source: Mapping[str, Any],
    graph: str,
    theirs: tuple[str, ...],
    twins: Mapping[str, tuple[str, ...]],
) -> Beside:
    query = f"SELECT DISTINCT ?o WHERE {{ {facts.iris('i', theirs)} ?x inno:inInitiative ?i ; inno:participant ?o }}"
    partners = tuple(row[0].value for row in facts.select(store, query) if row[0].value != entity)
    known = set(theirs)
    pairs = [(here, there) for here in sorted(twins) for there in twins[here]]
    things = facts.names(store, {body, entity, *(iri for pair in pairs for iri in pair)})
    absent = {iri for iri in {there for _, there in pairs} - known if _in_graph(store, iri, graph)}

    def chosen(wanted: set[str]) -> tuple[tuple[Named, Named], ...]:
        named = [(things[here], things[there]) for here, there in pairs if there in wanted]
        return tuple(sorted(named, key=lambda pair: (sort_key(pair[0].label("de")), pair[1].iri)))

    title = source.get("title") or {}
    labels = {str(lang): str(text) for lang, text in title.items()} or {"": str(source["name"])}
    countries = facts.countries(store, partners)
    return Beside(
        institution=institution,
        body=things[body],
        entity=things[entity],
        source=Named(graph, labels),
        projects=theirs,
        partners=partners,
        countries=tuple(sorted(set(countries.values()))),
        linked=chosen(known),
        missing=chosen(absent),
    )


def _in_graph(store: Store, thing: str, graph: str) -> bool:
    """Tell whether a source names anybody in a project."""
    query = f"SELECT ?i WHERE {{ {facts.iris('i', [thing])} {facts.iris('g', [graph])} GRAPH ?g {{ ?x inno:inInitiative ?i }} }} LIMIT 1"
    return bool(facts.select(store, query))
