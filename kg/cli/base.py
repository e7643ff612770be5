"""What all commands share: the application, its options, and small helpers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kg.config import language
from kg.errors import ParameterError, Text


def t(en: str, de: str) -> str:
    """Return a text of the help in the language of the environment (`KG_LANG`, else the locale)."""
    return de if language() == "de" else en


STEWARDS = t("Data stewards: keep tables, build, check", "Datenpflege: Tabellen führen, bauen, prüfen")
RESEARCHERS = t("Researchers: ask, measure, cite", "Forschung: fragen, messen, zitieren")
PORTALS = t("Linked-data portals: harvest", "Linked-Data-Portale: übernehmen")


ORDER = (
    *("init", "build", "map", "link", "cut", "validate", "fix", "why", "diff", "export-sheet", "import-sheet", "duplicates", "enrich"),
    *("ask", "query", "analyse", "profile", "compare", "codebook", "publish", "release", "preflight", "serve"),
    *("store", "load", "batch"),
)
"""Commands in the order of work."""


class CommandsByUser(TyperGroup):
    """The list of commands under a heading per user. Plain text: the coloured help of typer costs a third of a second to import."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands in the order of work."""
        return sorted(super().list_commands(ctx), key=ORDER.index)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, grouped by the panel they name."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                panel = getattr(command, "rich_help_panel", None) or ""
                panels.setdefault(panel, []).append((name, command.get_short_help_str(limit=200)))
        for panel, commands in panels.items():
            with formatter.section(panel):
                formatter.write_dl(commands)


app = typer.Typer(
    name="kg",
    help=t(
        "The knowledge graph of an innovation ecosystem: who works with whom, in which projects and places, in which role, since when, and which source says so.",
        "Der Wissensgraph eines Innovationsökosystems: wer mit wem in welchen Projekten und an welchen Orten arbeitet, in welcher Rolle, seit wann, und welche Quelle das sagt.",
    ),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    cls=CommandsByUser,
    context_settings={"help_option_names": ["-h", "--help"]},
)

BuildOption = Annotated[
    Path | None,
    typer.Option(
        "--build", metavar="DIR", help=t("Folder of builds [default: KG_BUILD or ./build].", "Ordner der Builds [sonst KG_BUILD oder ./build].")
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="ADDRESS",
        help=t(
            "Ask this SPARQL endpoint (https://…) or store folder instead [default: KG_STORE].",
            "Stattdessen diesen SPARQL-Endpunkt (https://…) oder Speicherordner fragen [sonst KG_STORE].",
        ),
    ),
]
LangOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="de|en",
        help=t(
            "Language of labels and messages [default: KG_LANG or the locale].",
            "Sprache von Namen und Meldungen [sonst KG_LANG oder die des Systems].",
        ),
    ),
]
FailOnOption = Annotated[
    str,
    typer.Option(
        "--fail-on",
        metavar="violation|warning|info|never",
        help=t("From which severity on the exit code is 1.", "Ab welcher Schwere der Exit-Code 1 ist."),
    ),
]
AnswerFormOption = Annotated[
    str, typer.Option("--format", metavar="table|csv|tsv|json|xml|turtle", help=t("Form of the answer.", "Form der Antwort."))
]
LabelsOption = Annotated[
    bool,
    typer.Option(
        "--labels",
        help=t(
            "Add a label column beside each IRI column (csv, tsv, json, xml).", "Neben jeder IRI-Spalte eine Spalte mit Namen (csv, tsv, json, xml)."
        ),
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help=t("Write there instead of to the terminal.", "Dorthin schreiben statt auf den Bildschirm.")),
]


def _version(value: bool) -> None:
    if value:
        from kg import __version__

        typer.echo(f"innovation-kg {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=t("Show the version and exit.", "Die Version zeigen und enden."))
    ] = False,
) -> None:
    """Hold the options of `kg` itself."""


def json_text(data: object) -> str:
    """Return data as readable JSON."""
    import json

    return json.dumps(data, indent=2, ensure_ascii=False)


def choose(option: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that an option does not have.

    Raises:
        ParameterError: It is none of those allowed.
    """
    if value not in allowed:
        known = ", ".join(allowed)
        what = Text(f"{value!r} is no value of {option}.", f"{value!r} ist kein Wert von {option}.")
        raise ParameterError(what, fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
