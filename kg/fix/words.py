"""Codes, language tags and near misses: a value against a closed list of values.

A near miss needs the same digits: of `award-2018` nobody can tell whether 2017 or 2019 was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from kg.errors import Text
from kg.fix.model import SURE, Repair
from kg.sources.statements import slug

CASE = Text(
    "The list has this value; only capitals, blanks or hyphens differ.",
    "Die Liste hat diesen Wert; nur Großschreibung, Leerzeichen oder Striche weichen ab.",
)
TERM = Text("The table wants the name of the term, not its address.", "Die Tabelle will den Namen des Begriffs, nicht seine Adresse.")
NEAR = Text(
    "The list has no such value, but one that is spelt nearly like it.", "Die Liste hat diesen Wert nicht, aber einen fast gleich geschriebenen."
)
WORD = Text("The list has this value under its English name.", "Die Liste führt diesen Wert unter seinem englischen Namen.")
TAG = Text(
    "Languages are written as the shortest code: de, en (BCP 47, RFC 5646, section 2.2.1).",
    "Sprachen stehen als kürzestes Kürzel: de, en (BCP 47, RFC 5646, Abschnitt 2.2.1).",
)

GERMAN = {
    **{"einrichtung": "Institution", "organisation": "Institution", "organization": "Institution", "ort": "Place", "projekt": "Project"},
    **{"thema": "Topic", "veranstaltung": "Event", "programm": "Programme", "program": "Programme", "dokument": "Document", "preis": "Award"},
    **{"auszeichnung": "Award", "kampagne": "Campaign", "universität": "university", "hochschule": "university", "unternehmen": "company"},
    **{"firma": "company", "stadt": "municipality", "verein": "civil-society", "netzwerk": "network", "kammer": "chamber"},
    **{"angenommen": "accepted", "strittig": "disputed", "abgelehnt": "rejected"},
}
"""What people write for values of closed lists; used only where the list holds the target."""

_LANGUAGES = {
    **{"de": "deu ger german deutsch", "en": "eng english englisch", "fr": "fra fre french französisch", "it": "ita italian italienisch"},
    **{"es": "spa spanish spanisch", "nl": "nld dut dutch niederländisch", "pl": "pol polish polnisch", "pt": "por portuguese portugiesisch"},
    **{"sv": "swe swedish schwedisch", "da": "dan danish dänisch", "fi": "fin finnish finnisch", "cs": "ces cze czech tschechisch"},
    **{"el": "ell gre greek griechisch", "hu": "hun hungarian ungarisch", "ro": "ron rum romanian rumänisch", "lt": "lit lithuanian litauisch"},
    **{"sl": "slv slovenian slowenisch", "hr": "hrv croatian kroatisch", "bg": "bul bulgarian bulgarisch", "tr": "tur turkish türkisch"},
    **{"et": "est estonian estnisch", "lv": "lav latvian lettisch", "sk": "slk slo slovak slowakisch", "no": "nor norwegian norwegisch"},
    **{"ru": "rus russian russisch", "uk": "ukr ukrainian ukrainisch", "ga": "gle irish irisch", "mt": "mlt maltese maltesisch"},
}
LANGUAGE = {word: tag for tag, words in _LANGUAGES.items() for word in (tag, *words.split())}
_TAG = re.compile(r"(?P<language>[A-Za-z]{2,3})[-_](?P<region>[A-Za-z]{2})\Z")

CUTOFF = 0.82
"""Least similarity of a near miss (twice the matching characters over all of both)."""
SHOWN = 3
"""How many near misses are offered."""


def near(value: str, known: Iterable[str], *, cutoff: float = CUTOFF) -> list[tuple[str, float]]:
    """Return what a value nearly matches, best first, with a score below :data:`kg.fix.model.SURE`.

    >>> near("tu-dortmnd", ["tu-dortmund", "fh-dortmund"])
    [('tu-dortmund', 0.95)]
    >>> near("award-2018", ["award-2017", "award-2019"])
    []
    """
    digits = re.sub(r"[^0-9]+", " ", value).strip()
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(value.casefold())
    scored = []
    for candidate in known:
        matcher.set_seq1(candidate.casefold())
        if matcher.real_quick_ratio() < cutoff or matcher.quick_ratio() < cutoff or re.sub(r"[^0-9]+", " ", candidate).strip() != digits:
            continue
        ratio = matcher.ratio()
        if ratio >= cutoff:
            scored.append((candidate, min(0.95, round(ratio, 2))))
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:SHOWN]


def folded(value: str) -> str:
    """Return what two spellings of one code have in common.

    >>> folded("has_Participant") == folded("hasParticipant"), folded("Research Institute") == folded("research-institute")
    (True, True)
    """
    return re.sub(r"[\s_-]+", "", value).casefold()


def code_forms(value: str, known: Iterable[str]) -> list[Repair]:
    """Return the values of a closed list that a value can be meant as.

    >>> code_forms("institution", ["Institution", "Place"])[0].score, code_forms("hasParticipent", ["hasParticipant"])[0].after
    (1.0, 'hasParticipant')
    """
    options = list(known)
    if value in options:
        return []
    local = re.split(r"[#/]", value)[-1] if "://" in value else value.rpartition(":")[2]
    for text, reason in ((value, CASE), (local, TERM)):
        same = [option for option in options if folded(option) == folded(text)]
        if len(same) == 1:
            return [Repair(same[0], "code", SURE, reason)]
    word = GERMAN.get(value.casefold())
    if word in options:
        return [Repair(word, "code", 0.9, WORD)]
    return [Repair(option, "code", score, NEAR) for option, score in near(value, options)]


def wording_forms(value: str, known: Mapping[str, str]) -> list[Repair]:
    """Return the known wordings of a role that a wording nearly matches; wordings are free, so that only close ones count.

    Args:
        value: The wording.
        known: Known wordings by their folded form.
    """
    if value.casefold() in known:
        return []
    return [Repair(known[key], "code", score, NEAR) for key, score in near(value.casefold(), known, cutoff=0.88)]


def language_forms(value: str) -> list[Repair]:
    """Return the language tag of a name or a longer code.

    >>> [language_forms(value)[0].after for value in ("deu", "DE", "german", "de_AT", "Deutsch")]
    ['de', 'de', 'de', 'de-AT', 'de']
    >>> language_forms("de"), language_forms("de-DE"), language_forms("klingon")
    ([], [], [])
    """
    tag = LANGUAGE.get(value.casefold())
    match = _TAG.match(value)
    if tag is None and match and match["language"].casefold() in LANGUAGE:
        tag = f"{LANGUAGE[match['language'].casefold()]}-{match['region'].upper()}"
    return [Repair(tag, "language", SURE, TAG)] if tag and tag != value else []


def id_form(value: str) -> str:
    """Return an id in the agreed form.

    >>> id_form("TU_Dortmund")
    'tu-dortmund'
    """
    return slug(value)
