"""What stands beside every picture of a network: how much of it is shown, what is not, how it was made, and what the sampling frame allows to read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.analyse.caption import frame_sentence
from kg.analyse.frames import machine_caveat
from kg.analyse.method import Method, method_filters
from kg.analyse.projection import COUNTING_RULE
from kg.analyse.wording import kind_label, number, say
from kg.portal.explorer_choice import ROLES, WEIGHTS
from kg.portal.explorer_svg import amount

if TYPE_CHECKING:
    from kg.portal.explorer_view import View

FRAME_NAMES = {
    "census": {"de": "Vollerhebung", "en": "census"},
    "partial": {"de": "Ausschnitt unbekannter Auswahl", "en": "part of unknown selection"},
    "ego-sampled": {"de": "um eine Einrichtung herum gesammelt", "en": "collected around an institution"},
}


def things(view: View, lang: str) -> str:
    """Return what nodes are: institutions, or places."""
    if view.data.selection.of_places:
        return "Orte" if lang == "de" else "places"
    return "Einrichtungen" if lang == "de" else "institutions"


def shown_sentence(view: View, lang: str) -> str:
    """Return how much is shown: `60 of 2,474 institutions, 180 of 66,586 ties; weight at least 2`."""
    counts, german = view.counts, lang == "de"
    nodes, ties = number(len(view.nodes), lang), number(len(view.edges), lang)
    all_nodes, all_ties = number(counts.institutions, lang), number(counts.ties, lang)
    text = (
        f"{nodes} von {all_nodes} {'Orten' if view.data.selection.of_places else 'Einrichtungen'}, {ties} von {all_ties} Verbindungen"
        if german
        else f"{nodes} of {all_nodes} {things(view, lang)}, {ties} of {all_ties} ties"
    )
    if view.centre is not None:
        name, partners, shown = view.centre.label(lang), number(counts.looked_at - 1, lang), number(len(view.nodes) - 1, lang)
        text += f"; „{name}“ mit {shown} von {partners} Partnern" if german else f"; “{name}” with {shown} of its {partners} partners"
    if view.choice.least:
        least = amount(view.choice.least, lang)
        text += f"; Gewicht mindestens {least}" if german else f"; weight at least {least}"
    if view.choice.kinds:
        kinds = ", ".join(kind_label(kind, lang) for kind in view.choice.kinds)
        text += f"; nur {kinds}" if german else f"; only {kinds}"
    return f"{text}."


def not_shown(view: View, lang: str) -> list[str]:
    """Return what is not shown and by which rule, with numbers; empty where everything is."""
    counts, german = view.counts, lang == "de"
    found = []

    def add(missing: int, en: str, de: str) -> None:
        if missing > 0:
            found.append(f"{de if german else en}: {number(missing, lang)}.")

    least = amount(view.choice.least, lang)
    middle = view.centre is not None
    add(
        counts.institutions - counts.of_kinds,
        "Of other kinds (weights still count all members of a project)",
        "Von anderer Art (Gewichte zählen weiterhin alle Beteiligten eines Projekts)",
    )
    add(counts.below, f"Ties of a weight below {least}", f"Verbindungen mit einem Gewicht unter {least}")
    if middle:
        what = "Orte ohne Verbindung zum mittleren" if view.data.selection.of_places else "Einrichtungen ohne Verbindung zur mittleren"
        add(counts.of_kinds - counts.looked_at, "Without a tie to the one in the middle", what)
        add(counts.looked_at - len(view.nodes), "Partners with weaker ties to it", "Partner mit schwächerer Verbindung dazu")
    else:
        what = things(view, lang)
        add(counts.of_kinds - counts.looked_at, f"{what.capitalize()} without a tie", f"{what} ohne Verbindung")
        add(
            counts.looked_at - len(view.nodes),
            f"{what.capitalize()} of less strength, the sum of the weights of their ties (among equals the IRI decides)",
            f"{what} von geringerer Stärke, der Summe der Gewichte ihrer Verbindungen (unter gleichen entscheidet die IRI)",
        )
    add(
        counts.ties_among - len(view.edges),
        "Weaker ties among those shown; drawn are "
        + ("those of the one in the middle, then the strongest" if middle else "those that keep together what hangs together, then the strongest"),
        "Schwächere Verbindungen unter den gezeigten; gezeichnet sind "
        + ("die der mittleren, dann die stärksten" if middle else "die, die Zusammenhängendes zusammenhalten, dann die stärksten"),
    )
    return found


def notes(view: View, lang: str) -> list[str]:
    """Return what must be known to read the picture: frame, institutions that count as others, marks."""
    german, frame = lang == "de", view.data.frame
    name = FRAME_NAMES[frame.kind][lang]
    kind = name if name == frame.kind else f"{name} ({frame.kind})"
    found = [f"Erhebungsrahmen: {kind}." if german else f"Sampling frame: {kind}."]
    found += frame_sentence(frame, lang)
    found += list(frame.population.get(lang, ()))
    if view.asked is not None and view.centre is not None:
        asked, counted = view.asked.label(lang), view.centre.label(lang)
        found.append(f"„{asked}“ zählt auf dieser Ebene als „{counted}“." if german else f"“{asked}” counts as “{counted}” at this level.")
    return [*found, *marks(view, lang)]


def marks(view: View, lang: str) -> list[str]:
    """Return what size, width, shape, colour and letters in the picture mean."""
    german = lang == "de"
    found = [
        "Fläche: Zahl der Projekte; Strichstärke: Gewicht; Form: Art der Einrichtung. Die Lage hat keine Maßeinheit (Fruchterman und Reingold, Startwert 1)."
        if german
        else "Area: number of projects; width of lines: weight; shape: kind of institution. Places have no unit (Fruchterman and Reingold, seed 1)."
    ]
    if view.modularity is not None:
        value = number(view.modularity, lang, 2)
        found.append(
            f"Buchstabe und Farbe: Gruppen des ganzen Netzwerks (Leiden, Modularität {value}, Auflösung 1, Startwert {view.data.selection.seed})."
            if german
            else f"Letter and colour: groups of the whole network (Leiden, modularity {value}, resolution 1, seed {view.data.selection.seed})."
        )
    return found


def method_line(method: Method, lang: str) -> str:
    """Return the method block as one line, as :func:`kg.analyse.render_text.method_line` does, in the words of the explorer's form."""
    line = say(
        "method-line",
        lang,
        level=method.level,
        weight=WEIGHTS[method.weight].in_(lang),
        roles=ROLES[method.roles].in_(lang),
        frame=method.frame.kind,
        mapping=method.mapping,
        name=method.name,
        state=method.state or say("unknown", lang),
        build=method.build,
    )
    parts = [line, method_filters(method, lang)]
    if method.linked:
        parts.append(say("method-linked", lang))
    elif len(method.sources) > 1:
        names = " + ".join(method.sources)
        parts.append(f"Quellen {names}, nicht verknüpft" if lang == "de" else f"sources {names}, not linked")
    return " · ".join(part for part in parts if part)


def description(view: View, lang: str) -> str:
    """Return the text alternative of the picture."""
    where = "Alle gezeigten stehen in den Tabellen daneben." if lang == "de" else "The tables beside it list all that is shown."
    return f"{shown_sentence(view, lang)} {where}"


def title(view: View, lang: str) -> str:
    """Return the title of the picture."""
    if view.centre is not None:
        name = view.centre.label(lang)
        return f"Netzwerk um {name}" if lang == "de" else f"Network around {name}"
    return "Netzwerk der Zusammenarbeit" if lang == "de" else "Collaboration network"


def caption(view: View, lang: str) -> list[str]:
    """Return title, what is shown and not, method and frame: the caption of a picture that leaves the page."""
    missing = not_shown(view, lang)
    head = "Nicht gezeigt: " if lang == "de" else "Not shown: "
    lines = [f"{title(view, lang)}. {shown_sentence(view, lang)}"]
    lines += [head + " ".join(missing)] if missing else []
    return [*lines, " ".join(notes(view, lang)), f"{method_line(view.data.method, lang)}."]


def about(view: View, lang: str) -> dict[str, Any]:
    """Return method, frame and what is shown and not, for machines."""
    counts = view.counts
    caveat = machine_caveat(view.data.frame)
    return {
        "title": title(view, lang),
        "shown": {"nodes": len(view.nodes), "edges": len(view.edges), "sentence": shown_sentence(view, lang)},
        "total": {"nodes": counts.institutions, "edges": counts.ties},
        "looked_at": {"nodes": counts.looked_at, "edges": counts.ties_looked_at, "of_kinds": counts.of_kinds, "edges_below_minimum": counts.below},
        "not_shown": not_shown(view, lang),
        "truncated": view.cut,
        "method": view.data.method.to_json(),
        "method_line": method_line(view.data.method, lang),
        "counting_rule": COUNTING_RULE[lang],
        "frame": view.data.frame.to_json(),
        "notes": notes(view, lang),
        "caveat": caveat[lang] if caveat else None,
    }
