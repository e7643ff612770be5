"""What a store is and can do: `kg store info`."""

from __future__ import annotations

from typing import Annotated

import typer

from kg.cli.base import RESEARCHERS, BuildOption, LangOption, OutputOption, StoreOption, app, choose, json_text, t
from kg.config import language
from kg.terminal import progress, write_text

SECONDS = 30
"""For one question of the probe."""

store_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]})
app.add_typer(
    store_app,
    name="store",
    help=t("Say what a store or SPARQL server holds and can do.", "Sagen, was ein Speicher oder SPARQL-Server enthält und kann."),
    rich_help_panel=RESEARCHERS,
)


@store_app.callback()
def _store() -> None:
    """Hold the commands about stores."""


@store_app.command(
    "info",
    help=t(
        "Ask a store what it holds and can do: statements by graph, SPARQL 1.1, row limit, formats. Nothing is changed.",
        "Einen Speicher fragen, was er enthält und kann: Aussagen je Graph, SPARQL 1.1, Zeilengrenze, Formate. Nichts wird verändert.",
    ),
)
def info_command(
    store: StoreOption = None,
    build_dir: BuildOption = None,
    form: Annotated[str, typer.Option("--format", metavar="text|json", help=t("Form of the answer.", "Form der Antwort."))] = "text",
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Ask a store what it holds and can do: statements by graph, SPARQL 1.1, row limit, formats. Nothing is changed."""
    from kg.store import EndpointStore, location, open_store
    from kg.store.probe import probe
    from kg.store.report import as_json, text

    chosen = language(lang)
    choose("--format", form, ("text", "json"))
    opened = open_store(location(store, build_dir))
    if isinstance(opened, EndpointStore):
        opened = EndpointStore(opened.address, timeout=SECONDS)
    with progress() as show:
        show(opened.location)
        found = probe(opened)
    write_text(json_text(as_json(found)) if form == "json" else text(found, chosen), output)
