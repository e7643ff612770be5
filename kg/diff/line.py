"""One change of an entity in words, and how values are said in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kg.diff.names import Names
from kg.errors import Text
from kg.namespaces import curie
from kg.quads import Term

SHOWN = 5
"""Values and names that a sentence lists before it counts the rest; JSON holds all of them."""
LONG = 90
"""Characters of a value that are shown; of longer ones the part that differs."""
LABEL = 160
"""Characters of the name of an entity in a heading."""
AROUND = 30
"""Characters shown before the part that differs."""


@dataclass(frozen=True)
class Line:
    """One change of an entity.

    Attributes:
        code: Kebab-case kind: `value-changed`, `value-added`, `value-removed`, `moved`, `partner-added`, `partner-removed`, `role-changed`,
            `partner-changed` (the same with `site`, `funding`, `result`), `sources-added`, `sources-removed`, `reworded`, `claim-added`,
            `claim-removed`, `claim-status`, `contradictions`, `order`, `summary`, `node-changed`, `more`.
        text: The change as a phrase without a full stop.
        property: IRI of the property, or empty.
        others: IRIs of the other things the phrase names: partners, documents.
        old: Values before, as they are written.
        new: Values after.
    """

    code: str
    text: Text
    property: str = ""
    others: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the line with stable keys."""
        return {
            "code": self.code,
            "property": self.property or None,
            "others": list(self.others),
            "old": list(self.old),
            "new": list(self.new),
            "text": {"de": self.text.de, "en": self.text.en},
        }


def listed(texts: Sequence[Text], shown: int = SHOWN) -> Text:
    """Return texts as a list, the rest counted."""
    en, de = ", ".join(text.en for text in texts[:shown]), ", ".join(text.de for text in texts[:shown])
    rest = len(texts) - shown
    return Text(f"{en} and {rest:,} more", f"{de} und {rest} weitere") if rest > 0 else Text(en, de)


def value_text(term: Term, names: Names, *, typed: bool = False) -> Text:
    """Return a value in both languages: a thing by its name, a text as it is, shortened."""
    if term.kind == "iri":
        named = names[term.value]
        label = Text(named.label("en"), named.label("de")) if named.labels else Text(term.value, term.value)
        return Text(shortened(label.en), shortened(label.de))
    if term.kind == "bnode":
        return Text("a node without a name", "ein Knoten ohne Namen")
    text = shortened(" ".join(term.value.split()))
    both = Text(text or "“”", text or "„“")
    kind = f" ({term.language or curie(term.datatype)})" if typed else ""
    return Text(both.en + kind, both.de + kind)


def shortened(text: str, limit: int = LONG) -> str:
    """Return a text, cut with an ellipsis where it is longer than a limit."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def changed_values(
    predicate: str, language: str, old: Iterable[Term], new: Iterable[Term], names: Names, *, about: Text | None = None
) -> Line | None:
    """Return how the values of a property changed, or nothing where they did not.

    Args:
        predicate: The property.
        language: Language tag of the values, or empty.
        old: Values that went.
        new: Values that came.
        names: Names of things.
        about: Whose property it is, where it is not the entity's own.
    """
    gone, come = sorted(set(old)), sorted(set(new))
    if not gone and not come:
        return None
    name = names.property(predicate)
    suffix = f" ({language})" if language else ""
    head = Text(f"{about.en}: {name.en}{suffix}", f"{about.de}: {name.de}{suffix}") if about else Text(f"{name.en}{suffix}", f"{name.de}{suffix}")
    if gone == come:
        return Line("moved", Text(f"{head.en} moved to another graph", f"{head.de} in einen anderen Graphen verschoben"), predicate)
    gone, come = [term for term in gone if term not in set(new)], [term for term in come if term not in set(old)]
    values = (tuple(term.value for term in gone), tuple(term.value for term in come))
    alike = {term.value for term in gone} & {term.value for term in come}
    before = [value_text(term, names, typed=term.value in alike) for term in gone]
    after = [value_text(term, names, typed=term.value in alike) for term in come]
    if len(gone) == 1 and len(come) == 1:
        if gone[0].kind == "literal" and max(len(gone[0].value), len(come[0].value)) > LONG:
            before, after = ([Text(f"“{part}”", f"„{part}“")] for part in _differing(gone[0].value, come[0].value))
        text = Text(f"{head.en} changed from {before[0].en} to {after[0].en}", f"{head.de} geändert von {before[0].de} auf {after[0].de}")
        return Line("value-changed", text, predicate, (), *values)
    if not gone:
        found = listed(after)
        return Line("value-added", Text(f"{head.en} added: {found.en}", f"{head.de} ergänzt: {found.de}"), predicate, (), *values)
    if not come:
        found = listed(before)
        return Line("value-removed", Text(f"{head.en} removed: {found.en}", f"{head.de} entfallen: {found.de}"), predicate, (), *values)
    one, other = listed(before), listed(after)
    text = Text(f"{head.en} changed: {one.en} → {other.en}", f"{head.de} geändert: {one.de} → {other.de}")
    return Line("value-changed", text, predicate, (), *values)


def _differing(old: str, new: str) -> tuple[str, str]:
    """Return the parts of two texts that differ, with some words around them."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    first = max(0, start - AROUND)
    parts = []
    for text in (old, new):
        last = min(len(text), len(text) - end + AROUND)
        part = " ".join(text[first:last].split())
        cut = shortened(part)
        parts.append(f"{'…' if first else ''}{cut}{'…' if last < len(text) and cut == part else ''}")
    return parts[0], parts[1]
