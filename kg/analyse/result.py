"""What all results of the analysis have in common: rows, text, plain data, a figure, and how to cite them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.method import Method
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class Result(ABC):
    """A result with its method.

    Attributes:
        name: Kebab-case name of the kind of result; names its files.
        columns: Columns of :meth:`rows`, in order.
        method: How the numbers were made.
    """

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    method: Method

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """Return the main table, in a fixed order."""

    @abstractmethod
    def text(self, lang: str) -> str:
        """Return the result for a reader, `de` or `en`, its method last."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data, with `method`; the same for every language."""

    def to_frame(self) -> pd.DataFrame:
        """Return :meth:`rows` as a table of pandas."""
        import pandas as pd

        return pd.DataFrame(self.rows(), columns=list(self.columns))

    def figure(self, lang: str = "en") -> Figure:  # noqa: ARG002 (what results with a figure take)
        """Return the figure of the result (extra `[plot]`).

        Raises:
            AnalysisError: This kind of result has none.
            MissingExtraError: matplotlib is not installed.
        """
        what = Text(f"A result of {self.name} has no figure.", f"Ein Ergebnis von {self.name} hat keine Abbildung.")
        raise AnalysisError(what, fix=Text("Use its table.", "Nehmen Sie die Tabelle."))

    def cite(self, lang: str = "en") -> str:
        """Return one line that says what the result rests on: graph, state, build, method and software."""
        return cite(self.method, self.name, lang)


def cite(method: Method, name: str, lang: str) -> str:
    """Return the citation of a result."""
    from kg import __version__
    from kg.analyse.render_text import method_line

    title = method.title.get(lang) or method.title.get("en") or method.name
    return f"{title}: {name}. {method_line(method, lang)}. innovation-kg {__version__}."
