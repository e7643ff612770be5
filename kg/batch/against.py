"""The statements of an earlier batch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kg.batch.stages import DATA, STAGE
from kg.batch.statements import STATEMENTS
from kg.errors import InputError, KgError, Text

if TYPE_CHECKING:
    from kg.engine.base import Engine


def earlier(engine: Engine, work: str) -> tuple[Any, str]:
    """Return the statements of an earlier batch, and the key of their stage.

    Raises:
        InputError: There is no finished stage of statements there.
    """
    address = f"{work.rstrip('/')}/statements"
    try:
        record = json.loads(engine.files.read_text(f"{address}/{STAGE}"))
        if record["schema"] == STATEMENTS and record["rows"] == int(engine.scalar(engine.read(f"{address}/{DATA}").count())):
            return engine.read(f"{address}/{DATA}"), str(record["key"])
    except (KgError, ValueError, KeyError, TypeError) as error:
        raise _none(work) from error
    raise _none(work)


def _none(work: str) -> InputError:
    what = Text("There are no finished statements of a batch.", "Dort liegen keine fertigen Aussagen eines Laufs.")
    fix = Text("Name the --work of an earlier batch with --against.", "Nennen Sie mit --against das --work eines früheren Laufs.")
    return InputError(what, where=work, fix=fix)
