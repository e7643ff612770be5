"""Past one machine: `kg batch`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import STEWARDS, BuildOption, LangOption, OutputOption, app, choose, json_text, t
from kg.config import build_root, language
from kg.terminal import progress, write_text

FORMATS = ("text", "json", "csv")
LEVELS = ("violation", "warning", "info", "never")


@app.command(
    "batch",
    help=t(
        "Run everything that reads all statements, stage by stage, on DuckDB or a Spark cluster: quads, validation, network, PageRank, counts, export.",
        "Alles, was alle Aussagen liest, Stufe für Stufe auf DuckDB oder einem Spark-Cluster rechnen: Quads, Prüfung, Netz, PageRank, Zahlen, Export.",
    ),
    rich_help_panel=STEWARDS,
)
def batch_command(
    source: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            help=t(
                "Folders of tables, CORDIS deliveries (zip or folder), lists with --mapping [default: the graph built last].",
                "Ordner mit Tabellen, CORDIS-Lieferungen (Zip oder Ordner), Listen mit --mapping [sonst der zuletzt gebaute Graph].",
            ),
        ),
    ] = None,
    work: Annotated[
        str | None,
        typer.Option(
            "--work",
            metavar="URL|DIR",
            help=t(
                "Folder of the stages, with Spark also an address such as s3a://… [default: KG_WORK or batch in the folder of builds].",
                "Ordner der Stufen, mit Spark auch eine Adresse wie s3a://… [sonst KG_WORK oder batch im Ordner der Builds].",
            ),
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            metavar="duckdb|spark",
            help=t("What computes [default: KG_ENGINE or duckdb].", "Womit gerechnet wird [sonst KG_ENGINE oder duckdb]."),
        ),
    ] = None,
    master: Annotated[
        str | None,
        typer.Option(
            "--master",
            metavar="URL",
            help=t(
                "Spark master: local[2], spark://host:port, yarn [default: KG_MASTER or local].",
                "Spark-Master: local[2], spark://host:port, yarn [sonst KG_MASTER oder lokal].",
            ),
        ),
    ] = None,
    memory: Annotated[
        str,
        typer.Option(
            "--memory",
            metavar="SIZE",
            help=t(
                "What the process may take; DuckDB writes the rest to disk. With Spark: of each executor.",
                "Was der Prozess belegen darf; den Rest schreibt DuckDB auf den Datenträger. Mit Spark: je Executor.",
            ),
        ),
    ] = "2GB",
    threads: Annotated[
        int | None,
        typer.Option("--threads", metavar="N", min=1, max=1024, help=t("Threads or cores [default: all].", "Threads oder Kerne [sonst alle].")),
    ] = None,
    conf: Annotated[
        list[str] | None,
        typer.Option(
            "--conf",
            metavar="KEY=VALUE",
            help=t("A setting of Spark, none of the secret ones; may be repeated.", "Eine Einstellung von Spark, keine geheime; mehrfach möglich."),
        ),
    ] = None,
    shapes: Annotated[
        Path | None,
        typer.Option(
            "--shapes",
            metavar="PATH",
            help=t("Shapes: a Turtle file or a folder [default: the shipped ones].", "Regeln: Turtle-Datei oder Ordner [sonst die mitgelieferten]."),
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="WORK",
            help=t(
                "Folder of an earlier batch: say what was added and removed since.",
                "Ordner eines früheren Laufs: sagen, was seitdem dazukam und wegfiel.",
            ),
        ),
    ] = None,
    steps: Annotated[
        str | None,
        typer.Option(
            "--steps",
            metavar="A,B,…",
            help=t(
                "Only these, and what they need: quads, results, participations, edges, components, pagerank, groups, counts, nquads, difference.",
                "Nur diese, und was sie brauchen: quads, results, participations, edges, components, pagerank, groups, counts, nquads, difference.",
            ),
        ),
    ] = None,
    level: Annotated[
        str, typer.Option("--level", metavar="unit|merged|top", help=t("For whom institutions count.", "Für wen Einrichtungen zählen."))
    ] = "merged",
    rounds: Annotated[
        int, typer.Option("--rounds", metavar="N", min=1, max=1000, help=t("Rounds of PageRank, at most.", "Runden von PageRank, höchstens."))
    ] = 100,
    one_node_edges: Annotated[
        int,
        typer.Option(
            "--one-node-edges",
            metavar="N",
            min=0,
            max=50_000_000,
            help=t(
                "Pairs up to which groups and betweenness are exact, on one machine (0.5 GB per million); above, approximations that say so.",
                "Paare, bis zu denen Gruppen und Betweenness genau sind, auf einem Rechner (0,5 GB je Million); darüber Näherungen, die es sagen.",
            ),
        ),
    ] = 2_000_000,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping", metavar="FILE", help=t("How the columns of a list become statements.", "Wie die Spalten einer Liste zu Aussagen werden.")
        ),
    ] = None,
    max_rejects: Annotated[
        int,
        typer.Option(
            "--max-rejects",
            metavar="N",
            min=0,
            help=t(
                "How many faulty rows and cells of deliveries may be left out.",
                "Wie viele fehlerhafte Zeilen und Zellen von Lieferungen wegbleiben dürfen.",
            ),
        ),
    ] = 100,
    restart: Annotated[
        bool,
        typer.Option("--restart", help=t("Throw away the stages in the folder and begin again.", "Die Stufen im Ordner verwerfen und neu beginnen.")),
    ] = False,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="violation|warning|info|never",
            help=t("From which severity of results on the exit code is 1.", "Ab welcher Schwere der Ergebnisse der Exit-Code 1 ist."),
        ),
    ] = "never",
    build_dir: BuildOption = None,
    form: Annotated[str, typer.Option("--format", metavar="text|json|csv", help=t("Form of the report.", "Form des Berichts."))] = "text",
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Run everything that reads all statements, stage by stage, on DuckDB or a Spark cluster: quads, validation, network, PageRank, counts, export."""
    from kg.batch.options import Options
    from kg.batch.report import csv_text, text
    from kg.batch.start import Machine, batch, settings

    chosen, root = language(lang), build_root(build_dir)
    choose("--format", form, FORMATS)
    choose("--fail-on", fail_on, LEVELS)
    machine = Machine(
        engine or os.environ.get("KG_ENGINE") or "duckdb",
        master or (os.environ.get("KG_MASTER") if (engine or os.environ.get("KG_ENGINE")) == "spark" else None),
        memory,
        threads,
        settings(conf or ()),
    )
    asked = tuple(step.strip() for step in steps.split(",") if step.strip()) if steps else ()
    options = Options(asked, shapes, against, level, rounds, one_node_edges=one_node_edges)
    with progress() as step:
        record = batch(
            source or (),
            work or os.environ.get("KG_WORK") or str(root / "batch"),
            build=root,
            machine=machine,
            options=options,
            mapping=mapping,
            max_rejects=max_rejects,
            restart=restart,
            progress=step,
        )
    write_text({"text": lambda: text(record, chosen), "json": lambda: json_text(record), "csv": lambda: csv_text(record)}[form](), output)
    counted = LEVELS[: LEVELS.index(fail_on) + 1] if fail_on != "never" else ()
    found = {name.casefold(): number for name, number in record.get("results", {}).items()}
    raise typer.Exit(1 if any(found.get(name) for name in counted) else 0)
