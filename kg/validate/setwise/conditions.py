"""Conditions on solutions: on numbers where these decide, else judged once per distinct combination of terms.

Source: SPARQL 1.1, section 17.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import tee
from typing import Any

from kg.namespaces import XSD
from kg.quads import Term
from kg.validate.setwise import algebra as a
from kg.validate.setwise.algebra import Call, Unsupported, Var
from kg.validate.setwise.bindings import COUNT, FLAG, SUM, TERM, Bindings, Column
from kg.validate.setwise.data import Data
from kg.validate.setwise.scalar import holding, made
from kg.validate.setwise.sources import Sources
from kg.validate.setwise.tables import columns_table

_OF_TAG = frozenset(("LANG", "DATATYPE", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL"))
"""Functions that look at the tag of a term alone."""


@dataclass
class Conditions:
    """Judges conditions and makes values.

    Attributes:
        data: Terms and triples.
        sources: Where terms are written.
    """

    data: Data
    sources: Sources
    _by_tag: dict[a.Expression, list[int]] = field(default_factory=dict)

    # --- by numbers ------------------------------------------------------------------------------------------------------------

    def expressed(self, found: Bindings, condition: a.Expression, *, inner: bool = False) -> Any:
        """Return a condition as an expression of the engine, None where numbers do not decide it.

        Args:
            found: Solutions.
            condition: The condition.
            inner: Whether it is part of another one, so that an error in it is not the same as false.
        """
        if isinstance(condition, Var):
            column = found.columns.get(condition.name)
            return found.cell(condition.name) if column and column.kind == FLAG else None
        if not isinstance(condition, Call):
            return None
        if condition.name in ("&&", "||", "!"):
            parts = [self.expressed(found, one, inner=True) for one in condition.arguments]
            if any(part is None for part in parts):
                return None
            whole = parts[0]
            for part in parts[1:]:
                whole = whole & part if condition.name == "&&" else whole | part
            return ~whole if condition.name == "!" else whole
        if condition.name == "BOUND" and isinstance(condition.arguments[0], Var) and condition.arguments[0].name in found.columns:
            return found.cell(condition.arguments[0].name).notnull()
        used = a.variables(condition)
        if not used or any(variable not in found.columns or not found.columns[variable].sure for variable in used):
            return None
        if condition.name in ("=", "!=", "IN", "NOT IN", "SAMETERM"):
            return self._equal(found, condition, inner)
        if condition.name in _COMPARED and len(condition.arguments) == 2:
            return _counted(found, condition)
        return self._tagged(found, condition, inner)

    def _equal(self, found: Bindings, condition: Call, inner: bool) -> Any:
        left, *others = condition.arguments
        negated = condition.name in ("!=", "NOT IN")
        if isinstance(left, Term):
            left, others = others[0], [left]
        if isinstance(left, Var) and others and all(isinstance(other, Term) and other.kind == "iri" for other in others):
            if found.columns[left.name].kind != TERM:
                return None
            same = found.cell(left.name).isin([self.data.numbers[other] for other in others if isinstance(other, Term)])
            return ~same if negated else same
        if len(others) == 1 and isinstance(left, Var) and isinstance(others[0], Var):
            one, two = found.columns[left.name], found.columns[others[0].name]
            # Two literals may be equal though they are two terms (`1` and `01`); a resource is equal to itself alone.
            known = condition.name == "SAMETERM" or one.resource or two.resource
            if (one.kind == two.kind == TERM and known) or one.kind == two.kind == XSD.string:
                same = found.cell(left.name) == found.cell(others[0].name)
                return ~same if negated else same
        return self._tagged(found, condition, inner)

    def _tagged(self, found: Bindings, condition: Call, inner: bool) -> Any:
        """Look at the tags of one variable, where a condition speaks of nothing else; an IRI has no LANG and no DATATYPE, which is an error."""
        used = sorted(a.variables(condition))
        if len(used) != 1 or found.columns[used[0]].kind != TERM or not _of_tag(condition):
            return None
        holds = self._tags(condition, used)
        if inner and len(holds) + len(self._tags(Call("!", (condition,)), used)) < len(self.data.tags):
            return None
        return (found.cell(used[0]) & self.data.mask).isin(holds)

    def _tags(self, condition: Call, used: list[str]) -> list[int]:
        """Return the places of the tags for which a condition on one variable holds."""
        if condition not in self._by_tag:
            terms = [Term("" if tag.kind == "literal" else "_:x" if tag.kind == "bnode" else "urn:x", *tag) for tag in self.data.tags]
            self._by_tag[condition] = list(holding(condition, used, [(term,) for term in terms]))
        return self._by_tag[condition]

    def narrowed(self, found: Bindings, condition: a.Expression) -> Bindings:
        """Leave out what cannot hold because two variables are one term: `STR(?a) < STR(?b)`."""
        for one in a.conjuncts([condition]):
            if isinstance(one, Call) and one.name in ("<", ">", "!="):
                pair = [inner.arguments[0] for inner in one.arguments if isinstance(inner, Call) and inner.name == "STR"]
                names = [inner.name for inner in pair if isinstance(inner, Var)]
                columns = [found.columns.get(name) for name in names]
                if len(names) == 2 and all(column is not None and column.kind == TERM and column.sure for column in columns):
                    found = replace(found.filtered(found.cell(names[0]) != found.cell(names[1])), plain=False)
        return found

    # --- by terms --------------------------------------------------------------------------------------------------------------

    def judged(self, found: Bindings, condition: a.Expression) -> Bindings:
        """Return the solutions for which a condition holds."""
        import ibis

        used = sorted(a.variables(condition) & found.columns.keys())
        if not used:
            return found if list(holding(condition, ["nothing"], [(None,)])) else found.filtered(ibis.literal(False))
        keyed, keys, kinds = self._keyed(found, used)
        cells, terms = tee(self._combinations(keyed, found, used, keys))
        # What is judged runs at most one chunk ahead of what is kept.
        passing = holding(condition, used, (row[1] for row in terms))
        kept = _chosen((row[0] for row in cells), passing, kinds)
        table = keyed.semi_join(columns_table(self.data.engine, keys, kept, kinds), keys)
        return found.with_table(table.select(*found.named(found.columns)))

    def made(self, found: Bindings, name: str, column: str, expression: a.Expression) -> Bindings:
        """Return solutions with one more variable, unbound where its expression is an error.

        Raises:
            Unsupported: It makes IRIs, texts in a language, or literals of several datatypes.
        """
        used = sorted(a.variables(expression) & found.columns.keys())
        if not used:
            raise Unsupported("a variable that is made of nothing")
        keyed, keys, kinds = self._keyed(found, used)
        cells, terms = tee(self._combinations(keyed, found, used, keys))
        values: list[str] = []
        datatypes = set()

        def placed() -> Iterator[int]:
            for place, term in made(expression, used, (row[1] for row in terms)):
                datatypes.add((term.kind, term.datatype, term.language))
                values.append(term.value)
                yield place

        kept = _chosen((row[0] for row in cells), placed(), kinds)
        if len(datatypes) > 1 or any(kind != "literal" or language for kind, _, language in datatypes):
            raise Unsupported("a variable of several datatypes")
        # What is an error somewhere leaves a variable unbound there.
        table = columns_table(self.data.engine, (*keys, column), [*kept, values], (*kinds, str))
        joined = keyed.left_join(table, keys)
        whole = joined.select(*found.named(found.columns), column)
        datatype = next(iter(datatypes), ("literal", XSD.string, ""))[1]
        return found.with_table(whole, **{name: Column(datatype, sure=False)})

    def _keyed(self, found: Bindings, used: Sequence[str]) -> tuple[Any, list[str], list[type]]:
        """Return the table with a key of whole numbers and texts for each variable, none missing."""
        keys: dict[str, Any] = {}
        kinds: list[type] = []
        for variable in used:
            column, cell, name = found.columns[variable], found.cell(variable), found.names[variable]
            number = column.kind in (TERM, COUNT, FLAG)
            key = cell.cast("int64") if number else cell.cast("string")
            if not column.sure:
                keys[f"{name}_none"] = cell.isnull().cast("int64")
                kinds.append(int)
                key = key.fill_null(-1 if number else "")
            keys[f"{name}_key"] = key
            kinds.append(int if number else str)
        return found.table.mutate(**keys), list(keys), kinds

    def _combinations(
        self, keyed: Any, found: Bindings, used: Sequence[str], keys: Sequence[str]
    ) -> Iterator[tuple[tuple[Any, ...], tuple[Term | None, ...]]]:
        """Yield the distinct keys with the terms they stand for."""
        whole = distinct = keyed.select(*keys).distinct()
        wanted: list[tuple[Column, str, str | None]] = []
        for variable in used:
            column, name = found.columns[variable], found.names[variable]
            if column.kind == TERM:
                ids = distinct.select(id=distinct[f"{name}_key"]).distinct()
                texts = self.sources.texts(ids, column.sources).rename({f"{name}_key": "id", f"{name}_text": "text"})
                joined = whole.join(texts, f"{name}_key", how="inner" if column.sure else "left")
                whole = joined.select(*whole.columns, f"{name}_text")
            wanted.append((column, f"{name}_key", f"{name}_text" if column.kind == TERM else None))
        places = {name: place for place, name in enumerate(whole.columns)}
        flags = [places.get(f"{found.names[variable]}_none") for variable in used]
        tags, mask = self.data.tags, self.data.mask
        for row in self.data.fetch(whole):
            terms = tuple(
                None
                if flag is not None and row[flag]
                else column.term(_read(column, row[places[key]]), row[places[text]] if text else None, tags, mask)
                for flag, (column, key, text) in zip(flags, wanted, strict=True)
            )
            yield tuple(row[places[key]] for key in keys), terms

    def texts_of(self, found: Bindings, variable: str, name: str) -> Any:
        """Return the table of solutions with the text of a variable's terms in another column."""
        column, own = found.columns[variable], found.names[variable]
        ids = found.table.select(id=found.table[own]).distinct()
        texts = self.sources.texts(ids, column.sources).rename({own: "id", name: "text"})
        return found.table.join(texts, own)


def _read(column: Column, cell: Any) -> Any:
    return int(cell) if column.kind == SUM and cell is not None else cell


def _of_tag(expression: a.Expression) -> bool:
    """Return whether an expression looks at variables only through their tags."""
    if isinstance(expression, Var):
        return False
    if isinstance(expression, Call):
        if expression.name in _OF_TAG and isinstance(expression.arguments[0], Var):
            return True
        return all(map(_of_tag, expression.arguments))
    return isinstance(expression, Term)


_COMPARED = {"<": "lt", ">": "gt", "<=": "le", ">=": "ge"}


def _counted(found: Bindings, condition: Call) -> Any:
    """Compare a count with a whole number."""
    left, right = condition.arguments
    if isinstance(left, Var) and found.columns[left.name].kind == COUNT and isinstance(right, Term) and right.datatype == XSD.integer:
        if condition.name not in _COMPARED:
            return None
        return getattr(found.cell(left.name), f"__{_COMPARED[condition.name]}__")(int(right.value))
    return None


def _chosen(rows: Iterator[tuple[Any, ...]], places: Iterator[int], kinds: Sequence[type]) -> list[Any]:
    """Return the columns of the rows at these places, which ascend."""
    columns: list[Any] = [array("q") if kind is int else [] for kind in kinds]
    at = -1
    row: tuple[Any, ...] = ()
    for place in places:
        while at < place:
            row, at = next(rows), at + 1
        for column, cell in zip(columns, row, strict=True):
            column.append(cell)
    return columns
