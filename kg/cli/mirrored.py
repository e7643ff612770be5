"""What the commands share that read a whole graph: `--store` names a server instead of the build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.base import t
from kg.config import build_root, language
from kg.store import named
from kg.terminal import progress

if TYPE_CHECKING:
    from kg.build import Build

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="ADDRESS",
        help=t(
            "Read this SPARQL endpoint (https://…), through a copy that is kept in the folder of builds, or the build in this folder [default: KG_STORE].",
            "Diesen SPARQL-Endpunkt (https://…) lesen, über eine Kopie, die im Ordner der Builds bleibt, oder den Build in diesem Ordner [sonst KG_STORE].",
        ),
    ),
]
MaxStatementsOption = Annotated[
    int | None,
    typer.Option(
        "--max-statements",
        metavar="N",
        help=t(
            "Statements of a server that are fetched at most [default: 5000000].",
            "Aussagen eines Servers, die höchstens geholt werden [sonst 5000000].",
        ),
        show_default=False,
    ),
]


def place(store: str | None, build_dir: Path | None) -> tuple[str | None, Path]:
    """Return what `--store` or else `KG_STORE` names, `None` for the folder of builds, and the folder for what is written about the graph.

    `--store` says what is read and wins over `--build`, as in `kg ask`; `--build` then says where copies lie. `KG_STORE` counts where neither is given.
    What is written about a server lies with its copy, never among the reports of the build here.
    """
    from kg.mirror import home_of, is_address

    root = build_root(build_dir)
    location = named(store, build_dir)
    if location is None:
        return None, root
    if is_address(location):
        return location, home_of(location, root)
    folder = Path(location)
    return location, folder if (folder / "current").exists() else root


def read_graph(store: str | None, build_dir: Path | None, lang: str | None, maximum: int | None = None) -> tuple[Build, Path]:
    """Return the graph that the options name, fetched where it is a server's, and the folder for what is written about it (see :func:`place`).

    Raises:
        KgError: There is no graph, or it cannot be fetched.
    """
    from kg.build import current
    from kg.mirror import is_address, local, mirror

    location, root = place(store, build_dir)
    if location is None:
        return current(root), root
    if not is_address(location):
        return local(Path(location)), root
    with progress() as step:
        return mirror(location, build_root(build_dir), maximum=maximum, progress=lambda text: step(text.in_(language(lang)))), root
