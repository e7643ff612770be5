"""The words of the documentation that are no definitions: relations, traits, cardinalities, severities."""

from __future__ import annotations

from kg.errors import Text

RELATIONS = {
    "subClassOf": Text("subclass of", "Unterklasse von"),
    "subPropertyOf": Text("subproperty of", "Untereigenschaft von"),
    "exactMatch": Text("the same as", "gleich"),
    "closeMatch": Text("close to", "ähnlich"),
    "broadMatch": Text("narrower than", "enger als"),
    "narrowMatch": Text("broader than", "weiter als"),
    "relatedMatch": Text("related to", "verwandt mit"),
}
TRAITS = {
    "functional": Text("at most one value (functional)", "höchstens ein Wert (funktional)"),
    "inverse-functional": Text("identifies its subject (inverse functional)", "bestimmt sein Subjekt eindeutig (invers funktional)"),
    "symmetric": Text("holds in both directions (symmetric)", "gilt in beide Richtungen (symmetrisch)"),
    "transitive": Text("reaches over several steps (transitive)", "reicht über mehrere Schritte (transitiv)"),
    "derived": Text("derived by a rule", "durch eine Regel abgeleitet"),
}
SEVERITIES = {
    "Violation": Text("must", "Pflicht"),
    "Warning": Text("should", "soll"),
    "Info": Text("advice", "Hinweis"),
}
KINDS = {
    "class": Text("Class", "Klasse"),
    "object": Text("Property that leads to a thing", "Eigenschaft, die auf einen Gegenstand führt"),
    "datatype": Text("Property that holds a value", "Eigenschaft, die einen Wert trägt"),
}
SECTIONS = {
    "class": Text("Classes", "Klassen"),
    "object": Text("Properties that lead to things", "Eigenschaften, die auf Gegenstände führen"),
    "datatype": Text("Properties that hold values", "Eigenschaften, die Werte tragen"),
}
CHANGES = {"added": Text("New", "Neu"), "changed": Text("Changed", "Geändert"), "deprecated": Text("No longer to be used", "Nicht mehr zu verwenden")}
STATUS = {"published": Text("published", "veröffentlicht"), "draft": Text("draft", "Entwurf")}


def word(table: dict[str, Text], key: str, lang: str) -> str:
    """Return a word of a table; the key itself where the table lacks it."""
    return table[key].in_(lang) if key in table else key


def cardinality(least: int | None, most: int | None, lang: str) -> str:
    """Return how many values a rule asks for, in words; empty where it asks for no number.

    >>> cardinality(1, 1, "en"), cardinality(None, 1, "de"), cardinality(2, None, "en"), cardinality(None, None, "de")
    ('exactly 1', 'höchstens 1', 'at least 2', '')
    """
    at_least, at_most, exactly = {"en": ("at least", "at most", "exactly"), "de": ("mindestens", "höchstens", "genau")}[lang]
    if least and least == most:
        return f"{exactly} {least}"
    parts = [f"{at_least} {least}"] if least else []
    parts += [f"{at_most} {most}"] if most is not None else []
    return ", ".join(parts)
