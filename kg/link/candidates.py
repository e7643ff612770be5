"""Which pairs are worth comparing: blocking by identifier, by whole name, by rare words and by shared projects.

All pairs of 28,000 and 28,000 organisations would be 784 million. Each block is a join of columns with a bound on what one key may bring:
a word that would bring more than :data:`COMMON` pairs brings none, each name keeps its :data:`BEST` nearest, and the joins run in parts.
Source: G. Papadakis et al. (2020), Blocking and Filtering Techniques for Entity Resolution, doi:10.1145/3377455.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg.link.entities import Side
from kg.link.names import key, squash, variants

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.engine.base import Engine

COMMON = 20_000
"""Pairs of names that one word may bring, before it is too common to find anything by."""

PART = 3_000_000
"""Pairs of names held at once."""

BEST = 15
"""Pairs kept for each name by the weight of the words it shares."""

SHARE = 0.4
"""Least part of the lighter name's weight that the shared words must have."""

SAME_ISSUER = {"eu-grant": "cordis"}
"""Schemes under which one issuer gives out the same numbers: a grant agreement's number is its project's id."""


def identifier_pairs(engine: Engine, left: Side, right: Side, kind: str) -> list[dict[str, Any]]:
    """Return pairs that share an identifier: `left, right, scheme, value, parent, rights, lefts`.

    `parent`: the identifier is that of the body the left one belongs to. `rights`, `lefts`: how many entities of that side bear this identifier as
    their own (one that several bear decides nothing alone).
    """
    import ibis

    def side(table: Any, types: Any, name: str) -> Any:
        only = engine.cache(table.semi_join(types.filter(types.kind == kind), "entity"))
        scheme = only.scheme.substitute(SAME_ISSUER)
        return engine.cache(only.select(**{name: only.entity}, scheme=scheme, value=only.value.lower(), parent=only.parent))

    one, other = side(left.identifiers, left.types, "left"), side(right.identifiers, right.types, "right")
    other = other.filter(~other.parent).drop("parent")
    pairs = one.join(other, ["scheme", "value"])
    pairs = pairs.filter(pairs.left != pairs.right)
    group = ibis.window(group_by=["scheme", "value", "parent"])
    pairs = engine.cache(pairs.distinct())
    counted = pairs.mutate(rights=pairs.right.nunique().over(group), lefts=pairs.left.nunique().over(group))
    return engine.to_pylist(counted.order_by(["left", "right", "scheme", "value"]))


class NameIndex:
    """Names of both sides of one kind with the weight of their words.

    Attributes:
        weights: For each word `ln(names / names with it)`, over both sides (inverse document frequency).
        names: For each entity its names, variants included, sorted.
    """

    def __init__(self, engine: Engine, left: Side, right: Side, kind: str) -> None:
        self.engine = engine
        self.left = self._table(left, kind)
        # A source against itself is read once; the view keeps both sides of a join apart.
        self.right = self.left.view() if right is left else self._table(right, kind)
        self.weights = self._weights()

    def _table(self, side: Side, kind: str) -> Any:
        """Return `entity, name, key, squashed` with each distinct spelling read once."""
        engine, names = self.engine, side.names.semi_join(side.types.filter(side.types.kind == kind), "entity").select("entity", "text").distinct()
        # One Python function over distinct texts, as for patterns (contracts, section 8): the same words on every engine.
        texts = [str(row["text"]) for row in engine.to_pylist(names.select("text").distinct().order_by("text"))]
        rows = [(text, name, key(name), squash(name)) for text in texts for name in variants(text)]
        forms = engine.table(texts_table(("text", "name", "key", "squashed"), rows))
        return engine.cache(names.join(forms, "text").select("entity", "name", "key", "squashed").distinct())

    def _words(self, table: Any) -> Any:
        distinct = table.select("key").distinct().filter(lambda t: t.key != "")
        return distinct.select("key", word=distinct.key.split(" ").unnest())

    def _weights(self) -> dict[str, float]:
        words = self._words(self.left).union(self._words(self.right), distinct=True)
        total = words.key.nunique().as_scalar()
        counts = words.group_by("word").aggregate(n=words.key.nunique())
        rows = self.engine.to_pylist(counts.select("word", weight=(1 + total / counts.n).ln().cast("float64")))
        return {str(row["word"]): float(row["weight"]) for row in rows}

    def pairs(self) -> list[tuple[str, str]]:
        """Return the pairs of entities whose names are alike enough to be compared, sorted."""
        import ibis

        one, other = self.left, self.right
        exact = one.join(other, one.key == other.key, rname="{name}_r").select(left="entity", right="entity_r")
        squashed = one.join(other, one.squashed == other.squashed, rname="{name}_r").select(left="entity", right="entity_r")
        near = self._near()
        near = near.join(one.select("key", left="entity"), "key").join(other.select(key_r="key", right="entity"), "key_r").select("left", "right")
        found = ibis.union(exact, squashed, near, distinct=True)
        rows = self.engine.to_pylist(found.filter(found.left != found.right).order_by(["left", "right"]))
        return [(str(row["left"]), str(row["right"])) for row in rows]

    def _near(self) -> Any:
        """Return pairs of keys that share rare words, each key's nearest only, one bounded part of the left keys after the other."""
        import ibis

        engine = self.engine
        rows = [(word, str(weight)) for word, weight in sorted(self.weights.items())]
        weight = engine.table(texts_table(("word", "weight"), rows))
        words = [self._words(table).join(weight, "word") for table in (self.left, self.right)]
        one, other = (engine.cache(table.mutate(weight=table.weight.cast("float64"))) for table in words)
        counts = [table.group_by("word").aggregate(n=table.count()) for table in (one, other)]
        both = counts[0].join(counts[1].select("word", n_r="n"), "word")
        rare = engine.cache(both.mutate(pairs=both.n * both.n_r).filter(lambda t: t.pairs <= COMMON))
        parts = 1 + int(engine.scalar(rare.pairs.sum()) or 0) // PART
        keys = one.group_by("key").aggregate(total=one.weight.sum())
        keys = engine.cache(keys.mutate(part=ibis.row_number().over(order_by=keys.key) % parts))
        totals = engine.cache(other.group_by("key").aggregate(total_r=other.weight.sum()).rename(key_r="key"))
        one, other = (
            engine.cache(one.semi_join(rare, "word").join(keys, "key")),
            engine.cache(other.semi_join(rare, "word").select("word", key_r="key")),
        )
        return ibis.union(*(engine.cache(_nearest(one.filter(one.part == part), other, totals)) for part in range(parts)), distinct=False)

    def table(self, *, right: bool) -> Any:
        """Return `entity, name, key, squashed` of one side."""
        return self.right if right else self.left


def _nearest(one: Any, other: Any, totals: Any) -> Any:
    """Return each key's nearest keys of the other side, by the weight of the words both have."""
    import ibis

    shared = one.join(other, "word").group_by(["key", "key_r"]).aggregate(shared=lambda t: t.weight.sum(), total=lambda t: t.total.max())
    close = shared.join(totals, "key_r").filter(lambda t: t.shared >= SHARE * ibis.least(t.total, t.total_r))
    closeness = 2 * close.shared / (close.total + close.total_r)
    ranked = close.mutate(rank=ibis.row_number().over(group_by="key", order_by=[closeness.desc(), close.key_r]))
    return ranked.filter(ranked["rank"] < BEST).select("key", "key_r")


def grouped(engine: Engine, table: Any, entities: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the distinct values of a table `entity, value` for some entities, sorted."""
    return attributes(engine, {"": table}, entities)[""]


def attributes(engine: Engine, tables: Mapping[str, Any], entities: Iterable[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, for each table `entity, value`, its distinct values for some entities, sorted; all in one query.

    Args:
        engine: Where the expressions run.
        tables: Tables by a name of the caller's.
        entities: IRIs.
    """
    import ibis

    chosen = engine.table(texts_table(("entity",), [(entity,) for entity in sorted(set(entities))]))
    parts = [table.semi_join(chosen, "entity").select("entity", "value", name=ibis.literal(name)) for name, table in tables.items()]
    found: dict[str, dict[str, list[str]]] = {name: {} for name in tables}
    for row in engine.to_pylist(ibis.union(*parts, distinct=True).order_by(["name", "entity", "value"])):
        found[str(row["name"])].setdefault(str(row["entity"]), []).append(str(row["value"]))
    return {name: {entity: tuple(values) for entity, values in kept.items()} for name, kept in found.items()}


def consortium_pairs(engine: Engine, left: Side, right: Side, projects: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return all pairs of partners of projects that are linked: small blocks, because a consortium is small."""
    linked = engine.table(texts_table(("initiative", "initiative_r"), sorted(set(projects))))
    one = left.members.select("initiative", left="organisation")
    other = right.members.select(initiative_r="initiative", right="organisation")
    found = linked.join(one, "initiative").join(other, "initiative_r").select("left", "right").distinct()
    rows = engine.to_pylist(found.filter(found.left != found.right).order_by(["left", "right"]))
    return [(str(row["left"]), str(row["right"])) for row in rows]


def texts_table(names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> pa.Table:
    """Return rows of texts as an Arrow table."""
    import pyarrow as pa

    columns: list[Sequence[str]] = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=list(names))
