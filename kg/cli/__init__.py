"""The command `kg`: one verb, one command. Heavy modules are imported inside the commands, so that `kg --help` answers at once."""

from __future__ import annotations

import gc
import os
import sys
import traceback

import kg.cli.analysis
import kg.cli.ask
import kg.cli.batch
import kg.cli.diff
import kg.cli.duplicates
import kg.cli.enrich
import kg.cli.fix
import kg.cli.load
import kg.cli.preflight
import kg.cli.publish
import kg.cli.release
import kg.cli.serve
import kg.cli.sheet
import kg.cli.store
import kg.cli.tables
import kg.cli.validate
import kg.cli.why  # noqa: F401 (each registers its commands)
from kg.cli.base import app
from kg.config import language
from kg.errors import KgError
from kg.terminal import fail

__all__ = ["app", "main"]


def main() -> None:
    """Run `kg`; a user's mistake is one line on stderr and exit code 2, a bug keeps its traceback and ends with 3."""
    # A command makes many small objects and ends: fewer passes of the collector save a tenth of its time.
    gc.set_threshold(100_000, 50, 100)
    try:
        app(standalone_mode=True)
    except KgError as error:
        try:
            fail(error, language())
        except KgError:
            fail(error)
        sys.exit(2)
    except BrokenPipeError:
        # The reader has seen enough (kg … | head); nothing more can be written to standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        traceback.print_exc()
        print("kg: This is a bug. Please report it with the lines above.", file=sys.stderr)
        sys.exit(3)
