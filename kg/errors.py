"""All errors a user can cause, in one tree, each saying what, where and what to do next.

    KgError
    ├── InputError        a source, table, RDF file or setting cannot be read
    │   └── IdentifierError
    ├── BuildError        a graph cannot be built or written
    │   ├── EngineError     a batch engine cannot be started, reached or used any longer
    │   └── SchemaError     a table that was computed has other types than declared
    ├── StoreError        a store or endpoint cannot be opened or does not answer
    ├── QueryError        a query is wrong or refused
    │   └── ParameterError  a question's parameter is missing or unknown
    ├── ValidationError   shapes cannot be applied (findings are results, not errors)
    │   └── ShapesError     shapes are ill-formed, or ask for what the engine refuses
    ├── AnalysisError     a measure is not defined, or may not be said on this sampling frame
    └── MissingExtraError an optional package is not installed

Only `kg.cli` prints them, as one line on stderr with exit code 2; everything else is a bug and keeps its traceback.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import NamedTuple


class Text(NamedTuple):
    """A message in both languages."""

    en: str
    de: str

    def in_(self, lang: str) -> str:
        """Return the text in `de` or `en`."""
        return self.de if lang == "de" else self.en


class KgError(Exception):
    """Base of all errors that a user can mend.

    Args:
        what: What is wrong, in one sentence.
        where: File and row, address, or name of the part.
        fix: What to do next.
        problems: All single problems found before stopping.
    """

    def __init__(self, what: Text, *, where: str | None = None, fix: Text | None = None, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(what.en)
        self.what = what
        self.where = where
        self.fix = fix
        self.problems = problems

    def text(self, lang: str = "en") -> str:
        """Return the error as one line: where, what, remedy."""
        place = f"{self.where}: " if self.where else ""
        remedy = f" {self.fix.in_(lang)}" if self.fix else ""
        return f"{place}{self.what.in_(lang)}{remedy}"

    def __str__(self) -> str:
        return self.text()


class InputError(KgError):
    """A source, table, RDF file or setting cannot be read."""


class IdentifierError(InputError):
    """An identifier does not follow its scheme."""


class BuildError(KgError):
    """A graph cannot be built or written."""


class EngineError(BuildError):
    """A batch engine cannot be started, reached or used any longer."""


class SchemaError(BuildError):
    """A table that was computed has other types than declared."""


class StoreError(KgError):
    """A store or endpoint cannot be opened or does not answer."""


class QueryError(KgError):
    """A query is wrong or refused."""


class ParameterError(QueryError):
    """A question's parameter is missing, of the wrong type, or unknown."""


class ValidationError(KgError):
    """Shapes cannot be applied; findings in data are results, not errors."""


class ShapesError(ValidationError):
    """Shapes are ill-formed (SHACL, appendix A), or ask for what the engine refuses."""


class AnalysisError(KgError):
    """A measure is not defined, or may not be said on this sampling frame."""


class MissingExtraError(KgError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str, purpose: Text) -> None:
        """Name the package, the extra that brings it, and what it is needed for (`"The figures"`, `"Die Abbildungen"`)."""
        what = Text(f"{purpose.en} need the package {package}.", f"{purpose.de} brauchen das Paket {package}.")
        command = f"pip install 'innovation-kg[{extra}]'"
        super().__init__(what, fix=Text(f"Install it: {command}", f"Installieren Sie es: {command}"))


def unwritable(error: OSError, where: object, option: str = "--output") -> BuildError:
    """Return the error for a file or folder that cannot be written.

    Args:
        error: What the system said.
        where: File or folder.
        option: Option that names another place.
    """
    number = error.errno or (errno.ENOSPC if "space" in str(error).casefold() else 0)
    elsewhere = Text(f"Choose another place with {option}.", f"Wählen Sie mit {option} einen anderen Ort.")
    space = Text("Free some space; what was there before is untouched.", "Schaffen Sie Platz; was vorher dort war, ist unberührt.")
    denied = Text("It cannot be written: permission denied.", "Dort darf nicht geschrieben werden: keine Berechtigung.")
    in_the_way = Text("A file stands where a folder should be.", "Wo ein Ordner sein soll, steht eine Datei.")
    reasons = {
        errno.ENOSPC: (Text("The disk is full.", "Der Datenträger ist voll."), space),
        errno.EDQUOT: (Text("The disk quota is used up.", "Der zugeteilte Speicherplatz ist aufgebraucht."), space),
        errno.EACCES: (denied, elsewhere),
        errno.EPERM: (denied, elsewhere),
        errno.EROFS: (Text("The file system is read-only.", "Das Dateisystem ist schreibgeschützt."), elsewhere),
        errno.ENOTDIR: (in_the_way, elsewhere),
        errno.EEXIST: (in_the_way, elsewhere),
        errno.EISDIR: (Text("A folder stands where the file should be.", "Wo die Datei sein soll, steht ein Ordner."), elsewhere),
        errno.ENOENT: (Text("There is no such folder.", "Den Ordner gibt es nicht."), elsewhere),
        errno.ENAMETOOLONG: (Text("The name is too long.", "Der Name ist zu lang."), elsewhere),
    }
    reason = error.strerror or str(error)
    other = Text(f"It cannot be written: {reason}.", f"Dort lässt sich nicht schreiben: {reason}.")
    what, fix = reasons.get(number, (other, elsewhere))
    return BuildError(what, where=str(where), fix=fix)


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
