"""The records of a project list with their cells read: what each says of a project, which organisations it names, and what could not be read.

Nothing is decided between records here; :mod:`kg.sources.listing` does that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import InputError, Text
from kg.resources import folder
from kg.sources import listing_columns as cells
from kg.sources.columns import clean, slug
from kg.sources.listing_file import ListTable
from kg.sources.listing_mapping import PARTICIPANT, PROJECT, Field, ListMapping, Participants

if TYPE_CHECKING:
    from kg.engine.base import Engine

MAX_CELL = 1024 * 1024
"""Characters of the longest cell that is taken over."""
SHOWN = 200
"""Characters of a faulty cell that a message shows."""
FUNDER = -1
"""Number of the block that stands for the column of funders."""

TEXTS: dict[str, tuple[str, str, str, str]] = {
    # code: what de, what en, fix de, fix en; filled with str.format
    "long-cell": (
        "Die Zelle ist länger als 1 MB; sie bleibt leer.",
        "The cell is longer than 1 MB; it is left out.",
        "Prüfen Sie die Anführungszeichen der Zeile.",
        "Check the quotes of the row.",
    ),
    "no-project": (
        "Die Zeile nennt kein Projekt; sie bleibt weg.",
        "The row names no project; it is left out.",
        "Tragen Sie Titel oder Kennung ein.",
        "Enter its title or identifier.",
    ),
    "no-title": (
        "Das Projekt hat keinen Titel; {other!r} steht dafür.",
        "The project has no title; {other!r} stands for it.",
        "Tragen Sie den Titel ein.",
        "Enter the title.",
    ),
    "no-participant": (
        "Die Zeile nennt keine Organisation.",
        "The row names no organisation.",
        "Tragen Sie ein, wer beteiligt ist, oder ordnen Sie die richtige Spalte zu.",
        "Enter who takes part, or map the right column.",
    ),
    "no-name": (
        "Zu {value!r} fehlt der Name der Organisation; die Angabe bleibt weg.",
        "The name of the organisation with {value!r} is missing; it is left out.",
        "Tragen Sie den Namen ein.",
        "Enter the name.",
    ),
    "wrong-date": (
        "{value!r} ist kein Datum in einer der Formen {other}; die Zelle bleibt weg.",
        "{value!r} is no date in any of the forms {other}; the cell is left out.",
        "Berichtigen Sie sie, oder ergänzen Sie die Form in table.date.",
        "Correct it, or add its form to table.date.",
    ),
    "end-before-start": (
        "Das Ende {value} liegt vor dem Beginn {other}; beide bleiben weg.",
        "The end {value} is before the start {other}; both are left out.",
        "Prüfen Sie beide an der Quelle.",
        "Check both at the source.",
    ),
    "wrong-amount": (
        "{value!r} ist kein Betrag ab 0 mit dem Dezimalzeichen {other!r}; die Zelle bleibt weg.",
        "{value!r} is no amount of 0 or more with the decimal mark {other!r}; the cell is left out.",
        "Berichtigen Sie sie, oder ändern Sie table.decimal.",
        "Correct it, or change table.decimal.",
    ),
    "wrong-currency": (
        "{value!r} ist kein Währungscode; der Betrag bleibt weg.",
        "{value!r} is no currency code; the amount is left out.",
        "Drei Großbuchstaben, etwa EUR.",
        "Use three capitals, such as EUR.",
    ),
    "amount-without-source": (
        "Zum Betrag {value!r} fehlen Programm und Geldgeber; er bleibt weg.",
        "The amount {value!r} has neither programme nor funder; it is left out.",
        "Tragen Sie eines ein.",
        "Enter one of them.",
    ),
    "wrong-identifier": (
        "{value!r} ist keine gültige Kennung des Systems {other}; die Zelle bleibt weg.",
        "{value!r} is no valid identifier of the scheme {other}; the cell is left out.",
        "Schlagen Sie sie im Register nach, oder leeren Sie die Zelle.",
        "Look it up in the register, or empty the cell.",
    ),
    "unknown-country": (
        "Das Land {value!r} ist unbekannt; die Zelle bleibt weg.",
        "The country {value!r} is unknown; the cell is left out.",
        'Ergänzen Sie es unter [countries], etwa "UK (England)" = "GB".',
        'Add it below [countries], such as "UK (England)" = "GB".',
    ),
    "wrong-url": (
        "{value!r} ist keine Adresse mit http:// oder https://; die Zelle bleibt weg.",
        "{value!r} is no address with http:// or https://; the cell is left out.",
        "Berichtigen oder leeren Sie die Zelle.",
        "Correct or empty the cell.",
    ),
    "conflicting-value": (
        "{value!r} widerspricht {other!r} aus einer früheren Zeile desselben Gegenstands; die frühere gilt.",
        "{value!r} contradicts {other!r} of an earlier row of the same thing; the earlier one stands.",
        "Prüfen Sie beide, und löschen Sie die falsche Angabe.",
        "Check both, and delete the wrong one.",
    ),
}


@dataclass
class Rows:
    """Records with their values.

    Attributes:
        records: One row per record: `row`, `project` (key), and per field `p_<field>`, per identifier scheme `pi_<scheme>`.
        mentions: One row per organisation that a record names: `row`, `project`, `block`, `name`, `name_key`, `id_key`, `role_wording`, `role`,
            `kind_wording`, `kind`, `place`, `country`, `acronym`, `page`, `contribution`, `i_<scheme>`.
        problems: Tables of `row, column, code, value, other`.
    """

    records: Any
    mentions: Any
    problems: list[Any] = field(default_factory=list)


def read_rows(engine: Engine, table: ListTable, mapping: ListMapping) -> Rows:
    """Read the cells of a list.

    Args:
        engine: Batch engine.
        table: The list by columns.
        mapping: Which column says what.
    """
    return _Reader(engine, table, mapping).run()


class _Reader:
    """Reads the cells of one list; every method named after what it reads."""

    def __init__(self, engine: Engine, table: ListTable, mapping: ListMapping) -> None:
        self.engine = engine
        self.table = table
        self.mapping = mapping
        self.problems: list[Any] = []

    def run(self) -> Rows:
        """Read all fields."""
        texts = self.engine.cache(self._texts())
        texts = self.engine.cache(self._countries(texts))
        records = self._records(texts)
        mentions = self._mentions(records)
        kept = self.engine.cache(records.select("row", "project", *(name for name in records.columns if name.startswith(("p_", "pi_")))))
        return Rows(kept, self.engine.cache(mentions), self.problems)

    # --- texts -----------------------------------------------------------------------------------------------------------

    def _fields(self) -> dict[str, Field]:
        """Return every field under the name of its column of texts."""
        found = {f"p_{name}": item for name, item in self.mapping.project.items()}
        found |= {f"pi_{scheme}": item for scheme, item in self.mapping.identifiers.items()}
        for number, block in enumerate(self.mapping.participants):
            found |= {f"o{number}_{name}": item for name, item in block.fields.items()}
            found |= {f"o{number}i_{scheme}": item for scheme, item in block.identifiers.items()}
        return found

    def _texts(self) -> Any:
        """Return the clean texts of all fields; records without any text are left out."""
        import ibis

        data, fields = self.table.data, self._fields()
        names = {column: f"t{number}" for number, column in enumerate(self.mapping.columns())}
        raw = {names[column]: self.table.column(column) for column in names}
        blank = data[next(name for name in data.columns if name != "row")].strip() == ""
        for name in data.columns:
            if name != "row":
                blank = blank & (data[name].strip() == "")
        long = [
            data.filter(text.length() > MAX_CELL).select("row", column=ibis.literal(column), value=text.substr(0, 40))
            for column, text in zip(names, raw.values(), strict=True)
        ]
        for found in long:
            self._report(found, "long-cell")
        cleaned = {name: self._present(clean(self.engine, ibis.ifelse(text.length() > MAX_CELL, "", text))) for name, text in raw.items()}
        texts = data.filter(~blank).select("row", **cleaned)
        return texts.select("row", **{name: texts[names[item.column]] if item.column else ibis.literal(item.value) for name, item in fields.items()})

    def _present(self, text: Any) -> Any:
        """Return a text, empty where it means that there is none."""
        import ibis

        return ibis.ifelse(text.isin(list(self.mapping.table.missing)), "", text) if self.mapping.table.missing else text

    def _report(self, found: Any, code: str, other: Any = "") -> None:
        """Keep a table of `row, column, value` as problems."""
        import ibis

        shown = found.mutate(
            code=ibis.literal(code), value=found.value.substr(0, SHOWN), other=ibis.literal(other) if isinstance(other, str) else other
        )
        self.problems.append(shown.select("row", "column", "code", "value", "other"))

    def _faulty(self, table: Any, name: str, value: Any, code: str, other: str = "") -> None:
        """Report filled cells of a field that gave no value."""
        import ibis

        column = self._fields()[name].column or "="
        found = table.filter((table[name] != "") & (value == "")).select("row", column=ibis.literal(column), value=table[name])
        self._report(found, code, other)

    # --- values ----------------------------------------------------------------------------------------------------------

    def _countries(self, texts: Any) -> Any:
        """Replace countries by their ISO code."""
        import ibis

        fields = [name for name in self._fields() if name.endswith("_country")]
        if not fields:
            return texts
        reference = self.engine.csv(folder("data", "reference", "countries.csv"), ["code", "iso", "name_de", "name_en"], delimiter=",")
        names = [reference.select(key=cells.fold(reference[column]), iso=reference.iso) for column in ("code", "iso", "name_de", "name_en")]
        known = ibis.union(*names)
        known = self.engine.cache(known.filter(known.key != "").group_by("key").agg(iso=known.iso.min()))
        for name in fields:
            own = cells.coded(texts[name], self.mapping.countries)
            joined = texts.mutate(key=cells.fold(texts[name])).left_join(known, "key")
            value = ibis.ifelse(own != "", own, joined.iso.fill_null(""))
            found = joined.mutate(found=ibis.ifelse(joined[name] == "", "", value))
            if constant := self._fields()[name].value:
                self._known_constant(found, name, constant)
            self._faulty(found, name, found.found, "unknown-country")
            texts = found.mutate(**{name: found.found}).select(*texts.columns)
        return texts

    def _known_constant(self, found: Any, name: str, constant: str) -> None:
        """Refuse a country that the mapping gives for all rows and nobody knows."""
        if self.engine.scalar(found.filter(found.found == "").count()):
            setting = "project.country" if name.startswith("p_") else "participants.country"
            what = Text(f"{setting}: the country {constant!r} is unknown.", f"{setting}: Das Land {constant!r} ist unbekannt.")
            fix = Text("Use two capitals (ISO 3166-1), such as DE.", "Zwei Großbuchstaben (ISO 3166-1), etwa DE.")
            raise InputError(what, where=self.mapping.where(setting), fix=fix)

    def _records(self, texts: Any) -> Any:
        """Return the records with the values of their project; those without a project are left out."""
        import ibis

        form, values = self.mapping.table, {}
        for name in PROJECT:
            values[f"p_{name}"] = texts[f"p_{name}"] if f"p_{name}" in texts.columns else ibis.literal("")
        for name in ("p_start", "p_end"):
            if name in texts.columns:
                values[name] = cells.date(texts[name], form.dates)
                self._faulty(texts, name, values[name], "wrong-date", ", ".join(form.dates))
        if "p_page" in texts.columns:
            values["p_page"] = cells.url(texts.p_page)
            self._faulty(texts, "p_page", values["p_page"], "wrong-url")
        for name in [name for name in texts.columns if name.startswith("pi_")]:
            scheme = name.removeprefix("pi_")
            values[name] = cells.identifier(scheme, texts[name])
            self._faulty(texts, name, values[name], "wrong-identifier", scheme)
        if "p_amount" in texts.columns:
            values |= self._money(texts)
        others = [name for name in texts.columns if name.startswith("o")]
        table = texts.select("row", *others, **values)
        table = self.engine.cache(self._with_project(self.engine.cache(table)))
        without = table.filter(table.project == "")
        self._report(without.select("row", column=ibis.literal(self._first_column()), value=ibis.literal("")), "no-project")
        return self._ordered(table.filter(table.project != ""))

    def _first_column(self) -> str:
        return self.mapping.project.get("id", self.mapping.project.get("title", Field())).column

    def _money(self, texts: Any) -> dict[str, Any]:
        """Return amount and currency, both or none."""
        import ibis

        currency = self.mapping.project["currency"]
        number = cells.amount(texts.p_amount, self.mapping.table.decimal, currency.value)
        unit = texts.p_currency.upper()
        self._faulty(texts, "p_amount", number, "wrong-amount", self.mapping.table.decimal)
        known = unit.re_search("^[A-Z]{3}$")
        source = ibis.literal(False)
        for name in ("p_programme", "p_funder"):
            if name in texts.columns:
                source = source | (texts[name] != "")
        column = self.mapping.project["amount"].column
        wrong = texts.filter((number != "") & ~known).select("row", column=ibis.literal(currency.column or column), value=texts.p_currency)
        self._report(wrong, "wrong-currency")
        alone = texts.filter((number != "") & known & ~source).select("row", column=ibis.literal(column), value=texts.p_amount)
        self._report(alone, "amount-without-source")
        there = (number != "") & known & source
        return {"p_amount": ibis.ifelse(there, number, ""), "p_currency": ibis.ifelse(there, unit, "")}

    def _with_project(self, table: Any) -> Any:
        """Add the key of a project: its identifier, else title and start."""
        import ibis

        table = cells.with_slug(self.engine, table, "p_title", "title_slug")
        table = cells.with_slug(self.engine, table, "p_id", "id_slug")
        by_title = ibis.ifelse((table.title_slug == "") | (table.p_start == ""), table.title_slug, table.title_slug.concat("-", table.p_start))
        project = ibis.ifelse(table.p_id != "", cells.lossless(self.engine, table.id_slug, table.p_id), by_title)
        return table.mutate(project=project).drop("title_slug", "id_slug")

    def _ordered(self, table: Any) -> Any:
        """Leave out both dates where the end is before the start, compared as far as both are precise."""
        import ibis

        length = ibis.least(table.p_start.length(), table.p_end.length())
        wrong = (table.p_start != "") & (table.p_end != "") & (table.p_end.substr(0, length) < table.p_start.substr(0, length))
        column = self.mapping.project.get("end", Field()).column
        found = table.filter(wrong)
        self._report(found.select("row", column=ibis.literal(column), value=found.p_end, start=found.p_start), "end-before-start", ibis._.start)
        return self.engine.cache(table.mutate(p_start=ibis.ifelse(wrong, "", table.p_start), p_end=ibis.ifelse(wrong, "", table.p_end)))

    # --- organisations ---------------------------------------------------------------------------------------------------

    def _mentions(self, records: Any) -> Any:
        """Return every organisation that a record names."""
        import ibis

        schemes = sorted({scheme for block in self.mapping.participants for scheme in block.identifiers})
        parts = [self._block(records, number, block, schemes) for number, block in enumerate(self.mapping.participants)]
        named = ibis.union(*parts)
        silent = records.anti_join(named, records.row == named.row)
        first = self.mapping.participants[0].fields["name"].column
        self._report(silent.select("row", column=ibis.literal(first), value=ibis.literal("")), "no-participant")
        if "funder" in self.mapping.project:
            empty = {name: "" for name in parts[0].columns if name not in ("row", "project", "block", "name")}
            funders = records.filter(records.p_funder != "")
            funders = funders.select("row", "project", block=ibis.literal(FUNDER).cast("int64"), name=funders.p_funder, **_literals(empty))
            named = ibis.union(named, funders.select(*parts[0].columns))
        named = cells.with_slug(self.engine, self.engine.cache(named), "name", "name_key")
        if "place" in self.mapping.table.organisation_key:
            named = cells.with_slug(self.engine, named, "place", "place_slug")
            key = ibis.ifelse(named.place_slug == "", named.name_key, named.name_key.concat("-", named.place_slug))
            named = named.mutate(name_key=key).drop("place_slug")
        return named

    def _block(self, records: Any, number: int, block: Participants, schemes: list[str]) -> Any:
        """Return the organisations that one column names."""
        import ibis

        mine = {name: records[f"o{number}_{name}"] if name in block.fields else ibis.literal("") for name in PARTICIPANT}
        roles, kinds = self.mapping.roles, self.mapping.kinds
        role, kind = block.fields.get("role", Field()), block.fields.get("kind", Field())
        values: dict[str, Any] = {name: mine[name] for name in ("name", "place", "country", "acronym")}
        values["role_wording"] = mine["role"] if role.column else ibis.literal("")
        values["role"] = ibis.literal(role.value) if role.value else cells.coded(mine["role"], roles)
        values["kind_wording"] = mine["kind"] if kind.column else ibis.literal("")
        values["kind"] = ibis.literal(kind.value) if kind.value else cells.coded(mine["kind"], kinds)
        values["page"] = cells.url(mine["page"])
        values["contribution"] = cells.amount(mine["contribution"], self.mapping.table.decimal, "EUR")
        for name, code, other in (("page", "wrong-url", ""), ("contribution", "wrong-amount", self.mapping.table.decimal)):
            if name in block.fields:
                self._faulty(records, f"o{number}_{name}", values[name], code, other)
        id_key = ibis.literal("")
        for scheme in schemes:
            values[f"i_{scheme}"] = ibis.literal("")
        for scheme in reversed(list(block.identifiers)):
            name = f"o{number}i_{scheme}"
            value = values[f"i_{scheme}"] = cells.identifier(scheme, records[name])
            self._faulty(records, name, value, "wrong-identifier", scheme)
            id_key = ibis.ifelse(value == "", id_key, ibis.literal(f"{scheme}-").concat(cells.lossless(self.engine, slug(self.engine, value), value)))
        table = records.select("row", "project", block=ibis.literal(number).cast("int64"), **values, id_key=id_key)
        if block.separator:
            table = table.mutate(name=table.name.split(block.separator).unnest())
            table = table.mutate(name=self._present(clean(self.engine, table.name)))
        else:
            table = self.engine.cache(table)
            left = table.filter((table.name == "") & ((table.id_key != "") | (table.acronym != "") | (table.contribution != "")))
            shown = ibis.coalesce(left.id_key.nullif(""), left.acronym.nullif(""), left.contribution)
            self._report(left.select("row", column=ibis.literal(block.fields["name"].column), value=shown), "no-name")
        return table.filter(table.name != "")


def _literals(values: Mapping[str, str]) -> dict[str, Any]:
    import ibis

    return {name: ibis.literal(value) for name, value in values.items()}
