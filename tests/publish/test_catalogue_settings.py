"""The table [catalogue] of settings.toml: read, checked with the setting's name, kept in the record of the build."""

from __future__ import annotations

import contextlib
import csv
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build import build, read
from kg.config import codes, read_settings, read_source_settings
from kg.config.catalogue import CatalogueSettings, read_catalogue
from kg.errors import InputError
from kg.init import init
from kg.publish.catalogue import describe
from tests.sources.folders import entity, relation, source, write_folder

ROOT = Path(__file__).resolve().parents[2]


def wrong(tmp_path: Path, text: str) -> str:
    """Return the error that a settings file gives, in both languages."""
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_source_settings(tmp_path)
    assert raised.value.where == str(file)
    assert raised.value.fix is not None
    return f"{raised.value.text('en')}\n{raised.value.text('de')}"


@pytest.mark.parametrize(
    ("text", "named", "help_"),
    [
        ('[catalogue]\nthemes = ["TECHNO"]', "catalogue.themes", "TECH"),
        ('[catalogue]\nthemes = [["TECH"]]', "catalogue.themes", "TECH"),
        ('[catalogue]\nspatial = ["Dortmund"]', "catalogue.spatial", "address"),
        ('[catalogue]\nspatial = [{a = "b"}]', "catalogue.spatial", "address"),
        ('[catalogue]\nfrequency = "sometimes"', "catalogue.frequency", "IRREG"),
        ('[catalogue]\naccess_rights = "public"', "catalogue.access_rights", "PUBLIC"),
        ('[catalogue]\navailability = "FOREVER"', "catalogue.availability", "STABLE"),
        ('[catalogue]\ncontributor_id = "http://dcat-ap.de/def/contributors/"', "catalogue.contributor_id", "contributors/…"),
        ('[catalogue]\ncontributor_id = "https://example.org/me"', "catalogue.contributor_id", "contributors/…"),
        ('[catalogue]\npolitical_geocoding = "05913000"', "catalogue.political_geocoding", "municipalityKey/05913000"),
        ('[catalogue]\npolitical_geocoding_level = "city"', "catalogue.political_geocoding_level", "municipality"),
        ('[catalogue]\nendpoint = "sparql"', "catalogue.endpoint", "address"),
        ('[catalogue]\nhomepage = "javascript:alert(1)"', "catalogue.homepage", "address"),
        ('[catalogue]\nhomepage = "https://x.org/<script>"', "catalogue.homepage", "address"),
        ('[catalogue]\nhomepage = ["https://x.org/"]', "catalogue.homepage", "address"),
        ('[catalogue]\nkeywords = ["a"]', "catalogue.keywords", "keywords.de"),
        ("[catalogue]\nkeywords.de = [1]", "catalogue.keywords.de", "keywords.de"),
        ('[catalogue]\nkeywords.fr = ["a"]', "catalogue.keywords", "keywords.de"),
        ("[catalogue]\nattribution.de = 1", "catalogue.attribution.de", "attribution.de"),
        ('[catalogue]\ntemporal.start = "2021-02-30"', "catalogue.temporal.start", "YYYY"),
        ('[catalogue]\ntemporal = "2010/2020"', "catalogue.temporal", "temporal.start"),
        ('[catalogue]\nissued = "2026"', "catalogue.issued", "YYYY-MM-DD"),
        ('[catalogue]\nkeyword.de = ["a"]', "catalogue.keyword", "keywords"),
        ('catalogue = "x"', "catalogue", "[catalogue]"),
        ('[publisher]\ntype = "City"', "publisher.type", "LocalAuthority"),
        ('[publisher]\nemail = "nobody"', "publisher.email", "example.org"),
        ('[contact]\nemail = "a@b@c.org"', "contact.email", "example.org"),
        ('[contact]\ntelephone = "0231 1234"', "contact.telephone", "+49"),
        ("[contact]\ntelephone = 231", "contact.telephone", "+49"),
    ],
)
def test_a_wrong_value_names_its_setting(tmp_path: Path, text: str, named: str, help_: str) -> None:
    english, german = wrong(tmp_path, text).split("\n")[:2]
    assert named in english
    assert named in german
    assert help_ in english or help_ in german
    assert english != german


def test_values_are_taken_as_people_write_them(tmp_path: Path) -> None:
    file = tmp_path / "any-name.toml"
    text = """
    [publisher]
    name = "Stadt"
    type = "LocalAuthority"
    email = "mailto:stadt@example.org"
    [contact]
    telephone = "+49 (231) 500"
    [catalogue]
    themes = "TECH"
    temporal.start = 2010
    spatial = ["https://example.org/a", "https://example.org/a", ""]
    attribution = "Stadt"
    """
    file.write_text(text, encoding="utf-8")
    said = read_settings(file)
    assert said.catalogue == CatalogueSettings(
        themes=("TECH",), start="2010", spatial=("https://example.org/a",), attribution={"de": "Stadt", "en": "Stadt"}
    )
    assert (said.publisher_type, said.publisher_email, said.contact_telephone) == ("LocalAuthority", "mailto:stadt@example.org", "+49 (231) 500")


def test_a_missing_or_broken_file_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_bytes(b"[catalogue\xff")
    for name in ("none.toml", "broken.toml"):
        with pytest.raises(InputError, match=r"cannot be read|no valid TOML"):
            read_settings(tmp_path / name)


def test_the_shipped_settings_say_what_portals_ask_for() -> None:
    said = read_source_settings(ROOT / "data" / "dortmund").catalogue
    for name in ("keywords", "themes", "spatial", "frequency", "access_rights", "availability", "political_geocoding", "attribution", "homepage"):
        assert getattr(said, name), name
    assert set(said.keywords) == {"de", "en"}
    assert read_source_settings(ROOT / "data" / "cordis-dortmund").catalogue.themes == ("TECH",)


def test_the_shipped_period_is_that_of_the_tables() -> None:
    with (ROOT / "data" / "dortmund" / "entities.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["type"] in ("Project", "Programme", "Event", "Campaign", "AwardEdition")]
    years = [row[name][:4] for row in rows for name in ("start", "end") if row[name]]
    said = read_source_settings(ROOT / "data" / "dortmund").catalogue
    assert (said.start, said.end) == (min(years), max(years))


def test_a_new_folder_has_valid_settings(tmp_path: Path) -> None:
    init(tmp_path / "my-city")
    text = (tmp_path / "my-city" / "settings.toml").read_text(encoding="utf-8")
    assert read_source_settings(tmp_path / "my-city").catalogue.frequency == "IRREG"
    # What stands there as an example holds once its sign is taken away.
    lines = [line.removeprefix("# ") for line in text.splitlines() if line.startswith(("# spatial", "# endpoint"))]
    assert len(lines) == 2
    assert read_catalogue(tomllib.loads("\n".join(lines)), "x").endpoint


def test_the_build_records_what_each_source_says_and_the_first_wins(tmp_path: Path) -> None:
    for name, said in (
        ("one", '[catalogue]\nthemes = ["EDUC"]\ntemporal.end = "2020"\n'),
        ("two", '[publisher]\nname = "Two"\ntype = "Company"\n[catalogue]\nthemes = ["TECH"]\nfrequency = "ANNUAL"\ntemporal.start = "1990"\n'),
    ):
        entities = [entity(f"p-{name}", "Project"), entity(f"a-{name}", "Institution")]
        folder = write_folder(tmp_path / name, [source("s1")], entities, [relation(f"p-{name}", "hasParticipant", f"a-{name}", role="Partner")])
        (folder / "settings.toml").write_text(f'[graph]\nname = "{name}"\n{said}', encoding="utf-8")
    made = build([tmp_path / "one", tmp_path / "two"], tmp_path / "build")
    kept = read(made.path)
    assert [one["catalogue"] for one in kept.record["sources"]] == [
        {"themes": ["EDUC"], "end": "2020"},
        {"themes": ["TECH"], "frequency": "ANNUAL", "start": "1990"},
    ]
    about = describe(kept)
    assert (about.catalogue.themes, about.catalogue.frequency) == (("EDUC",), "ANNUAL")
    assert (about.catalogue.start, about.catalogue.end) == ("", "2020"), "a period is never put together from two sources"
    assert (about.publisher.name, about.publisher.type) == ("Two", "Company")


IRIS = st.sampled_from(["https://example.org/a", "https://example.org/ö?x=1#y"])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@given(
    said=st.builds(
        CatalogueSettings,
        keywords=st.dictionaries(st.sampled_from(["de", "en"]), st.lists(WORDS, min_size=1, max_size=3).map(tuple)),
        themes=st.lists(st.sampled_from(sorted(codes.THEMES)), unique=True).map(tuple),
        spatial=st.lists(IRIS, unique=True).map(tuple),
        start=st.sampled_from(["", "2010"]),
        frequency=st.sampled_from(["", *codes.FREQUENCIES]),
        attribution=st.dictionaries(st.sampled_from(["de", "en"]), WORDS),
        endpoint=st.one_of(st.just(""), IRIS),
    )
)
def test_the_record_gives_back_what_was_said(said: CatalogueSettings) -> None:
    import json

    assert CatalogueSettings.of_json(json.loads(json.dumps(said.to_json()))) == said
    assert CatalogueSettings.of_json({**said.to_json(), "of a later version": ["x"]}) == said
    assert said.over(CatalogueSettings()) == said == CatalogueSettings().over(said)
    assert said.over(said) == said


@given(value=st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)), lambda inner: st.lists(inner, max_size=3)))
def test_no_value_of_any_kind_is_more_than_an_input_error(value: object) -> None:
    for name in [one.name for one in fields(CatalogueSettings)] + ["temporal"]:
        with contextlib.suppress(InputError):
            read_catalogue({name: value}, "x")
