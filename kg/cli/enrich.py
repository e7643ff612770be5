"""Identifiers and places from tables at hand: `kg enrich`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.base import STEWARDS, BuildOption, LangOption, OutputOption, app, choose, json_text, t
from kg.config import build_root, default_sources, language
from kg.errors import BuildError, ParameterError, Text
from kg.terminal import progress, write_text

if TYPE_CHECKING:
    from kg.build import Build
    from kg.enrich.model import Enrichment
    from kg.enrich.review import Decision


@app.command(
    "enrich",
    help=t(
        "Propose missing identifiers and places from tables at hand, let a person decide, and write what is accepted.",
        "Fehlende Kennungen und Orte aus vorhandenen Tabellen vorschlagen, entscheiden lassen und Angenommenes eintragen.",
    ),
    rich_help_panel=STEWARDS,
)
def enrich_command(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]",
            help=t("Folder of tables [default: this folder, else Dortmund].", "Ordner mit Tabellen [sonst dieser Ordner, sonst Dortmund]."),
        ),
    ] = None,
    with_: Annotated[
        list[Path] | None,
        typer.Option(
            "--with",
            metavar="FILE",
            help=t(
                "Table at hand: ROR data dump (CSV, JSON), Wikidata answer, OpenRefine export, any list (CSV, TSV, JSON); may be repeated.",
                "Vorhandene Tabelle: ROR-Datenabzug (CSV, JSON), Wikidata-Antwort, OpenRefine-Export, beliebige Liste (CSV, TSV, JSON); mehrfach möglich.",
            ),
        ),
    ] = None,
    columns: Annotated[
        str,
        typer.Option(
            "--columns",
            metavar="FIELD=COLUMN,…",
            help=t("Which column holds what: name=Title,ror=ROR.", "Welche Spalte was enthält: name=Titel,ror=ROR."),
        ),
    ] = "",
    cite: Annotated[
        str,
        typer.Option(
            "--cite",
            metavar="SOURCE_ID",
            help=t(
                "Row of sources.csv that evidences these tables [default: a new one each].",
                "Zeile in sources.csv, die diese Tabellen belegt [sonst je eine neue].",
            ),
        ),
    ] = "",
    mappings: Annotated[
        list[Path] | None,
        typer.Option(
            "--mappings",
            metavar="FILE",
            help=t("Mapping files (SSSOM) [default: those shipped].", "Zuordnungsdateien (SSSOM) [sonst die mitgelieferten]."),
        ),
    ] = None,
    kind: Annotated[str, typer.Option("--kind", metavar="identifier|place", help=t("Only these.", "Nur diese."))] = "",
    review: Annotated[
        Path | None,
        typer.Option("--review", metavar="FILE", help=t("Write the review table there (CSV).", "Die Prüftabelle dorthin schreiben (CSV).")),
    ] = None,
    decided: Annotated[
        Path | None,
        typer.Option(
            "--apply",
            metavar="FILE",
            help=t("Review table with decisions to write into the tables.", "Prüftabelle mit Entscheidungen, die in die Tabellen kommen."),
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="ID",
            help=t(
                "Accept this proposal, or `sure` for all sure ones; may be repeated.",
                "Diesen Vorschlag annehmen, oder `sure` für alle sicheren; mehrfach möglich.",
            ),
        ),
    ] = None,
    who: Annotated[str, typer.Option("--who", metavar="NAME", help=t("Who decides, for --accept.", "Wer entscheidet, für --accept."))] = "",
    report: Annotated[
        bool, typer.Option("--report", help=t("Only say what is there before and after.", "Nur sagen, was vorher und nachher da ist."))
    ] = False,
    form: Annotated[str, typer.Option("--format", metavar="human|csv|json", help=t("Form of the list.", "Form der Liste."))] = "human",
    output: OutputOption = None,
    build_dir: BuildOption = None,
    lang: LangOption = None,
) -> None:
    """Propose missing identifiers and places from tables at hand, let a person decide, and write what is accepted."""
    import datetime

    from kg.enrich.apply import apply, snapshot
    from kg.enrich.propose import missing_folder, propose, read_tables
    from kg.enrich.records import Countries
    from kg.enrich.review import as_json, coverage_text, human_text, review_text

    chosen = language(lang)
    choose("--format", form, ("human", "csv", "json"))
    choose("--kind", kind, ("", "identifier", "place"))
    if decided is not None and accept:
        what = Text("--apply and --accept do not go together.", "--apply und --accept gehen nicht zusammen.")
        raise ParameterError(
            what, fix=Text("Decide in the review table, or name ids.", "Entscheiden Sie in der Prüftabelle oder nennen Sie Kennungen.")
        )
    place = folder or default_sources()[0]
    if not (place / "entities.csv").is_file():
        raise missing_folder(place)
    with progress() as step:
        step({"de": "lese Tabellen", "en": "reading tables"}[chosen])
        countries = Countries()
        before = snapshot(place)
        built = _build(build_dir)
        tables = read_tables(
            _base(place), countries, build=built, files=with_ or (), columns=_columns(columns), mappings=mappings, cite=_cited(cite, place)
        )
        step({"de": "vergleiche", "en": "comparing"}[chosen])
        found = propose(place, tables, countries, kind=kind)
    if decided is not None or accept:
        decisions = _decisions(found, decided, accept or [], who)
        made = apply(place, before, decisions, found.citations, date=datetime.date.today().isoformat())
        typer.echo(made.text(chosen))
        after = propose(place, tables, countries, kind=kind)
        typer.echo({"de": "Danach:", "en": "Afterwards:"}[chosen])
        typer.echo(coverage_text(after.coverage, chosen), nl=False)
        return
    if report:
        write_text(json_text(as_json(found)["coverage"]) if form == "json" else coverage_text(found.coverage, chosen), output)
        return
    if review is not None:
        write_text(review_text(found.proposals), review)
    if form == "human":
        write_text(human_text(found, chosen) + "\n" + coverage_text(found.coverage, chosen), output)
    else:
        write_text(review_text(found.proposals) if form == "csv" else json_text(as_json(found)), output)


def _build(option: Path | None) -> Build | None:
    """Return the build at hand; without --build it may be missing."""
    from kg.build import current

    try:
        return current(build_root(option))
    except BuildError:
        if option is not None:
            raise
        return None


def _base(place: Path) -> str:
    from kg.config import read_source_settings

    return read_source_settings(place).base


def _cited(source: str, place: Path) -> str:
    """Return the source to be cited, which the folder must hold."""
    from difflib import get_close_matches

    from kg.sources.folder import read_folder

    known = read_folder(place).source if source else {}
    if source and source not in known:
        near = " / ".join(get_close_matches(source, known, n=3, cutoff=0.5)) or "kg enrich --help"
        what = Text(f"sources.csv has no {source!r}.", f"sources.csv hat kein {source!r}.")
        raise ParameterError(what, where="--cite", fix=Text(f"Did you mean {near}?", f"Gemeint vielleicht {near}?"))
    return source


def _columns(text: str) -> dict[str, str]:
    """Return `name=Title,ror=ROR` as a table."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not sign or not column.strip() for _, sign, column in pairs):
        what = Text(f"{text!r} is no list of fields and columns.", f"{text!r} ist keine Liste von Feldern und Spalten.")
        raise ParameterError(what, where="--columns", fix=Text("Write name=Title,ror=ROR.", "Schreiben Sie name=Titel,ror=ROR."))
    return {field.strip(): column.strip() for field, _, column in pairs}


def _decisions(found: Enrichment, decided: Path | None, accept: list[str], who: str) -> list[Decision]:
    """Return the decisions of a review table, or those of --accept.

    Raises:
        ParameterError: An id is unknown or rivalled by another accepted one, or nobody decides.
    """
    from kg.enrich.review import ACCEPT, Decision, read_review

    if decided is not None:
        return read_review(decided, found.proposals)
    if not who.strip():
        what = Text(
            "--accept needs --who: a decision is recorded with who made it.", "--accept braucht --who: Eine Entscheidung wird mit Namen festgehalten."
        )
        raise ParameterError(what, where="--accept", fix=Text("Add --who 'Data desk'.", "Ergänzen Sie --who 'Datenredaktion'."))
    known = {proposal.id: proposal for proposal in found.proposals}
    chosen = {proposal.id: proposal for proposal in found.proposals if proposal.sure} if "sure" in accept else {}
    for identity in accept:
        if identity != "sure":
            if identity not in known:
                what = Text(f"There is no proposal {identity!r}.", f"Es gibt keinen Vorschlag {identity!r}.")
                raise ParameterError(what, where="--accept", fix=Text("Take an id of the list.", "Nehmen Sie eine Kennung der Liste."))
            chosen[identity] = known[identity]
    slots = {proposal.slot for proposal in chosen.values()}
    if len(slots) < len(chosen):
        what = Text("Two of these fill the same cell.", "Zwei davon füllen dieselbe Zelle.")
        raise ParameterError(what, where="--accept", fix=Text("Accept one of them.", "Nehmen Sie einen davon an."))
    return [Decision(proposal, ACCEPT, who) for proposal in chosen.values()]
