"""Commands that measure: the network, one institution, two of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import RESEARCHERS, BuildOption, LangOption, OutputOption, app, choose, json_text, t
from kg.config import build_root, language
from kg.terminal import progress, write_text

LevelOption = Annotated[
    str,
    typer.Option(
        "--level",
        metavar="unit|merged|top",
        help=t(
            "As named; larger body merged into its unit; top of the hierarchy.",
            "Wie genannt; größere Einrichtung in ihrer Einheit; Spitze der Hierarchie.",
        ),
    ),
]
WeightOption = Annotated[
    str,
    typer.Option(
        "--weight",
        metavar="newman|count",
        help=t("Newman's 1/(k-1) per shared project, or their number.", "Newmans 1/(k-1) je gemeinsamem Projekt, oder deren Zahl."),
    ),
]
RolesOption = Annotated[
    str, typer.Option("--roles", metavar="all|without-associated", help=t("Which participations count.", "Welche Beteiligungen zählen."))
]
SeedOption = Annotated[int, typer.Option("--seed", help=t("Seed of everything drawn at random.", "Startwert für alles Zufällige."))]


@app.command(
    "analyse",
    help=t(
        "Measure the collaboration network: institutions that share a project, with method and sampling frame stated.",
        "Das Netzwerk der Zusammenarbeit messen: Einrichtungen mit gemeinsamen Projekten, mit Methode und Stichprobe.",
    ),
    rich_help_panel=RESEARCHERS,
)
def analyse_command(
    level: LevelOption = "merged",
    weight: WeightOption = "newman",
    roles: RolesOption = "all",
    seed: SeedOption = 1,
    graph: Annotated[
        list[str] | None,
        typer.Option(
            "--graph", metavar="NAME", help=t("Only this source; may be repeated [default: all].", "Nur diese Quelle; mehrfach möglich [sonst alle].")
        ),
    ] = None,
    linked: Annotated[
        bool,
        typer.Option("--linked", help=t("Count as one what exact links join.", "Als eins zählen, was sichere Verknüpfungen gleichsetzen.")),
    ] = False,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="text|json|csv",
            help=t(
                "csv writes nodes.csv, edges.csv and method.json into --output.", "csv schreibt nodes.csv, edges.csv und method.json nach --output."
            ),
        ),
    ] = "text",
    build_dir: BuildOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PATH", help=t("File, or folder for csv.", "Datei, bei csv ein Ordner."))
    ] = None,
    lang: LangOption = None,
) -> None:
    """Measure the collaboration network: institutions that share a project, with method and sampling frame stated."""
    from kg.analyse import analyse
    from kg.analyse.render_text import render_analysis
    from kg.build import current

    chosen, root = language(lang), build_root(build_dir)
    choose("--format", form, ("text", "json", "csv"))
    with progress() as step:
        step({"de": "berechne das Netzwerk", "en": "measuring the network"}[chosen])
        chosen_build = current(root).only(graph) if graph else current(root)
        result = analyse(chosen_build, level=level, weight=weight, roles=roles, seed=seed, linked=linked)
    if form == "csv":
        for path in result.write_csv(output or root / "report" / "network"):
            typer.echo(path)
    else:
        write_text(json_text(result.to_json()) if form == "json" else render_analysis(result, chosen), output)


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
    seed: SeedOption = 1,
    draws: Annotated[
        int, typer.Option("--draws", help=t("Draws of the null model; 0 leaves it out.", "Ziehungen des Nullmodells; 0 lässt es weg."))
    ] = 1000,
    form: Annotated[str, typer.Option("--format", metavar="text|json|html", help=t("Form of the profile.", "Form des Profils."))] = "text",
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Tell an institution's role across projects: roles, years, partners, funding, who attests it, and what is not known."""
    from kg.analyse import profile
    from kg.analyse.page import render_page
    from kg.analyse.render_text import render_profile
    from kg.build import current
    from kg.questions import resolve_iri
    from kg.store import open_store

    chosen, root = language(lang), build_root(build_dir)
    choose("--format", form, ("text", "json", "html"))
    made = current(root)
    with progress() as step:
        step({"de": "erstelle das Profil", "en": "making the profile"}[chosen])
        iri = resolve_iri(open_store(made.store), institution, "inno:Organisation", lang=chosen)
        result = profile(made, iri, level=level, weight=weight, roles=roles, seed=seed, draws=draws)
        text = {
            "json": lambda: json_text(result.to_json()),
            "html": lambda: render_page(result, chosen),
            "text": lambda: render_profile(result, chosen),
        }[form]()
    write_text(text, output)
