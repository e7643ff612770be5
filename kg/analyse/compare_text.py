"""The wording of a comparison of two institutions, German and English."""

from __future__ import annotations

from kg.analyse.texts import speaker

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "{one} und {other} nebeneinander", "en": "{one} and {other} side by side"},
    "summary": {
        "de": "Gemeinsame Projekte: {shared} ({one}: {ones}, {other}: {others}). Einrichtungen, mit denen beide Projekte teilen: {partners}.",
        "en": "Shared projects: {shared} ({one}: {ones}, {other}: {others}). Institutions with which both share projects: {partners}.",
    },
    "summary-none": {
        "de": "Kein gemeinsames Projekt ({one}: {ones}, {other}: {others}). Einrichtungen, mit denen beide Projekte teilen: {partners}.",
        "en": "No shared project ({one}: {ones}, {other}: {others}). Institutions with which both share projects: {partners}.",
    },
    "no-order": {
        "de": "Die Zahlen stehen nebeneinander; sie sagen nicht, welche der beiden Einrichtungen wichtiger ist.",
        "en": "The numbers stand side by side; they do not say which of the two institutions matters more.",
    },
    "same-linked": {
        "de": "Eine Verknüpfung sagt, dass beide dieselbe Einrichtung in zwei Quellen sind; mit --linked zählen sie als eine.",
        "en": "A link says that both are the same institution in two sources; with --linked they count as one.",
    },
    "chance": {
        "de": "Bei Zufall wären im Mittel {expected} gemeinsame Projekte zu erwarten; mindestens {count} ergäbe er mit der Wahrscheinlichkeit {p}. "
        "Zufall heißt: beide haben so viele Projekte und jedes Projekt so viele Einrichtungen wie erfasst, sonst beliebig besetzt (bipartites "
        "Konfigurationsmodell, Saracco u. a. 2017). Verglichen wird nur innerhalb der erfassten Projekte{sources}; der Wert gilt für dieses eine Paar und ist "
        "nicht für viele Vergleiche berichtigt.",
        "en": "Chance would give {expected} shared projects on average, and at least {count} with probability {p}. Chance means: both have as many "
        "projects and each project as many institutions as recorded, otherwise filled at random (bipartite configuration model, Saracco et al. 2017). The "
        "comparison is within the recorded projects{sources} only; the value holds for this one pair and is not corrected for many comparisons.",
    },
    "of-sources": {"de": " der Quelle „{sources}“", "en": " of the source “{sources}”"},
    "chance-none": {
        "de": "Ein Vergleich mit dem Zufall ist nicht möglich: Mindestens eine der beiden ist in keinem Projekt.",
        "en": "No comparison with chance: at least one of the two is in no project.",
    },
    "overlap": {"de": "Überschneidung", "en": "Overlap"},
    "what": {"de": "Was", "en": "What"},
    "both": {"de": "beide", "en": "both"},
    "only": {"de": "nur {name}", "en": "only {name}"},
    "jaccard": {"de": "Anteil (Jaccard)", "en": "Share (Jaccard)"},
    "overlap-note": {
        "de": "Anteil: was bei beiden vorkommt, durch das, was bei mindestens einer vorkommt, 0 bis 1 (Jaccard 1912); „–“, wo es nichts zu vergleichen gibt.",
        "en": "Share: what both have, divided by what at least one has, 0 to 1 (Jaccard 1912); “–” where there is nothing to compare.",
    },
    "aspect-project": {"de": "Projekte", "en": "Projects"},
    "aspect-partner": {"de": "Partnereinrichtungen", "en": "Partner institutions"},
    "aspect-programme": {"de": "Programme", "en": "Programmes"},
    "aspect-topic": {"de": "Themen", "en": "Topics"},
    "aspect-role": {"de": "Rollen", "en": "Roles"},
    "aspect-attestation": {"de": "Stärkster Beleg der Beteiligung", "en": "Strongest source of the participation"},
    "aspect-year": {"de": "Projekte nach Jahr (sicher bis möglich)", "en": "Projects by year (certain to possible)"},
    "shared-projects": {"de": "Gemeinsame Projekte", "en": "Shared projects"},
    "shared-partners": {"de": "Einrichtungen, mit denen beide Projekte teilen", "en": "Institutions with which both share projects"},
    "partners-only": {"de": "Partner nur von {name}: {number}", "en": "Partners of {name} only: {number}"},
    "roles-of": {"de": "{name}: {roles}", "en": "{name}: {roles}"},
    "projects-of": {"de": "{name}: gemeinsame Projekte", "en": "{name}: shared projects"},
    "more": {"de": "und {number} weitere; die Tabelle nennt alle.", "en": "and {number} more; the table names all."},
    "none": {"de": "keine", "en": "none"},
}


say = speaker(TEXT)
