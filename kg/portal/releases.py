"""Frozen releases: `/releases`, `/releases/latest`, a page and a catalogue record for each, their files, feeds (product guide, P3 and S5).

A file of a release never changes: it has the checksum as its strong ETag and may be kept for ever. Large ones go through no worker's memory: the worker checks and
opens them, the front streams them and answers requests for a range.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kg.errors import Text
from kg.portal.negotiate import by_suffix
from kg.portal.offers import MEDIA
from kg.portal.page import Reply, Request, json_reply
from kg.portal.page import redirect as redirect_to
from kg.portal.released import Frozen, Opened, open_file, releases
from kg.portal.render import NotFoundError, failure, markup
from kg.release.feed import ATOM, changes_feed, releases_feed
from kg.release.notes import changelog, findings, html, read, title_of
from kg.release.notes_words import SEVERITIES, day

if TYPE_CHECKING:
    from kg.portal.desk import Desk

FOREVER = "public, max-age=31536000, immutable"
LATEST = "latest"
CHANGES = "changes.atom"
"""Feed of the entities that a release changed; no file of it."""
RECORDS = {"ttl": "catalog.ttl", "jsonld": "catalog.jsonld", "rdf": "catalog.rdf", "nt": "catalog.ttl", "json": "manifest.json"}
"""Format of a release's description → the file that holds it."""
INLINE = ("text/plain", "text/html", "text/markdown", "application/json", "text/turtle", "image/svg+xml")
"""Media types that a browser shows; everything else is saved under its name."""


def listing(desk: Desk, request: Request) -> Reply:
    """Answer `/releases`: all releases, the newest first, as a page or as JSON."""
    found = releases(desk)
    if request.form == "json":
        reply = json_reply({"series": f"{desk.base}releases", "releases": [_summary(request, one) for one in found]})
    else:
        reply = desk.render("releases.html", request, found=[_line(request, one) for one in found], describe=day, command="kg release 2026.11")
    links = [_link(request, "/releases/feed.atom", "alternate", "application/atom+xml")]
    if found:
        links.append(_link(request, f"/releases/{found[0].version}", "latest-version"))
    return _marked(reply, ", ".join(links))


def _summary(request: Request, release: Frozen) -> dict[str, Any]:
    manifest = release.manifest
    return {
        "version": release.version,
        "issued": release.issued or None,
        "dataset": release.dataset,
        "url": f"{request.origin}{request.root}/releases/{release.version}",
        "title": dict(manifest.get("title") or {}),
        "quads": _count(manifest, "quads"),
        "entities": _count(manifest, "entities"),
        "previous": manifest.get("previous"),
        "findings": findings(manifest) or None,
        "files": len(release.offered),
    }


def _count(manifest: Any, name: str) -> int | None:
    """Return a number of a manifest, which stands in it or in its `counts`."""
    counts = manifest.get("counts")
    value = manifest.get(name, counts.get(name) if isinstance(counts, dict) else None)
    return value if isinstance(value, int) else None


def _line(request: Request, release: Frozen) -> dict[str, Any]:
    notes = read(release.path)
    return {
        "version": release.version,
        "href": request.url(f"/releases/{release.version}"),
        "issued": release.issued,
        "day": day(release.issued).in_(request.lang),
        "quads": _count(release.manifest, "quads"),
        "entities": _count(release.manifest, "entities"),
        "files": len(release.offered),
        "lead": notes.lead.in_(request.lang) if notes is not None else "",
    }


def feed(desk: Desk, request: Request) -> Reply:
    """Answer `/releases/feed.atom`: the releases as an Atom feed.

    Raises:
        NotFoundError: There is no release yet.
    """
    found = releases(desk)
    if not found:
        raise _none()
    here = request.origin + request.root
    text = releases_feed(
        [one.source for one in found], request.lang, address=f"{here}/releases/feed.atom{_lang(request)}", page=f"{here}/releases{_lang(request)}"
    )
    return _marked(Reply(text.encode(), ATOM), "")


def _lang(request: Request) -> str:
    return f"?lang={request.lang}" if request.chosen_lang else ""


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/releases/{version}`: the page of a release, or its catalogue record; `latest` leads to the newest.

    Raises:
        NotFoundError: There is no such release.
    """
    name, found = request.names.get("version", ""), releases(desk)
    if name == LATEST:
        return _to_latest(desk, request, "")
    form = request.form
    release = next((one for one in found if one.version == name), None)
    if release is None:
        stem, suffix = by_suffix(name)
        release = next((one for one in found if one.version == stem), None) if suffix else None
        form = suffix.name if suffix else form
    if release is None:
        return _no_release(desk, request, name)
    links = _links(desk, request, release)
    if form == "html":
        return _marked(_page(desk, request, release, found), links)
    return _record(request, release, form, links)


def _record(request: Request, release: Frozen, form: str, links: str) -> Reply:
    """Return the description of a release in a format; N-Triples are made of the Turtle."""
    opened = open_file(release, RECORDS.get(form, ""), gzip=bool(request.options.get("gzip")) and form != "nt")
    if opened is None:
        return _no_file(request, release, RECORDS.get(form, form))
    headers = {"Link": links, "Content-Location": f"{request.root}/releases/{release.version}/{RECORDS[form]}", "Vary": "Accept, Accept-Encoding"}
    if form == "nt":
        import os

        import pyoxigraph as ox

        with os.fdopen(opened.file, "rb") as source:
            triples = sorted(str(quad.triple) for quad in ox.parse(source, format=ox.RdfFormat.TURTLE))
        body = "".join(f"{triple} .\n" for triple in triples).encode()
        return _marked(Reply(body, MEDIA["nt"], headers={**headers, "Content-Location": f"{request.root}/releases/{release.version}.nt"}), links)
    return _streamed(opened, headers, kept="no-cache")


def _streamed(opened: Opened, headers: dict[str, str], *, kept: str) -> Reply:
    headers = {**headers, "ETag": opened.tag, "Cache-Control": kept}
    if opened.coding:
        headers["Content-Encoding"] = opened.coding
    return Reply(b"", _typed(opened.media), headers=headers, file=opened.file)


def _typed(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") and ";" not in media else media


def file(desk: Desk, request: Request) -> Reply:
    """Answer `/releases/{version}/{file}`: a file of a release, `changes.atom` (made of it), or, below `latest`, where it is.

    Raises:
        NotFoundError: There is no such release.
    """
    version, name = request.names.get("version", ""), request.names.get("name", "")
    found = releases(desk)
    if version == LATEST and name != CHANGES:
        return _to_latest(desk, request, name) if name else _to_latest(desk, request, "")
    release = next((one for one in found if one.version == version or version == LATEST), None)
    if release is None:
        return _no_release(desk, request, version)
    if not name:
        return redirect_to(request.url(f"/releases/{version}"), 308)
    if name == CHANGES:
        return _changes(request, release, latest=version == LATEST)
    opened = open_file(release, name, gzip=bool(request.options.get("gzip")))
    if opened is None:
        return _no_file(request, release, name)
    headers = {"Link": _links(desk, request, release), "Vary": "Accept-Encoding"}
    if opened.media.partition(";")[0] not in INLINE:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _streamed(opened, headers, kept=FOREVER)


def _changes(request: Request, release: Frozen, *, latest: bool) -> Reply:
    here = f"{request.origin}{request.root}/releases/"
    text = changes_feed(
        release.source,
        request.lang,
        address=f"{here}{LATEST if latest else release.version}/{CHANGES}{_lang(request)}",
        page=f"{here}{release.version}{_lang(request)}",
    )
    return _marked(Reply(text.encode(), ATOM), "")


def _to_latest(desk: Desk, request: Request, name: str) -> Reply:
    """Lead to the newest release, for now: the next one will be another (RFC 9110, section 15.4.8)."""
    found = releases(desk)
    if not found:
        raise _none()
    path = f"/releases/{found[0].version}" + (f"/{quote(name)}" if name else "")
    values = {key: list(given) for key, given in request.values.items() if key != "lang"}
    reply = redirect_to(request.url(path, **values), 307)
    reply.headers |= {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    return reply


# --- the page --------------------------------------------------------------------------------------------------------------


def _page(desk: Desk, request: Request, release: Frozen, found: list[Frozen]) -> Reply:
    lang, manifest = request.lang, release.manifest
    notes = read(release.path)
    before, after = _neighbours(release, found)
    shown = html(notes, lang, href=lambda iri: desk.href(iri, request)) if notes is not None else ""
    values: dict[str, Any] = {
        "release": release,
        "title": title_of(manifest).in_(lang),
        "day": day(release.issued).in_(lang),
        "notes": markup(shown),
        "changelog": changelog(notes, lang) if notes is not None else "",
        "before": request.url(f"/releases/{before.version}") if before else "",
        "before_version": before.version if before else "",
        "after": request.url(f"/releases/{after.version}") if after else "",
        "after_version": after.version if after else "",
        "newest": found[0].version,
        "files": [_shown(one, release, request) for one in release.offered.values()],
        "cite": (manifest.get("cite") or {}).get(lang, ""),
        "licences": _licences(manifest),
        "findings": {SEVERITIES[name].in_(lang): count for name, count in findings(manifest).items()},
        "quads": _count(manifest, "quads"),
        "entities": _count(manifest, "entities"),
    }
    return desk.render("release.html", request, **values)


def _neighbours(release: Frozen, found: list[Frozen]) -> tuple[Frozen | None, Frozen | None]:
    """Return the release that this one was compared with, and the one that came after it."""
    previous = str(release.manifest.get("previous") or "")
    before = next((one for one in found if one.version == previous), None)
    after = next((one for one in reversed(found) if str(one.manifest.get("previous") or "") == release.version), None)
    return before, after


def _licences(manifest: Any) -> list[str]:
    said = manifest.get("licences") or manifest.get("license") or []
    some = [said] if isinstance(said, str) else list(said)
    return [str(one) for one in some if str(one).startswith(("https://", "http://"))]


def _shown(entry: Any, release: Frozen, request: Request) -> dict[str, Any]:
    """Return one file as the table shows it."""
    packed = entry.get("compressed") if isinstance(entry.get("compressed"), dict) else None
    units = [(key, entry[key]) for key in ("quads", "triples", "rows", "nodes", "entities", "features", "terms") if isinstance(entry.get(key), int)]
    count = entry.get("count")
    if not units and isinstance(count, int) and entry.get("unit"):
        units = [(str(entry["unit"]), count)]
    purpose = entry.get("purpose") or {}
    said = entry.get("licence") or entry.get("license") or []
    return {
        "name": entry["name"],
        "href": f"{request.root}/releases/{release.version}/{quote(str(entry['name']))}",
        "bytes": _size(int(entry.get("bytes", 0)), request.lang),
        "packed": _size(int(packed.get("bytes", 0)), request.lang) if packed else "",
        "packed_href": f"{request.root}/releases/{release.version}/{quote(str(packed['name']))}" if packed else "",
        "media": str(entry.get("media_type", "")),
        "sha256": str(entry.get("sha256", "")),
        "units": units,
        "purpose": str(purpose.get(request.lang, "")),
        "licences": [said] if isinstance(said, str) else [str(one) for one in said],
    }


def _size(count: int, lang: str) -> str:
    """Return a number of bytes for a person.

    >>> _size(1234567, "de")
    '1,2 MB'
    """
    text = f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
    return text.replace(".", ",") if lang == "de" else text


# --- headers, errors -------------------------------------------------------------------------------------------------------


def _links(desk: Desk, request: Request, release: Frozen) -> str:
    """Return the Link header of a release: its neighbours in time (RFC 5829), licences, feed, record."""
    found = releases(desk)
    before, after = _neighbours(release, found)
    links = [_link(request, f"/releases/{found[0].version}", "latest-version"), _link(request, "/releases", "collection")]
    if before:
        links.append(_link(request, f"/releases/{before.version}", "predecessor-version"))
    if after:
        links.append(_link(request, f"/releases/{after.version}", "successor-version"))
    links += [f'<{quote(one, safe=":/?#@!$&()*+,;=%-._~")}>; rel="license"' for one in _licences(release.manifest)]
    links.append(_link(request, "/releases/feed.atom", "alternate", "application/atom+xml"))
    links += [
        _link(request, f"/releases/{release.version}/{name}", "describedby", media)
        for name, media in (("catalog.ttl", "text/turtle"), ("manifest.json", "application/json"))
        if name in release.offered or name == "manifest.json"
    ]
    return ", ".join(links)


def _link(request: Request, path: str, rel: str, media: str = "") -> str:
    return f'<{request.origin}{request.root}{path}>; rel="{rel}"' + (f'; type="{media}"' if media else "")


def _marked(reply: Reply, links: str) -> Reply:
    """Mark a reply with a weak ETag of its content: it depends on the other releases, too, but says the same until one comes."""
    reply.headers.setdefault("Vary", "Accept, Accept-Language, Accept-Encoding")
    reply.headers |= {"ETag": f'W/"{hashlib.blake2b(reply.body, digest_size=12).hexdigest()}"', "Cache-Control": "no-cache"}
    if links:
        reply.headers["Link"] = links
    return reply


def _none() -> NotFoundError:
    what = Text("There is no release yet.", "Es gibt noch kein Release.")
    fix = Text("Make one where the graph was built: `kg release 2026.11`.", "Machen Sie eines dort, wo der Graph gebaut wurde: `kg release 2026.11`.")
    return NotFoundError(what, fix=fix)


def _no_release(desk: Desk, request: Request, name: str) -> Reply:
    found = releases(desk)
    if not found:
        raise _none()
    what = Text("There is no such release.", "Ein solches Release gibt es nicht.")
    fix = Text("These there are:", "Diese gibt es:")
    near = [(request.url(f"/releases/{one.version}"), one.version) for one in found[:8]]
    return failure(NotFoundError(what, where=name[:100], fix=fix), request, near=near)


def _no_file(request: Request, release: Frozen, name: str) -> Reply:
    if name in release.offered:
        what = Text(
            "The file is not what the manifest says, so it is not given out.",
            "Die Datei ist nicht, was das Manifest sagt; sie wird nicht ausgegeben.",
        )
        fix = Text(
            "Tell the operator: the release must be restored from a copy.",
            "Sagen Sie es dem Betreiber: Das Release ist aus einer Kopie wiederherzustellen.",
        )
        return failure(NotFoundError(what, where=name[:100], fix=fix), request, status=500)
    what = Text("The release holds no such file.", "Eine solche Datei enthält das Release nicht.")
    fix = Text("Its page lists what there is.", "Seine Seite zählt auf, was es gibt.")
    near = [(request.url(f"/releases/{release.version}"), release.version)]
    return failure(NotFoundError(what, where=name[:100], fix=fix), request, near=near)


__all__ = ("feed", "file", "listing", "page")
