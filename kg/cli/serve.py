"""The command that serves the graph: pages for people, a SPARQL endpoint for programs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import PORTALS, BuildOption, LangOption, StoreOption, app, t
from kg.config import build_root, language
from kg.errors import MissingExtraError, Text
from kg.store import named

HostOption = Annotated[
    str,
    typer.Option(
        "--host", help=t("Address to listen on; the default is this machine only.", "Adresse, auf der gewartet wird; sonst nur dieser Rechner.")
    ),
]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help=t("Port; 0 for any free one.", "Port; 0 für irgendeinen freien."))]


@app.command(
    "serve",
    help=t(
        "Serve the graph: search, a page per thing, questions, network, map, and a SPARQL endpoint, on this machine and without internet.",
        "Den Graphen anbieten: Suche, eine Seite je Ding, Fragen, Netzwerk, Karte und ein SPARQL-Endpunkt, auf diesem Rechner und ohne Internet.",
    ),
    rich_help_panel=PORTALS,
)
def serve_command(
    host: HostOption = "127.0.0.1",
    port: PortOption = 8080,
    store: StoreOption = None,
    build_dir: BuildOption = None,
    root_path: Annotated[
        str | None,
        typer.Option(
            "--root-path",
            metavar="PATH",
            help=t("Path under which a proxy serves the portal: /kg.", "Pfad, unter dem ein Proxy das Portal anbietet: /kg."),
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=64, help=t("Worker processes [default: 4].", "Arbeitsprozesse [sonst 4]."))
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", min=0.1, max=3600, help=t("Time limit of one request [default: 10].", "Zeitgrenze einer Anfrage [sonst 10].")),
    ] = None,
    memory: Annotated[
        int | None,
        typer.Option(
            "--memory", min=64, metavar="MB", help=t("Memory limit of one request [default: 1024].", "Speichergrenze einer Anfrage [sonst 1024].")
        ),
    ] = None,
    rows: Annotated[
        int | None, typer.Option("--rows", min=1, help=t("Row limit of one answer [default: 100000].", "Zeilengrenze einer Antwort [sonst 100000]."))
    ] = None,
    settings: Annotated[
        Path,
        typer.Option(
            "--settings",
            metavar="FILE",
            help=t(
                "Settings of the portal: imprint, limits, where errors are reported.",
                "Einstellungen des Portals: Impressum, Grenzen, wohin Fehler gemeldet werden.",
            ),
        ),
    ] = Path("portal.toml"),
    lang: LangOption = None,
) -> None:
    """Serve the graph: search, a page per thing, questions, network, map, and a SPARQL endpoint, on this machine and without internet."""
    try:
        from kg.portal.server import serve
    except ModuleNotFoundError as error:
        raise MissingExtraError(str(error.name), "web", Text("The pages of the portal", "Die Seiten des Portals")) from error
    from kg.portal.settings import read_portal_settings

    language(lang)
    given = {
        "root_path": root_path,
        "workers": workers,
        "seconds": seconds,
        "memory": memory,
        "rows": rows,
        "store": named(store, build_dir),
    }
    # `build` of the settings counts where neither option nor environment names a folder.
    folder = str(build_root(build_dir)) if build_dir is not None or "KG_BUILD" in os.environ else None
    chosen = read_portal_settings(settings, **given, build=folder)
    serve(chosen, host, port)
