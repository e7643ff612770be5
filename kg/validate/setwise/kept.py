"""A session that remembers what it keeps, so that one validation leaves nothing behind in a session that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.engine.base import Engine


class Kept:
    """An engine that is another one and knows its cached tables.

    Args:
        engine: The other one.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tables: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def cache(self, expression: Any) -> Any:
        """Run a table expression once and return the result as an Ibis table."""
        table = self._engine.cache(expression)
        self._tables.append(table)
        return table

    def drop(self, cached: Any) -> None:
        """Forget a result kept by :meth:`cache`; one that is forgotten already is no error."""
        for place, table in enumerate(self._tables):
            if table is cached:
                del self._tables[place]
                self._engine.drop(cached)
                return

    def left(self, cached: Any) -> None:
        """Leave a table to whoever opened the session."""
        self._tables = [table for table in self._tables if table is not cached]

    @contextmanager
    def apart(self) -> Iterator[list[Any]]:
        """Forget what is kept within, but for the tables put into the list."""
        before, kept = len(self._tables), list[Any]()
        try:
            yield kept
        finally:
            for table in self._tables[before:]:
                if not any(table is one for one in kept):
                    self.drop(table)


@contextmanager
def keeping(engine: Engine) -> Iterator[Kept]:
    """Give a session whose cached tables are gone at the end."""
    kept = Kept(engine)
    with kept.apart():
        yield kept
