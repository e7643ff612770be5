"""The command that freezes a publication."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import PORTALS, BuildOption, LangOption, app, choose, json_text, t
from kg.cli.mirrored import MaxStatementsOption, StoreOption, place, read_graph
from kg.config import language
from kg.errors import ParameterError, Text
from kg.terminal import fail, progress

FORMATS = ("table", "json")


@app.command(
    "release",
    help=t(
        "Freeze the graph as a release: all RDF syntaxes, tables, places, network, vocabulary, catalogue, checksums, notes.",
        "Den Graphen als Release einfrieren: alle RDF-Syntaxen, Tabellen, Orte, Netz, Vokabular, Katalog, Prüfsummen, Hinweise.",
    ),
    rich_help_panel=PORTALS,
)
def release_command(
    version: Annotated[
        str | None,
        typer.Argument(
            metavar="VERSION", help=t("Version of the release, such as 2026.11.", "Version des Releases, etwa 2026.11."), show_default=False
        ),
    ] = None,
    issued: Annotated[
        str,
        typer.Option(
            "--issued",
            metavar="YYYY-MM-DD",
            help=t("Day of issue [default: the state of the graph].", "Tag der Veröffentlichung [sonst der Stand des Graphen]."),
            show_default=False,
        ),
    ] = "",
    previous: Annotated[
        str | None,
        typer.Option(
            "--previous",
            metavar="VERSION|none",
            help=t(
                "The release before, to say what changed [default: the newest one].",
                "Das Release davor, um zu sagen, was sich änderte [sonst das neueste].",
            ),
        ),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            "--settings",
            metavar="FILE",
            help=t("Settings that win over those of the sources.", "Einstellungen, die vor denen der Quellen gelten."),
        ),
    ] = None,
    with_violations: Annotated[
        bool,
        typer.Option(
            "--with-violations", help=t("Release a graph that has Violations.", "Auch einen Graphen mit Verstößen (Violation) veröffentlichen.")
        ),
    ] = False,
    listing: Annotated[bool, typer.Option("--list", help=t("List the releases.", "Die Releases auflisten."))] = False,
    form: Annotated[str, typer.Option("--format", metavar="table|json", help=t("Form of the answer.", "Form der Antwort."))] = "table",
    build_dir: BuildOption = None,
    store: StoreOption = None,
    max_statements: MaxStatementsOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help=t("Folder of releases [default: release in the folder of builds].", "Ordner der Releases [sonst release im Ordner der Builds]."),
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Freeze the graph as a release: all RDF syntaxes, tables, places, network, vocabulary, catalogue, checksums, notes."""
    chosen, (_, root) = language(lang), place(store, build_dir)
    choose("--format", form, FORMATS)
    if listing:
        _list(output, root, form, chosen)
        return
    if version is None:
        what = Text("The version is missing.", "Die Version fehlt.")
        fix = Text(
            "Name one, such as kg release 2026.11, or ask for --list.", "Nennen Sie eine, etwa kg release 2026.11, oder fragen Sie mit --list."
        )
        raise ParameterError(what, where="VERSION", fix=fix)
    from kg.release import ViolationsError, release

    build, root = read_graph(store, build_dir, lang, max_statements)
    try:
        with progress() as step:
            made = release(
                build,
                version,
                root,
                issued=issued,
                previous=previous,
                settings=settings,
                output=output,
                with_violations=with_violations,
                progress=step,
            )
    except ViolationsError as error:
        fail(error, chosen)
        raise typer.Exit(1) from error
    if form == "json":
        typer.echo(json_text({"path": str(made.path), **made.manifest}))
        return
    from kg.cli.publish import size

    before = made.manifest["previous"]
    since = {"de": f", nach {before}", "en": f", after {before}"}[chosen] if before else {"de": ", das erste", "en": ", the first one"}[chosen]
    typer.echo(f"{ {'de': 'Release', 'en': 'Release'}[chosen] } {made.version} ({made.issued}{since}): {made.path}")
    width = max(len(file["name"]) for file in made.files)
    for file in made.files:
        packed = f"  .gz {size(file['compressed']['bytes'])}" if "compressed" in file else ""
        typer.echo(f"  {file['name']:<{width}}  {size(file['bytes']):>9}  {file['purpose'][chosen]}{packed}")
    counts = made.manifest["validation"]["counts"]
    words = {
        "de": "Prüfung: {violation} Verstöße, {warning} Warnungen, {info} Hinweise.",
        "en": "Validation: {violation} violations, {warning} warnings, {info} infos.",
    }
    typer.echo(words[chosen].format(**counts))


def _list(output: Path | None, root: Path, form: str, lang: str) -> None:
    """Print the releases, newest first."""
    from kg.release import release_folder, releases_in

    folder = output or release_folder(root)
    found = releases_in(folder)
    if form == "json":
        names = ("version", "issued", "previous", "dataset", "build", "quads", "entities")
        rows = [{**{name: one.manifest.get(name) for name in names}, "path": str(one.path), "files": len(one.files)} for one in found]
        typer.echo(json_text(rows))
        return
    if not found:
        typer.echo({"de": f"Keine Releases in {folder}.", "en": f"No releases in {folder}."}[lang])
        return
    heads = {"de": ("Version", "Tag", "nach", "Aussagen", "Dateien"), "en": ("Version", "Day", "after", "statements", "files")}[lang]
    table = [
        heads,
        *(
            (one.version, one.issued, str(one.manifest.get("previous") or "–"), str(one.manifest.get("quads", "")), str(len(one.files)))
            for one in found
        ),
    ]
    widths = [max(len(row[column]) for row in table) for column in range(len(heads))]
    for row in table:
        typer.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
