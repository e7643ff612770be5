"""The reconciliation service: matching names in a table to the things of the graph (Reconciliation Service API 0.2, W3C Community Group report).

Optional parts of the API that are not offered: JSONP (section 3.3: services MAY; CORS is there), flyouts (section 6.5: to be dropped, as they hand foreign
markup to a client), authentication (nothing here is secret).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from kg import __version__
from kg.errors import ParameterError, Text
from kg.namespaces import INNO
from kg.portal.page import Reply, Request, json_reply
from kg.portal.reconcile_match import answer, description, names_of, types_of
from kg.portal.reconcile_query import BATCH, MAX_LIMIT, MAX_QUERY, TooManyError, batch, extension
from kg.portal.reconcile_schema import CONTENT, PROPERTIES, TYPES, Property, property_of, proposed, type_id, type_of
from kg.portal.reconcile_values import Values
from kg.portal.render import NotFoundError, failure
from kg.search.fold import skeleton

if TYPE_CHECKING:
    from kg.portal.desk import Desk

FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 20
SUGGESTED = 10
WIDTH, HEIGHT = 430, 420
"""Pixels of the frame of a preview."""
PREVIEWED = ("kind", "country", "place", "part_of", "start", "end", "coordinator", "url", "ror", "pic", "cordis", "gnd", "wikidata")


def service(desk: Desk, request: Request) -> Reply:
    """Answer `/reconcile`: the manifest, a batch of queries (`queries`) or a data extension (`extend`), by GET or by POST of a form."""
    media = str(request.options.get("content_type", FORM if not request.body else "")).partition(";")[0].strip().casefold()
    values = dict(request.values)
    if "content_type" in request.options:
        if media != FORM:
            what = Text(f"The body is {media or 'of no type'}, not a form.", f"Der Inhalt ist {media or 'ohne Typ'}, kein Formular.")
            return failure(ParameterError(what, fix=Text(f"Send {FORM}.", f"Senden Sie {FORM}.")), request, status=415)
        values.update(_form(request.body))
    if "callback" in values:
        what = Text("JSONP is not offered.", "JSONP wird nicht angeboten.")
        raise ParameterError(what, where="callback", fix=Text("Ask by CORS: it is open to all.", "Fragen Sie über CORS: Es steht allen offen."))
    asked = [name for name in ("queries", "extend") if name in values]
    if len(asked) > 1:
        what = Text("`queries` and `extend` are two requests.", "`queries` und `extend` sind zwei Anfragen.")
        raise ParameterError(what, fix=Text("Send one after the other.", "Senden Sie eine nach der anderen."))
    if not asked:
        if "content_type" in request.options:
            what = Text("The form has neither `queries` nor `extend`.", "Das Formular hat weder `queries` noch `extend`.")
            raise ParameterError(what, fix=Text("See the Reconciliation Service API 0.2.", "Siehe die Reconciliation Service API 0.2."))
        return json_reply(_manifest(desk, request))
    text = values[asked[0]][0]
    try:
        return _extend(desk, request, text) if asked == ["extend"] else _reconcile(desk, request, text)
    except TooManyError as error:
        return failure(error, request, status=413)


def _form(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict", strict_parsing=bool(body))
    except ValueError as error:
        what = Text("The form cannot be read.", "Das Formular ist nicht lesbar.")
        raise ParameterError(what, fix=Text("Send it URL-encoded in UTF-8.", "Senden Sie es URL-kodiert in UTF-8.")) from error


def _reconcile(desk: Desk, request: Request, text: str) -> Reply:
    queries = batch(text)
    reply = json_reply(answer(desk, queries, request.lang))
    reply.rows = len(queries)
    return reply


def _extend(desk: Desk, request: Request, text: str) -> Reply:
    query = extension(text)
    columns = [(wanted, property_of(wanted.pid)) for wanted in query.wanted]
    values = Values(desk, names_of(desk), request.lang)
    meta = []
    for wanted, one in columns:
        told: dict[str, Any] = {"id": wanted.pid, "name": one.name.in_(request.lang) if one is not None else wanted.pid}
        if one is not None and one.value_type and wanted.content == "value":
            told["type"] = {"id": type_id(one.value_type), "name": TYPES[one.value_type].in_(request.lang)}
        meta.append(told)
    reply = json_reply({"meta": meta, "rows": values.rows(query.ids, columns)})
    reply.rows = len(query.ids)
    return reply


def _manifest(desk: Desk, request: Request) -> dict[str, Any]:
    lang = request.lang
    title = desk.site.title.get(lang) or "innovation-kg"
    root = request.origin + request.root

    def at(path: str) -> dict[str, str]:
        return {"service_url": root, "service_path": path}

    settings = [
        {
            "type": "number",
            "name": "limit",
            "label": Text("Most values", "Höchstens so viele Werte").in_(lang),
            "default": 0,
            "help_text": Text("0: all, at most 50", "0: alle, höchstens 50").in_(lang),
        },
        {
            "type": "select",
            "name": "content",
            "label": Text("What to take", "Was genommen wird").in_(lang),
            "default": "value",
            "choices": [{"value": value, "name": text.in_(lang)} for value, text in CONTENT.items()],
        },
    ]
    return {
        "versions": ["0.2"],
        "name": title,
        "identifierSpace": desk.base,
        "schemaSpace": INNO[""],
        "defaultTypes": [_type(desk, iri, lang) for iri in _types(desk)],
        "documentation": root + "/about/api",
        "logo": root + _logo(),
        "serviceVersion": __version__,
        "view": {"url": root + "/resource?iri={{id}}"},
        "preview": {"url": root + "/embed/entity?id={{id}}", "width": WIDTH, "height": HEIGHT},
        "suggest": {name: at(f"/reconcile/suggest/{name}") for name in ("entity", "property", "type")},
        "extend": {"propose_properties": at("/reconcile/properties"), "property_settings": settings},
        "batchSize": BATCH,
    }


def _logo() -> str:
    from kg.portal.render import asset

    return asset("icon.svg")


def _types(desk: Desk) -> list[str]:
    """Return the classes that the graph has things of, in their order."""
    used = {name for names in names_of(desk).columns.class_sets for name in names}
    return [iri for iri in TYPES if iri in used]


def _type(desk: Desk, iri: str, lang: str) -> dict[str, Any]:
    """Return a type with the classes directly above it, as far as they are reconciled."""
    above = [one for one in names_of(desk).columns.above.get(iri, ()) if one != iri and one in TYPES]
    broader = [{"id": type_id(one), "name": TYPES[one].in_(lang)} for one in above]
    return {"id": type_id(iri), "name": TYPES[iri].in_(lang), **({"broader": broader} if broader else {})}


# --- suggest ---------------------------------------------------------------------------------------------------------------


def suggest_entity(desk: Desk, request: Request) -> Reply:
    """Answer `/reconcile/suggest/entity?prefix=&cursor=&type=&limit=`: things whose name begins so, or that have such an identifier."""
    prefix, cursor, limit = _typed(request)
    wanted = type_of(request.value("type"))
    index = desk.index
    names = names_of(desk)
    found: list[dict[str, Any]] = []
    if prefix and index is not None:
        hits = index.suggest(prefix, of_class=wanted, lang=request.lang, limit=100)
        numbers = [number for hit in hits for number in names.identified((), (hit.iri,), (wanted,) if wanted else ())][cursor : cursor + limit]
        shown = names.shown(numbers, request.lang)
        for number in numbers:
            thing = shown[number]
            told = {"id": thing.iri, "name": thing.name, "description": description(thing, request.lang)}
            found.append({**told, "notable": types_of(thing, request.lang)})
    return json_reply({"result": found})


def suggest_property(desk: Desk, request: Request) -> Reply:
    """Answer `/reconcile/suggest/property?prefix=&cursor=`."""
    prefix, cursor, limit = _typed(request)
    known = proposed(type_of(request.value("type")), _schemes(desk))
    found = [one for one in known if _begins(prefix, one.id, one.name.en, one.name.de, *one.also)]
    return json_reply({"result": [_property(one, request.lang) for one in found][cursor : cursor + limit]})


def suggest_type(desk: Desk, request: Request) -> Reply:
    """Answer `/reconcile/suggest/type?prefix=&cursor=`."""
    prefix, cursor, limit = _typed(request)
    found = [iri for iri in _types(desk) if _begins(prefix, type_id(iri), type_id(iri).split(":")[-1], TYPES[iri].en, TYPES[iri].de)]
    return json_reply({"result": [_type(desk, iri, request.lang) for iri in found][cursor : cursor + limit]})


def properties(desk: Desk, request: Request) -> Reply:
    """Answer `/reconcile/properties?type=&limit=`: what may be fetched for things of a type."""
    given = request.value("type")[:MAX_QUERY]
    limit = request.number("limit", len(PROPERTIES), 1, len(PROPERTIES))
    found = [{"id": one.id, "name": one.name.in_(request.lang)} for one in proposed(type_of(given), _schemes(desk))][:limit]
    return json_reply({"properties": found, "type": given, "limit": limit})


def _typed(request: Request) -> tuple[str, int, int]:
    """Return prefix, number of suggestions to leave out, and how many are wanted."""
    return request.value("prefix")[:MAX_QUERY], request.number("cursor", 0, 0, 1000), request.number("limit", SUGGESTED, 1, MAX_LIMIT)


def _begins(prefix: str, *names: str) -> bool:
    """Tell whether a name, or a word in it, begins with a text; an empty text begins all."""
    wanted = skeleton(prefix)
    return any(word.startswith(wanted) for name in names for word in (skeleton(name), *skeleton(name).replace(":", " ").split()))


def _property(one: Property, lang: str) -> dict[str, str]:
    described = {"identifier": Text("identifier", "Kennung"), "entity": Text("thing", "Gegenstand"), "country": Text("place", "Ort")}
    return {"id": one.id, "name": one.name.in_(lang), "description": described.get(one.kind, Text("value", "Wert")).in_(lang)}


def _schemes(desk: Desk) -> dict[str, bool]:
    """Return the schemes of identifiers that the graph has (asked for once)."""

    def make() -> dict[str, bool]:
        from kg.namespaces import CODE
        from kg.portal.facts import rows

        found = {}
        for one in {one.paths[0] for one in PROPERTIES.values() if one.kind == "identifier"}:
            given = rows(desk.store, f"SELECT ?i WHERE {{ ?i skos:inScheme <{CODE}identifier-scheme/{one}> ; a adms:Identifier }} LIMIT 1")
            found.update({one: True} if given else {})
        return found

    return desk.cached("reconcile-schemes", make)


# --- preview ---------------------------------------------------------------------------------------------------------------


def preview(desk: Desk, request: Request) -> Reply:
    """Answer `/embed/entity?id=`: what a thing is, for the small frame of a client.

    Raises:
        NotFoundError: Nothing that is reconciled has that id.
    """
    iri = request.value("id")[:1000]
    names = names_of(desk)
    found = names.shown(names.identified((), (iri,), ()), request.lang)
    if not found:
        what = Text("There is nothing of that id.", "Unter dieser Kennung gibt es nichts.")
        raise NotFoundError(what, fix=Text("Reconcile again.", "Gleichen Sie noch einmal ab."))
    thing = next(iter(found.values()))
    values = Values(desk, names, request.lang)
    values.read([iri])
    shown = []
    for one in (PROPERTIES[name] for name in PREVIEWED):
        raw = values.raw(iri, one, thing)[:3]
        texts = [value if isinstance(value, str) else value.value for value in raw]
        labels = desk.labels([text for text in texts if one.kind in ("entity", "country")], request.lang)
        if texts:
            shown.append((one.name.in_(request.lang), [labels.get(text, text) for text in texts]))
    return desk.render(
        "reconcile.html", request, thing=thing, about=description(thing, request.lang), shown=shown, whole=request.url("/resource", iri=iri)
    )
