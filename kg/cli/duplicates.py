"""What is probably one thing: `kg duplicates`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.base import STEWARDS, BuildOption, LangOption, OutputOption, app, choose, json_text, t
from kg.config import build_root, language
from kg.errors import ParameterError, Text
from kg.terminal import progress, write_text

if TYPE_CHECKING:
    from kg.build import Build
    from kg.duplicates.decisions import Book
    from kg.duplicates.model import Decision

FORMS = ("human", "csv", "json")
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
LIMIT = 50
"""Pairs shown in the terminal; a file gets all of them unless --limit says otherwise."""


@app.command(
    "duplicates",
    help=t(
        "Find what probably stands twice, with reasons for and against; keep what people decide: same, different, later.",
        "Finden, was wahrscheinlich doppelt steht, mit Gründen dafür und dagegen; behalten, was entschieden wird: gleich, verschieden, später.",
    ),
    rich_help_panel=STEWARDS,
)
def duplicates_command(
    graph: Annotated[
        list[str] | None,
        typer.Option(
            "--graph", metavar="NAME", help=t("Only this source; may be repeated [default: all].", "Nur diese Quelle; mehrfach möglich [sonst alle].")
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--class",
            metavar="NAME",
            help=t(
                "Only this class: Organisation, Project, Programme, Event, Place, Campaign, Award, Document, Topic; may be repeated.",
                "Nur diese Klasse: Organisation, Project, Programme, Event, Place, Campaign, Award, Document, Topic; mehrfach möglich.",
            ),
        ),
    ] = None,
    least: Annotated[
        float,
        typer.Option(
            "--min-score", metavar="0…1", min=0.05, max=1, help=t("Score from which a pair is shown.", "Wert, ab dem ein Paar gezeigt wird.")
        ),
    ] = 0.7,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            metavar="N",
            min=1,
            help=t("How many pairs [default: 50; all with --output].", "Wie viele Paare [sonst 50; mit --output alle]."),
        ),
    ] = None,
    across: Annotated[
        bool,
        typer.Option(
            "--across", help=t("Compare between the sources, too (see `kg link`).", "Auch zwischen den Quellen vergleichen (siehe `kg link`).")
        ),
    ] = False,
    form: Annotated[
        str, typer.Option("--format", metavar="human|csv|json", help=t("Form; csv is the review table.", "Form; csv ist die Prüftabelle."))
    ] = "human",
    again: Annotated[bool, typer.Option("--again", help=t("Show what was put off, too.", "Auch Zurückgestelltes zeigen."))] = False,
    decided: Annotated[bool, typer.Option("--decided", help=t("List what is decided instead.", "Stattdessen Entschiedenes auflisten."))] = False,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions", metavar="FILE", help=t("Take over the decisions in a review table.", "Die Entscheidungen einer Prüftabelle übernehmen.")
        ),
    ] = None,
    same: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--same", metavar="A B", help=t("Decide: A and B are one; A gives the name.", "Entscheiden: A und B sind eins; A gibt den Namen.")
        ),
    ] = None,
    different: Annotated[
        tuple[str, str] | None, typer.Option("--different", metavar="A B", help=t("Decide: A and B are two.", "Entscheiden: A und B sind zweierlei."))
    ] = None,
    later: Annotated[
        tuple[str, str] | None,
        typer.Option("--later", metavar="A B", help=t("Put the pair off until it changes.", "Das Paar zurückstellen, bis es sich ändert.")),
    ] = None,
    undo: Annotated[
        tuple[str, str] | None, typer.Option("--undo", metavar="A B", help=t("Take a decision back.", "Eine Entscheidung zurücknehmen."))
    ] = None,
    explain: Annotated[
        tuple[str, str] | None,
        typer.Option("--explain", metavar="A B", help=t("Show all reasons for and against a pair.", "Alle Gründe für und gegen ein Paar zeigen.")),
    ] = None,
    who: Annotated[
        str | None,
        typer.Option(
            "--who", metavar="NAME", help=t("Who decides [default: KG_WHO, else unknown].", "Wer entscheidet [sonst KG_WHO, sonst unknown].")
        ),
    ] = None,
    note: Annotated[
        str,
        typer.Option(
            "--note", metavar="TEXT", help=t("Note for a decision on the command line.", "Notiz zu einer Entscheidung auf der Befehlszeile.")
        ),
    ] = "",
    mappings: Annotated[
        Path,
        typer.Option(
            "--mappings", metavar="FILE", help=t("Mapping file of decisions (SSSOM, TSV).", "Zuordnungsdatei der Entscheidungen (SSSOM, TSV).")
        ),
    ] = Path("data/mappings/duplicates.sssom.tsv"),
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Find what probably stands twice, with reasons for and against; keep what people decide: same, different, later."""
    from kg.build import current
    from kg.duplicates.decisions import beside, read_book
    from kg.duplicates.model import Decision

    chosen = language(lang)
    choose("--format", form, FORMS)
    asked = {
        "--decisions": decisions,
        "--same": same,
        "--different": different,
        "--later": later,
        "--undo": undo,
        "--explain": explain,
        "--decided": decided or None,
    }
    if len(given := [option for option, value in asked.items() if value is not None]) > 1:
        what = Text(f"{' and '.join(given)} cannot go together.", f"{' und '.join(given)} gehen nicht zusammen.")
        raise ParameterError(what, fix=Text("Give one of them.", "Geben Sie eines davon an."))
    built = current(build_root(build_dir))
    book = read_book(mappings, built.base, built.record["title"], LICENSE)
    person = who or os.environ.get("KG_WHO") or "unknown"
    if explain:
        _explain(built, explain, form, chosen, output)
    elif undo:
        _undo(built, book, undo, chosen)
    elif decided:
        _decided(built, book, chosen, output)
    elif decisions:
        from kg.duplicates.table import read_decisions

        _take_over(built, book, read_decisions(decisions, person), chosen)
    elif pair := same or different or later:
        word = "same" if same else "different" if different else "later"
        _take_over(built, book, [Decision(*pair, word, person, note)], chosen)
    else:
        from kg.duplicates.find import find
        from kg.duplicates.table import csv_text, human, to_json

        with progress() as step:
            step({"de": "vergleiche", "en": "comparing"}[chosen])
            known = book.known(beside(mappings))
            found = find(built, graphs=graph or (), classes=kind or (), least=least, across=across, known=known, again=again)
        pairs = found.pairs[: limit or (len(found.pairs) if output else LIMIT)]
        text = {
            "csv": lambda: csv_text(found, pairs),
            "json": lambda: json_text(to_json(found, pairs)),
            "human": lambda: human(found, pairs, chosen),
        }[form]()
        write_text(text, output)
        if form == "csv" and len(pairs) < len(found.pairs):
            said = {"de": "{0} von {1} Paaren; --limit oder --output zeigt mehr.", "en": "{0} of {1} pairs; --limit or --output shows more."}[chosen]
            typer.echo(said.format(len(pairs), len(found.pairs)), err=True)


def _explain(built: Build, pair: tuple[str, str], form: str, lang: str, output: Path | None) -> None:
    from kg.duplicates.find import Found, explain
    from kg.duplicates.lookup import Directory
    from kg.duplicates.table import pair_lines, to_json

    found = explain(built, *Directory(built).pair(*pair))
    if form == "json":
        whole = to_json(Found((found,), (), {}, {}, 0.0, ()), [found])
        write_text(json_text(whole["pairs"][0]), output)
    else:
        write_text("\n".join(pair_lines(found, lang)) + "\n", output)


def _undo(built: Build, book: Book, pair: tuple[str, str], lang: str) -> None:
    from kg.duplicates.decisions import undo, write_book
    from kg.duplicates.lookup import Directory

    one, other, _ = Directory(built).pair(*pair)
    write_book(undo(book, one, other))
    typer.echo({"de": "Zurückgenommen.", "en": "Taken back."}[lang])
    typer.echo(book.path)


def _decided(built: Build, book: Book, lang: str, output: Path | None) -> None:
    from kg.duplicates.lookup import Directory
    from kg.duplicates.table import decided_text

    known = book.known()
    entities = [end for ends in (*known.decided, *known.later) for end in ends]
    labels = Directory(built).labels(entities) if entities else {}
    write_text(decided_text(known, labels, lang), output)


def _take_over(built: Build, book: Book, decisions: list[Decision], lang: str) -> None:
    """Put decisions into the mapping file and say how many."""
    import datetime

    from kg.duplicates.decisions import beside, decide, write_book
    from kg.duplicates.lookup import Directory
    from kg.duplicates.model import DIFFERENT, LATER, SAME

    if not decisions:
        typer.echo({"de": "Die Tabelle enthält keine Entscheidung.", "en": "The table holds no decision."}[lang])
        return
    directory = Directory(built)
    full = directory.check(decisions) if decisions[0].file else [directory.resolved(item) for item in decisions]
    facts = directory.facts(end for item in full for end in item.ends)
    made = decide(book, full, facts, beside(book.path), date=datetime.date.today().isoformat())
    write_book(made)
    counts = {word: sum(item.decision == word for item in full) for word in (SAME, DIFFERENT, LATER)}
    words = {"de": ("gleich", "verschieden", "später"), "en": ("same", "different", "later")}[lang]
    typer.echo(", ".join(f"{number} {word}" for number, word in zip(counts.values(), words, strict=True)))
    typer.echo(book.path)
