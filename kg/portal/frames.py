"""Frames between the front and a worker: lengths, a JSON head, a body; bodies that are large travel as an anonymous file.

A frame is two big-endian lengths (head 4 bytes, body 8 bytes), the head, the body. Both ends are ours; what a client sends is inside the body or, as text, in the head.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import tempfile
from typing import Any

# One encoder for all frames: json.dumps with separators makes a new one each time.
_ENCODER = json.JSONEncoder(separators=(",", ":"))
LENGTHS = struct.Struct(">IQ")
INLINE = 64 * 1024
"""Bodies up to this size travel in the frame."""


def packed(head: dict[str, Any], body: bytes = b"") -> bytes:
    """Return a frame."""
    text = _ENCODER.encode(head).encode()
    return LENGTHS.pack(len(text), len(body)) + text + body


def anonymous_file(body: bytes) -> int:
    """Return the descriptor of a file without a name that holds a body, at its beginning."""
    number = os.memfd_create("answer") if hasattr(os, "memfd_create") else os.dup(tempfile.TemporaryFile().fileno())  # noqa: SIM115
    view = memoryview(body)
    while view:
        view = view[os.write(number, view) :]
    os.lseek(number, 0, os.SEEK_SET)
    return number


class Channel:
    """The worker's end: blocking, one frame at a time."""

    def __init__(self, frames: socket.socket, files: socket.socket) -> None:
        self._frames = frames
        self._files = files

    def read(self) -> tuple[dict[str, Any], bytes] | None:
        """Return the next frame, or `None` when the front is gone."""
        lengths = self._exactly(LENGTHS.size)
        if lengths is None:
            return None
        head_length, body_length = LENGTHS.unpack(lengths)
        head, body = self._exactly(head_length), self._exactly(body_length)
        return None if head is None or body is None else (json.loads(head), body)

    def _exactly(self, count: int) -> bytes | None:
        parts = []
        while count:
            part = self._frames.recv(min(count, 1 << 20))
            if not part:
                return None
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def write(self, head: dict[str, Any], body: bytes = b"", file: int = -1) -> None:
        """Send a frame; a large body goes ahead as a file.

        Args:
            head: Head of the frame.
            body: Its body.
            file: Descriptor of an open file that is the body instead, or -1; it is closed here, and the front reads its own copy.
        """
        if file >= 0 or len(body) > INLINE:
            number, size = (file, os.fstat(file).st_size) if file >= 0 else (anonymous_file(body), len(body))
            try:
                socket.send_fds(self._files, [b"f"], [number])
            finally:
                os.close(number)
            head, body = {**head, "file": size, "disk": file >= 0}, b""
        self._frames.sendall(packed(head, body))
