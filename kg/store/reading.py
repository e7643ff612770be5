"""The body of an answer: whole, unpacked, and no larger than allowed (RFC 9110, section 8.4; RFC 9112, section 8)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class TooMuch(Exception):
    """A body is larger than the bound, in bytes."""

    def __init__(self, bound: int) -> None:
        super().__init__(str(bound))
        self.bound = bound


class Truncated(Exception):
    """A body ends before its end."""


def body_of(response: Any, headers: Mapping[str, str], bound: int, *, whole: bool) -> bytes:
    """Read a body, piece by piece, so that neither the packed nor the unpacked one outgrows the bound.

    Args:
        response: A response of `http.client`.
        headers: Its headers, names in lower case.
        bound: Bytes at most.
        whole: A body that is larger or cut is an error; else what could be had of it is returned.

    Raises:
        TooMuch: It is larger.
        Truncated: It is cut, packed in a way that was not asked for, or damaged.
    """
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        if not whole:
            return b""
        raise Truncated(f"Content-Encoding {coding[:40]!r}")
    try:
        return _unpacked(response, bound, whole) if coding.endswith("gzip") else _plain(response, bound, whole)
    except zlib.error as error:
        if not whole:
            return b""
        raise Truncated(f"gzip: {error}") from error


def _plain(response: Any, bound: int, whole: bool) -> bytes:
    made = bytearray()
    for piece in _pieces(response, whole):
        made += piece
        if len(made) > bound:
            if not whole:
                return bytes(made[:bound])
            raise TooMuch(bound)
    return bytes(made)


def _unpacked(response: Any, bound: int, whole: bool) -> bytes:
    made, packed, unpacker = bytearray(), 0, zlib.decompressobj(_GZIP)
    for piece in _pieces(response, whole):
        packed += len(piece)
        rest = piece
        while rest:
            if unpacker.eof:
                # A gzip file may have several members (RFC 1952, section 2.2).
                unpacker = zlib.decompressobj(_GZIP)
            made += unpacker.decompress(rest, bound + 1 - len(made))
            if len(made) > bound or packed > bound:
                if not whole:
                    return bytes(made[:bound])
                raise TooMuch(bound)
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if packed and not unpacker.eof and whole:
        raise Truncated("gzip without its end")
    return bytes(made)


def _pieces(response: Any, whole: bool) -> Any:
    from http.client import HTTPException, IncompleteRead

    while True:
        try:
            piece = response.read(_PIECE)
        except IncompleteRead as error:
            if not whole:
                return
            raise Truncated("a chunk is missing") from error
        except (OSError, HTTPException):
            if not whole:
                return
            raise
        if not piece:
            missing = getattr(response, "length", None)
            if missing and whole:
                raise Truncated(f"{missing} bytes are missing")
            return
        yield piece
