"""What crosses between the front and a worker: a request that has been checked and negotiated, and the reply in bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

HTML = "text/html; charset=utf-8"
JSON = "application/json"
MAX_VALUES = 200
"""Values of a query string that are read; the rest is refused by the front."""


# A page writes the address of its own thing a dozen times.
_quoted = lru_cache(maxsize=1024)(quote_plus)


@dataclass(frozen=True)
class Request:
    """One request to a worker.

    Attributes:
        handler: `module:function` that answers.
        path: Path below the root path, decoded, with a leading slash.
        names: Parts of the path that the route names.
        values: Values of the query string by name, in their order.
        lang: `de` or `en`.
        chosen_lang: Whether the address names the language (links keep it then).
        form: Negotiated format: short name such as `html`, `ttl`, `json`; empty where the route does not negotiate.
        origin: Scheme and host as the client sees them, without a slash: `http://127.0.0.1:8080`.
        root: Root path behind a proxy, without a slash at the end; usually empty.
        body: Body of a POST.
        options: What the front has read already (a SPARQL operation, for example).
    """

    handler: str
    path: str = "/"
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, list[str]] = field(default_factory=dict)
    lang: str = "en"
    chosen_lang: bool = False
    form: str = "html"
    origin: str = ""
    root: str = ""
    body: bytes = b""
    options: Mapping[str, Any] = field(default_factory=dict)

    def value(self, name: str, default: str = "") -> str:
        """Return the first value of a name in the query string, stripped; the default where it is absent or empty."""
        return (self.values.get(name) or [""])[0].strip() or default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number from the query string, held between two bounds; the default where it is none."""
        text = self.value(name)
        return min(max(int(text), least), most) if text.isascii() and text.isdigit() and len(text) < 12 else default

    def url(self, path: str, /, **values: object) -> str:
        """Return the address of a page here: root path, values, and the language where the client chose one. `None` and empty values are left out."""
        if not values and not self.chosen_lang:
            return self.root + path
        kept = [
            (name, str(one)) for name, value in values.items() if value not in (None, "") for one in (value if isinstance(value, list) else [value])
        ]
        if self.chosen_lang and "lang" not in values:
            kept.append(("lang", self.lang))
        return self.root + path + ("?" + "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in kept) if kept else "")

    def with_values(self, **changes: object) -> str:
        """Return the address of this page with some values changed; `None` takes one away."""
        values: dict[str, object] = {name: list(given) for name, given in self.values.items()}
        values.update(changes)
        return self.url(self.path, **values)

    def absolute(self, path: str, /, **values: object) -> str:
        """Return the whole address of a page here, for links that leave the page (downloads to copy, embeds, RDF)."""
        return self.origin + self.url(path, **values)

    def head(self) -> dict[str, Any]:
        """Return everything but the body, as JSON can hold it."""
        return {**vars(self), "body": None}

    @classmethod
    def of(cls, head: Mapping[str, Any], body: bytes) -> Request:
        """Return the request that :meth:`head` and a body describe."""
        return cls(**{**head, "body": body})


@dataclass
class Reply:
    """The answer of a worker.

    Attributes:
        body: Bytes; empty for redirects.
        media_type: With charset where it is text.
        status: HTTP status.
        headers: Further headers; names and values are ASCII without line ends (checked by the front).
        rows, truncated: For the log; `truncated` also becomes `X-Truncated`.
        file: Descriptor of an open file that is the body, or -1. The front streams it and closes it, and answers requests for a range of it.
    """

    body: bytes = b""
    media_type: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    rows: int | None = None
    truncated: bool = False
    file: int = -1


def json_reply(data: object, *, status: int = 200, media_type: str = JSON, headers: Mapping[str, str] | None = None) -> Reply:
    """Return data as compact JSON."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(body, media_type, status, dict(headers or {}))


def redirect(address: str, status: int = 303) -> Reply:
    """Return a redirect to an address made by :meth:`Request.url`."""
    return Reply(b"", HTML, status, {"Location": address})
