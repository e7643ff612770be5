"""Which licence covers which part, in words and for programs: `LICENSE.txt`, `CITATION.cff`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.config.codes import LICENCES, licence_key
from kg.publish.parts import QUOTES, QUOTING, File

if TYPE_CHECKING:
    from kg.publish.catalogue import Description

_SPDX = {
    "creativecommons.org/licenses/by/4.0": "CC-BY-4.0",
    "creativecommons.org/licenses/by-sa/4.0": "CC-BY-SA-4.0",
    "creativecommons.org/licenses/by-nc/4.0": "CC-BY-NC-4.0",
    "creativecommons.org/licenses/by-nd/4.0": "CC-BY-ND-4.0",
    "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    "govdata.de/dl-de/by-2-0": "DL-DE-BY-2.0",
    "govdata.de/dl-de/zero-2-0": "DL-DE-ZERO-2.0",
    "apache.org/licenses/license-2.0": "Apache-2.0",
    "opendatacommons.org/licenses/by/1-0": "ODC-By-1.0",
    "opendatacommons.org/licenses/odbl/1-0": "ODbL-1.0",
    "opendatacommons.org/licenses/pddl/1-0": "PDDL-1.0",
}
"""Identifiers of the SPDX licence list."""
_WORDS = {
    "de": ("Lizenzen: {title}", "Keine angegeben: ohne Erlaubnis des Herausgebers ist wenig erlaubt.", "Was dazu zu sagen ist"),
    "en": ("Licences: {title}", "None stated: without the permission of the publisher little is allowed.", "What there is to say about them"),
}


def spdx(iri: str) -> str:
    """Return the identifier of a licence in the SPDX list, or nothing.

    >>> spdx("http://creativecommons.org/licenses/by/4.0/deed.de"), spdx("https://example.org/licence")
    ('CC-BY-4.0', '')
    """
    return _SPDX.get(licence_key(iri), "")


def licence_title(iri: str) -> str:
    """Return the name of a licence for a person; of one that no list names, its address."""
    known = LICENCES.get(licence_key(iri))
    return known[3] if known else iri


def licence_text(about: Description, files: Iterable[File]) -> str:
    """Return the text of `LICENSE.txt`: the files under each licence, German and English."""
    by_licence: dict[tuple[str, ...], list[str]] = {}
    for file in files:
        by_licence.setdefault(file.licences, []).append(file.name)
    blocks = []
    for lang, (heading, none, more) in _WORDS.items():
        title = heading.format(title=about.names[lang])
        lines = [title, "=" * len(title), ""]
        for licences, names in sorted(by_licence.items()):
            lines += [f"{licence_title(iri)}{f' ({name})' if (name := spdx(iri)) else ''}: {iri}" for iri in licences] or [none]
            lines += [*(f"  {name}" for name in names), ""]
        attribution = about.catalogue.attribution.get(lang, "")
        said = [*([attribution] if attribution else []), QUOTES[lang] if any(file.part.holds in QUOTING for file in files) else ""]
        blocks.append("\n".join([*lines, more, *(f"  {text}" for text in said if text), ""]))
    return "\n".join(blocks)


def citation_file(about: Description) -> str:
    """Return the text of `CITATION.cff` (Citation File Format 1.2.0). JSON strings are YAML strings, too."""

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        f"message: {quoted('If you use these data, please cite them as below.')}",
        f"title: {quoted(about.title['en'])}",
        f"version: {quoted(about.version)}",
        f"date-released: {about.issued}",
        f"url: {quoted(about.dataset)}",
        "authors:",
        f"  - name: {quoted(about.publisher.name)}",
        *([f"    website: {quoted(about.publisher.url)}"] if about.publisher.url.startswith("http") else []),
    ]
    licences = [name for iri in about.licences if (name := spdx(iri))]
    if licences and len(licences) == len(about.licences):
        lines += [f"license: {licences[0]}"] if len(licences) == 1 else ["license:", *(f"  - {name}" for name in licences)]
    elif len(about.licences) == 1:
        lines.append(f"license-url: {quoted(about.licences[0])}")
    lines.append(f"abstract: {quoted(about.text['en'])}")
    if keywords := about.catalogue.keywords.get("en", ()):
        lines += ["keywords:", *(f"  - {quoted(word)}" for word in keywords)]
    return "\n".join(lines) + "\n"
