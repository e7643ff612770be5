"""Commands that ask: ready questions and SPARQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import RESEARCHERS, AnswerFormOption, BuildOption, LabelsOption, LangOption, OutputOption, StoreOption, app, t
from kg.config import language
from kg.errors import ParameterError, QueryError, Text
from kg.store import location
from kg.terminal import write_text


@app.command(
    "ask",
    help=t(
        "Ask a ready question: `kg ask role-across-projects --institution sozialforschungsstelle`. Parameters follow as --name value.",
        "Eine fertige Frage stellen: `kg ask role-across-projects --institution sozialforschungsstelle`. Parameter folgen als --name Wert.",
    ),
    rich_help_panel=RESEARCHERS,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def ask_command(
    context: typer.Context,
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="[QUESTION]", help=t("Name of the question; without it all are listed.", "Name der Frage; ohne ihn werden alle aufgezählt.")
        ),
    ] = None,
    form: AnswerFormOption = "table",
    labels: LabelsOption = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help=t(
                "Show what the question asks and its parameters, without running it.",
                "Zeigen, was die Frage fragt und welche Parameter sie hat, ohne sie zu stellen.",
            ),
        ),
    ] = False,
    store: StoreOption = None,
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Ask a ready question: `kg ask role-across-projects --institution sozialforschungsstelle`. Parameters follow as --name value."""
    from kg import questions

    chosen = language(lang)
    if question is None:
        write_text(questions.list_text(chosen), output)
        return
    found = questions.find_question(question)
    if explain:
        write_text(questions.explain_text(found, chosen), output)
        return
    with questions.KnowledgeGraph.open(location(store, build_dir), lang=chosen) as graph:
        answer = graph.ask(question, **parameters(context.args))
        write_text(answer.to_text(form, labels=labels), output)


def parameters(arguments: list[str]) -> dict[str, str]:
    """Read `--name value` and `--name=value`.

    Raises:
        ParameterError: A value stands without a name, or a name without a value.
    """
    found: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--") or len(word) < 3:
            what = Text(f"{word!r} stands without the name of a parameter.", f"{word!r} steht ohne den Namen eines Parameters.")
            raise ParameterError(what, fix=Text("Write --name value.", "Schreiben Sie --name Wert."))
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not rest:
                what = Text(f"The parameter --{name} has no value.", f"Der Parameter --{name} hat keinen Wert.")
                raise ParameterError(what, fix=Text(f"Write --{name} value.", f"Schreiben Sie --{name} Wert."))
            value = rest.pop(0)
        found[name] = value
    return found


@app.command(
    "query",
    help=t(
        "Ask anything in SPARQL, over all named graphs at once. Known prefixes need not be declared.",
        "Beliebiges in SPARQL fragen, über alle benannten Graphen zugleich. Bekannte Präfixe brauchen keine Erklärung.",
    ),
    rich_help_panel=RESEARCHERS,
)
def query_command(
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="[SPARQL|FILE|-]",
            help=t("SPARQL text, a file with it, or - for standard input.", "SPARQL-Text, eine Datei damit, oder - für die Standardeingabe."),
        ),
    ] = None,
    form: AnswerFormOption = "table",
    labels: LabelsOption = False,
    store: StoreOption = None,
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Ask anything in SPARQL, over all named graphs at once. Known prefixes need not be declared."""
    from kg import questions

    chosen = language(lang)
    with questions.KnowledgeGraph.open(location(store, build_dir), lang=chosen) as graph:
        write_text(graph.query(query_text(query)).to_text(form, labels=labels), output)


def query_text(argument: str | None) -> str:
    """Return SPARQL from an argument, a file, or standard input.

    Raises:
        QueryError: The file cannot be read, or nothing was given.
    """
    if argument is None and sys.stdin.isatty():
        fix = Text(
            "Name a file, give the text in quotes, or pipe it in.",
            "Nennen Sie eine Datei, geben Sie den Text in Anführungszeichen, oder leiten Sie ihn ein.",
        )
        raise QueryError(Text("There is no query.", "Es gibt keine Abfrage."), fix=fix)
    if argument is None or argument == "-":
        return sys.stdin.read()
    if "{" in argument or "\n" in argument:
        return argument
    try:
        return Path(argument).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = Text(f"The query file cannot be read: {error}.", f"Die Datei mit der Abfrage ist nicht lesbar: {error}.")
        raise QueryError(what, where=argument, fix=Text("Check path and encoding (UTF-8).", "Prüfen Sie Pfad und Kodierung (UTF-8).")) from error
