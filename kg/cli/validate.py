"""Checking: `kg validate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.base import STEWARDS, BuildOption, FailOnOption, LangOption, OutputOption, app, t
from kg.cli.mirrored import MaxStatementsOption, StoreOption, place, read_graph
from kg.config import language
from kg.errors import ParameterError, Text
from kg.terminal import progress

if TYPE_CHECKING:
    from kg.build import Build
    from kg.validate.baseline import Baseline
    from kg.validate.places import Locator
    from kg.validate.select import View

CARDS = 10
"""Cards per rule that are shown where nothing else is asked for."""

UNKNOWN_ROWS = Text(
    "The graph was read from a server, which does not know files and rows: check the tables it was built from to see them.",
    "Der Graph kommt von einem Server, der Dateien und Zeilen nicht kennt: Prüfen Sie die Tabellen, aus denen er gebaut ist, um sie zu sehen.",
)


@app.command(
    "validate",
    help=t(
        "Check the graph, or any tables and RDF files you bring: what is wrong, in which file and row, and what to do.",
        "Den Graphen oder mitgebrachte Tabellen und RDF-Dateien prüfen: was falsch ist, in welcher Datei und Zeile, und was zu tun ist.",
    ),
    rich_help_panel=STEWARDS,
)
def validate_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help=t(
                "Tables, folders of tables or RDF files [default: the graph built last].",
                "Tabellen, Ordner mit Tabellen oder RDF-Dateien [sonst der zuletzt gebaute Graph].",
            ),
        ),
    ] = None,
    build_dir: BuildOption = None,
    store: StoreOption = None,
    max_statements: MaxStatementsOption = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="human|table|json|csv|html|markdown|github|sarif|junit|turtle",
            help=t("Form of the report.", "Form des Berichts."),
        ),
    ] = "human",
    fail_on: FailOnOption = "violation",
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline",
            metavar="FILE",
            help=t(
                "An earlier report (json or sarif): say what is new, known and fixed since.",
                "Ein früherer Bericht (json oder sarif): sagen, was seitdem neu, bekannt und behoben ist.",
            ),
        ),
    ] = None,
    new_only: Annotated[
        bool,
        typer.Option(
            "--new-only",
            help=t(
                "Show and count for the exit code only what is not in the baseline [default: report/baseline.json in the folder of builds].",
                "Nur zeigen und für den Exit-Code zählen, was nicht im Vergleichsstand ist [sonst report/baseline.json im Ordner der Builds].",
            ),
        ),
    ] = False,
    shape: Annotated[
        list[str] | None,
        typer.Option(
            "--shape",
            metavar="RULE",
            help=t(
                "Only findings of this rule, by IRI or name (EventShape-startDate, EventShape, wrong-date); may be repeated. Only these count for the exit code.",
                "Nur Befunde dieser Regel, als IRI oder Name (EventShape-startDate, EventShape, wrong-date); mehrfach möglich. Nur sie zählen für den Exit-Code.",
            ),
        ),
    ] = None,
    focus: Annotated[
        list[str] | None,
        typer.Option(
            "--focus",
            metavar="ID",
            help=t(
                "Only findings on this entity, by IRI or id; may be repeated. Only these count for the exit code.",
                "Nur Befunde zu dieser Entität, als IRI oder Kennung; mehrfach möglich. Nur sie zählen für den Exit-Code.",
            ),
        ),
    ] = None,
    group_by: Annotated[
        str,
        typer.Option(
            "--group-by",
            metavar="rule|file|class",
            help=t(
                "What findings stand together (human, html, markdown, junit).",
                "Was beisammen steht (human, html, markdown, junit).",
            ),
        ),
    ] = "rule",
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit-per-rule",
            metavar="N",
            help=t(
                "Findings listed per rule, 0 for all [default: 10 Violations, 3 Warnings, Infos only counted; html 200, 100, 50; other forms all]; counts are always complete.",
                "Befunde je Regel, 0 für alle [sonst 10 Verstöße, 3 Warnungen, Hinweise nur gezählt; html 200, 100, 50; andere Formen alle]; die Zahlen sind immer vollständig.",
            ),
        ),
    ] = None,
    bom: Annotated[
        bool,
        typer.Option("--bom", help=t("Begin csv with a byte order mark, for Excel.", "csv mit einer Byte-Order-Mark beginnen, für Excel.")),
    ] = False,
    cards: Annotated[
        bool,
        typer.Option(
            "--cards",
            help=t(
                "Show each finding as a card: its row as it stands, an example, what to do (human).",
                "Jeden Befund als Karte zeigen: seine Zeile, wie sie dasteht, ein Beispiel, was zu tun ist (human).",
            ),
        ),
    ] = False,
    engine: Annotated[
        str,
        typer.Option(
            "--engine", metavar="auto|direct|setwise|reference", help=t("Engine that applies the shapes.", "Auswertung, die die Regeln anwendet.")
        ),
    ] = "auto",
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Check the graph, or any tables and RDF files you bring: what is wrong, in which file and row, and what to do."""
    from kg.validate import check_asked, exit_code, render, validate, write_file, write_report
    from kg.validate.baseline import compare
    from kg.validate.format_words import closing
    from kg.validate.formats import Style
    from kg.validate.history import remember
    from kg.validate.select import Filters, select

    chosen, (_, root) = language(lang), place(None if paths else store, build_dir)
    # What was mistyped is said before the graph is checked, which may take minutes.
    check_asked(form, fail_on, group_by)
    if paths and store:
        what = Text("Either files are checked or a graph, not both.", "Geprüft werden Dateien oder ein Graph, nicht beides.")
        raise ParameterError(what, where="--store", fix=Text("Leave one of them out.", "Lassen Sie eines weg."))
    before = _baseline(baseline, new_only, root)
    build = None if paths else read_graph(store, build_dir, lang, max_statements)[0]
    with progress() as step:
        step({"de": "prüfe", "en": "validating"}[chosen])
        report = validate(paths or (), build=build, engine=engine, lang=chosen)
    change = None if before is None else compare(report, before, paths or None)
    view = select(report, Filters(tuple(shape or ()), tuple(focus or ()), new_only), change)
    code = exit_code(view.shown, fail_on)
    style = Style(group_by=group_by, fail_on=fail_on, bom=bom, locator=_locator(build))
    color = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    if cards and form == "human":
        text = "\n".join([_cards(view, paths or (), build, chosen, limit), *closing(view, Style(lang=chosen)), ""])
    else:
        text = render(view, form, lang=chosen, limit=limit, color=color, style=style)
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(output, text)
    if form == "csv" or output is not None:
        for line in closing(view, Style(lang=chosen)):
            typer.echo(line, err=True)
    if build is not None:
        written = [*write_report(report, root / "report"), remember(report, build, root / "report")]
        if form == "human":
            typer.echo(f"{ {'de': 'Bericht', 'en': 'Report'}[chosen] }: {', '.join(map(str, written))}")
        if "mirror" in build.record:
            typer.echo(UNKNOWN_ROWS.in_(chosen), err=True)
    raise typer.Exit(code)


def _cards(view: View, paths: Sequence[Path], build: Build | None, lang: str, limit: int | None) -> str:
    """Return the findings that are shown as cards for the terminal, so many per rule (10 by default), an empty line between them."""
    from collections import Counter

    from kg.store import EmbeddedStore
    from kg.validate.cards import bench_of_build, bench_of_paths, card, card_text

    shown, most = view.shown, CARDS if limit is None else limit
    bench = bench_of_paths(paths, shown) if build is None else bench_of_build(build, EmbeddedStore(build.store), shown)
    seen: Counter[str] = Counter()
    parts = []
    for result in shown.results:
        seen[result.shape] += 1
        if not most or seen[result.shape] <= most:
            parts.append(card_text(card(result, bench, lang)))
    return "\n".join([*parts, ""]) if parts else ""


def _baseline(path: Path | None, new_only: bool, root: Path) -> Baseline | None:
    """Read the baseline that was named, or the one beside the reports where only new findings are asked for."""
    from kg.errors import InputError
    from kg.validate.baseline import read_baseline

    usual = root / "report" / "baseline.json"
    if path is not None:
        return read_baseline(path)
    if not new_only:
        return None
    if not usual.is_file():
        what = Text("There is no baseline to tell what is new.", "Es gibt keinen Vergleichsstand, an dem sich Neues zeigt.")
        fix = Text(
            f"Keep a report first: kg validate --format json --output {usual}, or name one with --baseline.",
            f"Heben Sie zuerst einen Bericht auf: kg validate --format json --output {usual}, oder nennen Sie einen mit --baseline.",
        )
        raise InputError(what, where="--new-only", fix=fix)
    return read_baseline(usual)


def _locator(build: Build | None) -> Locator:
    """Return where files lie: as they are named, or for a graph, which names its tables by folder and file, in the usual folders."""
    from kg.resources import folder
    from kg.validate.places import Locator

    if build is None:
        return Locator.here()
    inputs: Sequence[dict[str, str]] = build.record.get("inputs", ())
    sums = {item["file"]: item["sha256"] for item in inputs}
    return Locator.here(roots=(Path(".."), Path("data"), folder("data")), checksums=sums)
