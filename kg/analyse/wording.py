"""The sentences of analysis results, German and English, in one place, so that a test can read them all."""

from __future__ import annotations

from collections.abc import Mapping

TEXT: dict[str, dict[str, str]] = {
    "gap-no-start": {"de": "{number} von {of} Projekten ohne Anfang", "en": "{number} of {of} projects without a start"},
    "gap-share": {"de": "x", "en": "x"},
}


def say(key: str, lang: str, **values: object) -> str:
    return TEXT.get(key, {"de": key, "en": key})[lang].format(**values)
