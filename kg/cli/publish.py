"""The command that writes the graph as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import PORTALS, BuildOption, LangOption, app, t
from kg.config import build_root, language
from kg.terminal import progress


@app.command(
    "publish",
    help=t(
        "Write the graph as files: RDF in three syntaxes, networks, tables with a codebook, manifest, VoID and DCAT.",
        "Den Graphen als Dateien schreiben: RDF in drei Syntaxen, Netzwerke, Tabellen mit Codebuch, Manifest, VoID und DCAT.",
    ),
    rich_help_panel=PORTALS,
)
def publish_command(
    build_dir: BuildOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help=t("Folder of the files [default: publish in the folder of builds].", "Ordner der Dateien [sonst publish im Ordner der Builds]."),
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Write the graph as files: RDF in three syntaxes, networks, tables with a codebook, manifest, VoID and DCAT."""
    from kg.build import current
    from kg.publish import publish

    chosen, root = language(lang), build_root(build_dir)
    with progress() as step:
        publication = publish(current(root), output or root / "publish", step)
    typer.echo(f"{ {'de': 'Veröffentlicht in', 'en': 'Published in'}[chosen] } {publication.path}:")
    width = max(len(file.name) for file in publication.files)
    for file in publication.files:
        typer.echo(f"  {file.name:<{width}}  {size(file.bytes):>9}  {file.purpose(chosen)}")


def size(count: int) -> str:
    """Return a number of bytes for a person.

    >>> size(1234567)
    '1.2 MB'
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
