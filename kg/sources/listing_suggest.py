"""A mapping to start from: what the header and the first rows of a list tell of its columns.

Only what a name or the form of the cells says is proposed; what does not fit stays a comment. Same file, same text.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.config import slug_of
from kg.errors import InputError, Text
from kg.identifiers import PATTERNS
from kg.namespaces import BASE
from kg.resources import folder
from kg.sources.listing_file import sample
from kg.sources.listing_mapping import fold

SHOWN = 30
"""Wordings of a column that are listed."""
NEAR = 0.86
"""How like a known name a header must be (0 to 1) to count as a misspelling of it."""

NAMES: dict[str, str] = {
    "project.id": "project id|project number|project no|project code|project reference|project identifier|reference number|grant id|record id|projekt id"
    "|projektnummer|projekt nr|projektkennung|vorhaben id|vorhabennummer|antragsnummer|aktenzeichen|förderkennzeichen|fkz|projektkennziffer|id|nr",
    "project.title": "project title|title|project name|name of project|project|title of project|projekttitel|titel|projektname|projekt|projektbezeichnung"
    "|vorhaben|vorhabentitel|bezeichnung des vorhabens|thema|name des projekts|titel des projekts",
    "project.acronym": "project acronym|acronym|short title|project short name|akronym|kurztitel|kurzname|kurzbezeichnung|projektkürzel|projektakronym",
    "project.description": "description|project description|summary|project summary|abstract|objective|beschreibung|projektbeschreibung"
    "|kurzbeschreibung|zusammenfassung|inhalt|ziel|kurzfassung",
    "project.start": "start|start date|project start date|begin|beginning|from|start year|date from|beginn|projektbeginn|laufzeit von|startdatum|von"
    "|beginn der laufzeit|laufzeitbeginn|projektstart|anfang",
    "project.end": "end|end date|project end date|to|until|end year|date to|ende|projektende|laufzeit bis|enddatum|bis|ende der laufzeit|laufzeitende",
    "project.page": "url|website|project website|project url|web|link|homepage|page|webseite|internetseite|projektwebsite|projektseite|internetadresse",
    "project.amount": "amount|grant amount|funding|funding amount|grant|eu grant|eu grant award in euros|total grant|budget|eu contribution"
    "|fördersumme|fördersumme in eur|förderbetrag|bewilligte summe|zuwendung|zuwendungssumme|betrag|fördermittel|bewilligungssumme|fördervolumen",
    "project.currency": "currency|währung",
    "project.programme": "programme|program|funding programme|funding program|programm|förderprogramm|förderlinie|förderbereich|funding line|key action"
    "|action type|förderprofil|bekanntmachung",
    "project.funder": "funder|funding body|funding agency|funding organisation|donor|sponsor|geldgeber|fördergeber|mittelgeber|zuwendungsgeber|fördermittelgeber"
    "|förderer|ressort|ministerium",
    "lead": "coordinator|lead organisation|lead organization|lead partner|coordinating organisation|coordinating organisation name|coordinating organization"
    "|coordinator name|applicant|beneficiary|beneficiary name|grantee|lead institution|host institution|koordinator|koordination|koordinierende einrichtung"
    "|federführende einrichtung|federführung|projektleitung|projektträger|träger|antragsteller|antragstellerin|zuwendungsempfänger|ausführende stelle"
    "|lead|leitung|begünstigter|verbundkoordination|leadpartner|empfänger",
    "partners": "partners|project partners|partner organisations|partner organizations|consortium|participants|partner names|other partners|beneficiaries"
    "|projektpartner|kooperationspartner|verbundpartner|partner|konsortium|beteiligte|beteiligte einrichtungen|weitere partner|partnerorganisationen|mitwirkende",
    "organisation": "organisation|organization|institution|organisation name|organization name|name of organisation|legal name|participant|participant name"
    "|partner name|institute|einrichtung|organisationsname|institut|name der organisation|name der einrichtung|teilnehmer|beteiligter|unternehmen|hochschule",
    "role": "role|participant role|project role|type of participation|role of partner|role of partners|rolle|rolle im projekt|funktion|beteiligungsart"
    "|art der beteiligung|organisation role|partnerrolle",
    "kind": "organisation type|organization type|type of organisation|legal form|activity type|organisationstyp|organisationsart|einrichtungsart|rechtsform"
    "|art der organisation|art der einrichtung|coordinating organisation type",
    "place": "city|town|place|location|municipality|city of lead|ort|stadt|sitz|gemeinde|stadt gemeinde|standort|sitz der einrichtung|projektort",
    "country": "country|country code|nation|state|coordinator country|coordinators country|land|staat|ländercode|herkunftsland|sitzland",
    "contribution": "contribution|net contribution|partner budget|share|zuwendung partner|teilbetrag|anteil|förderanteil|eu contribution of partner",
    "ror": "ror|ror id|organisation ror|ror kennung",
    "pic": "pic|pic number|participant identification code|pic nummer|organisation id",
    "grid": "grid|grid id",
    "wikidata": "wikidata|wikidata id|qid",
    "eu-grant": "grant number|grant agreement number|grant agreement|eu grant number|contract number|vertragsnummer|grant agreement no|grant no",
    "cordis": "cordis|cordis id|cordis project id|cordis projektnummer",
    "doi": "doi|grant doi|project doi",
}
"""Names of columns, German and English, by what they say; a name stands once."""

ORGANISATION = ("ror", "pic", "grid", "wikidata")
"""Identifier schemes of organisations; the others are those of projects."""

DATE_FORMS = ("YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "YYYY/MM/DD", "DD-MM-YYYY", "YYYY-MM", "MM/YYYY", "MM.YYYY", "YYYY")
MISSING = ("-", "–", "n/a", "N/A", "NA", "k. A.", "k.A.", "null", "NULL", "None", "unbekannt", "unknown", "#N/A", "#NV")


@dataclass(frozen=True)
class _Found:
    """What the beginning of a list shows."""

    name: str
    encoding: str
    delimiter: str
    header: list[str]
    cells: dict[str, list[str]]
    columns: dict[str, str]

    def filled(self, role: str) -> list[str]:
        """Return the filled cells of the column that fits a role."""
        return self.cells.get(self.columns.get(role, ""), [])


def suggest(path: Path) -> str:
    """Return a mapping to start from, as TOML with comments.

    Args:
        path: The list; its first megabyte is read.

    Raises:
        InputError: The file is missing, empty, or its first line holds no names.
    """
    encoding, delimiter, records = sample(path)
    header = records[0]
    if not any(header):
        what = Text("The first line holds no column names.", "Die erste Zeile enthält keine Spaltennamen.")
        fix = Text("Delete what stands above the header.", "Löschen Sie, was über der Kopfzeile steht.")
        raise InputError(what, where=f"{path.name}:1", fix=fix)
    cells: dict[str, list[str]] = {}
    for number, column in enumerate(header):
        if column and column not in cells:
            cells[column] = [text for record in records[1:] if len(record) > number and (text := record[number].strip())]
    found = _Found(path.name, encoding, delimiter, header, cells, _assign(cells))
    return "".join(f"{line}".rstrip() + "\n" for line in _text(found))


# --- which column says what ----------------------------------------------------------------------------------------------


def _plain(name: str) -> str:
    """Return a header as words: no accents, no case, no punctuation."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold().replace("ß", "ss")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", text.replace("'s ", "s ")))


def _score(column: str, names: Iterable[str]) -> float:
    """Return how well a header fits: 1 for a known name, less for one that contains it as words, or is spelled nearly so."""
    best = 0.0
    for name in names:
        if column == name:
            return 1.0
        if len(name) > 3 and f" {name} " in f" {column} ":
            best = max(best, 0.9 * len(name) / len(column) + 0.09)
        elif len(name) > 4 and (ratio := difflib.SequenceMatcher(None, column, name).ratio()) >= NEAR:
            best = max(best, ratio * 0.95)
    return best


def _assign(cells: dict[str, list[str]]) -> dict[str, str]:
    """Give every role the column that fits best, each column once."""
    names = {role: [_plain(name) for name in listed.split("|")] for role, listed in NAMES.items()}
    scores = [(_score(_plain(column), known), role, column) for role, known in names.items() for column in cells]
    order = {role: number for number, role in enumerate(names)}
    position = {column: number for number, column in enumerate(cells)}
    chosen: dict[str, str] = {}
    for score, role, column in sorted(scores, key=lambda item: (-item[0], order[item[1]], position[item[2]])):
        if score >= 0.5 and role not in chosen and column not in chosen.values():
            chosen[role] = column
    # A column whose cells are identifiers of one scheme is one, whatever it is called; the check digits of ROR make it certain.
    for column in cells:
        if "ror" not in chosen and column not in chosen.values() and _share(cells[column], lambda text: bool(PATTERNS["ror"].match(text[-9:]))) > 0.9:
            chosen["ror"] = column
    if "project.page" in chosen and _share(cells[chosen["project.page"]], lambda text: text.startswith(("http://", "https://"))) < 0.5:
        del chosen["project.page"]
    return chosen


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, cells)) / len(cells) if cells else 0.0


# --- what the cells look like --------------------------------------------------------------------------------------------


def _date_forms(found: _Found) -> list[str]:
    """Return the forms that fit the cells of start and end, those that fit most first."""
    cells = found.filled("project.start") + found.filled("project.end")
    counts = Counter({form: sum(_is_date(text, form) for text in cells) for form in DATE_FORMS})
    forms = [form for form, number in sorted(counts.items(), key=lambda item: (-item[1], DATE_FORMS.index(item[0]))) if number]
    # Where the day may come first or the month, only a day above 12 tells; both forms together would be a guess per cell.
    if "DD/MM/YYYY" in forms and "MM/DD/YYYY" in forms:
        forms.remove("MM/DD/YYYY" if counts["DD/MM/YYYY"] >= counts["MM/DD/YYYY"] else "DD/MM/YYYY")
    return forms or ["YYYY-MM-DD", "YYYY-MM", "YYYY"]


def _is_date(text: str, form: str) -> bool:
    import datetime

    parts = re.findall("YYYY|MM|DD|[-./]", form)
    groups = {"YYYY": "(?P<y>[0-9]{4})", "MM": "(?P<m>[0-9]{1,2})", "DD": "(?P<d>[0-9]{1,2})"}
    match = re.fullmatch("".join(groups.get(part, re.escape(part)) for part in parts), text)
    if not match:
        return False
    values = match.groupdict()
    try:
        datetime.date(int(values["y"]), int(values.get("m") or 1), int(values.get("d") or 1))
    except ValueError:
        return False
    return True


def _decimal(found: _Found) -> str:
    """Return the decimal mark: the one that stands last before one or two digits in most cells, else the language's."""
    cells = found.filled("project.amount") + found.filled("contribution")
    votes = Counter(match.group(1) for text in cells if (match := re.search(r"([.,])[0-9]{1,2}[^0-9]*$", text)))
    thousands = Counter(match.group(1) for text in cells if (match := re.search(r"[0-9]([.,])[0-9]{3}(?:[^0-9]|$)", text)))
    if votes:
        return max(".,", key=lambda mark: votes[mark])
    if thousands:
        return "," if thousands["."] >= thousands[","] else "."
    return "," if _language(found) == "de" else "."


def _language(found: _Found) -> str:
    """Return the language of the list: that of its header."""
    text = " ".join(found.header)
    german = len(re.findall(r"(?i)[äöüß]|projekt|titel|einricht|beginn|\bende\b|\bort\b|förder|rolle|laufzeit|\bland\b|thema|träger", text))
    english = len(re.findall(r"(?i)\bproject|title|organi[sz]ation|\bstart|\bend\b|city|fund|\brole|country|\bdate", text))
    return "de" if german > english else "en"


def _separator(cells: Sequence[str]) -> str:
    """Return what stands between several names in one cell, empty where most cells hold one."""
    for mark in (";", "|", " / ", "\n"):
        if sum(mark in text for text in cells) > 0.2 * len(cells):
            return mark
    return "," if _share(cells, lambda text: text.count(",") > 1) > 0.5 else ""


def _role_codes() -> dict[str, str]:
    """Return the shipped wordings of roles that stand for one code."""
    codes: dict[str, set[str]] = {}
    with folder("data", "mappings", "roles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["scheme"] == "participation-role" and row["code"]:
                codes.setdefault(fold(row["wording"]), set()).add(row["code"])
    known = {wording: next(iter(found)) for wording, found in codes.items() if len(found) == 1}
    english = {"coordinator": "coordinator", "partner": "partner", "participant": "partner", "associated partner": "associated-partner"}
    return {**english, "third party": "third-party", "subcontractor": "subcontractor", **known}


KINDS = {
    "university": "university|universität|hochschule|higher education institution|fachhochschule|hes|universitaet",
    "research-institute": "research institute|forschungseinrichtung|forschungsinstitut|research centre|research organisation|rec|außeruniversitäre forschung",
    "municipality": "municipality|kommune|stadt|gemeinde|local authority|local public body|gebietskörperschaft|kreis",
    "public-body": "public body|behörde|öffentliche einrichtung|ministry|ministerium|pub|regional public body|national public body",
    "company": "company|unternehmen|sme|kmu|small and medium sized enterprise|large enterprise|gmbh|ag|prc|wirtschaft|industrie",
    "civil-society": "ngo|verein|stiftung|foundation|non-governmental organisation|civil society|zivilgesellschaft|e.v.|association|verband",
    "chamber": "chamber|kammer|handwerkskammer",
    "education-provider": "school|schule|vocational school|berufsschule|bildungsträger|volkshochschule|adult education provider",
    "cultural-institution": "museum|theatre|theater|library|bibliothek|kultureinrichtung|cultural institution",
}
"""Wordings of kinds of organisations, by code."""


# --- text ----------------------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    """Return a TOML basic string (TOML 1.0, section String)."""
    special = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(special.get(c) or (f"\\u{ord(c):04X}" if ord(c) < 32 or 127 <= ord(c) < 160 else c) for c in text) + '"'


def _comment(text: str) -> str:
    """Return a text as it may stand in a comment: on one line."""
    return _quoted(text[:60])


def _text(found: _Found) -> Iterable[str]:
    """Yield the lines of the mapping."""
    yield f"# What the columns of {_comment(found.name)} mean. Check every line: it was proposed from the names of the columns and the first rows."
    yield '# A field is a column, title = "Titel", or the same for all rows: country = {value = "DE"}. Delete what does not apply.'
    yield f"# `kg map {found.name} --mapping mapping.toml` shows what it gives." if found.name.isprintable() else "# `kg map` shows what it gives."
    yield from _about(found)
    yield from _form(found)
    used: set[str] = set()
    yield from _project(found, used)
    yield from _participants(found, used)
    yield from _wordings(found)
    left = [column for column in dict.fromkeys(found.header) if column and column not in used]
    if left:
        yield ""
        yield "# Columns that are not mapped:"
        for column in left:
            yield f"#   {_quoted(column)}, for example {_comment(found.cells[column][0])}" if found.cells[column] else f"#   {_quoted(column)}, empty"


def _about(found: _Found) -> Iterable[str]:
    name = slug_of(Path(found.name).stem)
    yield ""
    yield "[graph]"
    yield f"name = {_quoted(name if re.fullmatch('[a-z0-9]+(-[a-z0-9]+)*', name) else 'list')}  # name of the named graph, kebab-case"
    yield f"base = {_quoted(BASE)}  # namespace of the entities; that of the graph you add the list to"
    yield '# state = "2026-01-31"  # day the list was exported'
    yield f"title.de = {_quoted(Path(found.name).stem)}"
    yield f"title.en = {_quoted(Path(found.name).stem)}"
    yield '# license = "https://creativecommons.org/licenses/by/4.0/"  # of the list, where it is known'
    yield ""
    yield "[publisher]"
    yield 'name = ""  # who publishes the list'
    yield 'url = ""'
    yield ""
    yield "[frame]"
    yield 'kind = "partial"  # census: the list holds all of a population; only then may shares and totals be said'
    yield 'population.de = ""  # ein Satz: was die Liste umfasst'
    yield 'population.en = ""  # one sentence: what the list covers'


def _form(found: _Found) -> Iterable[str]:
    missing = sorted({text for cells in found.cells.values() for text in cells if text in MISSING})
    yield ""
    yield "[table]"
    yield f"delimiter = {_quoted('tab' if found.delimiter == chr(9) else found.delimiter)}"
    yield f"encoding = {_quoted(found.encoding)}"
    yield f'language = "{_language(found)}"  # of titles and names: de or en'
    yield f"date = [{', '.join(map(_quoted, _date_forms(found)))}]  # forms of dates, tried in this order"
    yield f'decimal = "{_decimal(found)}"'
    yield f"missing = [{', '.join(map(_quoted, missing))}]  # cells that mean: nothing"
    yield 'organisation_key = ["name"]  # ["name", "place"] where different organisations share a name'


def _line(found: _Found, key: str, role: str, used: set[str]) -> str:
    column = found.columns.get(role)
    if column is None:
        return f"# {key} ="
    used.add(column)
    example = found.cells[column][0] if found.cells[column] else ""
    return f"{key} = {_quoted(column)}" + (f"  # {_comment(example)}" if example else "")


def _project(found: _Found, used: set[str]) -> Iterable[str]:
    yield ""
    yield "[project]"
    single = "organisation" not in found.columns
    for key in ("id", "title", "acronym", "description", "start", "end"):
        yield _line(found, key, f"project.{key}", used)
    if single and "lead" not in found.columns:
        yield _line(found, "place", "place", used)
        yield _line(found, "country", "country", used)
    yield _line(found, "page", "project.page", used)
    yield _line(found, "programme", "project.programme", used)
    yield _line(found, "funder", "project.funder", used)
    if "project.amount" in found.columns and not {"project.programme", "project.funder"} & set(found.columns):
        yield '# An amount needs a programme or a funder, such as funder = {value = "Name"}.'
        used.add(found.columns["project.amount"])
        yield f"# amount = {_quoted(found.columns['project.amount'])}"
    else:
        yield _line(found, "amount", "project.amount", used)
        if "project.amount" in found.columns:
            yield _line(found, "currency", "project.currency", used) if "project.currency" in found.columns else 'currency = {value = "EUR"}'
    schemes = [scheme for scheme in ("eu-grant", "cordis", "doi") if scheme in found.columns]
    if schemes:
        yield ""
        yield "[project.identifiers]"
        for scheme in schemes:
            yield _line(found, scheme, scheme, used)


def _participants(found: _Found, used: set[str]) -> Iterable[str]:
    """Yield a table per column that names organisations; what is known of one organisation goes to the first that names one."""
    blocks = [role for role in ("organisation", "lead", "partners") if role in found.columns]
    if not blocks:
        yield ""
        yield "# No column names an organisation by its header. Add one:"
        yield "# [[participants]]"
        yield '# name = "Column"'
    facts_given = role_given = False
    for block in blocks:
        separator = _separator(found.filled(block)) if block == "partners" or len(blocks) == 1 else ""
        yield ""
        yield "[[participants]]"
        yield _line(found, "name", block, used)
        if separator:
            yield f"separator = {_quoted(separator)}  # between several names in one cell"
        if block == "lead" and len(blocks) > 1:
            yield 'role = {value = "coordinator"}'
        elif "role" in found.columns and not role_given:
            role_given = True
            yield _line(found, "role", "role", used)
        elif block == "lead":
            yield 'role = {value = "coordinator"}'
        else:
            yield 'role = {value = "partner"}' if block == "partners" else "# role = the column with the role, else it is unspecified"
        if not separator and not facts_given:
            facts_given = True
            for key in ("place", "country", "kind", "contribution"):
                if key in found.columns:
                    yield _line(found, key, key, used)
            for scheme in ORGANISATION:
                if scheme in found.columns:
                    yield _line(found, f"identifiers.{scheme}", scheme, used)


def _wordings(found: _Found) -> Iterable[str]:
    if "role" in found.columns:
        codes = _role_codes()
        yield ""
        yield "[roles]  # wordings of the list and codes of participation-role; one without a code stays unspecified"
        yield from _pairs(found.filled("role"), codes.get)
    if "kind" in found.columns:
        kinds = {wording: code for code, listed in KINDS.items() for wording in listed.split("|")}
        yield ""
        yield "[kinds]  # wordings of the list and codes of organisation-kind"
        yield from _pairs(found.filled("kind"), kinds.get)


def _pairs(cells: Sequence[str], code: Callable[[str], str | None]) -> Iterable[str]:
    seen: set[str] = set()
    for wording, number in sorted(Counter(cells).items(), key=lambda item: (-item[1], item[0])):
        if fold(wording) in seen or len(seen) == SHOWN:
            continue
        seen.add(fold(wording))
        known = code(fold(wording))
        yield f"{_quoted(wording)} = {_quoted(known)}" if known else f'# {_quoted(wording)} = ""  # {number} in the first rows'
