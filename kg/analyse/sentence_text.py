"""The wording of the sentences of a profile and of their rules, German and English, so that a test can read them all."""

from __future__ import annotations

TEXT: dict[str, dict[str, str]] = {
    "projects-one": {"de": "1 Projekt", "en": "1 project"},
    "projects-many": {"de": "{n} Projekte", "en": "{n} projects"},
    "partners-one": {"de": "1 weitere Einrichtung", "en": "1 other institution"},
    "partners-many": {"de": "{n} weitere Einrichtungen", "en": "{n} other institutions"},
    "repeats-one": {"de": "Ein wiederkehrender Partner", "en": "One repeat partner"},
    "repeats-many": {"de": "{n} wiederkehrende Partner", "en": "{n} repeat partners"},
    "wordings-one": {"de": "1 Wendung", "en": "1 wording"},
    "wordings-many": {"de": "{n} verschiedene Wendungen", "en": "{n} different wordings"},
    "programmes-one": {"de": "1 Programm", "en": "1 programme"},
    "programmes-many": {"de": "{n} Programme", "en": "{n} programmes"},
    "contributions-one": {"de": "1 Beitrag", "en": "1 contribution"},
    "contributions-many": {"de": "{n} Beiträge", "en": "{n} contributions"},
    "elsewhere-one": {
        "de": "1 Beteiligung an einer Veranstaltung, einem Programm oder einer Kampagne",
        "en": "1 participation in an event, a programme or a campaign",
    },
    "elsewhere-many": {
        "de": "{n} Beteiligungen an Veranstaltungen, Programmen oder Kampagnen",
        "en": "{n} participations in events, programmes or campaigns",
    },
    "most-projects": {"de": "; die meisten Projekte: {names}", "en": "; most projects: {names}"},
    "and": {"de": " und ", "en": " and "},
    "projects-and-partners": {
        "de": "Erfasst zu „{name}“: {projects} und darin {partners}; mit {repeats} davon sind es mindestens zwei gemeinsame Projekte.",
        "en": "Recorded for “{name}”: {projects}, and {partners} in them; {repeats} of these share at least two projects with it.",
    },
    "partners-by-level": {"de": "Je nach Zählung der Stellen sind es: {parts}.", "en": "Depending on how bodies are counted: {parts}."},
    "level": {
        "de": "{level}{name} {partners} Partner, {repeat_partners} davon wiederkehrend",
        "en": "{level}{name} {partners} partners, {repeat_partners} of them repeat partners",
    },
    "level-as": {"de": " (als „{name}“)", "en": " (as “{name}”)"},
    "roles-coded": {
        "de": "Rollen nach Code (ein Projekt kann mehrere haben): {parts}.",
        "en": "Roles by code (a project may have several): {parts}.",
    },
    "role": {"de": "{role} in {projects}{through}", "en": "{role} in {projects}{through}"},
    "role-through": {"de": " (davon {n} über eine andere Stelle)", "en": " ({n} of them through another body)"},
    "roles-worded": {
        "de": "Für {projects} von {of} Projekten beschreiben die Quellen die eigene Rolle in Worten: {wordings}, am häufigsten {top}.",
        "en": "For {projects} of {of} projects the sources describe its own role in words: {wordings}, most often {top}.",
    },
    "attestation": {
        "de": "Stärkster Beleg der Beteiligung, {of} Projekte: {parts}.",
        "en": "Strongest source of the participation, {of} projects: {parts}.",
    },
    "attested": {"de": "{n} – {what}", "en": "{n} – {what}"},
    "returns": {
        "de": "{of}. Wieder dabei, nachdem alle früheren gemeinsamen Projekte geendet hatten: {returned}; gemeinsame Projekte überschneiden sich: "
        "{overlapping}; nach den Daten der Projekte nicht zu entscheiden: {undatable}.",
        "en": "{of}. Back after all earlier shared projects had ended: {returned}; shared projects overlap: {overlapping}; not to be told "
        "from the dates of the projects: {undatable}.",
    },
    "funding-by-programme": {
        "de": "Für {projects} von {of} Projekten ist ein Förderprogramm bekannt, zusammen {programmes}{names}.",
        "en": "A funding programme is known for {projects} of {of} projects, {programmes} in all{names}.",
    },
    "activity": {"de": "Die Projekte sind von {first} bis {last} datiert.", "en": "The projects are dated from {first} to {last}."},
    "activity-now": {"de": "Im Jahr {year} nach ihren Daten in Gang: {certain}.", "en": "Running by their dates in {year}: {certain}."},
    "activity-now-open": {
        "de": "Im Jahr {year} nach ihren Daten in Gang: {certain}, mit offenem Anfang oder Ende höchstens {possible}.",
        "en": "Running by their dates in {year}: {certain}, with open starts or ends at most {possible}.",
    },
    "activity-open": {
        "de": "Bei {open} von {of} ist Anfang oder Ende unbekannt.",
        "en": "Start or end of {open} of {of} is unknown.",
    },
    "contributions-apart": {
        "de": "Daneben stehen {parts}; gezählt sind sie nirgends.",
        "en": "Apart from these stand {parts}; they are counted nowhere.",
    },
    "known-gaps": {"de": "Am häufigsten fehlt: {parts}.", "en": "What is missing most often: {parts}."},
    "position-withheld": {
        "de": "Ränge und Maße der Lage im Netz stehen hier nicht: Der Rahmen der Daten ({frame}) trägt keinen Vergleich von Einrichtungen.",
        "en": "Ranks and measures of position in the network are not given: the frame of the data ({frame}) does not bear comparing institutions.",
    },
    "position-degree": {"de": "Zahl der Partner (degree): {value}", "en": "Number of partners (degree): {value}"},
    "position-strength": {"de": "Summe der Gewichte (strength): {value}", "en": "Sum of weights (strength): {value}"},
    "position-betweenness": {
        "de": "Anteil der kürzesten Wege zwischen anderen (betweenness): {value}",
        "en": "Share of shortest paths between others (betweenness): {value}",
    },
    "position-harmonic": {"de": "Mittlere Nähe zu allen anderen (harmonic): {value}", "en": "Mean nearness to all others (harmonic): {value}"},
    "position-pagerank": {"de": "PageRank: {value}", "en": "PageRank: {value}"},
    "position-effective_size": {
        "de": "Wirksame Größe des Umfelds nach Burt (effective size): {value}",
        "en": "Effective size of the neighbourhood after Burt: {value}",
    },
    "position-constraint": {
        "de": "Gebundenheit nach Burt (constraint; je kleiner, desto weniger hängen die Partner untereinander zusammen): {value}",
        "en": "Constraint after Burt (the smaller, the less its partners are tied to each other): {value}",
    },
    "error": {"de": " (Standardfehler {error})", "en": " (standard error {error})"},
    "rank": {"de": ", Rang {rank} von {of} Einrichtungen", "en": ", rank {rank} of {of} institutions"},
    "ranks": {"de": "{low} bis {high}", "en": "{low} to {high}"},
    "hub": {
        "de": "In dieser Vollerhebung ist „{name}“ eine Drehscheibe in diesem Sinn: nach Zahl der Partner und Summe der Gewichte unter dem ersten {percent} "
        "Prozent aller Einrichtungen.",
        "en": "In this census “{name}” is a hub in this sense: among the first {percent} per cent of all institutions by number of partners and by sum of "
        "weights.",
    },
    "broker": {
        "de": "In dieser Vollerhebung ist „{name}“ eine Brücke in diesem Sinn: nach kürzesten Wegen (auch am Rand des Schätzfehlers) und wirksamer Größe des "
        "Umfelds unter dem ersten {percent} Prozent aller Einrichtungen.",
        "en": "In this census “{name}” is a broker in this sense: among the first {percent} per cent of all institutions by shortest paths (even at the edge "
        "of the error) and by effective size.",
    },
}
"""Nothing here praises a position but `hub` and `broker`."""

_RANK = {
    "de": "Gesagt nur auf einer Vollerhebung (census); gleiche Werte teilen den Rang, ein geschätzter Wert hat die Ränge, die ± 2 Standardfehler erlauben.",
    "en": "Said on a census only; equal values share a rank, an estimated value has the ranks that ± 2 standard errors allow.",
}
RULES: dict[str, dict[str, str]] = {
    "projects-and-partners": {"de": "Gesagt ab einem Projekt.", "en": "Said from one project on."},
    "partners-by-level": {
        "de": "Gesagt ab einem Projekt, wenn der Graph Stellen größeren Einrichtungen zuordnet.",
        "en": "Said from one project on, where the graph maps units to larger bodies.",
    },
    "roles-coded": {"de": "Gesagt ab einem Projekt.", "en": "Said from one project on."},
    "roles-worded": {
        "de": "Gesagt, wenn eine Quelle die Rolle der Einrichtung selbst in Worten nennt; genannt werden Wendungen aus mindestens zwei Projekten, "
        "höchstens drei.",
        "en": "Said where a source words the role of the institution itself; wordings of at least two projects are named, at most three.",
    },
    "attestation": {
        "de": "Gesagt, wenn nicht alle Beteiligungen aus einer Datenlieferung ohne Einzelbelege stammen; je Projekt zählt der stärkste Beleg.",
        "en": "Said unless all participations come from a delivery without single sources; each project counts once, by its strongest source.",
    },
    "repeats-against-chance": {
        "de": "Gesagt, wenn es wiederkehrende Partner gibt und das Nullmodell gerechnet ist. „Mehr als Zufall“ nur über, „weniger“ nur unter dem Bereich, in "
        "dem 95 % der Ziehungen liegen.",
        "en": "Said where there are repeat partners and the null model was computed. “More than chance” only above, “less” only below the range of 95 % of "
        "the draws.",
    },
    "returns": {
        "de": "Gesagt, wenn es wiederkehrende Partner gibt. „Wieder dabei“: ein gemeinsames Projekt begann sicher erst, als alle früheren geendet "
        "hatten (wie in kg analyse ties). „Überschneiden sich“: jedes spätere begann, während ein früheres lief. Daten der Beteiligung statt des Projekts "
        "gelten als fehlend.",
        "en": "Said where there are repeat partners. “Back”: a shared project certainly began only when all earlier ones had ended (as in "
        "kg analyse ties). “Overlap”: each later one began while an earlier one ran. Dates of the participation instead of the project count as missing.",
    },
    "funding-by-programme": {
        "de": "Gesagt, wenn zu einem Projekt ein Programm bekannt ist; genannt werden höchstens drei, die mit mindestens zwei Projekten.",
        "en": "Said where a programme is known for a project; at most three are named, of those with at least two projects.",
    },
    "activity": {
        "de": "Gesagt, wenn ein Projekt datiert ist; ein offenes Ende reicht bis zum Stand der Daten.",
        "en": "Said where a project is dated; an open end reaches to the state of the data.",
    },
    "contributions-apart": {
        "de": "Gesagt, wenn Beiträge oder Beteiligungen an anderem als Projekten erfasst sind.",
        "en": "Said where contributions, or participations in anything but projects, are recorded.",
    },
    "second-source": {
        "de": "Gesagt, wenn eine sichere Verknüpfung (owl:sameAs) von der Einrichtung oder einer Stelle darüber zu einer anderen Quelle führt. Zugeordnet wird "
        "ein Projekt dort nur, wenn es mit einem Projekt dieses Profils verknüpft ist.",
        "en": "Said where an exact link (owl:sameAs) leads from the institution or a body above it to another source. A project there is attributed only if "
        "it is linked to a project of this profile.",
    },
    "known-gaps": {
        "de": "Gesagt, wenn etwas fehlt; genannt werden höchstens drei Lücken, die mit dem größten Anteil.",
        "en": "Said where something is missing; at most three gaps are named, those of the largest share.",
    },
    "position-withheld": {
        "de": "Gesagt, wenn der Rahmen der Daten keine Maße der Lage erlaubt.",
        "en": "Said where the frame of the data allows no measures of position.",
    },
    **{f"position-{name}": _RANK for name in ("degree", "strength", "betweenness", "harmonic", "pagerank", "effective-size", "constraint")},
    "hub": {
        "de": "Gesagt nur auf einer Vollerhebung mit mindestens 100 Einrichtungen, wenn der Rang nach degree und nach strength im ersten Prozent liegt.",
        "en": "Said only on a census of at least 100 institutions, where the ranks by degree and by strength lie within the first per cent.",
    },
    "broker": {
        "de": "Gesagt nur auf einer Vollerhebung mit mindestens 100 Einrichtungen, wenn der Rang nach betweenness (der letzte, den ± 2 Standardfehler erlauben) "
        "und der nach effective size im ersten Prozent liegen.",
        "en": "Said only on a census of at least 100 institutions, where the rank by betweenness (the last that ± 2 standard errors allow) and the rank by "
        "effective size lie within the first per cent.",
    },
}
"""The condition of each sentence, by its key."""
