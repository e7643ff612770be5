"""Names made comparable: case, accents, umlauts, legal forms, and the commonest words and cities in several languages.

One form per name, the same whichever way it was written: `Universität`, `UNIVERSITAET`, `UNIVERSITAT` and `University` all become `university`.
Source of the steps: P. Christen (2012), Data Matching, chapter 3 (pre-processing), doi:10.1007/978-3-642-31164-2.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kg.link.words import LEGAL_CODES, LEGAL_WORDS, SAME, STOP_WORDS

_LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "ss", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ı": "i"}
)
_DIGRAPHS = re.compile("([aou])e+")
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"(?<=\w)['’`´](?=\w)")
_CAMEL = re.compile(r"(?<=[a-zäöüß]{3})(?=[A-ZÄÖÜ][a-zäöüß]{3})")
_BRACKET = re.compile(r"\s*\(([^()]*)\)\s*")
_DASH = re.compile(r"\s+[–—-]\s+|\s*:\s+|\s+/\s+")


def fold(text: str) -> str:
    """Return a text in lower case without accents, umlauts alike in both spellings (`ä` as `a` and as `ae`).

    >>> fold("Münster"), fold("MUENSTER"), fold("MUNSTER")
    ('munster', 'munster', 'munster')
    >>> fold("Łódź"), fold("Straße")
    ('lodz', 'strasse')
    """
    if text.isascii():
        return _DIGRAPHS.sub(r"\1", text.lower())
    # Twice, because case folding can bring letters that fold again (Unicode, section 3.13, NFKC_Casefold).
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()).casefold()
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _DIGRAPHS.sub(r"\1", plain)


@lru_cache(maxsize=1 << 16)
def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell bodies apart, folded and in one language where the table knows them.

    Legal forms and small words go, unless nothing else is left.

    >>> tokens("TECHNISCHE UNIVERSITAT DORTMUND"), tokens("Technische Universität Dortmund")
    (('technical', 'university', 'dortmund'), ('technical', 'university', 'dortmund'))
    >>> tokens("die Urbanisten e.V."), tokens("KRAKOWSKI PARK TECHNOLOGICZNY SP Z O.O.")
    (('urbanisten',), ('krakow', 'park', 'technology'))
    """
    words: list[str] = []
    for word in _WORD.findall(fold(_POSSESSIVE.sub(" ", name))):
        # Letters with points between them (S.p.A.) come as single letters: one word again.
        if len(word) == 1 and words and words[-1].startswith("\0"):
            words[-1] += word
        else:
            words.append(f"\0{word}" if len(word) == 1 else word)
    plain = [word.lstrip("\0") for word in words]
    short = [word for word in plain if word not in STOP_WORDS]
    while len(short) > 1 and short[-1] in LEGAL_CODES:
        short.pop()
    short = [word for word in short if word not in LEGAL_WORDS]
    return tuple(SAME.get(word, word) for word in short or plain)


def key(name: str) -> str:
    """Return one text per name for exact comparison: its words, sorted.

    >>> key("University of Technology, Kaunas") == key("Kauno technologijos universitetas")
    True
    """
    return " ".join(sorted(set(tokens(name))))


@lru_cache(maxsize=1 << 16)
def squash(name: str) -> str:
    """Return a name as letters and digits only, for acronyms and compounds.

    >>> squash("T-Factor"), squash("BEYOND 4.0")
    ('tfactor', 'beyond40')
    """
    return "".join(_WORD.findall(fold(name)))


def variants(name: str) -> tuple[str, ...]:
    """Return a name and the names it states beside each other: an acronym before a dash or in brackets, and the rest; a compound as words, too.

    >>> variants("APRE – Agenzia per la Ricerca")
    ('APRE – Agenzia per la Ricerca', 'APRE', 'Agenzia per la Ricerca')
    >>> variants("Universidad del País Vasco (UPV/EHU)")
    ('Universidad del País Vasco (UPV/EHU)', 'UPV/EHU', 'Universidad del País Vasco')

    >>> variants("TechnologieZentrumDortmund")
    ('TechnologieZentrumDortmund', 'Technologie Zentrum Dortmund')

    What is in brackets must begin like the name; `Sinnergiak (UPV/EHU)` names the university it belongs to. A part after a dash is no name either:

    >>> variants("Fachhochschule Münster – School of Design")
    ('Fachhochschule Münster – School of Design',)
    """
    found = [name, _CAMEL.sub(" ", name)]
    if (bracket := _BRACKET.search(name)) and _is_acronym(bracket.group(1)) and fold(bracket.group(1))[:1] == fold(name)[:1]:
        found += [bracket.group(1), _BRACKET.sub(" ", name).strip()]
    parts = _DASH.split(name)
    if len(parts) == 2 and any(_is_acronym(part) for part in parts):
        found += parts
    return tuple(dict.fromkeys(part for part in found if part))


def _is_acronym(text: str) -> bool:
    return len(text) <= 10 and len(text.split()) == 1 and sum(character.isupper() for character in text) >= 2


@lru_cache(maxsize=1 << 16)
def is_short(name: str) -> bool:
    """Tell whether a name is so short that several bodies may bear it: at most six letters without the abbreviated legal form.

    >>> is_short("IAT"), is_short("CISCO GmbH"), is_short("Prognos AG"), is_short("The Young Foundation")
    (True, True, False, False)
    """
    return sum(len(word) for word in _WORD.findall(fold(name)) if word not in LEGAL_CODES) <= 6


def translated(one: str, other: str) -> bool:
    """Tell whether two names have the same words only in translation.

    >>> translated("Zentrum für Soziale Innovation", "Centro de Innovación Social"), translated("Universität Ulm", "UNIVERSITAET ULM")
    (True, False)
    """
    first, second = _own_words(one), _own_words(other)
    return first != second and squash(one) != squash(other)


@lru_cache(maxsize=1 << 16)
def _own_words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(name))) - STOP_WORDS - LEGAL_CODES - LEGAL_WORDS
