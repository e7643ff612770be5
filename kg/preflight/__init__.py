"""`kg preflight`: would data.europa.eu, GovData, a CKAN and Google Dataset Search take this release, and what is missing?

A folder (:mod:`kg.preflight.material`) goes through shapes (:mod:`kg.preflight.rules`) and checks in Python (`check_*`); what they find are
cards, one per rule, and one verdict per profile. Nothing is asked of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kg.errors import InputError, ParameterError, Text
from kg.preflight import check_catalogue, check_ckan, check_licence, check_manifest, check_schema_org, check_sitemap, check_syntax, check_void, rules
from kg.preflight.advice import REMAKE
from kg.preflight.findings import PROFILES, Card, Findings, Place
from kg.preflight.material import Material, open_material
from kg.validate.report import SEVERITIES

CHOICES = (*PROFILES[:-1], "all")


@dataclass(frozen=True)
class Verdict:
    """Whether a profile is met.

    Attributes:
        profile: One of :data:`kg.preflight.findings.PROFILES`.
        answer: `yes`, `yes-but` (warnings), `no` (violations), or `unchecked`.
        counts: Places by severity.
        why: Why it was not checked, or nothing.
    """

    profile: str
    answer: str
    counts: dict[str, int]
    why: Text | None = None


@dataclass(frozen=True)
class Flight:
    """The result of a preflight.

    Attributes:
        path: What was checked.
        version: Version of the release, or empty.
        base: Root of the IRIs, or empty.
        dataset: The data set, or empty.
        files: Number of files.
        cards: What was found, worst first.
        verdicts: One per profile asked for.
    """

    path: Path
    version: str
    base: str
    dataset: str
    files: int
    cards: tuple[Card, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Places by severity, each once, however many profiles it touches."""
        return {name: sum(card.count for card in self.cards if card.severity == name) for name in SEVERITIES}

    def worst(self) -> str:
        """Return the worst severity there is, or empty."""
        return next((name for name in SEVERITIES if self.counts[name]), "")


def preflight(
    target: Path,
    *,
    profiles: Collection[str] = ("all",),
    shapes: Sequence[Path] = (),
    today: date | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Flight:
    """Check a folder of a release, of `kg publish` or of a static site, or a catalogue alone.

    Args:
        target: Folder or catalogue.
        profiles: Of :data:`CHOICES`.
        shapes: Files or folders of further shapes, applied all together; their verdict is `shapes`.
        today: Day that counts as today.
        step: Told what is being done.

    Raises:
        InputError: The target is not there, or its catalogue cannot be read at all.
        ShapesError: The further shapes cannot be applied.
        ParameterError: There is no such profile.
    """
    for name in profiles:
        if name not in CHOICES:
            what = Text(f"There is no profile {name!r}.", f"Ein Profil {name!r} gibt es nicht.")
            raise ParameterError(what, fix=Text(f"Use one of {', '.join(CHOICES)}.", f"Möglich sind {', '.join(CHOICES)}."))
    asked = [name for name in PROFILES[:-1] if name in profiles or "all" in profiles] + (["shapes"] if shapes else [])
    findings, material = Findings(), open_material(target)
    if material.catalogue is None:
        what = Text(
            "There is no catalogue (catalog.ttl): portals have nothing to read.",
            "Es gibt keinen Katalog (catalog.ttl): Portale haben nichts zu lesen.",
        )
        findings.add("catalogue-missing", "Violation", ("dcat-ap", "dcat-ap-de", "ckan"), what, Place("catalog.ttl"), REMAKE)
    else:
        for name in ("dcat-ap", "dcat-ap-de"):
            if name in asked:
                step(name)
                rules.check(material.catalogue, name, findings)
        if shapes:
            step("shapes")
            rules.check_with(material.catalogue, shapes, findings)
    _checks(material, asked, today, findings, step)
    cards = tuple(card for card in findings.cards() if set(card.profiles) & set(asked))
    return Flight(
        target,
        material.version,
        material.base,
        str((material.manifest or {}).get("dataset") or next(iter(material.datasets), "")),
        len(material.files),
        cards,
        tuple(_verdict(name, cards, findings) for name in asked),
    )


def _checks(material: Material, asked: Sequence[str], today: date | None, findings: Findings, step: Callable[[str], None]) -> None:
    step("catalogue")
    check_catalogue.check(material, findings, today)
    check_ckan.check(material, findings)
    if "schema-org" in asked:
        check_schema_org.check(material, findings)
    if material.only:
        findings.leave("files", Text("A catalogue alone was given.", "Gegeben war nur ein Katalog."))
    elif {"files", "void"} & set(asked):
        step("files")
        check_syntax.check(material, findings)
        check_manifest.check(material, findings)
        check_licence.check(material, findings)
        check_sitemap.check(material, findings)
    if "void" in asked:
        try:
            check_void.check(material, findings)
        except InputError as error:
            what = Text("The VoID description cannot be read.", "Die VoID-Beschreibung ist nicht lesbar.")
            findings.add("void-broken", "Violation", ("void",), what, Place("void.ttl", found=error.what.en), REMAKE)


def _verdict(profile: str, cards: Sequence[Card], findings: Findings) -> Verdict:
    counts = {name: sum(card.count for card in cards if card.severity == name and profile in card.profiles) for name in SEVERITIES}
    if profile in findings.unchecked and not counts["Violation"]:
        return Verdict(profile, "unchecked", counts, findings.unchecked[profile])
    return Verdict(profile, "no" if counts["Violation"] else "yes-but" if counts["Warning"] else "yes", counts)
