"""Which bytes of a file a client asks for (RFC 9110, section 14): one range; several, other units and what cannot be read get the whole file."""

from __future__ import annotations

import re

MAX_HEADER = 200
_ONE = re.compile(r"bytes\s*=\s*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\s*", re.IGNORECASE)


def wanted(header: str | None, if_range: str | None, tag: str, size: int) -> range | None:
    """Return the bytes that are asked for; `None` for the whole file, an empty range where none of them exists (416).

    Args:
        header: The header Range.
        if_range: The header If-Range: the range counts only while the file is the one of this strong ETag (section 13.1.5).
        tag: ETag of the file.
        size: Its bytes.

    >>> wanted("bytes=10-19", None, '"a"', 100), wanted("bytes=-5", None, '"a"', 100), wanted("bytes=0-1,3-4", None, '"a"', 100)
    (range(10, 20), range(95, 100), None)
    """
    if not header or len(header) > MAX_HEADER:
        return None
    if if_range is not None and (if_range.strip() != tag or tag.startswith("W/")):
        return None
    match = _ONE.fullmatch(header.strip())
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        return range(max(0, size - int(suffix)), size) if int(suffix) else range(0)
    start = int(first)
    if last and int(last) < start:
        return None
    end = min(int(last) + 1, size) if last else size
    return range(start, end) if start < size else range(0)
