"""The Python door (:func:`kg.open`): a graph to ask, and to measure where it was built here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.config import language
from kg.errors import AnalysisError, Text
from kg.questions import KnowledgeGraph, resolve_iri
from kg.store import EmbeddedStore, open_store

if TYPE_CHECKING:
    import networkx as nx

    from kg.analyse.data import Data
    from kg.analyse.profile import Profile
    from kg.analyse.result import Result
    from kg.build import Build

INITIATIVE, ORGANISATION = "inno:Initiative", "inno:Organisation"


class Graph(KnowledgeGraph):
    """A graph to ask and to measure.

    Options of a selection (`level`, `weight`, `roles`, `linked`, `since`, `until`, `open_dates`, `cap`, `claims`, `seed`) are those of
    :class:`kg.analyse.selection.Selection`; `graph` names one source, or several in a list, to look at alone.
    """

    _kept: tuple[object, Data] | None = None

    @classmethod
    def open(cls, location: str | Path | None = None, *, lang: str | None = None) -> Graph:
        """Open a graph (see :func:`kg.open`)."""
        return cls(open_store(location), language(lang))

    @property
    def build(self) -> Build:
        """The build behind the graph.

        Raises:
            AnalysisError: It is an endpoint, or a store without its quad table.
        """
        from kg.build import read

        folder = Path(self.store.location).parent
        if isinstance(self.store, EmbeddedStore) and (folder / "build.json").is_file():
            return read(folder)
        what = Text("Networks are measured on a graph that was built here.", "Netzwerke werden auf einem hier gebauten Graphen gemessen.")
        fix = Text("Build it with `kg build` and open the folder.", "Bauen Sie ihn mit `kg build`, und öffnen Sie den Ordner.")
        raise AnalysisError(what, where=self.store.location, fix=fix)

    def data(self, *, graph: str | Sequence[str] | None = None, **selection: Any) -> Data:
        """Return the participations that count, which all results are made of; kept for the next result of the same selection.

        Raises:
            AnalysisError: An option is unknown, or nothing is selected.
        """
        names = (graph,) if isinstance(graph, str) else tuple(graph or ())
        key = (names, tuple(sorted(selection.items())))
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, _data(self.build, names, selection))
        return self._kept[1]

    def network(self, **selection: Any) -> nx.Graph:
        """Return the collaboration network: institutions with labels, kind and projects, edges with `weight`, `distance` and `count`."""
        return self.data(**selection).network

    def result(self, name: str, *, options: dict[str, Any] | None = None, **selection: Any) -> Result:
        """Return a result of :data:`kg.analyse.menu.MENU` by name.

        Args:
            name: Such as `positions`, `communities`, `pairs`, `years`.
            options: Options of that kind of result; institutions and projects as slug, name or IRI.
            selection: Options of the selection, and `graph`.

        Raises:
            AnalysisError: There is no such result or option, or the sampling frame does not allow it.
        """
        from kg.analyse.menu import result

        given = dict(options or {})
        if given.get("institution"):
            given["institution"] = self.organisation(str(given["institution"]))
        if given.get("without"):
            given["without"] = [self.thing(str(one)) for one in given["without"]]
        return result(name, self.data(**selection), **given)

    def profile(self, institution: str, **options: Any) -> Profile:
        """Return the role of an institution across its projects (see :func:`kg.analyse.profile.profile`)."""
        from kg.analyse.profile import profile

        return profile(self.build, self.organisation(institution), **options)

    def compare(self, one: str, other: str, **options: Any) -> Result:
        """Return two institutions side by side (see :func:`kg.analyse.compare.compare`)."""
        from kg.analyse.compare import compare

        return compare(self.build, self.organisation(one), self.organisation(other), **options)

    def organisation(self, text: str) -> str:
        """Return the IRI of an organisation given as slug, name or IRI.

        Raises:
            ParameterError: There is none, or several.
        """
        return resolve_iri(self.store, text, ORGANISATION, lang=self.lang)

    def thing(self, text: str) -> str:
        """Return the IRI of an organisation or an initiative given as slug, name or IRI.

        Raises:
            ParameterError: There is none, or several.
        """
        from kg.errors import ParameterError

        try:
            return self.organisation(text)
        except ParameterError as error:
            try:
                return resolve_iri(self.store, text, INITIATIVE, lang=self.lang)
            except ParameterError:
                raise error from None


def _data(build: Build, names: tuple[str, ...], selection: Mapping[str, Any]) -> Data:
    from kg.analyse.data import load
    from kg.analyse.selection import Selection

    try:
        chosen = Selection(**selection)
    except TypeError as error:
        fields = ", ".join(Selection.__dataclass_fields__)
        what = Text("A selection has no such option.", "Diese Option hat eine Auswahl nicht.")
        given = ", ".join(name for name in selection if name not in Selection.__dataclass_fields__)
        raise AnalysisError(what, where=given, fix=Text(f"It has {fields}.", f"Sie hat {fields}.")) from error
    return load(build.only(names) if names else build, chosen)
