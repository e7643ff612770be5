"""The sentences of the views (:mod:`kg.analyse.views`, :mod:`kg.analyse.place_view`), German and English."""

from __future__ import annotations

from collections.abc import Iterable

from kg.analyse.render_text import wrap
from kg.analyse.texts import speaker

TEXT: dict[str, dict[str, str]] = {
    "projects-title": {"de": "Projekte, die Einrichtungen teilen", "en": "Projects that share institutions"},
    "projects-whole": {
        "de": "{projects} Projekte, {ties} Paare mit gemeinsamen Einrichtungen. {isolated} Projekte teilen keine Einrichtung mit einem anderen; der "
        "größte zusammenhängende Teil umfasst {largest}.",
        "en": "{projects} projects, {ties} pairs with institutions in common. {isolated} projects share no institution with another; the largest "
        "connected part holds {largest}.",
    },
    "projects-rule": {
        "de": "Gewicht: Summe über die gemeinsamen Einrichtungen von 1/(d−1), d = Projekte der Einrichtung; wer in sehr vielen Projekten ist, "
        "verbindet sie nur lose.",
        "en": "Weight: sum over the institutions in common of 1/(d−1), d = projects of the institution; one that is in very many projects ties them "
        "loosely.",
    },
    "projects-cut": {
        "de": "Gezeigt: {shown} von {all} Paaren, die mit den meisten gemeinsamen Einrichtungen.",
        "en": "Shown: {shown} of {all} pairs, those with the most institutions in common.",
    },
    "projects-none": {"de": "Keine zwei Projekte teilen eine Einrichtung.", "en": "No two projects share an institution."},
    "project": {"de": "Projekt", "en": "Project"},
    "shared-institutions": {"de": "gemeinsame Einrichtungen", "en": "institutions in common"},
    "weight": {"de": "Gewicht", "en": "weight"},
    "topics-title": {"de": "Einrichtungen nach Themen", "en": "Institutions by topic"},
    "topics-whole": {
        "de": "{projects} Projekte mit Thema; {without} ohne Thema zählen hier nicht.",
        "en": "{projects} projects with a topic; {without} without one do not count here.",
    },
    "topics-rule": {
        "de": "Anteil: an den Projekten der Einrichtung, die ein Thema haben. Lokationsquotient: dieser Anteil durch den Anteil des Themas an allen "
        "Beteiligungen; über 1 heißt: mehr als im Ganzen. Er steht nur, wo er auf mindestens {least} Projekten beruht.",
        "en": "Share: of the projects of the institution that have a topic. Location quotient: this share divided by the share of the topic in all "
        "participations; above 1 means: more than in the whole. It is given only where it rests on at least {least} projects.",
    },
    "topics-cut": {
        "de": "Gezeigt: {shown} von {all} Zeilen; Tabelle und JSON enthalten die {given} mit mindestens {n} Projekten. Ein Thema oder eine "
        "Einrichtung allein gibt es vollständig.",
        "en": "Shown: {shown} of {all} rows; table and JSON hold the {given} with at least {n} projects. One topic or one institution alone is given "
        "in full.",
    },
    "topics-none": {"de": "Keine Zeile.", "en": "No row."},
    "topic": {"de": "Thema", "en": "Topic"},
    "institution": {"de": "Einrichtung", "en": "Institution"},
    "projects": {"de": "Projekte", "en": "projects"},
    "share": {"de": "Anteil", "en": "share"},
    "quotient": {"de": "Lokationsquotient", "en": "location quotient"},
    "rank": {"de": "Rang", "en": "rank"},
    "places-title": {"de": "Zusammenarbeit zwischen Orten", "en": "Collaboration between places"},
    "places-whole": {
        "de": "{places} Orte der Ebene {level}, {pairs} Paare mit gemeinsamen Projekten, {none} ohne.",
        "en": "{places} places of level {level}, {pairs} pairs with projects in common, {none} without.",
    },
    "places-rule": {
        "de": "Erwartet: das Gewicht, wenn jeder Ort sein Gesamtgewicht unabhängig auf die anderen verteilt (Quasi-Unabhängigkeit: kein Ort mit sich "
        "selbst). Verhältnis: Gewicht durch Erwartung; über 1 heißt: mehr als die Gesamtgewichte erwarten lassen.",
        "en": "Expected: the weight if each place spread its total over the others independently (quasi-independence: no place with itself). Ratio: "
        "weight divided by expectation; above 1 means: more than the totals lead to expect.",
    },
    "places-ratio": {
        "de": "Gezeigt: {shown} von {all} Paaren, die mit dem größten Verhältnis unter denen mit mindestens {least} gemeinsamen Projekten.",
        "en": "Shown: {shown} of {all} pairs, those with the largest ratio among those with at least {least} projects in common.",
    },
    "places-cut": {
        "de": "Gezeigt: {shown} von {all} Paaren, in der Reihenfolge der Namen; die Tabelle enthält alle.",
        "en": "Shown: {shown} of {all} pairs, in the order of names; the table holds all.",
    },
    "places-none": {"de": "Keine zwei Orte haben ein gemeinsames Projekt.", "en": "No two places have a project in common."},
    "place": {"de": "Ort", "en": "Place"},
    "shared-projects": {"de": "gemeinsame Projekte", "en": "projects in common"},
    "expected": {"de": "erwartet", "en": "expected"},
    "ratio": {"de": "Verhältnis", "en": "ratio"},
}


say = speaker(TEXT)


def lines(title: str, sentences: Iterable[str]) -> list[str]:
    """Return a heading and its sentences as lines, with an empty one after each part."""
    wrapped = (line for sentence in sentences for line in wrap(sentence))
    return [title, "=" * len(title), "", *wrapped, ""]
