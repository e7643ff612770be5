"""Commands that measure: the network, one institution, two of them, and the codebook of roles."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from kg.cli.base import RESEARCHERS, BuildOption, LangOption, OutputOption, app, choose, json_text, t
from kg.cli.mirrored import MaxStatementsOption, StoreOption, read_graph
from kg.config import build_root, language
from kg.errors import BuildError
from kg.files import make_folder_of, write_file
from kg.terminal import progress, write_text

if TYPE_CHECKING:
    from kg.analyse.data import Selection
    from kg.analyse.positions import Positions
    from kg.analyse.result import Result
    from kg.build import Build

NETWORK = "network"
RESULTS = (
    *("positions", "communities", "pairs", "years", "ties", "robustness", "removal", "sensitivity", "project-ties", "topics", "places"),
    *("backbone", "countries", "distributions", "ego-network"),
)
"""Keys of :data:`kg.analyse.menu.MENU`, which is too heavy for `--help`; a test keeps them equal."""
FIGURES = ("svg", "pdf", "png")
NETWORK_FORMS = ("text", "json", "csv", "graphml", "gexf", "vosviewer", "pajek", "incidence-csv", "incidence-parquet")

LevelOption = Annotated[
    str,
    typer.Option(
        "--level",
        metavar="unit|merged|top|country|nuts1|nuts2|nuts3",
        help=t(
            "As named; larger body merged into its unit; top of the hierarchy; or the place it counts for.",
            "Wie genannt; größere Einrichtung in ihrer Einheit; Spitze der Hierarchie; oder der Ort, für den sie zählt.",
        ),
    ),
]
WeightOption = Annotated[
    str,
    typer.Option(
        "--weight",
        metavar="newman|count|contribution",
        help=t(
            "Newman's 1/(k-1) per shared project, their number, or the contributions in euro.",
            "Newmans 1/(k-1) je gemeinsamem Projekt, deren Zahl, oder die Beiträge in Euro.",
        ),
    ),
]
RolesOption = Annotated[
    str,
    typer.Option(
        "--roles",
        metavar="all|without-associated|coordinator-star",
        help=t(
            "Which participations count; in a star only coordinators are tied to the others.",
            "Welche Beteiligungen zählen; im Stern sind nur Koordinierende mit den anderen verbunden.",
        ),
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", help=t("Seed of everything drawn at random.", "Startwert für alles Zufällige."))]
SinceOption = Annotated[
    int | None,
    typer.Option(
        "--since", metavar="YEAR", help=t("Only projects that ran in or after this year.", "Nur Projekte, die in diesem Jahr oder danach liefen.")
    ),
]
UntilOption = Annotated[
    int | None,
    typer.Option(
        "--until", metavar="YEAR", help=t("Only projects that ran in or before this year.", "Nur Projekte, die in diesem Jahr oder davor liefen.")
    ),
]
OpenDatesOption = Annotated[
    str,
    typer.Option(
        "--open-dates",
        metavar="possible|certain",
        help=t(
            "Whether a project with an open date counts in a window if it may have run then.",
            "Ob ein Projekt mit offenem Datum im Zeitfenster zählt, wenn es dann gelaufen sein kann.",
        ),
    ),
]
CapOption = Annotated[
    int | None,
    typer.Option("--cap", metavar="N", help=t("Leave out projects of more than N institutions.", "Projekte mit mehr als N Einrichtungen weglassen.")),
]
ClaimsOption = Annotated[
    str,
    typer.Option(
        "--claims",
        metavar="all|undisputed|without-attributed|several-sources",
        help=t("Which evidence a participation needs to count.", "Welche Belege eine Beteiligung braucht, um zu zählen."),
    ),
]
GraphOption = Annotated[
    list[str] | None,
    typer.Option(
        "--graph", metavar="NAME", help=t("Only this source; may be repeated [default: all].", "Nur diese Quelle; mehrfach möglich [sonst alle].")
    ),
]
LinkedOption = Annotated[
    bool, typer.Option("--linked", help=t("Count as one what exact links join.", "Als eins zählen, was sichere Verknüpfungen gleichsetzen."))
]


@app.command(
    "analyse",
    help=t(
        "Measure the collaboration network: institutions that share a project, with method and sampling frame stated.",
        "Das Netzwerk der Zusammenarbeit messen: Einrichtungen mit gemeinsamen Projekten, mit Methode und Stichprobe.",
    ),
    rich_help_panel=RESEARCHERS,
)
def analyse_command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="[WHAT]",
            help=t(
                f"Kind of result: network, the table of institutions (default), or {', '.join(RESULTS)}.",
                f"Art des Ergebnisses: network, die Tabelle der Einrichtungen (sonst dies), oder {', '.join(RESULTS)}.",
            ),
        ),
    ] = NETWORK,
    level: LevelOption = "merged",
    weight: WeightOption = "newman",
    roles: RolesOption = "all",
    since: SinceOption = None,
    until: UntilOption = None,
    open_dates: OpenDatesOption = "possible",
    cap: CapOption = None,
    claims: ClaimsOption = "all",
    seed: SeedOption = 1,
    graph: GraphOption = None,
    linked: LinkedOption = False,
    institution: Annotated[
        str | None,
        typer.Option(
            "--institution", metavar="NAME", help=t("About this institution (ties, ego, topics).", "Zu dieser Einrichtung (ties, ego, topics).")
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="NAME",
            help=t(
                "Institution or project taken away (removal); may be repeated.", "Einrichtung oder Projekt, das wegfällt (removal); mehrfach möglich."
            ),
        ),
    ] = None,
    resolution: Annotated[
        float | None, typer.Option("--resolution", help=t("Resolution of the groups (communities).", "Auflösung der Gruppen (communities)."))
    ] = None,
    runs: Annotated[
        int | None, typer.Option("--runs", help=t("Runs with other seeds (communities).", "Läufe mit anderen Startwerten (communities)."))
    ] = None,
    alpha: Annotated[
        float | None,
        typer.Option("--alpha", help=t("Error rate that is accepted (pairs, backbone).", "Fehlerrate, die hingenommen wird (pairs, backbone).")),
    ] = None,
    correction: Annotated[
        str | None,
        typer.Option("--correction", metavar="fdr|bonferroni", help=t("Correction for many tests (pairs).", "Korrektur für viele Tests (pairs).")),
    ] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", help=t("Number of random draws (robustness, removal).", "Zahl der Ziehungen (robustness, removal)."))
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            help=t(
                "How many first ranks count as the top (robustness); closest ties kept (project-ties).",
                "Wie viele erste Ränge als Spitze zählen (robustness); engste Verbindungen, die bleiben (project-ties).",
            ),
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="text|json|csv|svg|pdf|png|bundle|graphml|gexf|vosviewer|pajek|incidence-csv|incidence-parquet",
            help=t(
                "svg, pdf, png: its figure; bundle: a zip with data, method, figure and citation; csv of the network writes nodes.csv, edges.csv and "
                "method.json into --output; the last six are the network for other tools.",
                "svg, pdf, png: seine Abbildung; bundle: ein Zip mit Daten, Methode, Abbildung und Zitat; csv des Netzwerks schreibt nodes.csv, edges.csv "
                "und method.json nach --output; die letzten sechs sind das Netzwerk für andere Werkzeuge.",
            ),
        ),
    ] = "text",
    build_dir: BuildOption = None,
    store: StoreOption = None,
    max_statements: MaxStatementsOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="PATH", help=t("File, or folder for the csv of the network.", "Datei, bei csv des Netzwerks ein Ordner.")
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Measure the collaboration network: institutions that share a project, with method and sampling frame stated."""
    from kg.analyse.data import Selection

    chosen = language(lang)
    selection = Selection(level, weight, roles, linked, seed, since, until, open_dates, cap, claims)
    options = {
        "institution": institution,
        "without": without or None,
        "resolution": resolution,
        "runs": runs,
        "alpha": alpha,
        "correction": correction,
        "draws": draws,
        "top": top,
    }
    # What was mistyped is said before a graph is fetched.
    choose("--format", form, NETWORK_FORMS if what == NETWORK else ("text", "json", "csv", *FIGURES, "bundle"))
    build, root = read_graph(store, build_dir, lang, max_statements)
    build = build.only(graph) if graph else build
    with progress() as step:
        step({"de": "berechne das Netzwerk", "en": "measuring the network"}[chosen])
        if what == NETWORK:
            _network(build, selection, form, output, root, chosen)
            return
        from kg.analyse.data import load
        from kg.analyse.menu import result

        data = load(build, selection)
        found = result(what, data, **_resolved(build, options, chosen))
        if what == "positions":
            from kg.analyse.kept import keep

            # Profiles read them there; a build that cannot be written is measured all the same.
            with contextlib.suppress(BuildError):
                keep(data, cast("Positions", found))
        _write(found, form, output, root, chosen, options)


def _network(build: Build, selection: Selection, form: str, output: Path | None, root: Path, lang: str) -> None:
    """Give the table of institutions, or the network as a file for graph tools."""
    from kg.analyse.analysis import measured
    from kg.analyse.data import load
    from kg.analyse.render_text import render_analysis

    data = load(build, selection)
    if form == "csv":
        for path in measured(data).write_csv(output or root / "report" / "network"):
            typer.echo(path)
    elif form == "json":
        write_text(json_text(measured(data).to_json()), output)
    elif form == "text":
        write_text(render_analysis(measured(data), lang), output)
    else:
        from kg.publish.tools import FORMS, write_network

        path = output or root / "report" / f"network.{FORMS[form]}"
        write_network(data, form, path, lang=lang)
        typer.echo(path)


def _resolved(build: Build, options: dict[str, Any], lang: str) -> dict[str, Any]:
    """Turn names of institutions and projects into IRIs."""
    if not options["institution"] and not options["without"]:
        return options
    from kg.graph import Graph

    with Graph.open(build.path, lang=lang) as graph:
        without = [graph.thing(name) for name in options["without"] or ()]
        institution = graph.organisation(options["institution"]) if options["institution"] else None
    return {**options, "institution": institution, "without": without or None}


def _write(result: Result, form: str, output: Path | None, root: Path, lang: str, options: dict[str, Any]) -> None:
    """Give a result in a form; files of bytes go to the folder of reports where no output is named."""
    from kg.publish import bundle

    if form == "text":
        write_text(result.text(lang), output)
    elif form == "json":
        write_text(json_text(result.to_json()), output)
    elif form == "csv":
        write_text(bundle.table(result).decode("utf-8"), output)
    else:
        path = output or root / "report" / f"{result.name}.{'zip' if form == 'bundle' else form}"
        make_folder_of(path)
        if form == "bundle":
            named = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in options.items() if value is not None}
            bundle.bundle(result, path, lang=lang, options=named)
        else:
            write_file(path, bundle.figure_file(result, form, lang))
        typer.echo(path)


@app.command(
    "profile",
    help=t(
        "Tell an institution's role across projects: roles, years, partners, funding, who attests it, and what is not known.",
        "Die Rolle einer Einrichtung über Projekte hinweg: Rollen, Jahre, Partner, Förderung, wer sie bezeugt, und was nicht bekannt ist.",
    ),
    rich_help_panel=RESEARCHERS,
)
def profile_command(
    institution: Annotated[
        str, typer.Argument(metavar="INSTITUTION", help=t("Slug, name or IRI of an organisation.", "Kennung, Name oder IRI einer Organisation."))
    ],
    level: LevelOption = "merged",
    weight: WeightOption = "newman",
    roles: RolesOption = "all",
    since: SinceOption = None,
    until: UntilOption = None,
    open_dates: OpenDatesOption = "possible",
    cap: CapOption = None,
    claims: ClaimsOption = "all",
    seed: SeedOption = 1,
    graph: GraphOption = None,
    linked: LinkedOption = False,
    draws: Annotated[
        int, typer.Option("--draws", help=t("Draws of the null model; 0 leaves it out.", "Ziehungen des Nullmodells; 0 lässt es weg."))
    ] = 1000,
    form: Annotated[str, typer.Option("--format", metavar="text|json|html", help=t("Form of the profile.", "Form des Profils."))] = "text",
    build_dir: BuildOption = None,
    store: StoreOption = None,
    max_statements: MaxStatementsOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Tell an institution's role across projects: roles, years, partners, funding, who attests it, and what is not known."""
    from kg.analyse.data import Selection
    from kg.analyse.page import render_page
    from kg.analyse.profile import profile
    from kg.analyse.render_text import render_profile

    chosen = language(lang)
    choose("--format", form, ("text", "json", "html"))
    made, _ = read_graph(store, build_dir, lang, max_statements)
    made = made.only(graph) if graph else made
    with progress() as step:
        step({"de": "erstelle das Profil", "en": "making the profile"}[chosen])
        selection = Selection(level, weight, roles, linked, seed, since, until, open_dates, cap, claims)
        result = profile(made, institution, selection=selection, draws=draws)
        text = {
            "json": lambda: json_text(result.to_json()),
            "html": lambda: render_page(result, chosen),
            "text": lambda: render_profile(result, chosen),
        }[form]()
    write_text(text, output)


@app.command(
    "compare",
    help=t(
        "Two institutions side by side: what they share, what only one has, and what chance would give.",
        "Zwei Einrichtungen nebeneinander: was sie teilen, was nur eine hat, und was Zufall ergäbe.",
    ),
    rich_help_panel=RESEARCHERS,
)
def compare_command(
    one: Annotated[
        str, typer.Argument(metavar="INSTITUTION", help=t("Slug, name or IRI of an organisation.", "Kennung, Name oder IRI einer Organisation."))
    ],
    other: Annotated[str, typer.Argument(metavar="OTHER", help=t("The same of another.", "Dasselbe für eine zweite."))],
    level: LevelOption = "merged",
    weight: WeightOption = "newman",
    roles: RolesOption = "all",
    graph: GraphOption = None,
    linked: LinkedOption = False,
    form: Annotated[
        str, typer.Option("--format", metavar="text|json|csv|bundle", help=t("Form of the comparison.", "Form des Vergleichs."))
    ] = "text",
    build_dir: BuildOption = None,
    store: StoreOption = None,
    max_statements: MaxStatementsOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Two institutions side by side: what they share, what only one has, and what chance would give."""
    from kg.analyse.compare import compare
    from kg.analyse.data import Selection

    chosen = language(lang)
    choose("--format", form, ("text", "json", "csv", "bundle"))
    build, root = read_graph(store, build_dir, lang, max_statements)
    build = build.only(graph) if graph else build
    with progress() as step:
        step({"de": "vergleiche", "en": "comparing"}[chosen])
        result = compare(build, one, other, selection=Selection(level, weight, roles, linked), lang=chosen)
    _write(result, form, output, root, chosen, {})


@app.command(
    "codebook",
    help=t(
        "The wordings of roles with their codes as a sheet, and a sheet for a second person; --second compares both.",
        "Die Wortlaute der Rollen mit ihren Codes als Tabelle, und ein Bogen für eine zweite Person; --second vergleicht beide.",
    ),
    rich_help_panel=RESEARCHERS,
)
def codebook_command(
    second: Annotated[
        Path | None,
        typer.Option(
            "--second",
            metavar="FILE",
            help=t(
                "The sheet the second person has filled in: gives agreement, kappa and alpha.",
                "Ausgefüllter Bogen der zweiten Person: gibt Übereinstimmung, Kappa und Alpha aus.",
            ),
        ),
    ] = None,
    first: Annotated[
        Path | None,
        typer.Option(
            "--codebook",
            metavar="FILE",
            help=t(
                "Codebook to compare with [default: codebook.csv beside the sheet].",
                "Codebuch, mit dem verglichen wird [sonst codebook.csv neben dem Bogen].",
            ),
        ),
    ] = None,
    seed: SeedOption = 1,
    form: Annotated[str, typer.Option("--format", metavar="text|json", help=t("Form of the answer.", "Form der Antwort."))] = "text",
    build_dir: BuildOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help=t(
                "Folder for codebook.csv, second-coder.csv and codes.csv; a filled sheet is not overwritten.",
                "Ordner für codebook.csv, second-coder.csv und codes.csv; ein ausgefüllter Bogen wird nicht überschrieben.",
            ),
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """The wordings of roles with their codes as a sheet, and a sheet for a second person."""
    chosen = language(lang)
    choose("--format", form, ("text", "json"))
    if second is not None:
        from kg.analyse.coders import agreement

        found = agreement(first or second.parent, second, seed=seed)
        write_text(json_text(found.to_json()) if form == "json" else found.text(chosen), output)
        return
    from kg.analyse.codebook import codebook
    from kg.build import current

    sheet = codebook(current(build_root(build_dir)), seed=seed)
    write_text(json_text(sheet.to_json()) if form == "json" else sheet.text(chosen), None)
    if output is not None:
        for path in sheet.write(output):
            typer.echo(path)
