"""Places of a CORDIS delivery: countries, regions (NUTS) with everything above, cities with a point (docs/decisions/0005-bulk.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.namespaces import DCTERMS, GEO, INNO, RDF, SKOS, WGS, XSD
from kg.resources import folder as resource
from kg.sources.columns import Statements, canonical_decimal, either, first_rows, iri, joined, slug, text, typed, where

if TYPE_CHECKING:
    from kg.engine.base import Engine

COUNTRIES = ("code", "iso", "name_de", "name_en")
REGIONS = ("code", "name", "parent")
DIGITS = 6
"""Decimals of a city's point: a tenth of a metre."""


def with_places(engine: Engine, table: Any) -> Any:
    """Add the keys of city, region and country to the rows of participations, empty where the row does not say."""
    import ibis

    table = _with_iso(engine, table)
    is_city = table.city.re_search(r"\p{L}") & (table.iso != "")
    region = where(table.nutsCode.length() > 2, table.nutsCode)
    name = slug(engine, table.city)
    name = ibis.ifelse(name == "", engine.call("sha256", table.city).left(12), name)
    nuts = where(region != "", region.lower().concat("-"))
    return table.mutate(region=region, city_key=where(is_city, table.iso.lower().concat("-", nuts, name))).drop("nutsCode")


def location(table: Any, base: str) -> tuple[Any, Any]:
    """Return where an organisation is, city before region before country, and the row that says so."""
    import ibis

    city, region = table.city_key != "", table.region != ""
    place = either(_city(base, table.city_key), _region(base, table.region), _country(base, table.iso))
    return place, ibis.cases((city, table.city_key_row), (region, table.region_row), else_=table.iso_row)


def add_places(engine: Engine, out: Statements, rows: Any, file: str, base: str) -> None:
    """Add statements about all places that the rows name, and those above them."""
    _add_cities(engine, out, rows, file, base)
    regions = _regions(engine, rows)
    _add_regions(out, regions, file, base)
    _add_countries(engine, out, rows, regions, file, base)


def _city(base: str, key: Any) -> Any:
    return joined(f"{base}id/place/city-", key)


def _region(base: str, code: Any) -> Any:
    return joined(f"{base}id/place/nuts-", code)


def _country(base: str, iso: Any) -> Any:
    return joined(f"{base}id/place/country-", iso)


def _reference(engine: Engine, name: str, columns: tuple[str, ...]) -> Any:
    """Return a table of `data/reference`, its row as `said`."""
    table = engine.csv(resource("data", "reference", name), columns, delimiter=",")
    return table.select(said="row", **{column: table[column].fill_null("") for column in columns})


def _with_iso(engine: Engine, table: Any) -> Any:
    """Add the ISO code of the publisher's country code."""
    import ibis

    countries = _reference(engine, "countries.csv", COUNTRIES)
    return table.left_join(countries, table.country == countries.code).select(*table.columns, iso=ibis.coalesce(countries.iso, table.country))


def _add_cities(engine: Engine, out: Statements, rows: Any, file: str, base: str) -> None:
    import ibis

    rows = rows.filter(rows.city_key != "")
    spellings = rows.group_by("city_key", "city").aggregate(row=rows.row.min(), times=rows.count())
    order = ibis.row_number().over(group_by="city_key", order_by=[spellings.times.desc(), spellings.city])
    spellings = engine.cache(spellings.mutate(place=order))
    best, others = spellings.filter(spellings.place == 0), spellings.filter(spellings.place > 0)
    out.add(others, file, _city(base, others.city_key), [(SKOS.altLabel, text(others.city))])
    point = rows.geolocation.split(",")
    places = rows.mutate(lat=point[0].try_cast("float64"), lon=point[1].try_cast("float64"))
    places = places.group_by("city_key").aggregate(
        row=places.row.min(), lat=places.lat.median(), lon=places.lon.median(), region=places.region.max(), iso=places.iso.max()
    )
    places = places.join(best.select("city_key", label="city", label_row="row"), "city_key")
    places = engine.cache(places.mutate(lat=_degrees(places.lat), lon=_degrees(places.lon)))
    geometry = joined(f"{base}id/geometry/city-", where(places.lat != "", places.city_key))
    out.add(
        places,
        file,
        _city(base, places.city_key),
        [
            (RDF.type, iri(INNO.Place)),
            (SKOS.prefLabel, text(places.label, "en").at(file, places.label_row)),
            (INNO.withinPlace, iri(either(_region(base, places.region), _country(base, places.iso)))),
            (WGS.lat, typed(places.lat, XSD.decimal)),
            (WGS.long, typed(places.lon, XSD.decimal)),
            (GEO.hasDefaultGeometry, iri(geometry)),
        ],
    )
    point_text = ibis.literal("POINT(").concat(places.lon, " ", places.lat, ")")
    out.add(places, file, geometry, [(RDF.type, iri(GEO.Geometry)), (GEO.asWKT, typed(point_text, GEO.wktLiteral))])


def _degrees(value: Any) -> Any:
    return canonical_decimal(value.round(DIGITS).cast(f"decimal(12, {DIGITS})").cast("string")).fill_null("")


def _regions(engine: Engine, rows: Any) -> Any:
    """Return regions with their name, what lies above, and the row of `nuts.csv` that says so; a region above is there too."""
    import ibis

    known = engine.cache(_reference(engine, "nuts.csv", REGIONS))
    shorter = known.select(short="code")
    level = rows.filter(rows.region != "").group_by(code=rows.region).aggregate(row=rows.row.min())
    levels = []
    for _ in range(3):  # a code of five characters has three levels of regions at most
        found = level.left_join(known, "code").select(
            *(level["code"], level["row"]),
            **{name: known[name].fill_null("") for name in ("name", "parent")},
            said=known.said.fill_null(0),
        )
        found = found.left_join(shorter, found.code.left(found.code.length() - 1) == shorter.short).select(*found.columns, short=shorter.short)
        level = engine.cache(found.mutate(above=either(found.parent, found.short)).drop("short"))
        levels.append(level)
        upper = level.filter(level.above.length() > 2)
        level = upper.group_by(code=upper.above).aggregate(row=upper.row.min())
    table = ibis.union(*levels)
    table = table.group_by("code", "name", "parent", "said", "above").aggregate(row=table.row.min())
    return engine.cache(_with_iso(engine, table.mutate(country=table.code.left(2))))


def _add_regions(out: Statements, table: Any, file: str, base: str) -> None:
    import ibis

    subject, said = _region(base, table.code), "data/reference/nuts.csv"
    upper = ibis.ifelse(table.above.length() > 2, _region(base, table.above), _country(base, table.iso))
    out.add(
        table,
        file,
        subject,
        [
            (RDF.type, iri(INNO.Place)),
            (DCTERMS.identifier, text(table.code)),
            (SKOS.prefLabel, text(where(table.name == "", table.code), "en")),
            (SKOS.prefLabel, text(table.name, "en").at(said, table.said)),
            (INNO.withinPlace, iri(where(table.parent == "", upper))),
            (INNO.withinPlace, iri(where(table.parent != "", upper)).at(said, table.said)),
        ],
    )


def _add_countries(engine: Engine, out: Statements, rows: Any, regions: Any, file: str, base: str) -> None:
    import ibis

    named = rows.filter(rows.iso != "").select("country", "iso", "row").union(regions.select("country", "iso", "row"))
    codes = engine.cache(first_rows(named, ("iso", "country")))
    out.add(codes, file, _country(base, codes.iso), [(DCTERMS.identifier, text(codes.country))])
    known = _reference(engine, "countries.csv", COUNTRIES)
    table = first_rows(codes, ("iso",), ("country",))
    table = table.left_join(known, table.country == known.code).select(*table.columns, "name_de", "name_en", "said")
    said = "data/reference/countries.csv"
    out.add(
        table,
        file,
        _country(base, table.iso),
        [
            (RDF.type, iri(INNO.Place)),
            (SKOS.prefLabel, text(ibis.ifelse(table.name_en.isnull(), table.country, ""), "en")),
            (SKOS.prefLabel, text(table.name_de, "de").at(said, table.said)),
            (SKOS.prefLabel, text(table.name_en, "en").at(said, table.said)),
        ],
    )
