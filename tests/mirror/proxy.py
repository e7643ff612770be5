"""A proxy in a thread that changes what a SPARQL server answers."""

from __future__ import annotations

import contextlib
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus

Change = Callable[[str, bytes], bytes]


@contextlib.contextmanager
def proxy(target: str, change: Change) -> Iterator[str]:
    """Hand requests on to a server; `change` gets the request (address and body, unquoted) and the answer's body, and gives the body to send."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = self.path.partition("?")[2]
            self._hand_on(urllib.request.Request(f"{target}?{query}", headers={"Accept": self.headers["Accept"]}), query)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name: self.headers[name] for name in ("Accept", "Content-Type")}
            self._hand_on(urllib.request.Request(target, data=body, headers=headers), body.decode())

        def _hand_on(self, request: urllib.request.Request, asked: str) -> None:
            with urllib.request.urlopen(request, timeout=60) as answer:
                body = change(unquote_plus(asked), answer.read())
                with contextlib.suppress(OSError):
                    self.send_response(200)
                    for name in ("Content-Type", "Server"):
                        self.send_header(name, answer.headers.get(name, "proxy"))
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def lying(target: str) -> Iterator[str]:
    """Drop one statement of every graph that is answered."""

    def without_first(asked: str, body: bytes) -> bytes:
        return b"".join(body.splitlines(keepends=True)[:-1]) if "CONSTRUCT" in asked else body

    with proxy(target, without_first) as address:
        yield address
