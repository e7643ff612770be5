"""What a card says: title, rule and what to do, in German and English, made from the texts of a rule.

A message of a shape says what is wrong, then what is required and, after a colon, what to do. Where that last part is no instruction, or speaks of nodes where
a steward has cells, :data:`kg.validate.card_todo.TODO` says it for tables. Shapes of others that say less get a sentence by the kind of constraint.
"""

from __future__ import annotations

import re

from kg.errors import Text
from kg.namespaces import INNOSH, local_name
from kg.sources.folder import ALL_TEXTS
from kg.validate.card_todo import EXPLAINED, TODO
from kg.validate.card_words import cut, in_words, property_name, quoted, without_iris
from kg.validate.inputs import MESSAGES
from kg.validate.report import TABLE, Result, parse_literal, readable_path
from kg.validate.shapes import TABLE_RULES, ShapeInfo, text_in

_BY_COMPONENT: dict[str, tuple[str, str]] = {
    # beginning of a component's name: what to do where a rule of somebody else does not say it, de and en
    "MinCount": ("Den fehlenden Wert eintragen.", "Enter the missing value."),
    "MaxCount": ("Überzählige Werte löschen.", "Delete the values beyond what is allowed."),
    "QualifiedMinCount": ("Einen Wert der verlangten Art ergänzen.", "Add a value of the kind that is required."),
    "QualifiedMaxCount": ("Überzählige Werte dieser Art löschen.", "Delete the values of this kind beyond what is allowed."),
    "UniqueLang": ("Je Sprache einen Wert behalten.", "Keep one value per language."),
    "Class": ("Auf etwas der verlangten Art verweisen.", "Refer to something of the kind that is required."),
    "In": ("Einen Wert der Liste eintragen.", "Enter a value of the list."),
    "Not": ("Die Angabe ändern, die hier nicht stehen darf.", "Change the value that must not stand here."),
    "Closed": ("Die Angabe entfernen, die hier nicht vorgesehen ist.", "Remove the value that is not provided for here."),
}
_ANY = ("Den Wert so ändern, dass er die Regel erfüllt.", "Change the value so that it meets the rule.")

_FAULTS: dict[str, tuple[str, str]] = {
    "MinCount": ("Angabe fehlt.", "missing."),
    "MaxCount": ("zu viele Angaben.", "too many values."),
    "UniqueLang": ("zwei Angaben in einer Sprache.", "two values in one language."),
    "QualifiedMinCount": ("eine verlangte Angabe fehlt.", "a required value is missing."),
    "QualifiedMaxCount": ("zu viele Angaben dieser Art.", "too many values of this kind."),
}
_EXPECTED = {"de": "Erwartet: ", "en": "Expected: "}
"""How a message goes on that the reader of reports made, where a shape has none."""
_NOT_ALLOWED = ("{value} ist nicht zulässig.", "{value} is not allowed.")

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\s)])")
_NOUNS = {
    "de": r"(?:Das|Die|Der|Dem|Den) (?:Projekt|Organisation|Veranstaltung|Auszeichnung|Runde|Ergebnis|Kampagne|Bereich|Begriff|Aussage|Beleg|Dokument"
    r"|Beteiligung|Ortsnutzung|Förderung|Programm|Ort|Teil|Quellgraphen)",
    "en": r"The (?:source graph|site use|project|organisation|event|award|edition|result|campaign|area|concept|claim|evidence|document|participation"
    r"|funding|programme|place|part)",
}
_SUBJECT = {lang: re.compile(rf"({nouns})(?= (?!of\b|des\b|der\b))") for lang, nouns in _NOUNS.items()}


def code_of(shape: str) -> str:
    """Return the code of a problem of tables that stands behind a rule, or nothing.

    >>> code_of("https://w3id.org/innokg/shapes#Table-wrong-date")
    'wrong-date'
    """
    prefix = INNOSH["Table-"]
    return shape.removeprefix(prefix) if shape.startswith(prefix) else ""


def split(message: str) -> tuple[str, str]:
    """Return what is wrong (the first sentence), and the rest of a message.

    >>> split("The event has no start. Required is a date: fill in column start.")
    ('The event has no start.', 'Required is a date: fill in column start.')
    """
    first, *rest = _SENTENCE.split(message.strip(), maxsplit=1)
    return first, rest[0] if rest else ""


def _instruction(rest: str) -> str:
    """Return what to do: what follows the colon, as a sentence.

    >>> _instruction("Required is a date: fill in column start.")
    'Fill in column start.'
    """
    text = rest.partition(": ")[2] or rest
    first = text.split(" ", 1)[0].rstrip(",;")
    # A name of a column or property keeps its case.
    return text if not first.isalpha() or not first.islower() else text[0].upper() + text[1:]


def sentences(result: Result, lang: str) -> tuple[str, str]:
    """Return what is wrong and what to do of a result, as its message says them."""
    message = text_in(result.message, lang)
    code = code_of(result.shape)
    texts = ALL_TEXTS.get(code) or MESSAGES.get(code)
    if result.component == TABLE and texts:
        what, fix = (texts[0], texts[2]) if lang == "de" else (texts[1], texts[3])
        # What is nothing but a placeholder ends anywhere: there the first sentence counts.
        match = re.fullmatch(f"({_pattern(what)}) ({_pattern(fix)})", message, re.DOTALL) if not what.startswith("{reason") else None
        if match:
            return match[1], match[2]
    return split(message)


def _pattern(template: str) -> str:
    return "".join(".*?" if number % 2 else re.escape(part) for number, part in enumerate(re.split(r"(\{[^}]*\})", template)))


def rule(shape: str, info: ShapeInfo | None, lang: str) -> str:
    """Return a rule in plain words; empty where nothing is known of it."""
    code = code_of(shape)
    texts = EXPLAINED.get(code) or TABLE_RULES.get(code)
    if texts:
        return texts[lang == "en"]
    if info is None:
        return ""
    if text_in(info.description, lang) or text_in(info.name, lang) or not info.expected:
        return info.rule(lang)
    # A shape of somebody else that only says what it asks for.
    field = f"{property_name(readable_path(info.path), lang)}: " if info.path else ""
    return field + "; ".join(in_words(text_in(texts, lang), lang) for texts in info.expected.values())


def todo(result: Result, lang: str) -> str:
    """Return what to do, as a sentence."""
    own = TODO.get(local_name(result.shape)) if result.shape.startswith(INNOSH[""]) else None
    if own:
        return own[lang == "en"]
    rest = sentences(result, lang)[1]
    if result.component == TABLE:
        return _of_hint(result, rest, lang)
    if rest and (code_of(result.shape) or not rest.startswith(tuple(_EXPECTED.values()))):
        return _instruction(rest)
    kind = local_name(result.component).removesuffix("ConstraintComponent")
    return _BY_COMPONENT.get(kind, _ANY)[lang == "en"]


_NEAR = re.compile(r"(?:Did you mean|Gemeint vielleicht) (.+)\?\Z", re.DOTALL)
_KNOWN = re.compile(r"(?:Known|Bekannt sind): (.+)\.\Z", re.DOTALL)
_HINTS = ("{hint}", "{hint_de}")


def _of_hint(result: Result, rest: str, lang: str) -> str:
    """Return an instruction where the remedy of a problem only names what may be meant, or the values there are."""
    texts = ALL_TEXTS.get(code_of(result.shape)) or MESSAGES.get(code_of(result.shape))
    if texts is None or texts[3] not in _HINTS or result.shape == INNOSH["Table-wrong-identifier"]:
        return rest
    near, known = _NEAR.match(rest), _KNOWN.match(rest)
    if near:
        return Text(f"Enter {near[1]}, if that is meant.", f"{near[1]} eintragen, wenn das gemeint ist.").in_(lang)
    if known:
        return Text(f"Enter one of these: {known[1]}.", f"Eines davon eintragen: {known[1]}.").in_(lang)
    return rest


def title(result: Result, info: ShapeInfo | None, lang: str, name: str) -> str:
    """Return what is wrong with what, in a sentence without an IRI.

    Args:
        result: The finding.
        info: Its rule.
        lang: `de` or `en`.
        name: Name of the thing; empty where it has none.
    """
    what = without_iris(sentences(result, lang)[0])
    subject = quoted(without_iris(name), lang) if name else ""
    if result.component == TABLE:
        file = bool(result.origin) and name == result.origin[0].file
        return what if not subject or file or name in what else f"{subject}: {what}"
    parts = info.expected if info is not None else {}
    field = text_in(info.name, lang) if info is not None else ""
    silent = info is not None and text_in(result.message, lang).startswith(f"{info.rule(lang)} {_EXPECTED[lang]}")
    field = field or property_name(readable_path(result.path), lang)
    if result.path and (len(parts) > 1 or silent):
        return f"{subject or _unnamed(lang)} – {field}: {_fault(result, lang)}"
    named = _SUBJECT[lang].match(what)
    if named and subject:
        return f"{named[1]} {subject}{what[named.end() :]}"
    return f"{subject}: {what}" if subject else what


def _fault(result: Result, lang: str) -> str:
    kind = local_name(result.component).removesuffix("ConstraintComponent")
    if kind in _FAULTS:
        return _FAULTS[kind][lang == "en"]
    value = result.value
    shown = parse_literal(value).value if value.startswith('"') else without_iris(re.sub(r" \([^()]*\)\Z", "", result.found) or local_name(value))
    return _NOT_ALLOWED[lang == "en"].format(value=quoted(cut(shown, 80), lang)) if shown else sentences(result, lang)[0]


def _unnamed(lang: str) -> str:
    return "Ein Eintrag ohne Namen" if lang == "de" else "An entry without a name"


__all__ = ["code_of", "rule", "sentences", "split", "title", "todo"]
