"""What a host is told: redirects from IRIs to files by what is asked for, media types, retired IRIs; for Apache, for w3id.org, and for free hosts.

The rules for w3id.org send every address of the namespace to the site with 303 (Cool URIs for the Semantic Web, section 4.3), so that the site may move. A plain
slug is its file name (:mod:`kg.site.names`), so that a handful of rules serves all; IRIs whose file is called otherwise have a rule each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape

from kg.site.frame import POLICY

MOST_RULES = 2_000
"""Rules for single IRIs; more would slow every request. The rest is found through the search."""
SITEMAP = 45_000
"""Addresses of one file of the sitemap (the protocol allows 50,000 and 50 MB)."""
_PAGE = r"^(?:text/html|application/xhtml\+xml|\*/\*)\s*(?:,|$)"
"""Accept headers that want a page first; what stands first is taken for what is wanted most, as in every client that sends no weights."""
_DATA = "(?:text/turtle|application/(?:x-)?turtle|application/(?:ld\\+)?json|application/rdf\\+xml|application/n-triples|application/n-quads|text/n3|application/trig)"
_SLUG = "([a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)"
_KIND = "([a-z](?:[a-z0-9-]*[a-z0-9])?)"


@dataclass(frozen=True)
class Moved:
    """An IRI whose page is not found by its slug.

    Attributes:
        path: Behind the namespace root: `id/project/Ümlaut`.
        file: Path of its page without ending: `project/umlaut--…`; empty for one that is gone.
        successor: Path of the successor behind the root of the site, for a retired one; empty for none.
    """

    path: str
    file: str = ""
    successor: str = ""


def apache(moved: Sequence[Moved], packed: Sequence[str], latest: str, ontology: str, root: str) -> str:
    """Return `.htaccess` for the root of the site on an Apache web server (2.4, mod_rewrite, mod_headers where there).

    Args:
        moved: IRIs with a rule of their own.
        packed: Files of `data/` that are there as `.gz` only.
        latest: Version of the newest release, or empty.
        ontology: Version of the ontology.
        root: Path of the site on its host, with a slash at both ends: the address of an error page cannot be a relative one.
    """
    lines = [
        "# Written by kg publish --site. For Apache 2.4; other hosts do without it.",
        "Options -Indexes -MultiViews",
        "DirectoryIndex index.html",
        "AddDefaultCharset off",
        "AddCharset utf-8 .html .css .js .txt .csv .ttl .nq .nt .xml .svg .atom .md",
        "RemoveLanguage .de",
        "AddType text/turtle .ttl",
        "AddType application/ld+json .jsonld",
        "AddType application/rdf+xml .rdf",
        "AddType application/n-quads .nq",
        "AddType application/n-triples .nt",
        "AddType application/trig .trig",
        "AddType application/graphml+xml .graphml",
        "AddType application/gexf+xml .gexf",
        "AddType application/geo+json .geojson",
        "AddType application/atom+xml .atom",
        "AddType text/javascript .js",
        "AddType text/csv .csv",
        "AddType application/gzip .gz",
        '<Files "void">',
        "ForceType 'text/turtle; charset=utf-8'",
        "</Files>",
        "<IfModule mod_headers.c>",
        f"Header always set Content-Security-Policy \"{POLICY}; frame-ancestors 'self'\"",
        'Header always set X-Content-Type-Options "nosniff"',
        'Header always set Referrer-Policy "no-referrer"',
        'Header set Access-Control-Allow-Origin "*"',
        "Header merge Vary Accept env=REDIRECT_NEGOTIATED",
        "</IfModule>",
        "<IfModule mod_rewrite.c>",
        "RewriteEngine On",
        # A host that serves the site below a path needs no RewriteBase: targets are built from what Apache knows of the request.
        'RewriteCond "%{REQUEST_URI}::$1" "^(.*?/)(.*)::\\2$"',
        "RewriteRule ^(.*)$ - [E=ROOT:%1]",
        *_moved(moved, "%{ENV:ROOT}"),
        *_redirects("%{ENV:ROOT}", latest, ontology),
        # A packed file is given out as what it holds.
        *(f"RewriteRule ^data/{re.escape(name)}$ data/{name}.gz [L,E=PACKED:{_media(name)},E=no-gzip:1]" for name in packed),
        "</IfModule>",
        "<IfModule mod_headers.c>",
        "Header set Content-Encoding gzip env=REDIRECT_PACKED",
        'Header set Content-Type "%{REDIRECT_PACKED}e" env=REDIRECT_PACKED',
        "</IfModule>",
        f"ErrorDocument 404 {root}404.html",
    ]
    return "\n".join(lines) + "\n"


def w3id(moved: Sequence[Moved], latest: str, ontology: str, address: str) -> str:
    """Return `.htaccess` for the namespace at w3id.org: everything leads to the site.

    Args:
        moved: IRIs with a rule of their own.
        latest: Version of the newest release, or empty.
        ontology: Version of the ontology.
        address: Of the site, with a slash at its end.
    """
    lines = [
        "# Redirects of this namespace to its site. Written by kg publish --site.",
        "Options -MultiViews +FollowSymLinks",
        "RewriteEngine On",
        "Header set Access-Control-Allow-Origin *",
        "Header merge Vary Accept",
        "Header merge Vary Accept-Language",
        *_moved(moved, address),
        *_redirects(address, latest, ontology),
        f"RewriteRule ^$ {address} [R=303,L]",
        f"RewriteRule ^(.+)$ {address}$1 [R=303,L]",
    ]
    return "\n".join(lines) + "\n"


def _moved(moved: Sequence[Moved], root: str) -> list[str]:
    lines = []
    for one in moved[:MOST_RULES]:
        pattern = "^" + _literal(one.path) + "$"
        if one.successor:
            lines.append(f'RewriteRule "{pattern}" "{root}{one.successor}" [R=301,L]')
        elif not one.file:
            lines.append(f'RewriteRule "{pattern}" - [G,L]')
        else:
            # Only the name is changed here; the rules that follow send it to page or data.
            folder, _, name = one.file.partition("/")
            kind = f"code/{folder.removeprefix('code-')}" if folder.startswith("code-") else folder if folder in ("code", "graph") else f"id/{folder}"
            lines.append(f'RewriteRule "{pattern}" {kind}/{name}')
    return lines


def _redirects(root: str, latest: str, ontology: str) -> list[str]:
    """Return the rules that hold for every IRI of a kind."""
    lines = [
        *_by_accept(f"^id/{_KIND}/{_SLUG}$", root, "doc/$1/$2", "data/$1/$2.ttl"),
        *_by_accept(f"^code/{_KIND}/{_SLUG}$", root, "doc/code-$1/$2", "data/code-$1/$2.ttl"),
        *_by_accept(f"^code/{_KIND}$", root, "doc/code/$1", "data/code/$1.ttl"),
        *_by_accept(f"^graph/{_SLUG}$", root, "doc/graph/$1", "data/graph/$1.ttl"),
        *_by_accept(
            "^(?:catalog|dataset)$",
            root,
            "catalog",
            "catalog.ttl",
            {"application/(?:ld\\+)?json": "catalog.jsonld", "application/rdf\\+xml": "catalog.rdf"},
        ),
        *_by_accept("^ontology/?$", root, "ontology/index", f"ontology/{ontology}/ontology.ttl", _ontology(ontology)),
        *_by_accept(
            f"^ontology/{re.escape(ontology)}/?$", root, f"ontology/{ontology}/index", f"ontology/{ontology}/ontology.ttl", _ontology(ontology)
        ),
        f"RewriteRule ^context/1\\.jsonld$ {root}data/context.jsonld [R=303,L]",
        f"RewriteRule ^releases/?$ {root}releases/index.html [R=303,L]",
    ]
    if latest:
        lines += [
            f"RewriteRule ^releases/latest/?$ {root}releases/{latest}/index.html [R=302,L]",
            f"RewriteRule ^releases/latest/(.+)$ {root}releases/{latest}/$1 [R=302,L]",
        ]
    return lines


def _ontology(version: str) -> dict[str, str]:
    """Return the other syntaxes of the ontology by media type."""
    forms = {"application/(?:ld\\+)?json": "jsonld", "application/rdf\\+xml": "rdf", "application/n-triples": "nt"}
    return {media: f"ontology/{version}/ontology.{form}" for media, form in forms.items()}


def _by_accept(pattern: str, root: str, page: str, data: str, others: Mapping[str, str] | None = None) -> list[str]:
    """Return the rules for one kind of IRI: data where Accept names a syntax of RDF and no page before it, else the page in the language asked for.

    Data come in Turtle, which every RDF client reads; who asks for another syntax gets Turtle as well, as there is no other file.
    """
    wanted = [f'RewriteCond "%{{HTTP_ACCEPT}}" "!{_PAGE}" [NC]']
    lines = []
    for media, file in (others or {}).items():
        lines += [*wanted, f'RewriteCond "%{{HTTP_ACCEPT}}" "^[^,]*{media}" [NC]', f'RewriteRule "{pattern}" "{root}{file}" [R=303,L,E=NEGOTIATED:1]']
    lines += [*wanted, f'RewriteCond "%{{HTTP_ACCEPT}}" "{_DATA}" [NC]', f'RewriteRule "{pattern}" "{root}{data}" [R=303,L,E=NEGOTIATED:1]']
    lines += ['RewriteCond "%{HTTP:Accept-Language}" "^de" [NC]', f'RewriteRule "{pattern}" "{root}{page}.de.html" [R=303,L,E=NEGOTIATED:1]']
    lines.append(f'RewriteRule "{pattern}" "{root}{page}.html" [R=303,L,E=NEGOTIATED:1]')
    return lines


def _literal(path: str) -> str:
    """Return a path as a pattern of Apache's: it sees the path decoded; quotes and line ends cannot stand in a rule."""
    return "".join(
        f"\\x{byte:02x}" if byte > 126 or byte < 33 or chr(byte) in "\"'\\" else re.escape(chr(byte))
        for byte in path.encode("utf-8", "backslashreplace")
    )


def _media(name: str) -> str:
    kinds = {
        "nq": "application/n-quads",
        "ttl": "text/turtle",
        "jsonld": "application/ld+json",
        "csv": "text/csv",
        "graphml": "application/graphml+xml",
    }
    return kinds.get(name.rpartition(".")[2], "application/octet-stream")


def netlify(moved: Sequence[Moved], packed: Sequence[str], latest: str) -> dict[str, str]:
    """Return `_redirects` and `_headers` as free hosts read them (Netlify, Cloudflare Pages): they know no Accept header, so that IRIs lead to pages."""
    lines = [f"/{quote(one.path)} /{one.successor or f'doc/{one.file}.html'} 301" for one in moved[:MOST_RULES] if one.successor or one.file]
    lines += [f"/data/{name} /data/{name}.gz 302" for name in packed]
    if latest:
        lines += [f"/releases/latest/* /releases/{latest}/:splat 302"]
    lines += [
        "/id/:kind/:name /doc/:kind/:name.html 302",
        "/code/:scheme/:name /doc/code-:scheme/:name.html 302",
        "/code/:scheme /doc/code/:scheme.html 302",
        "/graph/:name /doc/graph/:name.html 302",
        "/catalog /catalog.html 302",
        "/dataset /catalog.html 302",
        "/context/1.jsonld /data/context.jsonld 302",
    ]
    headers = "\n".join(
        (
            "/*",
            "  X-Content-Type-Options: nosniff",
            "  Referrer-Policy: no-referrer",
            "  Access-Control-Allow-Origin: *",
            f"  Content-Security-Policy: {POLICY}; frame-ancestors 'self'",
            "/*.ttl",
            "  Content-Type: text/turtle; charset=utf-8",
            "/*.jsonld",
            "  Content-Type: application/ld+json",
            "/*.rdf",
            "  Content-Type: application/rdf+xml",
            "/.well-known/void",
            "  Content-Type: text/turtle; charset=utf-8",
        )
    )
    return {"_redirects": "\n".join(lines) + "\n", "_headers": headers + "\n"}


def sitemap(files: Sequence[str], address: str, state: str) -> dict[str, str]:
    """Return the sitemap (sitemaps.org, 0.9): one file, or an index of parts.

    Args:
        files: Paths of the pages, sorted.
        address: Of the site, with a slash at its end.
        state: Day of the data, `YYYY-MM-DD`, or empty.
    """
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    name = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    day = f"<lastmod>{state}</lastmod>" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", state) else ""

    def changed(file: str) -> str:
        # All pages are of one day: said of those that readers come back to, and not ten thousand times.
        return "" if file.startswith("doc/") else day

    def part(some: Sequence[str]) -> str:
        return (
            head
            + f"<urlset {name}>\n"
            + "".join(f"<url><loc>{escape(address + quote(one))}</loc>{changed(one)}</url>\n" for one in some)
            + "</urlset>\n"
        )

    if len(files) <= SITEMAP:
        return {"sitemap.xml": part(files)}
    parts = {f"sitemap-{number + 1}.xml": part(files[start : start + SITEMAP]) for number, start in enumerate(range(0, len(files), SITEMAP))}
    listed = "".join(f"<sitemap><loc>{escape(address + one)}</loc></sitemap>\n" for one in parts)
    return {"sitemap.xml": head + f"<sitemapindex {name}>\n{listed}</sitemapindex>\n", **parts}


def robots(address: str) -> str:
    """Return `robots.txt` (RFC 9309): everything may be read."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {address}sitemap.xml\n"
