"""What commands share at the terminal: errors as one line, progress that is silent in a pipe, text to a file or to standard output."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from kg.errors import KgError
from kg.files import make_folder_of, write_file


def fail(error: KgError, lang: str = "en") -> None:
    """Print an error and all the problems behind it on stderr."""
    for problem in error.problems:
        print(problem.text(lang), file=sys.stderr)
    print(f"kg: {error.text(lang)}", file=sys.stderr)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done, on a terminal only."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield status.update


def write_text(text: str, output: Path | None) -> None:
    """Write text to a file, whole or not at all, or to standard output.

    Raises:
        BuildError: The file cannot be written.
    """
    if output is None:
        sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
        return
    make_folder_of(output)
    write_file(output, text)
    print(output, file=sys.stderr)
