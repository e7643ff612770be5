"""Spellings of a name that people use beside each other: without its legal form, with an abbreviation written out."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.link.names import fold, variants
from kg.link.words import LEGAL_CODES, LEGAL_WORDS, STOP_WORDS

WRITTEN_OUT = frozenset(("aktiengesellschaft", "aktiebolag", "limited", "incorporated", "corporation"))
"""Legal forms in full that stand at the end of a name (folded)."""

ABBREVIATED = {"tu": "technische universitat", "fh": "fachhochschule", "th": "technische hochschule", "univ": "universitat", "inst": "institut"}
"""Abbreviations in names of bodies (folded), and what they stand for."""

_EMPTY = LEGAL_CODES | LEGAL_WORDS | STOP_WORDS
"""Words of which a part of a name says nothing: `Leonardo – Società per Azioni`."""

_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1 << 17)
def core(name: str) -> tuple[str, ...]:
    """Return the folded words of a name without the legal form at its end.

    >>> core("Technologiezentrum Dortmund GmbH & Co. KG"), core("AG")
    (('technologiezentrum', 'dortmund'), ('ag',))
    """
    words = _WORD.findall(fold(name))
    end = len(words)
    while end > 1 and (words[end - 1] in LEGAL_CODES or words[end - 1] in WRITTEN_OUT):
        end -= 1
    return tuple(words[:end])


def written_out(name: str) -> str:
    """Return the folded words of a name without legal form, abbreviations written out.

    >>> written_out("TU Dortmund")
    'technische universitat dortmund'
    """
    return " ".join(ABBREVIATED.get(word, word) for word in core(name))


def spellings(name: str) -> tuple[str, ...]:
    """Return a name, the names it states beside each other, and both without legal form and with abbreviations written out.

    >>> spellings("TU Dortmund")
    ('TU Dortmund', 'technische universitat dortmund')
    """
    first, *rest = variants(name)
    found = [first, *(part for part in rest if not _EMPTY.issuperset(_WORD.findall(fold(part))))]
    words = core(name)
    if len(words) < len(_WORD.findall(fold(name))):
        found.append(" ".join(words))
    if any(word in ABBREVIATED for word in words):
        found.append(written_out(name))
    return tuple(dict.fromkeys(found))
