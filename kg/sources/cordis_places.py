"""Places of a CORDIS delivery: countries, regions (NUTS) with everything above, cities with a point (docs/decisions/0005-bulk.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.namespaces import DCTERMS, GEO, INNO, RDF, SKOS, WGS, XSD
from kg.resources import folder as resource
from kg.sources.columns import Statements, canonical_decimal, iri, slug, text, typed

if TYPE_CHECKING:
    from kg.engine.base import Engine

COUNTRIES = ("code", "iso", "name_de", "name_en")
REGIONS = ("code", "name", "parent")
DIGITS = 6
"""Decimals of a city's point: a tenth of a metre."""


def located(engine: Engine, table: Any, base: str) -> Any:
    """Add the IRIs of city, region and country to the rows of participations, empty where the row does not say."""
    import ibis

    countries = engine.csv(resource("data", "reference", "countries.csv"), COUNTRIES, delimiter=",").select(country="code", iso="iso")
    table = table.left_join(countries, "country").select(*table.columns, iso=ibis.coalesce(countries.iso, table.country))
    is_city = table.city.re_search(r"\p{L}") & (table.iso != "")
    region = ibis.ifelse(table.nutsCode.length() > 2, table.nutsCode, "")
    name = slug(engine, table.city)
    name = ibis.ifelse(name == "", engine.call("sha256", table.city).left(12), name)
    nuts = ibis.ifelse(region == "", "", region.lower().concat("-"))
    key = ibis.literal("city-").concat(table.iso.lower(), "-", nuts, name)
    place = f"{base}id/place/"
    return table.mutate(
        region=region,
        city_iri=ibis.ifelse(is_city, ibis.literal(place).concat(key), ""),
        region_iri=ibis.ifelse(region == "", "", ibis.literal(f"{place}nuts-").concat(region)),
        country_iri=ibis.ifelse(table.iso == "", "", ibis.literal(f"{place}country-").concat(table.iso)),
    )


def add_places(engine: Engine, out: Statements, rows: Any, file: str, base: str) -> None:
    """Add statements about all places that the rows name, and those above them."""
    _cities(engine, out, rows, file, base)
    regions = _regions(engine, rows, base)
    out.add(
        regions,
        file,
        regions.subject,
        [
            (RDF.type, iri(INNO.Place)),
            (SKOS.prefLabel, text(regions.label, "en")),
            (DCTERMS.identifier, text(regions.code)),
            (INNO.withinPlace, iri(regions.parent_iri)),
        ],
    )
    _countries(engine, out, rows, regions, file, base)


def _cities(engine: Engine, out: Statements, rows: Any, file: str, base: str) -> None:
    import ibis

    rows = rows.filter(rows.city_iri != "")
    spellings = rows.group_by("city_iri", "city").aggregate(row=rows.row.min(), times=rows.count())
    order = ibis.row_number().over(group_by="city_iri", order_by=[spellings.times.desc(), spellings.city])
    spellings = engine.cache(spellings.mutate(place=order))
    best, others = spellings.filter(spellings.place == 0), spellings.filter(spellings.place > 0)
    out.add(others, file, others.city_iri, [(SKOS.altLabel, text(others.city))])
    point = rows.geolocation.split(",")
    places = rows.mutate(lat=point[0].try_cast("float64"), lon=point[1].try_cast("float64"))
    places = places.group_by("city_iri").aggregate(
        row=places.row.min(), lat=places.lat.median(), lon=places.lon.median(), above=places.region_iri.max(), country=places.country_iri.max()
    )
    places = places.join(best.select("city_iri", label="city"), "city_iri")
    lat, lon = (_degrees(places[name]) for name in ("lat", "lon"))
    places = engine.cache(places.mutate(lat=lat, lon=lon, above=ibis.ifelse(places.above == "", places.country, places.above)))
    geometry = ibis.ifelse(places.lat == "", "", places.city_iri.replace(f"{base}id/place/", f"{base}id/geometry/"))
    out.add(
        places,
        file,
        places.city_iri,
        [
            (RDF.type, iri(INNO.Place)),
            (SKOS.prefLabel, text(places.label, "en")),
            (INNO.withinPlace, iri(places.above)),
            (WGS.lat, typed(places.lat, XSD.decimal)),
            (WGS.long, typed(places.lon, XSD.decimal)),
            (GEO.hasDefaultGeometry, iri(geometry)),
        ],
    )
    point_text = ibis.literal("POINT(").concat(places.lon, " ", places.lat, ")")
    out.add(places, file, geometry, [(RDF.type, iri(GEO.Geometry)), (GEO.asWKT, typed(point_text, GEO.wktLiteral))])


def _degrees(value: Any) -> Any:
    return canonical_decimal(value.round(DIGITS).cast(f"decimal(12, {DIGITS})").cast("string")).fill_null("")


def _regions(engine: Engine, rows: Any, base: str) -> Any:
    """Return regions with label and what lies above; a region above is there too."""
    import ibis

    reference = engine.csv(resource("data", "reference", "nuts.csv"), REGIONS, delimiter=",").select("code", "name", parent="parent")
    reference = reference.mutate(name=reference.name.fill_null(""), parent=reference.parent.fill_null(""))
    shorter = reference.select(short="code")
    level = rows.filter(rows.region != "").group_by(code=rows.region).aggregate(row=rows.row.min())
    levels = []
    for _ in range(3):  # a code of five characters has three levels of regions at most
        joined = level.left_join(reference, "code").select("code", "row", name=reference.name.fill_null(""), parent=reference.parent.fill_null(""))
        joined = joined.left_join(shorter, joined.code.left(joined.code.length() - 1) == shorter.short).select(*joined.columns, short=shorter.short)
        level = engine.cache(joined.mutate(parent=ibis.ifelse(joined.parent != "", joined.parent, joined.short.fill_null(""))).drop("short"))
        levels.append(level)
        above = level.filter(level.parent.length() > 2)
        level = above.group_by(code=above.parent).aggregate(row=above.row.min())
    table = ibis.union(*levels)
    table = table.group_by("code", "name", "parent").aggregate(row=table.row.min())
    countries = engine.csv(resource("data", "reference", "countries.csv"), COUNTRIES, delimiter=",").select(country="code", iso="iso")
    table = table.mutate(country=table.code.left(2))
    table = table.left_join(countries, "country").select(*table.columns, iso=ibis.coalesce(countries.iso, table.country))
    place = f"{base}id/place/"
    country = ibis.literal(f"{place}country-").concat(table.iso)
    return engine.cache(
        table.select(
            "code",
            "row",
            "country",
            "iso",
            label=ibis.ifelse(table.name == "", table.code, table.name),
            subject=ibis.literal(f"{place}nuts-").concat(table.code),
            parent_iri=ibis.ifelse(table.parent.length() > 2, ibis.literal(f"{place}nuts-").concat(table.parent), country),
        )
    )


def _countries(engine: Engine, out: Statements, rows: Any, regions: Any, file: str, base: str) -> None:
    import ibis

    named = rows.filter(rows.iso != "").select("country", "iso", "row").union(regions.select("country", "iso", "row"))
    reference = engine.csv(resource("data", "reference", "countries.csv"), COUNTRIES, delimiter=",")
    table = named.group_by("country", "iso").aggregate(row=named.row.min())
    table = table.left_join(reference, table.country == reference.code).select(
        *(table[c] for c in ("country", "iso", "row")), de=reference.name_de.fill_null(""), en=ibis.coalesce(reference.name_en, table.country)
    )
    subject = ibis.literal(f"{base}id/place/country-").concat(table.iso)
    out.add(
        table,
        file,
        subject,
        [
            (RDF.type, iri(INNO.Place)),
            (SKOS.prefLabel, text(table.de, "de")),
            (SKOS.prefLabel, text(table.en, "en")),
            (DCTERMS.identifier, text(table.country)),
        ],
    )
