"""The table of addresses: which handler answers a path, from which pool of workers, in which formats."""

from __future__ import annotations

from dataclasses import dataclass

PAGE = ("html",)
DATA = ("html", "ttl", "jsonld", "nt", "rdf", "json")


@dataclass(frozen=True)
class Route:
    """One address.

    Attributes:
        pattern: Path with `{name}` for one step and `{name:path}` for several.
        handler: `module:function` below `kg.portal`.
        offers: Short names of the formats; the first is the default. One alone is not negotiated.
        pool: `desk`, or `analysis` for what needs the participations.
        methods: Besides HEAD and OPTIONS.
        embeddable: Whether other sites may show it in a frame.
        kept: Whether the answer depends on graph and address alone, so that it has an ETag. That of a POST never has one.
        body: Setting that bounds the body of a POST: `body_bytes`, or `upload_bytes` where files are sent.
    """

    pattern: str
    handler: str
    offers: tuple[str, ...] = PAGE
    pool: str = "desk"
    methods: tuple[str, ...] = ("GET",)
    embeddable: bool = False
    kept: bool = True
    body: str = "body_bytes"


TABLE: tuple[Route, ...] = (
    Route("/", "pages:home", kept=False),
    Route("/search", "search:page"),
    Route("/api/search", "search:api", ("json",)),
    Route("/api/suggest", "search:suggest", ("json",)),
    Route("/id/{key:path}", "entity:redirect", DATA),
    Route("/code/{key:path}", "entity:redirect", DATA),
    Route("/graph/{key:path}", "entity:redirect", DATA),
    Route("/ontology", "entity:ontology", DATA),
    Route("/doc/{key:path}", "entity:document", DATA),
    Route("/data/{key:path}", "entity:data", (*DATA[1:], "html")),
    Route("/resource", "entity:resource", DATA),
    Route("/why", "why:page", ("html", "json")),
    Route("/api/inverse", "entity:inverse", ("html", "json")),
    Route("/questions", "question:listing"),
    Route("/questions/{name}", "question:page"),
    Route("/api/questions", "question_api:listing", ("json",)),
    Route("/api/questions/{name}", "question_api:answer", ("json", "csv", "tsv", "xlsx", "ttl", "geojson", "ipynb")),
    Route("/openapi.json", "question_api:openapi", ("json",)),
    Route("/query", "editor:page"),
    Route("/api/vocabulary", "editor:vocabulary", ("json",), pool="analysis"),
    Route("/api/labels", "editor:labels", ("json",)),
    Route("/api/home", "pages:answers", ("json",), pool="analysis"),
    Route("/network", "explorer:page", pool="analysis"),
    Route("/api/network", "explorer:api", ("json", "gexf", "graphml", "csv", "svg", "vosviewer"), pool="analysis"),
    Route("/api/network/edge", "explorer:edge", ("json", "html"), pool="analysis"),
    Route("/institutions/{key}", "institution:page", pool="analysis"),
    Route("/map", "map:page"),
    Route("/api/map", "map:api", ("json",)),
    Route("/timeline", "timeline:page"),
    Route("/check", "check:page", pool="analysis", methods=("GET", "POST"), body="upload_bytes"),
    Route("/about", "pages:about"),
    Route("/about/{name}", "pages:about"),
    Route("/catalog", "entity:catalog", DATA, kept=False),
    Route("/.well-known/void", "void:page", (*DATA[1:], "html"), kept=False),
    Route("/dataset", "void:dataset", DATA),
    Route("/context/{name}", "void:context", ("jsonld",)),
    Route("/releases", "releases:listing", ("html", "json"), kept=False),
    Route("/releases/feed.atom", "releases:feed", ("atom",), kept=False),
    Route("/releases/{version}", "releases:page", DATA, kept=False),
    Route("/releases/{version}/{name:path}", "releases:file", kept=False),
    Route("/preflight", "preflight:page", ("html", "json"), kept=False),
    Route("/preflight/badge.svg", "preflight:badge_svg", ("svg",), kept=False),
    Route("/ontology/{version}", "entity:ontology", DATA),
    Route("/quality", "quality:page", kept=False),
    Route("/quality.json", "quality:api", ("json",), kept=False),
    Route("/quality/badge.svg", "quality:badge_svg", ("svg",), kept=False),
    Route("/reconcile", "reconcile:service", ("json",), pool="analysis", methods=("GET", "POST")),
    Route("/reconcile/suggest/entity", "reconcile:suggest_entity", ("json",), pool="analysis"),
    Route("/reconcile/suggest/property", "reconcile:suggest_property", ("json",), pool="analysis"),
    Route("/reconcile/suggest/type", "reconcile:suggest_type", ("json",), pool="analysis"),
    Route("/reconcile/properties", "reconcile:properties", ("json",), pool="analysis"),
    Route("/embed/entity", "reconcile:preview", pool="analysis", embeddable=True),
    Route("/embed/question/{name}", "question:embed", embeddable=True),
    Route("/embed/network", "explorer:embed", pool="analysis", embeddable=True),
    Route("/embed/map", "map:embed", embeddable=True),
    Route("/sitemap.xml", "pages:sitemap", ("xml",), kept=False),
    Route("/sitemap-{number}.xml", "pages:sitemap_part", ("xml",), kept=False),
    Route("/robots.txt", "pages:robots", ("txt",)),
    Route("/opensearch.xml", "pages:opensearch", ("xml",)),
    Route("/downloads/{name}", "pages:download"),
)
