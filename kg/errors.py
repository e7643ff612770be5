"""All errors a user can cause, in one tree, each saying what, where and what to do next.

    KgError
    ├── InputError        a source, table, RDF file or setting cannot be read
    │   └── IdentifierError
    ├── BuildError        a graph cannot be built or written
    ├── StoreError        a store or endpoint cannot be opened or does not answer
    ├── QueryError        a query is wrong or refused
    │   └── ParameterError  a question's parameter is missing or unknown
    ├── ValidationError   shapes cannot be applied (findings are results, not errors)
    ├── AnalysisError     a measure is not defined, or may not be said on this sampling frame
    └── MissingExtraError an optional package is not installed

Only `kg.cli` prints them, as one line on stderr with exit code 2; everything else is a bug and keeps its traceback.
"""

from __future__ import annotations

from dataclasses import dataclass, field


class KgError(Exception):
    """Base of all errors that a user can mend.

    Args:
        what: What is wrong, in one sentence.
        where: File and row, address, or name of the part.
        fix: What to do next.
        problems: All single problems found before stopping.
    """

    def __init__(self, what: str, *, where: str | None = None, fix: str | None = None, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix
        self.problems = problems

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" {self.fix}" if self.fix else ""
        return f"{place}{self.what}{remedy}"


class InputError(KgError):
    """A source, table, RDF file or setting cannot be read."""


class IdentifierError(InputError):
    """An identifier does not follow its scheme."""


class BuildError(KgError):
    """A graph cannot be built or written."""


class StoreError(KgError):
    """A store or endpoint cannot be opened or does not answer."""


class QueryError(KgError):
    """A query is wrong or refused."""


class ParameterError(QueryError):
    """A question's parameter is missing, of the wrong type, or unknown."""


class ValidationError(KgError):
    """Shapes cannot be applied; findings in data are results, not errors."""


class AnalysisError(KgError):
    """A measure is not defined, or may not be said on this sampling frame."""


class MissingExtraError(KgError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the package {package}.", fix=f"Install it: pip install 'innovation-kg[{extra}]'.")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one cell or row of an input file.

    Attributes:
        file: The file as the user named it.
        row: Record number, the header being 1; 0 for the file as a whole.
        column: Column name, or empty.
        code: Kebab-case name of the rule.
        what: What is wrong, per language (`de`, `en`).
        fix: What to do next, per language.
        value: The cell as it stands.
        fatal: The file cannot be used at all (missing, unreadable, a column gone), so nothing in it was checked.
        subject: Identifier of the entity in question, or empty.
    """

    file: str
    row: int
    column: str
    code: str
    what: dict[str, str] = field(compare=False)
    fix: dict[str, str] = field(compare=False)
    value: str = ""
    fatal: bool = False
    subject: str = ""

    def text(self, lang: str = "en") -> str:
        """Return the problem as one line: file, row, column, what, remedy."""
        place = self.file if not self.row else f"{self.file}:{self.row}"
        column = f" [{self.column}]" if self.column else ""
        return f"{place}{column} {self.what[lang]} {self.fix[lang]}"
