"""`/preflight`: would data portals take the newest release? The cards of `kg preflight`, as a page, as JSON, and as a badge (product guide, pattern P4).

What `kg preflight` has kept for exactly this release is shown; else the catalogue is checked here, once per release and worker. Dumps are
never parsed for a request: that takes as long as they are large.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import Text
from kg.portal.page import Reply, Request, json_reply

if TYPE_CHECKING:
    from kg.portal.desk import Desk
    from kg.preflight import Flight
    from kg.release import Release

FRESH = {"Cache-Control": "no-store"}
"""A release may come while the build stays."""
QUICK = ("dcat-ap", "dcat-ap-de", "ckan", "schema-org")
SHOWN = 10
"""Places of a card that the page lists; the JSON has a hundred."""
COMMANDS = ("kg release 2026.11", "kg preflight")


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/preflight`, as a page or as JSON."""
    release, flight = _flight(desk)
    if request.form == "json":
        return _json(release, flight)
    if flight is None or release is None:
        return desk.render("preflight.html", request, headers=FRESH, flight=None, commands=COMMANDS)
    from kg.preflight import words
    from kg.questions import frame_text

    lang = request.lang
    return desk.render(
        "preflight.html",
        request,
        headers=FRESH,
        flight=flight,
        release=release,
        shown=SHOWN,
        words=words,
        verdict_line=lambda verdict: words.line(verdict, lang),
        portals=lambda card: words.portals(card, flight, lang),
        place_text=lambda place: words.place_text(place, flight.base),
        counted=lambda count, severity: words.counted(count, severity, lang),
        severity=lambda name: words.ONE[name].in_(lang),
        frame=desk.cached(("quality frame", lang), lambda: frame_text(desk.store, lang)),
        command=COMMANDS[1],
    )


def _json(release: Release | None, flight: Flight | None) -> Reply:
    from kg.preflight.formats import to_dict

    if flight is None or release is None:
        return json_reply({"release": None, "commands": list(COMMANDS)}, headers=FRESH)
    return json_reply({"release": release.version, "issued": release.issued, **to_dict(flight)}, headers=FRESH)


def badge_svg(desk: Desk, request: Request) -> Reply:
    """Answer `/preflight/badge.svg?lang=`."""
    from kg.preflight.badge import badge

    _, flight = _flight(desk)
    return Reply(badge(flight, request.lang).encode(), "image/svg+xml", headers=FRESH)


def _flight(desk: Desk) -> tuple[Release | None, Flight | None]:
    """Return the newest release and its preflight, each where there is one."""
    from kg.preflight.kept import kept_path
    from kg.release import latest

    if desk.build is None or desk.site.remote:
        return None, None
    root = desk.build.path.parent.parent
    release = latest(root)
    if release is None:
        return None, None
    found = release
    key = ("preflight", found.version, _state(found.path / "manifest.json"), _state(kept_path(root, found.version)))
    return found, desk.cached(key, lambda: _look(found, root))


def _state(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except OSError:
        return (0, 0)
    return (state.st_mtime_ns, state.st_ino)


def _look(release: Release, root: Path) -> Flight:
    """Return what was kept for a release, else what its catalogue alone says."""
    from dataclasses import replace

    from kg.preflight import Verdict, preflight
    from kg.preflight.kept import kept

    known = kept(release.path, root, release.version)
    if known is not None:
        return known
    flight = preflight(release.path, profiles=QUICK)
    why = Text(
        "Run `kg preflight` once where the graph is built; this page then shows its result.",
        "Rufen Sie einmal `kg preflight` auf, wo der Graph gebaut wird; diese Seite zeigt dann das Ergebnis.",
    )
    empty = {"Violation": 0, "Warning": 0, "Info": 0}
    return replace(flight, verdicts=(*flight.verdicts, *(Verdict(name, "unchecked", empty, why) for name in ("void", "files"))))
