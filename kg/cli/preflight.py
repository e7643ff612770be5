"""The command that says whether data portals would take a release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import PORTALS, BuildOption, FailOnOption, LangOption, OutputOption, app, choose, t
from kg.config import build_root, language
from kg.errors import InputError, Text
from kg.terminal import progress, write_text

SEVERITIES = {"violation": ("Violation",), "warning": ("Violation", "Warning"), "info": ("Violation", "Warning", "Info"), "never": ()}


@app.command(
    "preflight",
    help=t(
        "Check whether data.europa.eu, GovData, CKAN and Google Dataset Search would take a release, and what is missing.",
        "Prüfen, ob data.europa.eu, GovData, CKAN und Google Dataset Search ein Release nähmen, und was fehlt.",
    ),
    rich_help_panel=PORTALS,
)
def preflight_command(
    target: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER|CATALOGUE]",
            help=t(
                "Folder of a release, of `kg publish` or of a static site, or a catalogue alone [default: the newest release, else publish in the folder of builds].",
                "Ordner eines Releases, von `kg publish` oder einer statischen Seite, oder ein Katalog allein [sonst das neueste Release oder publish im Ordner der Builds].",
            ),
        ),
    ] = None,
    build_dir: BuildOption = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            "--profile",
            metavar="dcat-ap|dcat-ap-de|ckan|schema-org|void|files|all",
            help=t("For whom to check; may be repeated [default: all].", "Für wen geprüft wird; mehrfach möglich [sonst all]."),
        ),
    ] = None,
    shapes: Annotated[
        list[Path] | None,
        typer.Option(
            "--shapes",
            metavar="FILE",
            help=t(
                "Further SHACL shapes, such as the official ones; may be repeated, all are applied together.",
                "Weitere SHACL-Regeln, etwa die amtlichen; mehrfach möglich, alle werden zusammen angewandt.",
            ),
        ),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="human|json|markdown|html|github|turtle", help=t("Form of the report.", "Form des Berichts."))
    ] = "human",
    fail_on: FailOnOption = "violation",
    badge: Annotated[
        Path | None, typer.Option("--badge", metavar="FILE", help=t("Write a badge (SVG) there.", "Eine Plakette (SVG) dorthin schreiben."))
    ] = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Check whether data portals would take a release."""
    from kg.preflight import preflight
    from kg.preflight.formats import FORMATS

    choose("--format", form, tuple(FORMATS))
    choose("--fail-on", fail_on, tuple(SEVERITIES))
    chosen, root = language(lang), build_root(build_dir)
    found = target or newest(root)
    with progress() as step:
        flight = preflight(found, profiles=profile or ["all"], shapes=shapes or (), step=step)
    if flight.version and not profile and not shapes and found.resolve().parent == (root / "release").resolve():
        from kg.preflight.kept import keep

        keep(flight, root)
    if badge is not None:
        from kg.preflight.badge import badge as draw

        write_text(draw(flight, chosen), badge)
    write_text(FORMATS[form](flight, chosen), output)
    if any(flight.counts[name] for name in SEVERITIES[fail_on]):
        raise typer.Exit(1)


def newest(root: Path) -> Path:
    """Return the newest release, else what `kg publish` wrote.

    Args:
        root: Folder of builds.

    Raises:
        InputError: There is neither.
    """
    from kg.release.listing import latest

    release = latest(root)
    if release is not None:
        return release.path
    if (root / "publish").is_dir():
        return root / "publish"
    what = Text("There is no release and nothing published to check.", "Es gibt kein Release und nichts Veröffentlichtes zum Prüfen.")
    fix = Text(
        "Make a release with `kg release VERSION`, or files with `kg publish`.",
        "Machen Sie ein Release mit `kg release VERSION` oder Dateien mit `kg publish`.",
    )
    raise InputError(what, where=str(root), fix=fix)
