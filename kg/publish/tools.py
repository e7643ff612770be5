"""The collaboration network of a selection as one file for another tool."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import AnalysisError, Text, unwritable
from kg.publish import exchange, exports

if TYPE_CHECKING:
    from kg.analyse.data import Data

FORMS = {
    "graphml": "graphml",
    "gexf": "gexf",
    "vosviewer": "vosviewer.json",
    "pajek": "net",
    "incidence-csv": "incidence.csv",
    "incidence-parquet": "incidence.parquet",
}
"""Form → ending of its file. GEXF has time: when each institution and pair was in a project."""


def write_network(data: Data, form: str, path: Path, *, lang: str = "en") -> None:
    """Write the network, whole or not at all.

    Args:
        data: The participations that count.
        form: A key of :data:`FORMS`.
        path: File to write; its folder is made.
        lang: Language of labels where the form has one label, `de` or `en`.

    Raises:
        AnalysisError: There is no such form.
        BuildError: The file cannot be written.
    """
    if form not in FORMS:
        what = Text(f"There is no form {form!r} of a network.", f"Eine Form {form!r} eines Netzwerks gibt es nicht.")
        raise AnalysisError(what, fix=Text(f"Use one of {', '.join(FORMS)}.", f"Möglich sind {', '.join(FORMS)}."))
    method = data.method
    about = {"name": method.name, "build": method.build, "state": method.state, "level": method.level, "weight": method.weight, "roles": method.roles}
    writers: dict[str, Callable[[Path], object]] = {
        "graphml": lambda file: exports.graphml(exports.from_columns(data.collaboration, data.labels, about), file),
        "gexf": lambda file: exchange.temporal_gexf(data, file, about),
        "vosviewer": lambda file: exchange.vosviewer(data, file, lang=lang),
        "pajek": lambda file: exchange.pajek(data.collaboration, data.labels, file, lang=lang),
        "incidence-csv": lambda file: exchange.incidence_csv(data, file),
        "incidence-parquet": lambda file: exchange.incidence_parquet(data, file),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".network-", dir=path.parent) as folder:
            file = Path(folder) / "network"
            writers[form](file)
            file.replace(path)
    except OSError as error:
        raise unwritable(error, path) from error
