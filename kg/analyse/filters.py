"""What a selection leaves out beyond the counting rule: chosen limits and counted consequences, as data and as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.analyse.texts import speaker
from kg.analyse.wording import number

LEFT_OUT = (
    "participations_by_claims",
    "projects_outside_window",
    "projects_undated",
    "projects_over_cap",
    "institutions_without_place",
    "projects_without_coordinator",
    "contributions_missing",
    "contributions_negative",
)
"""Keys of :attr:`Filters.counts`, in order. `projects_undated` lack a start or an end: kept or left out as `open_dates` says."""

TEXT: dict[str, dict[str, str]] = {
    "window-between": {"de": "Projekte mit Laufzeit in {since} bis {until}", "en": "projects running in {since} to {until}"},
    "window-one": {"de": "Projekte mit Laufzeit in {since}", "en": "projects running in {since}"},
    "window-since": {"de": "Projekte mit Laufzeit ab {since}", "en": "projects running in {since} or later"},
    "window-until": {"de": "Projekte mit Laufzeit bis {until}", "en": "projects running in {until} or earlier"},
    "window-possible": {
        "de": "{outside} andere weggelassen; bei offenem Anfang oder Ende zählt, was möglich ist: {undated} der gezählten",
        "en": "{outside} others left out; where start or end is open, what is possible counts: {undated} of those counted",
    },
    "window-certain": {
        "de": "{outside} andere weggelassen; bei offenem Anfang oder Ende zählt nur, was sicher ist: {undated} der gezählten",
        "en": "{outside} others left out; where start or end is open, only what is certain counts: {undated} of those counted",
    },
    "cap": {
        "de": "nur Projekte bis {cap} Einrichtungen ({n} größere weggelassen)",
        "en": "only projects of up to {cap} institutions ({n} larger ones left out)",
    },
    "claims-undisputed": {"de": "nur unbestrittene Beteiligungen ({n} weggelassen)", "en": "only undisputed participations ({n} left out)"},
    "claims-without-attributed": {
        "de": "ohne Beteiligungen, die Quellen nur anderen zuschreiben ({n} weggelassen)",
        "en": "without participations that sources only attribute to others ({n} left out)",
    },
    "claims-several-sources": {
        "de": "nur Beteiligungen mit mindestens zwei Belegen aus verschiedenen Dokumenten ({n} weggelassen)",
        "en": "only participations that rest on at least two documents ({n} left out)",
    },
    "places": {
        "de": "Einrichtungen zählen für ihren Ort ({n} ohne Ort dieser Ebene weggelassen)",
        "en": "institutions count for their place ({n} without a place of this level left out)",
    },
    "star": {
        "de": "Kanten nur zwischen Koordination und allen übrigen eines Projekts ({n} Projekte ohne Koordination ergeben keine)",
        "en": "edges only between coordinators and all others of a project ({n} projects without a coordinator make none)",
    },
    "contribution": {
        "de": "Förderanteile (c_i + c_j)/(k−1): {missing} fehlende und {negative} negative zählen nicht; Paare ohne bekannten Betrag über 0 entfallen",
        "en": "shares of funding (c_i + c_j)/(k−1): {missing} missing and {negative} negative ones do not count; pairs without a known amount above 0 fall away",
    },
    "contribution-star": {
        "de": "Förderanteile, auf die Kanten des Projekts gleich verteilt: {missing} fehlende und {negative} negative zählen nicht; Paare ohne "
        "bekannten Betrag über 0 entfallen",
        "en": "shares of funding, spread evenly over the edges in the project: {missing} missing and {negative} negative ones do not count; pairs "
        "without a known amount above 0 fall away",
    },
}


_say = speaker(TEXT)


@dataclass(frozen=True)
class Filters:
    """Limits that were chosen, and what followed from the selection.

    Attributes:
        since: First year of the time window, or `None`.
        until: Last year, or `None`.
        open_dates: `possible` or `certain`.
        cap: Largest number of institutions of a project, or `None`.
        claims: Which participations suffice by their claims.
        counts: How many were left out or lack something, by the keys of :data:`LEFT_OUT`; only what the selection could touch has a key.
    """

    since: int | None = None
    until: int | None = None
    open_dates: str = "possible"
    cap: int | None = None
    claims: str = "all"
    counts: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return what was chosen and its counts; empty where nothing beyond the counting rule was."""
        chosen: dict[str, Any] = {}
        if self.since is not None or self.until is not None:
            chosen = {"since": self.since, "until": self.until, "open_dates": self.open_dates}
        if self.cap is not None:
            chosen["cap"] = self.cap
        if self.claims != "all":
            chosen["claims"] = self.claims
        counts = {key: self.counts[key] for key in LEFT_OUT if key in self.counts}
        return {**chosen, **({"counts": counts} if counts else {})}

    def sentence(self, lang: str) -> str:
        """Return the same for a reader, parts divided by ` · `; empty where nothing beyond the counting rule was chosen."""

        def many(key: str) -> str:
            return number(self.counts.get(key, 0), lang)

        parts = []
        if self.since is not None or self.until is not None:
            kind = "one" if self.since == self.until else "until" if self.since is None else "since" if self.until is None else "between"
            window = _say(f"window-{kind}", lang, since=self.since, until=self.until)
            note = _say(f"window-{self.open_dates}", lang, outside=many("projects_outside_window"), undated=many("projects_undated"))
            parts.append(f"{window} ({note})")
        if self.cap is not None:
            parts.append(_say("cap", lang, cap=number(self.cap, lang), n=many("projects_over_cap")))
        if self.claims != "all":
            parts.append(_say(f"claims-{self.claims}", lang, n=many("participations_by_claims")))
        if "institutions_without_place" in self.counts:
            parts.append(_say("places", lang, n=many("institutions_without_place")))
        star = "projects_without_coordinator" in self.counts
        if star:
            parts.append(_say("star", lang, n=many("projects_without_coordinator")))
        if "contributions_missing" in self.counts:
            key = "contribution-star" if star else "contribution"
            parts.append(_say(key, lang, missing=many("contributions_missing"), negative=many("contributions_negative")))
        return " · ".join(parts)
