"""Words of the figures of the whole: titles, captions, text alternatives, legends; each caption ends with the method."""

from __future__ import annotations

from kg.analyse.frames import Frame
from kg.analyse.method import Method
from kg.analyse.render_text import method_line
from kg.analyse.wording import number

TEXT: dict[str, dict[str, str]] = {
    "title-backbone": {"de": "Rückgrat des Netzes", "en": "Backbone of the network"},
    "title-countries": {"de": "Zusammenarbeit zwischen Ländern", "en": "Collaboration between countries"},
    "title-distributions": {"de": "Verteilungen", "en": "Distributions"},
    "title-ego-network": {"de": "Wiederkehrende Partner von {name}", "en": "Repeat partners of {name}"},
    # Backbone
    "backbone": {
        "de": "Rückgrat des Netzes der Zusammenarbeit: {kept} von {edges} Paaren und {shown} von {nodes} Einrichtungen, gefiltert nach Serrano, Boguñá und "
        "Vespignani (2009): Ein Paar bleibt, wenn sein Anteil an der Stärke einer der beiden Einrichtungen bei zufälliger Aufteilung eine "
        "Wahrscheinlichkeit α unter {alpha} hätte. Das Rückgrat trägt {share} % des Gewichts.",
        "en": "Backbone of the collaboration network: {kept} of {edges} pairs and {shown} of {nodes} institutions, filtered as in Serrano, Boguñá and "
        "Vespignani (2009): a pair stays if its share of the strength of one of its two institutions would, split at random, have a "
        "probability α below {alpha}. The backbone carries {share} % of the weight.",
    },
    "backbone-cut": {
        "de": "Die Schwelle ist so gewählt, dass höchstens {most} Einrichtungen zu sehen sind.",
        "en": "The threshold is chosen so that at most {most} institutions are seen.",
    },
    "backbone-marks": {
        "de": "Fläche: Zahl der Projekte; Form und Farbe: Art der Einrichtung; Strichstärke: gemeinsame Projekte. Die Lage (Kamada und Kawai, je "
        "zusammenhängendem Teil) hat keine Maßeinheit; die Teile stehen der Größe nach nebeneinander. Lange Namen sind gekürzt (…).",
        "en": "Area: number of projects; shape and colour: kind of institution; width of lines: shared projects. Places (Kamada and Kawai, within each "
        "connected part) have no unit; the parts stand side by side by size. Long names are cut (…).",
    },
    "backbone-labels": {
        "de": "{labelled} von {shown} Einrichtungen sind beschriftet, die mit mehr Projekten zuerst; für {missing} ist kein Platz.",
        "en": "{labelled} of {shown} institutions are labelled, those with more projects first; for {missing} there is no room.",
    },
    "backbone-alt": {
        "de": "Netzbild mit {shown} Einrichtungen und {kept} Verbindungen in {parts} zusammenhängenden Teilen, der größte mit {largest} Einrichtungen. "
        "Alle Verbindungen stehen mit ihrem α in der Tabelle dazu.",
        "en": "Network drawing of {shown} institutions and {kept} links in {parts} connected parts, the largest with {largest} institutions. The "
        "table that goes with it lists all links with their α.",
    },
    "backbone-empty": {
        "de": "Kein Paar fällt bei α unter {alpha} auf.",
        "en": "No pair stands out at α below {alpha}.",
    },
    # Countries
    "countries": {
        "de": "Zusammenarbeit zwischen Ländern: je Feld die Summe der Gewichte ({weight}) aller Paare von Einrichtungen der beiden Länder, auf der "
        "Diagonale innerhalb eines Landes; Grauton logarithmisch.",
        "en": "Collaboration between countries: each cell gives the sum of the weights ({weight}) of all pairs of institutions of the two countries, on "
        "the diagonal within a country; grey on a logarithmic scale.",
    },
    "countries-cut": {
        "de": "Gezeigt sind die {shown} Länder mit den meisten Beteiligungen von {of}; sie stehen für {share} % des Gewichts zwischen Einrichtungen "
        "mit bekanntem Land.",
        "en": "Shown are the {shown} of {of} countries with most participations; they hold {share} % of the weight between institutions whose country is "
        "known.",
    },
    "countries-by-total": {
        "de": "Reihenfolge nach der Summe der Gewichte aller Paare des Landes.",
        "en": "Ordered by the sum of the weights of all pairs of the country.",
    },
    "countries-by-name": {
        "de": "Alphabetische Reihenfolge: Der Erhebungsrahmen erlaubt keine Rangfolge.",
        "en": "Alphabetical order: the sampling frame allows no ranking.",
    },
    "countries-unknown": {
        "de": "Ohne bekanntes Land und darum nicht dabei: {number} von {of} Einrichtungen.",
        "en": "Without a known country and therefore left out: {number} of {of} institutions.",
    },
    "countries-alt": {
        "de": "Dreieckige Matrix der Länder {first} bis {last} mit einer Zahl in jedem Feld; das größte Feld hat {largest}. Dieselben Zahlen "
        "stehen in der Tabelle dazu.",
        "en": "Triangular matrix of the countries {first} to {last} with a number in each cell; the largest cell has {largest}. The table that "
        "goes with it gives the same numbers.",
    },
    "countries-scale": {"de": "Summe der Gewichte", "en": "sum of weights"},
    # Distributions
    "distributions": {
        "de": "Verteilungen als Anteil der Einrichtungen (a, b, d) oder Projekte (c) mit mindestens dem Wert x, beide Achsen logarithmisch: (a) Zahl der "
        "Partner, (b) Stärke (Summe der Gewichte, {weight}), (c) Einrichtungen je Projekt, (d) Projekte je Einrichtung. Nullen haben auf einer "
        "logarithmischen Achse keinen Platz; ohne Partner und darum ohne Stärke: {zeros} von {of} Einrichtungen.",
        "en": "Distributions as the share of institutions (a, b, d) or projects (c) with at least the value x, both axes logarithmic: (a) number of "
        "partners, (b) strength (sum of weights, {weight}), (c) institutions per project, (d) projects per institution. Zeros have no place on "
        "a logarithmic axis; without a partner and therefore without strength: {zeros} of {of} institutions.",
    },
    "distributions-newman": {
        "de": "Mit Newmans Gewicht ist die Stärke einer Einrichtung die Zahl ihrer Projekte mit mindestens einem Partner.",
        "en": "With Newman's weight the strength of an institution is the number of its projects with at least one partner.",
    },
    "distributions-alt": {
        "de": "Vier fallende Kurven. Median und größter Wert: Partner {degree}, Stärke {strength}, Einrichtungen je Projekt {size}, Projekte je Einrichtung "
        "{projects}. Alle Punkte stehen in der Tabelle dazu.",
        "en": "Four falling curves. Median and largest value: partners {degree}, strength {strength}, institutions per project {size}, projects per "
        "institution {projects}. The table that goes with it lists all points.",
    },
    "degree": {"de": "Partner", "en": "partners"},
    "strength": {"de": "Stärke", "en": "strength"},
    "size": {"de": "Einrichtungen je Projekt", "en": "institutions per project"},
    "projects": {"de": "Projekte je Einrichtung", "en": "projects per institution"},
    "share-axis": {"de": "Anteil mit mindestens x", "en": "share with at least x"},
    "panel-numbers": {
        "de": "n = {n}; Null: {zeros}\nMedian {median}; Maximum {largest}",
        "en": "n = {n}; zero: {zeros}\nmedian {median}; maximum {largest}",
    },
    # Ego network
    "ego": {
        "de": "{name} und {shown} von {repeats} wiederkehrenden Partnern (mindestens {least} gemeinsame Projekte), in der Mitte {name}; graue Bögen: Partner, "
        "die untereinander mindestens {least} Projekte teilen ({ties} Paare).",
        "en": "{name} and {shown} of {repeats} repeat partners (at least {least} shared projects), {name} in the middle; grey arcs: partners that share at "
        "least {least} projects with each other ({ties} pairs).",
    },
    "ego-marks": {
        "de": "Die Zahl am Namen ist die der gemeinsamen Projekte mit {name}, ebenso die Strichstärke; Form und Farbe: Art der Einrichtung. Partner, die "
        "viel miteinander teilen, stehen nahe beieinander.",
        "en": "The number at a name is that of projects shared with {name}, as is the width of the line; shape and colour: kind of institution. Partners "
        "that share much with each other stand close to each other.",
    },
    "ego-cut": {
        "de": "Gezeigt sind die Partner mit den meisten gemeinsamen Projekten; unter gleichen entscheidet der Name.",
        "en": "Shown are the partners with most shared projects; among equals the name decides.",
    },
    "ego-alt": {
        "de": "Netzbild von {name} mit {shown} Partnern und {ties} Verbindungen unter ihnen. Partner und Zahlen stehen in der Tabelle dazu.",
        "en": "Network drawing of {name} with {shown} partners and {ties} links among them. The table that goes with it lists partners and numbers.",
    },
    # Common
    "ego-sampled": {
        "de": "Die Daten wurden um „{around}“ herum gesammelt: Größe und Lage zeigen, was erfasst ist, keinen Rang.",
        "en": "The data were collected around “{around}”: size and place show what is recorded, not a rank.",
    },
    "partial": {
        "de": "Die Daten sind ein Ausschnitt unbekannter Auswahl: Größe und Lage zeigen, was erfasst ist, keinen Rang.",
        "en": "The data are a part whose selection is unknown: size and place show what is recorded, not a rank.",
    },
    "weight-newman": {"de": "Newman, 1/(k − 1) je Projekt mit k Einrichtungen", "en": "Newman, 1/(k − 1) for each project of k institutions"},
    "weight-count": {"de": "Zahl der gemeinsamen Projekte", "en": "number of shared projects"},
    "legend-kind": {"de": "Art der Einrichtung", "en": "kind of institution"},
    "legend-size": {"de": "Projekte", "en": "projects"},
    "legend-width": {"de": "gemeinsame Projekte", "en": "shared projects"},
    "legend-other": {"de": "andere", "en": "other"},
}
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def words(key: str, lang: str, **values: object) -> str:
    """Return a text in a language with its values filled in.

    >>> words("legend-size", "de")
    'Projekte'
    """
    return TEXT[key][lang].format(**values)


def finish(sentences: list[str], method: Method, lang: str) -> str:
    """Return a caption: its sentences, what the frame means for reading it, and the method line."""
    return " ".join([*sentences, *frame_sentence(method.frame, lang), f"{method_line(method, lang)}."])


def frame_sentence(frame: Frame, lang: str) -> list[str]:
    """Return the sentence on how to read a figure on this frame; none on a census."""
    return [] if frame.kind == "census" else [words(frame.kind, lang, around=frame.centre(lang) or "?")]


def small(log: float, lang: str) -> str:
    """Return a number from 0 to 1 given by its natural logarithm, in powers of ten where it is small.

    >>> import math
    >>> small(math.log(0.05), "de"), small(math.log(2e-15), "en")
    ('0,05', '2.0 × 10⁻¹⁵')
    """
    import math

    tens = log / math.log(10)
    if tens > -3:
        return number(math.exp(log), lang, 3).rstrip("0").rstrip(",.") or "0"
    whole = math.floor(tens)
    mantissa = round(10 ** (tens - whole), 1)
    if mantissa >= 10:
        mantissa, whole = 1.0, whole + 1
    return f"{number(mantissa, lang, 1)} × 10{str(whole).translate(_SUPERSCRIPT)}"


def short(value: float, lang: str) -> str:
    """Return a number with about three digits: as a whole one from 10 on, else with a decimal.

    >>> short(1234.5, "de"), short(3.14159, "en"), short(0.04, "en")
    ('1.234', '3.1', '0.04')
    """
    return number(value, lang) if value >= 9.95 or value == int(value) else number(value, lang, 1 if value >= 0.95 else 2)
