"""The sentences of :mod:`kg.analyse.pairs`, German and English."""

from __future__ import annotations

from kg.analyse.texts import speaker

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Paare, die öfter zusammenarbeiten als bei Zufall", "en": "Pairs that work together more often than by chance"},
    "counts": {
        "de": "{pairs} von {possible} möglichen Paaren aus {institutions} Einrichtungen haben mindestens ein gemeinsames Projekt.",
        "en": "{pairs} of {possible} possible pairs of {institutions} institutions share at least one project.",
    },
    "fdr": {
        "de": "{found} davon öfter, als Zufall erklärt; höchstens {alpha} der genannten Paare sind im Mittel falsch (Benjamini und Hochberg 1995).",
        "en": "{found} of them more often than chance explains; at most {alpha} of the pairs named are false on average (Benjamini and Hochberg 1995).",
    },
    "bonferroni": {
        "de": "{found} davon öfter, als Zufall erklärt; dass auch nur eines der genannten Paare falsch ist, hat höchstens die Wahrscheinlichkeit {alpha} "
        "(Bonferroni).",
        "en": "{found} of them more often than chance explains; that even one of the pairs named is false has at most the probability {alpha} "
        "(Bonferroni).",
    },
    "fdr-none": {
        "de": "Bei keinem davon sind es mehr, als Zufall erklärt (höchstens {alpha} falsche unter den genannten; Benjamini und Hochberg 1995).",
        "en": "For none of them it is more than chance explains (at most {alpha} false ones among those named; Benjamini and Hochberg 1995).",
    },
    "bonferroni-none": {
        "de": "Bei keinem davon sind es mehr, als Zufall erklärt (Wahrscheinlichkeit eines falschen höchstens {alpha}; Bonferroni).",
        "en": "For none of them it is more than chance explains (probability of a false one at most {alpha}; Bonferroni).",
    },
    "chance": {
        "de": "Zufall heißt: Projekte mit denselben Größen und Einrichtungen mit derselben Zahl von Projekten, sonst beliebig besetzt (bipartites "
        "Konfigurationsmodell, Saracco u. a. 2017). p ist die Wahrscheinlichkeit, dann mindestens so viele gemeinsame Projekte zu haben; sie ist berechnet "
        "(Poisson-Binomialverteilung), nicht ausgelost. Weil beide Zahlen nur im Mittel gehalten werden, ist ein kleines p bei wenigen Projekten eher zu groß "
        "als zu klein.",
        "en": "Chance means: projects of the same sizes and institutions with the same number of projects, otherwise filled at random (bipartite "
        "configuration model, Saracco et al. 2017). p is the probability of then sharing at least as many projects; it is computed (Poisson-binomial "
        "distribution), not drawn. As both numbers are kept on average only, a small p is too large rather than too small where projects are few.",
    },
    "within": {
        "de": "Verglichen wird innerhalb der erfassten Projekte; was die Einrichtungen anderswo gemeinsam tun, ist nicht erfasst. Ein Paar, das nicht "
        "genannt ist, arbeitet nicht darum zufällig zusammen: Bei wenigen gemeinsamen Projekten lässt sich das nicht entscheiden.",
        "en": "The comparison is within the recorded projects; what the institutions do together elsewhere is not recorded. A pair that is not named does "
        "not therefore work together by chance: with few common projects this cannot be decided.",
    },
    "all-pairs": {
        "de": "q ist p, korrigiert für alle {possible} möglichen Paare, auch die ohne gemeinsames Projekt (p = 1): Nur die zu zählen, die sich getroffen "
        "haben, hieße die Prüfungen nach ihrem Ergebnis auszuwählen.",
        "en": "q is p corrected for all {possible} possible pairs, those without a common project too (p = 1): to count only those that met would be to "
        "choose the tests by their result.",
    },
    "shown": {
        "de": "Die {shown} Paare mit dem kleinsten p von {of}; alle in den Formaten csv und json.",
        "en": "The {shown} pairs of smallest p of {of}; all of them in the formats csv and json.",
    },
    "one": {"de": "Einrichtung", "en": "Institution"},
    "other": {"de": "und", "en": "and"},
    "count": {"de": "gemeinsam", "en": "shared"},
    "expected": {"de": "erwartet", "en": "expected"},
    "left-out": {
        "de": "Paare mit einem gemeinsamen Projekt, deren Zahl sich durch Zufall erklärt, stehen in großen Netzen nur in der Tabelle aller Paare.",
        "en": "Of large networks, pairs with one common project that chance explains stand in the table of all pairs only.",
    },
}


say = speaker(TEXT)
