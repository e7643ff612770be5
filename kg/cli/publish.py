"""The command that writes the graph as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.base import PORTALS, BuildOption, LangOption, app, t
from kg.cli.mirrored import MaxStatementsOption, StoreOption, read_graph
from kg.config import language
from kg.errors import BuildError, Text
from kg.terminal import progress

if TYPE_CHECKING:
    from kg.build import Build


@app.command(
    "publish",
    help=t(
        "Write the graph as files: RDF in three syntaxes, networks, tables with a codebook, manifest, VoID and DCAT; with --site as a static website.",
        "Den Graphen als Dateien schreiben: RDF in drei Syntaxen, Netzwerke, Tabellen mit Codebuch, Manifest, VoID und DCAT; mit --site als statische Website.",
    ),
    rich_help_panel=PORTALS,
)
def publish_command(
    build_dir: BuildOption = None,
    store: StoreOption = None,
    max_statements: MaxStatementsOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help=t("Folder of the files [default: publish in the folder of builds].", "Ordner der Dateien [sonst publish im Ordner der Builds]."),
        ),
    ] = None,
    site_dir: Annotated[
        Path | None,
        typer.Option(
            "--site",
            metavar="DIR",
            help=t(
                "Write pages instead, in German and English, that need no server and no internet.",
                "Stattdessen Seiten schreiben, deutsch und englisch, die weder Server noch Internet brauchen.",
            ),
        ),
    ] = None,
    base_url: Annotated[
        str,
        typer.Option(
            "--base-url",
            metavar="URL",
            help=t(
                "Where the site will stand: for sitemap, links and the redirects of w3id.org [default: the namespace of the graph].",
                "Wo die Website stehen wird: für Sitemap, Verweise und die Weiterleitungen von w3id.org [sonst der Namensraum des Graphen].",
            ),
        ),
    ] = "",
    release: Annotated[
        str,
        typer.Option(
            "--release",
            metavar="VERSION",
            help=t(
                "Release that the site offers first [default: the newest of the folder of builds].",
                "Veröffentlichung, die die Website zuerst anbietet [sonst die neueste im Ordner der Builds].",
            ),
        ),
    ] = "",
    lang: LangOption = None,
) -> None:
    """Write the graph as files: RDF in three syntaxes, networks, tables with a codebook, manifest, VoID and DCAT; with --site as a static website."""
    chosen = language(lang)
    if site_dir is None:
        _refuse({"--base-url": base_url, "--release": release}, Text("It belongs to --site.", "Das gehört zu --site."))
    else:
        _refuse({"--output": str(output or "")}, Text("With --site the folder is named there.", "Mit --site steht der Ordner dort."))
    build, root = read_graph(store, build_dir, lang, max_statements)
    if site_dir is None:
        _publish(build, output or root / "publish", chosen)
    else:
        _site(build, site_dir, chosen, address=base_url, release=release, root=root)


def _refuse(given: dict[str, str], why: Text) -> None:
    """Raise for the first option that has a value and does nothing here."""
    for name, value in given.items():
        if value:
            what = Text(f"{name} does nothing here.", f"{name} bewirkt hier nichts.")
            raise BuildError(what, where=name, fix=why)


def _publish(build: Build, target: Path, lang: str) -> None:
    from kg.publish import publish

    with progress() as step:
        publication = publish(build, target, step)
    typer.echo(f"{ {'de': 'Veröffentlicht in', 'en': 'Published in'}[lang] } {publication.path}:")
    width = max(len(file.name) for file in publication.files)
    for file in publication.files:
        typer.echo(f"  {file.name:<{width}}  {size(file.bytes):>9}  {file.purpose(lang)}")


def _site(build: Build, target: Path, lang: str, *, address: str, release: str, root: Path) -> None:
    from kg.portal.render import grouped
    from kg.site import site

    with progress() as step:
        made = site(build, target, address=address, release=release, root=root, progress=step)
    files, pages = grouped(made.files, lang), grouped(made.pages, lang)
    german = lang == "de"
    typer.echo(f"{'Website in' if german else 'Site in'} {made.path}:")
    typer.echo(f"  {files} {'Dateien' if german else 'files'}, {size(made.bytes)}; {pages} {'Dinge mit Seiten' if german else 'things with pages'}")
    for limit in made.limits:
        typer.echo(f"  {limit.in_(lang)}")
    first = made.path / ("index.de.html" if german else "index.html")
    typer.echo(f"{'Ansehen' if german else 'Look at it'}: {first}")


def size(count: int) -> str:
    """Return a number of bytes for a person.

    >>> size(1234567)
    '1.2 MB'
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
