"""Pages from templates: one environment, escaped by default, with the few functions that templates call."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kg import __version__
from kg.errors import KgError, ParameterError, QueryError, StoreError
from kg.portal.page import HTML, Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2 import Environment
    from jinja2.lexer import Token, TokenStream

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"


class NotFoundError(KgError):
    """There is nothing at an address, or nothing of that name."""


class GoneError(KgError):
    """There was something at an address; it is retired."""


class BusyError(KgError):
    """The portal cannot answer now; it can be asked again later."""


@lru_cache(maxsize=2)
def environment(lang: str = "en") -> Environment:
    """Return the environment of all templates in a language.

    Texts in two languages and addresses of static files are put in place when a template is compiled, and become one piece with the markup around them: a
    page has a hundred of them.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from jinja2.ext import Extension

    class Texts(Extension):
        def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
            return _in_language(stream, lang)

    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[Texts],
    )
    made.globals["asset"] = asset
    made.globals["version"] = __version__
    made.filters["number"] = grouped
    return made


_TEXT = ("name", "lparen", "string", "comma", "string", "rparen")
_ASSET = ("name", "lparen", "string", "rparen")


def _in_language(stream: Iterable[Token], lang: str) -> Iterator[Token]:
    """Put in place what is known before any page: the one text of `t("…", "…")`, the path of `asset("…")`.

    A call with anything else between the brackets is left to be made with the page.
    """
    from jinja2.lexer import Token

    tokens = list(stream)
    at = 0
    while at < len(tokens):
        one, kinds = tokens[at], tuple(token.type for token in tokens[at : at + len(_TEXT)])
        if one.value == "t" and kinds == _TEXT:
            yield tokens[at + (4 if lang == "de" else 2)]
            at += len(_TEXT)
        elif one.value == "asset" and kinds[: len(_ASSET)] == _ASSET:
            yield Token(one.lineno, "string", asset(tokens[at + 2].value))
            at += len(_ASSET)
        else:
            yield one
            at += 1


def grouped(value: int, lang: str = "en") -> str:
    """Return a whole number with separators of the language.

    >>> grouped(101391), grouped(101391, "de")
    ('101,391', '101.391')
    """
    text = f"{value:,}"
    return text.replace(",", ".") if lang == "de" else text


def markup(html: str) -> Markup:
    """Return markup made in Python, each text of which was escaped where it was put in."""
    return Markup(html)  # noqa: S704


@lru_cache(maxsize=256)
def asset(name: str) -> str:
    """Return the path (below the root path) of a static file, with a mark of its content, so that it may be kept for ever."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{mark}/{name}"


def page(template: str, request: Request, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any) -> Reply:
    """Return a page.

    Args:
        template: File below `templates/`.
        request: Gives language and addresses; in the template as `request`, with `lang`, `t(en, de)`, `url(path, **values)` beside it.
        status, headers: Of the reply.
        values: What else the template uses.
    """
    lang = request.lang

    def t(en: str, de: str) -> str:
        return de if lang == "de" else en

    text = environment(lang).get_template(template).render(request=request, lang=lang, t=t, url=request.url, **values)
    return Reply(text.encode(), HTML, status, dict(headers or {}))


def status_of(error: KgError) -> int:
    """Return the HTTP status of an error."""
    kinds = ((NotFoundError, 404), (GoneError, 410), (BusyError, 503), (ParameterError, 400), (QueryError, 400), (StoreError, 502))
    return next((status for kind, status in kinds if isinstance(error, kind)), 400)


def failure(error: KgError, request: Request, *, status: int = 0, headers: dict[str, str] | None = None, **values: Any) -> Reply:
    """Return an error as page, or as JSON where no page was asked for: what, where, what to do next, in the reader's language.

    Args:
        error: What is wrong.
        request: Whose language and format count.
        status: Status where it does not follow from the kind of error.
        headers: Of the reply.
        values: For the template; `near` is a list of `(address, label)` to choose from.
    """
    status = status or status_of(error)
    near = values.pop("near", ())
    what, fix = error.what.in_(request.lang), error.fix.in_(request.lang) if error.fix else ""
    if request.form not in ("html", ""):
        both: dict[str, Any] = {"error": what, "where": error.where, "fix": fix, "status": status}
        if near:
            both["near"] = [{"address": request.origin + address, "label": label} for address, label in near]
        return json_reply(both, status=status, headers=headers)
    return page(
        "error.html", request, status=status, headers=headers, what=what, where=error.where, fix=fix, code=status, near=near, site=None, **values
    )


__all__ = ("STATIC", "BusyError", "GoneError", "NotFoundError", "asset", "environment", "failure", "grouped", "markup", "page", "status_of")
