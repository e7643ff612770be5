"""What a user may choose: level, weight, roles, time window, size of projects, and which claims suffice."""

from __future__ import annotations

from dataclasses import dataclass

from kg.analyse.places import PLACE_LEVELS
from kg.analyse.projection import LEVELS, ROLES, WEIGHTS, check
from kg.errors import AnalysisError, Text

COORDINATOR_STAR = "coordinator-star"
CONTRIBUTION = "contribution"
ALL_LEVELS = (*LEVELS, *PLACE_LEVELS)
"""Levels of a selection: bodies, then places."""
ALL_WEIGHTS = (*WEIGHTS, CONTRIBUTION)
"""Weights of a selection; formulas in :mod:`kg.analyse.edges`."""
ALL_ROLES = (*ROLES, COORDINATOR_STAR)
"""Role filters of a selection; in a star only coordinators are tied, each to all others of the project."""
OPEN_DATES = ("possible", "certain")
"""A project whose start or end is not known counts in a time window if it may have run then, or only if it certainly did."""
CLAIMS = ("all", "undisputed", "without-attributed", "several-sources")
"""Which participations suffice, by the claims behind them (:func:`kg.analyse.chosen.by_claims`)."""


@dataclass(frozen=True)
class Selection:
    """What counts, and how.

    Attributes:
        level: One of :data:`ALL_LEVELS`; at a level of places an institution counts for its place.
        weight: One of :data:`ALL_WEIGHTS`.
        roles: One of :data:`ALL_ROLES`.
        linked: Whether entities that exact links join count as one.
        seed: Seed of everything random.
        since: First year of a time window, or `None`; a project counts when it ran in at least one year of the window.
        until: Last year of the window, or `None`.
        open_dates: One of :data:`OPEN_DATES`.
        cap: Projects with more institutions than this are left out; `None` keeps all. Institutions are counted before they count for places.
        claims: One of :data:`CLAIMS`.
    """

    level: str = "merged"
    weight: str = "newman"
    roles: str = "all"
    linked: bool = False
    seed: int = 1
    since: int | None = None
    until: int | None = None
    open_dates: str = "possible"
    cap: int | None = None
    claims: str = "all"

    def __post_init__(self) -> None:
        """Refuse what is not known or contradicts itself.

        Raises:
            AnalysisError: An option has no such value, the window ends before it begins, or the cap leaves no pair.
        """
        check(self.level, ALL_LEVELS, "level")
        check(self.weight, ALL_WEIGHTS, "weight")
        check(self.roles, ALL_ROLES, "roles")
        check(self.open_dates, OPEN_DATES, "open-dates")
        check(self.claims, CLAIMS, "claims")
        for year, option in ((self.since, "--since"), (self.until, "--until")):
            if year is not None and not (isinstance(year, int) and 1 <= year <= 9999):
                what = Text(f"{year!r} is no year.", f"{year!r} ist keine Jahreszahl.")
                raise AnalysisError(what, where=option, fix=Text("Give a year such as 2021.", "Geben Sie ein Jahr an, etwa 2021."))
        if self.since is not None and self.until is not None and self.since > self.until:
            what = Text(
                f"The window ends ({self.until}) before it begins ({self.since}).", f"Das Fenster endet ({self.until}) vor dem Beginn ({self.since})."
            )
            raise AnalysisError(what, where="--since, --until", fix=Text("Swap the two years.", "Vertauschen Sie die beiden Jahre."))
        if self.cap is not None and self.cap < 2:
            what = Text(
                f"Projects of up to {self.cap} institutions make no pair.", f"Projekte mit bis zu {self.cap} Einrichtungen ergeben kein Paar."
            )
            raise AnalysisError(what, where="--cap", fix=Text("Use 2 or more.", "Nehmen Sie 2 oder mehr."))

    @property
    def of_places(self) -> bool:
        """Whether institutions count for places."""
        return self.level in PLACE_LEVELS

    @property
    def body_level(self) -> str:
        """The level at which institutions count before they count for places."""
        return "merged" if self.of_places else self.level

    @property
    def star(self) -> bool:
        """Whether only coordinators are tied."""
        return self.roles == COORDINATOR_STAR

    @property
    def windowed(self) -> bool:
        """Whether a time window was chosen."""
        return self.since is not None or self.until is not None
