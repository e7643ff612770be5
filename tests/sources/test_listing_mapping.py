"""A mapping is checked setting by setting; every error names the setting and its line, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.sources.listing import parse_mapping, read_mapping
from kg.sources.listing_mapping import Field, codes, schemes

GOOD = """\
[graph]
name = "l"
title.de = "Liste"

[project]
title = "Titel"
identifiers.doi = "DOI"

[[participants]]
name = "Org"
role = {value = "partner"}
identifiers.ror = "ROR"

[roles]
"Koordinator" = "coordinator"
"nicht entschieden" = ""
"""


def test_a_good_mapping() -> None:
    mapping = parse_mapping(GOOD)
    assert mapping.project == {"title": Field(column="Titel")}
    assert mapping.identifiers == {"doi": Field(column="DOI")}
    assert mapping.participants[0].fields == {"name": Field(column="Org"), "role": Field(value="partner")}
    assert mapping.roles == {"koordinator": "coordinator"}
    assert mapping.settings.title == {"de": "Liste"}
    assert mapping.settings.frame.kind == "partial"
    assert mapping.columns() == {
        "Titel": "project.title",
        "DOI": "project.identifiers.doi",
        "Org": "participants.name",
        "ROR": "participants.identifiers.ror",
    }
    assert parse_mapping(GOOD.replace("\n", "\r\n")).project == mapping.project


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("[graph]", "[grpah]", 1, "Did you mean graph?"),
        ('name = "l"', 'nmae = "l"', 2, "graph.nmae is unknown"),
        ('name = "l"', 'name = "Meine Liste"', 2, "graph.name: 'Meine Liste' is not valid"),
        ('name = "l"', "name = 7", 2, "graph.name is no text"),
        ('name = "l"', 'base = "https://example.org"', 2, "graph.base"),
        ('name = "l"', 'state = "gestern"', 2, "graph.state"),
        ("title.de", "title.fr", 3, "graph.title.fr"),
        ('title = "Titel"', 'titel = "Titel"', 6, "Did you mean title?"),
        ('title = "Titel"', "title = Titel", 6, "no valid TOML"),
        ('title = "Titel"', 'title = {value = "T"}', 6, "project.title is neither a column nor a constant"),
        ('title = "Titel"', 'acronym = "Titel"', 5, "Neither project.title nor project.id"),
        ('title = "Titel"', 'title = "Titel"\namount = "Summe"', 7, "project.amount has no currency"),
        ('title = "Titel"', 'title = "Titel"\namount = "Summe"\ncurrency = {value = "Euro"}', 8, "no currency code"),
        ('title = "Titel"', 'title = "Titel"\namount = "Summe"\ncurrency = {value = "EUR"}', 7, "neither programme nor funder"),
        ("identifiers.doi", "identifiers.isni", 7, "'isni' is unknown"),
        ("[[participants]]", "[participants]", 9, "participants is no list of tables"),
        ('name = "Org"', 'place = "Org"', 9, "names no column for the organisation"),
        ('name = "Org"', 'name = "Org"\nseparator = ";"', 11, "ror cannot belong to each of several"),
        ('"partner"', '"Partner"', 11, "Did you mean 'partner'?"),
        ('"coordinator"', '"boss"', 15, "'boss' is unknown"),
        ('"coordinator"', '"coordinator"\n"KOORDINATOR" = "partner"', 16, "stands twice"),
        ("[roles]", '[table]\ndelimiter = ";;"\n[roles]', 15, "no delimiter"),
        ("[roles]", '[table]\nencoding = "utf8-ish"\n[roles]', 15, "table.encoding"),
        ("[roles]", '[table]\nencoding = "base64"\n[roles]', 15, "table.encoding"),
        ("[roles]", '[table]\ndate = ["TT.MM.JJJJ"]\n[roles]', 15, "no form of a date"),
        ("[roles]", '[table]\ndate = "DD.YYYY"\n[roles]', 15, "no form of a date"),
        ("[roles]", '[table]\ndecimal = ";"\n[roles]', 15, "table.decimal"),
        ("[roles]", '[table]\norganisation_key = ["city"]\n[roles]', 15, "organisation_key"),
        ("[roles]", '[countries]\n"Bayern" = "Deutschland"\n[roles]', 15, "no country code"),
        ("[roles]", '[frame]\nkind = "ego-sampled"\n[roles]', 15, "frame.kind"),
    ],
)
def test_a_wrong_setting(old: str, new: str, line: int, words: str) -> None:
    assert GOOD.count(old) >= 1
    with pytest.raises(InputError) as caught:
        parse_mapping(GOOD.replace(old, new, 1), "mapping.toml")
    assert words in caught.value.text("en")
    assert caught.value.where == f"mapping.toml:{line}"
    assert caught.value.text("de") != caught.value.text("en")
    assert caught.value.fix is not None


def test_what_is_no_mapping_at_all(tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    with pytest.raises(InputError, match="cannot be read"):
        read_mapping(file)
    file.write_bytes(b'[graph]\nname = "\xe4"\n')
    with pytest.raises(InputError, match="not UTF-8") as caught:
        read_mapping(file)
    assert caught.value.where == f"{file}:2"
    file.write_bytes(b"#" * 2_000_000)
    with pytest.raises(InputError, match="larger than 1 MB"):
        read_mapping(file)
    with pytest.raises(InputError, match="names an organisation"):
        parse_mapping('[project]\ntitle = "t"\n')


def test_the_folder_names_the_graph(tmp_path: Path) -> None:
    folder = tmp_path / "My List"
    folder.mkdir()
    (folder / "mapping.toml").write_text(GOOD.replace('name = "l"\n', ""), encoding="utf-8")
    assert read_mapping(folder / "mapping.toml").settings.name == "my-list"


def test_codes_are_those_of_the_shipped_lists() -> None:
    assert codes("participation-role")[0] == "coordinator"
    assert "unspecified" in codes("participation-role")
    assert len(codes("participation-role")) == 16
    assert schemes() == ["ror", "grid", "wikidata", "cordis", "cordis-rcn", "eu-grant", "pic", "gnd", "doi"]
