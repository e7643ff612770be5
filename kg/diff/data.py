"""A difference as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.diff.counts import DROP
from kg.diff.result import LIMIT

if TYPE_CHECKING:
    from kg.diff.inputs import Side
    from kg.diff.result import Diff


def to_json(found: Diff, *, limit: int = LIMIT, biggest: bool = False, drop: float = DROP, measures: bool = False) -> dict[str, Any]:
    """Return a difference with stable keys; new keys may come, these stay.

    Args:
        found: The difference.
        limit: Entities listed per class; 0 for all.
        biggest: Those with the most changes first.
        drop: Loss in percent above which an alarm is raised.
        measures: Whether the effect on measures is computed.

    Returns:
        - `old`, `new`: `name`, `kind` (`build`, `source`, `quads`, `rdf`).
        - `equal`: whether the content is the same; `exact`: whether blank nodes were compared exactly.
        - `graphs`: IRIs of the graphs that were compared.
        - `statements`: `added`, `removed` (distinct statements); `bookkeeping`: the same about the builds themselves.
        - `threshold` in percent, and `alarms`: `group`, `iri`, `old`, `new`, `percent`, `loss`, `text {de, en}`.
        - `classes`: one entry per class of entities: `iri`, `label {de, en}`, `counts` by kind (complete), `hidden` (how many are not listed) and
          `entities`: `iri`, `class`, `kind`, `label {de, en}`, `added`, `removed`, `successor`, `changes`.
        - a change: `code`, `property`, `others`, `old`, `new`, `text {de, en}` (:class:`kg.diff.line.Line`).
        - `counts`: `group` (`class`, `property`, `graph`, `language`), `iri`, `old`, `new`, `percent`; of a language `language`, `old_of`, `new_of`.
        - `measures`: `reason`, `frame`, `sizes`, `central`, `method` (:class:`kg.diff.measures.Effect`), or nothing where they were not asked for.
        - `notes`: `{de, en}` each.
    """
    chosen = found.listed(limit, biggest=biggest)
    lines = found.describe([entity for members in chosen.values() for entity in members])
    alarms = zip(found.alarms(drop), found.alarm_texts(drop), strict=True)
    classes = []
    for cls, members in chosen.items():
        name, kinds = found.names.cls(cls), found.kinds[cls]
        entities = [{**entity.to_json(), "changes": [line.to_json() for line in lines.get(entity.iri, ())]} for entity in members]
        classes.append(
            {
                "iri": cls or None,
                "label": {"de": name.de, "en": name.en},
                "counts": dict(sorted(kinds.items())),
                "hidden": sum(kinds.values()) - len(members),
                "entities": entities,
            }
        )
    return {
        "old": _side(found.old),
        "new": _side(found.new),
        "equal": found.empty,
        "exact": found.exact,
        "graphs": list(found.graphs),
        "statements": {"added": found.added_count, "removed": found.removed_count},
        "bookkeeping": {"added": found.bookkeeping[0], "removed": found.bookkeeping[1]},
        "threshold": drop,
        "alarms": [{**count.to_json(), "loss": round(count.loss, 2), "text": {"de": text.de, "en": text.en}} for count, text in alarms],
        "classes": classes,
        "counts": [count.to_json() for count in found.counts],
        "measures": found.measures.to_json() if measures else None,
        "notes": [{"de": note.de, "en": note.en} for note in found.notes],
    }


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "kind": side.kind}
