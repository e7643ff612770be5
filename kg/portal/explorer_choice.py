"""What a reader chose in the collaboration explorer: the values of the address, checked and bounded, and the address that says the same again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.analyse.selection import ALL_LEVELS, ALL_ROLES, ALL_WEIGHTS, CLAIMS, OPEN_DATES, Selection
from kg.errors import AnalysisError, ParameterError, Text

if TYPE_CHECKING:
    from kg.portal.page import Request

SHOWN = 60
"""Institutions in the picture unless asked otherwise."""
MOST_SHOWN = 150
MAX_NAME = 300
"""Characters of a name that a reader may type."""
MAX_LEAST = 1e12

LEVELS: dict[str, Text] = {
    "merged": Text("institution (larger body merged into its unit)", "Einrichtung (größere Stelle in ihrer Einheit)"),
    "unit": Text("institution as named by the sources", "Einrichtung, wie die Quellen sie nennen"),
    "top": Text("top of the hierarchy", "Spitze der Hierarchie"),
    "country": Text("country", "Land"),
    "nuts1": Text("region, NUTS 1", "Region, NUTS 1"),
    "nuts2": Text("region, NUTS 2", "Region, NUTS 2"),
    "nuts3": Text("region, NUTS 3", "Region, NUTS 3"),
}
WEIGHTS: dict[str, Text] = {
    "newman": Text("Newman: 1/(k−1) for each project of k", "Newman: 1/(k−1) je Projekt mit k Beteiligten"),
    "count": Text("number of shared projects", "Zahl der gemeinsamen Projekte"),
    "contribution": Text("funding shares, euro", "Förderanteile, Euro"),
}
ROLES: dict[str, Text] = {
    "all": Text("all roles", "alle Rollen"),
    "without-associated": Text("without associated partners", "ohne assoziierte Partner"),
    "coordinator-star": Text("coordinator with all others only", "nur Koordination mit allen übrigen"),
}
CLAIM_TEXTS: dict[str, Text] = {
    "all": Text("all participations", "alle Beteiligungen"),
    "undisputed": Text("undisputed only", "nur unbestrittene"),
    "without-attributed": Text("without what sources only attribute", "ohne nur zugeschriebene"),
    "several-sources": Text("attested by at least two documents", "durch mindestens zwei Dokumente belegt"),
}
OPEN_TEXTS: dict[str, Text] = {
    "possible": Text("open dates count where possible", "offene Daten zählen, wo möglich"),
    "certain": Text("only what certainly ran then", "nur was sicher dann lief"),
}
_NAMES = {"--open-dates": "dates"}


@dataclass(frozen=True)
class Choice:
    """What is shown, and how.

    Attributes:
        selection: What counts (:class:`kg.analyse.selection.Selection`).
        sources: Names of the sources looked at, sorted; all without any.
        least: Smallest weight of a tie that is looked at; 0 takes all.
        kinds: Codes of the kinds of institutions that are shown, sorted; all without any. Weights still count all members of a project.
        institution: What was typed for the institution in the middle: slug, IRI or name; empty for the whole network.
        groups: Whether colours show the groups of Leiden, else the kinds.
        shown: Most institutions in the picture, 2 to 150.
    """

    selection: Selection = field(default_factory=Selection)
    sources: tuple[str, ...] = ()
    least: float = 0.0
    kinds: tuple[str, ...] = ()
    institution: str = ""
    groups: bool = True
    shown: int = SHOWN

    @property
    def values(self) -> dict[str, object]:
        """The values of an address that says the same, defaults left out."""
        chosen, plain = self.selection, Selection()
        found: dict[str, object] = {
            name: getattr(chosen, name) for name in ("level", "weight", "roles", "since", "until", "claims", "cap") if _differs(chosen, plain, name)
        }
        if chosen.open_dates != plain.open_dates:
            found["dates"] = chosen.open_dates
        if chosen.linked:
            found["linked"] = 1
        found |= {"graph": list(self.sources)} if self.sources else {}
        found |= {"kind": list(self.kinds)} if self.kinds else {}
        if self.least:
            found["least"] = f"{self.least:g}"
        if self.institution:
            found["institution"] = self.institution
        if not self.groups:
            found["groups"] = 0
        if self.shown != SHOWN:
            found["shown"] = self.shown
        return found

    @property
    def counting(self) -> dict[str, object]:
        """Those of :attr:`values` on which weights depend: what a link to the evidence of a tie must carry."""
        return {name: value for name, value in self.values.items() if name not in ("least", "kind", "institution", "groups", "shown")}


def _differs(chosen: Selection, plain: Selection, name: str) -> bool:
    return bool(getattr(chosen, name) != getattr(plain, name))


def read_choice(request: Request, sources: Mapping[str, object] | None = None) -> Choice:
    """Return what an address chooses.

    Args:
        request: Its values are read: `level, weight, roles, since, until, dates, claims, cap, linked, graph, kind, least, institution, groups, shown`.
        sources: Names of the sources of the graph, to check `graph` against.

    Raises:
        ParameterError: A value is none of those possible; the message names it and what is possible.
    """
    value = request.value
    # A form sends `groups=0` and, with the box ticked, `groups=1` after it; the last one counts.
    flags = {name: (request.values.get(name) or [default])[-1] not in ("", "0", "off") for name, default in (("groups", "1"), ("linked", "0"))}
    names = tuple(sorted({one.strip() for one in request.values.get("graph", []) if one.strip()}))
    for name in names:
        if sources is not None and name not in sources:
            there = ", ".join(sources)
            what = Text(f"There is no source {name!r}.", f"Eine Quelle {name!r} gibt es nicht.")
            raise ParameterError(what, where=f"graph={name}", fix=Text(f"There are: {there}.", f"Es gibt: {there}."))
    for name, known in (("level", ALL_LEVELS), ("weight", ALL_WEIGHTS), ("roles", ALL_ROLES), ("claims", CLAIMS), ("dates", OPEN_DATES)):
        _one_of(name, value(name), known)
    try:
        selection = Selection(
            level=value("level", "merged"),
            weight=value("weight", "newman"),
            roles=value("roles", "all"),
            linked=flags["linked"],
            since=_whole(request, "since"),
            until=_whole(request, "until"),
            open_dates=value("dates", "possible"),
            cap=_whole(request, "cap"),
            claims=value("claims", "all"),
        )
    except AnalysisError as error:
        where = ", ".join(_NAMES.get(part, part.removeprefix("--")) for part in (error.where or "").split(", "))
        raise ParameterError(error.what, where=where, fix=error.fix) from error
    institution = value("institution")
    if len(institution) > MAX_NAME:
        what = Text(f"The name is longer than {MAX_NAME} characters.", f"Der Name ist länger als {MAX_NAME} Zeichen.")
        raise ParameterError(
            what, where="institution", fix=Text("Name the institution by its slug.", "Nennen Sie die Einrichtung mit ihrer Kennung.")
        )
    shown = _whole(request, "shown")
    if shown is not None and not 2 <= shown <= MOST_SHOWN:
        what = Text(f"A picture shows 2 to {MOST_SHOWN} institutions.", f"Ein Bild zeigt 2 bis {MOST_SHOWN} Einrichtungen.")
        fix = Text("The downloads hold the whole network.", "Die Dateien zum Herunterladen enthalten das ganze Netzwerk.")
        raise ParameterError(what, where=f"shown={shown}", fix=fix)
    kinds = tuple(sorted({one.strip() for one in request.values.get("kind", []) if one.strip() and len(one) < 100}))
    return Choice(selection, names, _least(request), kinds, institution, flags["groups"], SHOWN if shown is None else shown)


def _one_of(name: str, given: str, known: tuple[str, ...]) -> None:
    if given and given not in known:
        what = Text(f"{given[:80]!r} is unknown.", f"{given[:80]!r} gibt es nicht.")
        there = ", ".join(known)
        raise ParameterError(what, where=f"{name}={given[:80]}", fix=Text(f"Use one of {there}.", f"Möglich sind {there}."))


def _whole(request: Request, name: str) -> int | None:
    """Return a whole number of up to six digits, or nothing where none is given."""
    text = request.value(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise _no_number(name, text, Text("Give a whole number such as 2021.", "Geben Sie eine ganze Zahl an, etwa 2021."))
    return int(text)


def _least(request: Request) -> float:
    """Return the smallest weight; a decimal comma counts as a point."""
    text = request.value("least")
    fix = Text("Give a number from 0 on, such as 2 or 0.5.", "Geben Sie eine Zahl ab 0 an, etwa 2 oder 0,5.")
    try:
        number = float(text.replace(",", ".")) if text else 0.0
    except ValueError as error:
        raise _no_number("least", text, fix) from error
    if not (math.isfinite(number) and 0 <= number <= MAX_LEAST):
        raise _no_number("least", text, fix)
    return number


def _no_number(name: str, text: str, fix: Text) -> ParameterError:
    shown = text[:40]
    return ParameterError(Text(f"{shown!r} is no number for this.", f"{shown!r} ist hier keine Zahl."), where=f"{name}={shown}", fix=fix)
