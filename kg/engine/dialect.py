"""Spark's SQL for Ibis expressions, where Ibis' own translation means something else than on DuckDB.

Each method here answers one difference that was measured (tests/engine/test_expressions.py); all others are Ibis' own.
"""

from __future__ import annotations

import re
import string
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL, STAR
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.dialects import PySpark

from kg.engine.patterns import java_pattern, java_replacement

UPPER = "kg_upper"
"""Name of the function that Spark is given for capitals: its own makes two of one letter (`SS` of `ß`)."""

_NOT_A_NUMBER = r"[dDfF]\s*$"
_INFINITE = r"(?i)inf\s*$"


class KgSpark(PySpark):  # type: ignore[misc]
    """Spark's SQL with the escapes in texts that Spark has: it reads `\\f` as `f`."""


KgSpark.ESCAPED_SEQUENCES = {"\b": r"\b", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\"}


class SparkCompiler(PySparkCompiler):  # type: ignore[misc]
    """Ibis' compiler for Spark, but equal to DuckDB."""

    __slots__ = ()

    dialect = KgSpark
    SIMPLE_OPS = {ops.Hash: "xxhash64", ops.Uppercase: UPPER}  # noqa: RUF012  (Ibis reads the attribute when the class is made)

    # --- texts -----------------------------------------------------------------------------------------------------------

    def visit_Lowercase(self, _op: Any, *, arg: Any) -> Any:
        """One letter for one: Java makes two of `İ`, and looks for the end of the word before it chooses a sigma."""
        return self.f.lower(self.f.translate(arg, "İΣ", "iσ"))

    def visit_LStrip(self, _op: Any, *, arg: Any) -> Any:
        """Strip all that is blank, as :meth:`visit_Strip` does."""
        return sge.Trim(this=arg, expression=sge.convert(string.whitespace), position="LEADING")

    def visit_RStrip(self, _op: Any, *, arg: Any) -> Any:
        """Strip all that is blank, as :meth:`visit_Strip` does."""
        return sge.Trim(this=arg, expression=sge.convert(string.whitespace), position="TRAILING")

    def visit_StringSplit(self, op: Any, *, arg: Any, delimiter: Any) -> Any:
        """Split at a text, which Spark takes for a pattern."""
        if isinstance(op.delimiter, ops.Literal):
            return self.f.split(arg, sge.convert(re.escape(op.delimiter.value)))
        return self.f.split(arg, self.f.concat(r"\Q", delimiter, r"\E"))

    def visit_ArrayStringJoin(self, _op: Any, *, arg: Any, sep: Any) -> Any:
        """Join; of no parts the empty text."""
        return self.if_(arg.is_(NULL), NULL, self.f.concat_ws(sep, arg))

    # --- patterns --------------------------------------------------------------------------------------------------------

    def visit_RegexSearch(self, op: Any, *, arg: Any, pattern: Any) -> Any:
        """Search for a pattern."""
        return self.f.regexp_like(arg, _pattern(op.pattern, pattern))

    def visit_RegexExtract(self, op: Any, *, arg: Any, pattern: Any, index: Any) -> Any:
        """Extract a group of the first match."""
        return self.f.anon.regexp_extract(arg, _pattern(op.pattern, pattern), index)

    def visit_RegexReplace(self, op: Any, *, arg: Any, pattern: Any, replacement: Any) -> Any:
        """Replace every match."""
        if isinstance(op.replacement, ops.Literal):
            replacement = sge.convert(java_replacement(op.replacement.value))
        return self.f.regexp_replace(arg, _pattern(op.pattern, pattern), replacement)

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:
        """A number declared to have 64 bits has them: Spark takes the narrowest type, and then 32 bits overflow."""
        if dtype.is_int64():
            return self.cast(sge.convert(value), dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    # --- arrays, numbers, nothing ----------------------------------------------------------------------------------------

    def visit_ArrayIndex(self, _op: Any, *, arg: Any, index: Any) -> Any:
        """Return nothing beyond the ends, where ANSI SQL has an error; -1 is the last."""
        return self.f.anon.try_element_at(arg, self.if_(index >= 0, index + 1, index))

    def visit_IsNull(self, _op: Any, *, arg: Any) -> Any:
        """What is no number (NaN) is not nothing."""
        return arg.is_(NULL)

    def visit_NotNull(self, _op: Any, *, arg: Any) -> Any:
        """What is no number (NaN) is not nothing."""
        return sge.Not(this=sge.paren(arg.is_(NULL)))

    def visit_TryCast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Read a number without Java's suffixes (`1d`)."""
        cast = super().visit_TryCast(op, arg=arg, to=to)
        if not (to.is_floating() and op.arg.dtype.is_string()):
            return cast
        suffix = self.f.regexp_like(arg, _NOT_A_NUMBER)
        return self.if_(sge.And(this=suffix, expression=sge.Not(this=self.f.regexp_like(arg, _INFINITE))), NULL, cast)

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Round a float to the next whole number, halves to the even one, where Java cuts off."""
        if op.arg.dtype.is_floating() and to.is_integer():
            arg = self.f.anon.rint(arg)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Divide(self, _op: Any, *, left: Any, right: Any) -> Any:
        """Divide by zero as floating point numbers do; ANSI SQL has an error."""
        left, right = sge.paren(self.cast(left, dt.float64)), sge.paren(self.cast(right, dt.float64))
        above = self.if_(left > 0, self.POS_INF, self.if_(left < 0, self.NEG_INF, self.NAN))
        return self.if_(right.eq(0) & sge.Not(this=sge.paren(left.is_(NULL))), above, self.f.anon.try_divide(left, right))

    def visit_Round(self, op: Any, *, arg: Any, digits: Any) -> Any:
        """Round a float as the others do: multiplied, rounded, divided; Java rounds the decimal digits it would print."""
        if op.arg.dtype.is_floating() and op.digits is not None and not (isinstance(op.digits, ops.Literal) and op.digits.value == 0):
            scale = self.f.pow(10.0, digits)
            return self.cast(self.f.round(sge.paren(arg) * scale) / scale, op.dtype)
        return super().visit_Round(op, arg=arg, digits=digits)

    # --- aggregates ------------------------------------------------------------------------------------------------------

    def visit_CountStar(self, _op: Any, *, arg: Any, where: Any) -> Any:  # noqa: ARG002  (Ibis names it)
        """Count the rows where something holds; none are 0, and not nothing."""
        return self.f.count(STAR if where is None else self.if_(where, 1, NULL))

    def visit_Median(self, _op: Any, *, arg: Any, where: Any) -> Any:
        """Return the middle; Ibis would make the share conditional as well, and that must be a constant."""
        return self.f.percentile(arg if where is None else self.if_(where, arg, NULL), 0.5)


def _pattern(given: Any, compiled: Any) -> Any:
    """Return a pattern for Java; one that is computed cannot be rewritten and stays what it is."""
    return sge.convert(java_pattern(given.value)) if isinstance(given, ops.Literal) else compiled
