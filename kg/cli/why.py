"""Who says so: `kg why`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.base import STEWARDS, BuildOption, LangOption, OutputOption, StoreOption, app, choose, json_text, t
from kg.config import build_root, language
from kg.terminal import write_text

if TYPE_CHECKING:
    from kg.build import Build

FORMATS = ("human", "json", "markdown")


@app.command(
    "why",
    help=t(
        "Say who says so: `kg why t-factor declaredSize`. Sources, file and row, who contradicts, why a value counts, what would change it.",
        "Sagen, wer das sagt: `kg why t-factor declaredSize`. Quellen, Datei und Zeile, Widerspruch, warum ein Wert gilt, was das ändern würde.",
    ),
    rich_help_panel=STEWARDS,
)
def why_command(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help=t("Id of the tables, name, CURIE or IRI of a thing.", "Kennung der Tabellen, Name, CURIE oder IRI eines Gegenstands."),
        ),
    ],
    predicate: Annotated[
        str | None,
        typer.Argument(
            metavar="[PREDICATE",
            help=t(
                "Property: CURIE, local name, name in German or English, column or predicate of the tables; without it everything is counted.",
                "Eigenschaft: CURIE, Kurzname, Name auf Deutsch oder Englisch, Spalte oder Prädikat der Tabellen; ohne sie wird alles gezählt.",
            ),
        ),
    ] = None,
    value: Annotated[
        str | None,
        typer.Argument(
            metavar="[OBJECT]]",
            help=t("Value: a thing as above, or a text, number or date.", "Wert: ein Gegenstand wie oben, oder Text, Zahl oder Datum."),
        ),
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="human|json|markdown", help=t("Form of the answer.", "Form der Antwort."))] = "human",
    store: StoreOption = None,
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Say who says so: `kg why t-factor declaredSize`. Sources, file and row, who contradicts, why a value counts, what would change it."""
    from kg.build import current, read
    from kg.portal.entity_words import WORDS
    from kg.store import named, open_store
    from kg.why import Evidence, overview, why
    from kg.why.asked import find_subject
    from kg.why.data import Plain
    from kg.why.text import answer_text, overview_text

    choose("--format", form, FORMATS)
    chosen = language(lang)
    store = named(store, build_dir)
    folder = Path(store or "").resolve().parent
    if store is None:
        build: Build | None = current(build_root(build_dir))
    else:
        build = read(folder) if "://" not in store and (folder / "build.json").is_file() else None
    opened = open_store(store if store is not None or build is None else build.store)
    try:
        evidence = Evidence(opened, build, lang=chosen, words=WORDS)
        iri = find_subject(opened, subject, build=build, lang=chosen)
        plain = Plain(chosen, WORDS)
        if predicate is None:
            data = plain.overview(overview(evidence, iri))
            text = overview_text
        else:
            data = plain.answer(why(evidence, iri, predicate, value or ""))
            text = answer_text
    finally:
        opened.close()
    write_text(json_text(data) if form == "json" else text(data, chosen, markdown=form == "markdown"), output)
    if not data["found"]:
        raise typer.Exit(1)
