"""The ontology as a reference in Markdown, for the documentation of the project."""

from __future__ import annotations

from kg.terms import words
from kg.terms.layout import value_name
from kg.terms.model import Ontology, Texts, text
from kg.terms.reading import terms


def markdown(lang: str, ontology: Ontology | None = None) -> str:
    """Return tables of all classes, properties and code lists.

    Args:
        lang: `de` or `en`.
        ontology: What is described; the shipped one by default.
    """
    found = ontology or terms()
    german = lang == "de"

    def said(texts: Texts, otherwise: str = "") -> str:
        # A pipe would end a cell, a line end the row, and what looks like markup would become some.
        plain = " ".join((text(texts, lang)[0] or otherwise).split())
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("`", "\\`").replace("*", "\\*").replace("[", "\\[")

    def named(iris: tuple[str, ...]) -> str:
        return ", ".join(
            value_name(one, lang)
            if found.shorts.get(one, "").startswith(("xsd:", "rdf:"))
            else said(found.names.get(one, {}), found.shorts.get(one, one))
            for one in iris
        )

    head = found.header
    lines = [f"# {said(head.title)} {head.version}", "", said(head.description), ""]
    for kind in ("class", "object", "datatype"):
        lines += [f"## {words.word(words.SECTIONS, kind, lang)}", ""]
        if kind == "class":
            lines += [
                "| Begriff | Bedeutung | allgemeiner | anderswo |" if german else "| term | meaning | more general | elsewhere |",
                "|---|---|---|---|",
            ]
        else:
            lines += ["| Begriff | Bedeutung | von | nach |" if german else "| term | meaning | from | to |", "|---|---|---|---|"]
        for term in found.of_kind(kind):
            first = f"`{head.prefix}:{term.name}` {said(term.label)}"
            if kind == "class":
                other = ", ".join(f"{words.word(words.RELATIONS, one.kind, lang)} `{one.short}`" for one in term.alignments)
                lines.append(f"| {first} | {said(term.definition)} | {named(term.above)} | {other} |")
            else:
                lines.append(f"| {first} | {said(term.definition)} | {named(term.domain)} | {named(term.range)} |")
        lines.append("")
    lines += ["## Code-Listen" if german else "## Code lists", ""]
    for one in found.lists:
        lines += [f"### {said(one.label)} (`code/{one.name}`)", "", said(one.definition), ""]
        lines += ["| Code | Name | Bedeutung |" if german else "| code | name | meaning |", "|---|---|---|"]
        lines += [f"| `{code.notation}` | {said(code.label)} | {said(code.definition)} |" for code in one.codes]
        lines.append("")
    return "\n".join(lines)
