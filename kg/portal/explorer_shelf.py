"""The participations an analysis worker holds: those of the default selection, and a handful of others; names of institutions to find them by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from kg.analyse.communities import Communities, communities
from kg.analyse.data import Data, load
from kg.analyse.frames import Frame, frame_of
from kg.analyse.labels import Named
from kg.analyse.profile import EMPTY_MAPPING
from kg.analyse.projection import LEVELS
from kg.errors import KgError, StoreError, Text
from kg.namespaces import local_name
from kg.portal.explorer_choice import Choice, read_choice
from kg.portal.render import NotFoundError
from kg.questions import folded

if TYPE_CHECKING:
    from kg.build import Build
    from kg.portal.desk import Desk
    from kg.portal.page import Request
    from kg.search import SearchIndex

KEPT_DATA = 3
"""Selections whose participations are held besides those of the default; on Horizon Europe each takes about 100 MB."""
KEPT_VIEWS = 24
KEPT_PROFILES = 8
NEAR = 8
Made = TypeVar("Made")


class UnknownInstitutionError(NotFoundError):
    """Nothing, or more than one institution, is called so.

    Attributes:
        near: What may be meant.
    """

    def __init__(self, what: Text, *, where: str, fix: Text, near: tuple[Named, ...]) -> None:
        super().__init__(what, where=where, fix=fix)
        self.near = near


class Kept(dict[object, Any]):
    """Things made once, of which the last ones asked for are kept."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def get_or(self, key: object, make: Callable[[], Made]) -> Made:
        """Return what was made under a key before, or make it; what was not asked for longest is let go of first."""
        if key in self:
            value: Made = self.pop(key)
        else:
            # Room first: two selections of a large programme more than needed must not stand in memory while a third is made.
            while len(self) >= self.most:
                del self[next(iter(self))]
            value = make()
        self[key] = value
        return value


@dataclass
class Shelf:
    """What an analysis worker holds.

    Attributes:
        build: The build; `None` where there is none.
        default: Participations of the default selection; `None` where there are none.
        reason: Why there are none.
        index: The search index, where the build has one: it knows other names and mends typing errors.
        others: Participations of other selections.
        groups: Groups of Leiden by selection.
        views: What was shown last.
        profiles: Profiles of institutions asked for last.
    """

    build: Build | None
    default: Data | None = None
    reason: KgError | None = None
    index: SearchIndex | None = None
    others: Kept = field(default_factory=lambda: Kept(KEPT_DATA))
    groups: Kept = field(default_factory=lambda: Kept(KEPT_DATA + 1))
    views: Kept = field(default_factory=lambda: Kept(KEPT_VIEWS))
    profiles: Kept = field(default_factory=lambda: Kept(KEPT_PROFILES))

    @property
    def sources(self) -> dict[str, Text]:
        """Titles of the sources by name."""
        records = self.build.record.get("sources", []) if self.build is not None else []
        titles = {str(one["name"]): one.get("title") or {} for one in records}
        return {name: Text(str(title.get("en") or name), str(title.get("de") or name)) for name, title in sorted(titles.items())}

    @property
    def opened(self) -> Data:
        """Participations of the default selection.

        Raises:
            KgError: There are none; it says why.
        """
        if self.default is None:
            assert self.reason is not None
            raise self.reason
        return self.default

    def data(self, choice: Choice) -> Data:
        """Return the participations of a choice.

        Raises:
            KgError: There are none, or the choice leaves none.
        """
        default = self.opened
        key = (choice.selection, choice.sources)
        if key == (default.selection, ()):
            return default

        def make() -> Data:
            assert self.build is not None
            for held in (default, *self.others.values()):
                if weighed := _weighed(held, choice):
                    return weighed
            return load(self.build.only(choice.sources) if choice.sources else self.build, choice.selection)

        return self.others.get_or(key, make)

    def levels(self, choice: Choice, data: Data) -> tuple[Data, ...]:
        """Return the same participations at each level of bodies; nothing where all levels are the same, because no unit belongs to a larger body."""
        if data.method.mapping == EMPTY_MAPPING:
            return ()
        chosen = data.selection
        return tuple(data if level == chosen.level else self.data(Choice(replace(chosen, level=level), choice.sources)) for level in LEVELS)

    def groups_of(self, choice: Choice) -> Communities:
        """Return the groups of the whole network of a choice, seeded; whatever part of it is shown, they are the same."""
        data = self.data(choice)
        return self.groups.get_or((choice.selection, choice.sources), lambda: communities(data.collaboration, seed=data.selection.seed))

    def frame(self) -> Frame | None:
        """Return the sampling frame of the whole graph."""
        if self.default is not None:
            return self.default.frame
        return frame_of(self.build) if self.build is not None else None

    @cached_property
    def by_name(self) -> dict[str, tuple[str, ...]]:
        """IRIs of the institutions by folded name and by slug."""
        found: dict[str, set[str]] = {}
        for iri, named in self.opened.labels.items():
            for name in {local_name(iri), *named.labels.values()}:
                found.setdefault(folded(name), set()).add(iri)
        return {name: tuple(sorted(iris)) for name, iris in found.items()}

    def institution(self, text: str) -> Named:
        """Return the institution that a slug, an IRI or a name means.

        Raises:
            UnknownInstitutionError: Nothing, or more than one institution, is called so; it holds the nearest.
        """
        labels = self.opened.labels
        assert self.build is not None
        for iri in (text, f"{self.build.base}id/organisation/{text}"):
            if iri in labels:
                return labels[iri]
        called = self.by_name.get(folded(text), ())
        if len(called) == 1:
            return labels[called[0]]
        if called:
            what = Text(f"{len(called)} institutions are called {text!r}.", f"{len(called)} Einrichtungen heißen {text!r}.")
            fix = Text("Choose one of them.", "Wählen Sie eine davon.")
            raise UnknownInstitutionError(what, where=f"institution={text}", fix=fix, near=tuple(labels[iri] for iri in called[: 3 * NEAR]))
        what = Text(f"No institution is called {text!r}.", f"Keine Einrichtung heißt {text!r}.")
        fix = Text("Search for it by another name.", "Suchen Sie sie unter einem anderen Namen.")
        raise UnknownInstitutionError(what, where=f"institution={text}", fix=fix, near=self.near(text))

    def near(self, text: str) -> tuple[Named, ...]:
        """Return institutions that a text may mean, at most eight: as the search index finds them, else those whose name begins with it, has all its words, or looks
        like it, in this order."""
        wanted = folded(text)[:100]
        words = wanted.split()
        if not words:
            return ()
        labels = self.opened.labels
        if self.index is not None:
            hits = self.index.suggest(text[:100], of_class="inno:Organisation", limit=NEAR)
            return tuple(labels[hit.iri] for hit in hits if hit.iri in labels)
        names = self.by_name
        begins = sorted(name for name in names if name.startswith(wanted))
        within = sorted((name for name in names if all(word in name for word in words)), key=lambda name: (len(name), name))
        # Comparing letter by letter is dear: only with names of about that length, and only where nothing better was found.
        alike = (
            []
            if begins or within
            else get_close_matches(wanted, [name for name in names if abs(len(name) - len(wanted)) <= len(wanted) // 3], NEAR, 0.6)
        )
        iris = dict.fromkeys(iri for name in (*begins[:NEAR], *within[:NEAR], *alike) for iri in names[name])
        return tuple(labels[iri] for iri in list(iris)[:NEAR])

    def key(self, iri: str) -> str:
        """Return what addresses name an institution by: the slug where it is of this graph, else the IRI.

        A part of a path that is no slug is escaped by the caller.
        """
        root = f"{self.build.base}id/organisation/" if self.build is not None else ""
        return iri[len(root) :] if root and iri.startswith(root) and "/" not in iri[len(root) :] else iri

    def profile_path(self, iri: str) -> str:
        """Return the path of the page about an institution's role; empty for what is none of this graph's (a place, for example)."""
        key = self.key(iri)
        return "" if key == iri else f"/institutions/{quote(key)}"


def _weighed(held: Data, choice: Choice) -> Data | None:
    """Return participations that are held, for a choice that weighs the same ones by number of projects instead of Newman's weight, or the other way round."""
    free = ("newman", "count")
    wanted = choice.selection
    if held.build.chosen != choice.sources or held.selection.weight not in free or wanted.weight not in free:
        return None
    if replace(held.selection, weight=wanted.weight) != wanted:
        return None
    return replace(held, selection=wanted, method=replace(held.method, weight=wanted.weight))


def shelf_of(desk: Desk) -> Shelf:
    """Return what the worker holds; the first call loads the default selection."""
    return desk.cached("explorer", lambda: _open(desk.build, desk))


def _open(build: Build | None, desk: Desk) -> Shelf:
    if build is None:
        what = Text(
            "Networks are off: this portal shows an endpoint whose participations have not been fetched.",
            "Netzwerke sind aus: Dieses Portal zeigt einen Endpunkt, dessen Beteiligungen nicht geholt wurden.",
        )
        fix = Text("The questions and the SPARQL endpoint work.", "Die Fragen und der SPARQL-Endpunkt funktionieren.")
        return Shelf(None, reason=StoreError(what, fix=fix))
    try:
        data = load(build)
    except KgError as error:
        return Shelf(build, reason=error)
    return Shelf(build, data, index=desk.index)


def chosen(desk: Desk, request: Request) -> tuple[Shelf, Choice]:
    """Return what the worker holds and what an address chooses.

    Raises:
        ParameterError: The address chooses what there is not.
    """
    shelf = shelf_of(desk)
    return shelf, read_choice(request, shelf.sources if shelf.build is not None else None)
