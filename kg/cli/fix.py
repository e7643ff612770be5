"""Repairing tables: `kg fix`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import STEWARDS, LangOption, app, choose, json_text, t
from kg.config import language
from kg.errors import InputError, ParameterError, Problem, Text
from kg.terminal import progress, write_text

FORMS = ("human", "json", "diff", "sparql", "patch")


@app.command(
    "fix",
    help=t(
        "Propose repairs for tables, show what they change and which findings they remove, and make those you choose.",
        "Reparaturen für Tabellen vorschlagen, zeigen, was sie ändern und welche Befunde sie entfernen, und die gewählten ausführen.",
    ),
    rich_help_panel=STEWARDS,
)
def fix_command(
    path: Annotated[
        Path, typer.Argument(metavar="[FOLDER|TABLE]", help=t("Folder of tables, or one of them.", "Ordner mit Tabellen oder eine davon."))
    ] = Path(),
    apply_: Annotated[
        bool,
        typer.Option(
            "--apply/--preview",
            help=t("Make the chosen repairs in the tables, or only show them.", "Die gewählten Reparaturen ausführen oder nur zeigen."),
        ),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="ID|KIND", help=t("Only this repair or kind; may be repeated.", "Nur diese Reparatur oder Art; mehrfach möglich.")
        ),
    ] = None,
    all_sure: Annotated[
        bool,
        typer.Option(
            "--all-sure",
            help=t(
                "Only repairs that change nothing but the form and add no finding.",
                "Nur Reparaturen, die nichts als die Form ändern und keinen Befund ergänzen.",
            ),
        ),
    ] = False,
    each: Annotated[
        bool,
        typer.Option("--each", help=t("Try out every kind by itself, too (slower).", "Auch jede Art für sich ausprobieren (langsamer).")),
    ] = False,
    form: Annotated[str, typer.Option("--format", metavar="|".join(FORMS), help=t("Form of the preview.", "Form der Vorschau."))] = "human",
    limit: Annotated[
        int,
        typer.Option(
            "--limit", metavar="N", min=0, help=t("How many repairs are listed, 0 for all.", "Wie viele Reparaturen gezeigt werden, 0 für alle.")
        ),
    ] = 100,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help=t(
                "File for the preview; with --apply a new folder for the repaired tables, the given ones stay.",
                "Datei für die Vorschau; mit --apply ein neuer Ordner für die reparierten Tabellen, die gegebenen bleiben.",
            ),
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Propose repairs for tables, show what they change and which findings they remove, and make those you choose."""
    from kg.fix import apply, preview, propose
    from kg.fix.diff import unified
    from kg.fix.statements import change, patch, sparql
    from kg.fix.text import as_json, effect_text, human

    chosen_lang = language(lang)
    choose("--format", form, FORMS)
    if apply_ and not only and not all_sure:
        what = Text("Nothing is applied unseen.", "Ungesehen wird nichts geändert.")
        fix = Text(
            "Choose with --only ID, --only KIND or --all-sure; the preview shows both.",
            "Wählen Sie mit --only ID, --only ART oder --all-sure; die Vorschau zeigt beides.",
        )
        raise ParameterError(what, where="--apply", fix=fix)
    with progress() as step:
        step({"de": "suche Reparaturen", "en": "looking for repairs"}[chosen_lang])
        proposals = propose(path)
        if proposals.fatal and (apply_ or form != "human" or not proposals.items):
            raise _unreadable(proposals.fatal, proposals.left, path)
        step({"de": "probiere sie an einer Kopie aus", "en": "trying them out on a copy"}[chosen_lang])
        shown = preview(proposals, only or (), sure=all_sure, each=each, lang=chosen_lang, effect=apply_ or form in ("human", "json"))
    made = shown.choice.chosen
    if apply_:
        files = apply(proposals.folder, made, target=output)
        summary = f": {effect_text(shown.effect, chosen_lang)}" if shown.effect else ""
        head = Text(f"{len(made)} repairs made", f"{len(made)} Reparaturen ausgeführt")
        if len(made) == 1:
            head = Text("1 repair made", "1 Reparatur ausgeführt")
        nothing = Text("Nothing to repair.", "Nichts zu reparieren.")
        if form == "json":
            typer.echo(json_text({**as_json(shown), "written": [str(file) for file in files]}))
            return
        typer.echo(f"{head.in_(chosen_lang)}{summary}." if made else nothing.in_(chosen_lang))
        for file in files:
            typer.echo(file)
        return
    texts = {
        "human": lambda: human(shown, chosen_lang, limit),
        "json": lambda: json_text(as_json(shown)),
        "diff": lambda: unified(proposals.folder, made),
        "sparql": lambda: sparql(change(path, made)),
        "patch": lambda: patch(change(path, made)),
    }
    write_text(texts[form](), output)
    if proposals.fatal:
        raise _unreadable(proposals.fatal, (), path)


def _unreadable(fatal: Sequence[Problem], others: Sequence[Problem], path: Path) -> InputError:
    what = Text(
        "What cannot be read stops the repairs; nothing was changed.", "Was nicht lesbar ist, hält die Reparaturen auf; geändert wurde nichts."
    )
    return InputError(what, where=str(path), fix=Text("Correct it first.", "Berichtigen Sie es zuerst."), problems=(*fatal, *others))
