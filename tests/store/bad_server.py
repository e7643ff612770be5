"""A real HTTP server that misbehaves as it is told, and certificates for it."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

JSON = "application/sparql-results+json"
TRUE = b'{"head":{},"boolean":true}'


@dataclass
class Seen:
    """One request as the server got it: method, target, headers in lower case, parameters of address and form."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def parameters(self) -> list[tuple[str, str]]:
        form = self.body.decode() if "form-urlencoded" in self.headers.get("content-type", "") else ""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True) + parse_qsl(form, keep_blank_values=True)

    def one(self, name: str) -> str:
        return next((value for key, value in self.parameters if key == name), "")


@dataclass
class Reply:
    """What the server sends: `drip` seconds between single bytes, `wait` seconds before anything, `length` what it claims to send."""

    status: int = 200
    body: bytes = TRUE
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0
    wait: float = 0
    length: int | None = None
    endless: bool = False
    reset: bool = False


Answers = Callable[[Seen], Reply]


class BadServer:
    """Runs in a thread; `seen` holds all requests."""

    def __init__(self, answer: Answers, context: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        bad = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen = Seen(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                bad.seen.append(seen)
                with contextlib.suppress(OSError, ValueError):
                    self.reply(answer(seen))

            do_POST = do_PUT = do_HEAD = do_GET

            def reply(self, reply: Reply) -> None:
                self.close_connection = True
                if reply.reset:
                    return
                time.sleep(reply.wait)
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.kind)
                self.send_header("Connection", "close")
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if not reply.endless:
                    self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
                self.end_headers()
                while reply.endless:
                    self.wfile.write(b" " * 65536)
                for byte in reply.body if reply.drip else b"":
                    self.wfile.write(bytes([byte]))
                    time.sleep(reply.drip)
                if not reply.drip:
                    self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = int(self.server.server_address[1])
        self.host = f"127.0.0.1:{self.port}"
        self.address = f"{'https' if context else 'http'}://{self.host}/sparql"


@contextlib.contextmanager
def serving(answer: Answers | Reply, context: ssl.SSLContext | None = None) -> Iterator[BadServer]:
    """Run a server that answers every request so."""
    bad = BadServer((lambda _: answer) if isinstance(answer, Reply) else answer, context)
    thread = threading.Thread(target=bad.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield bad
    finally:
        bad.server.shutdown()
        bad.server.server_close()
        thread.join()


@dataclass(frozen=True)
class Authority:
    """A private authority: its file, and contexts for servers with certificates of it."""

    file: Path
    good: ssl.SSLContext
    expired: ssl.SSLContext
    other_host: ssl.SSLContext


def authority(folder: Path) -> Authority:
    """Make an authority and certificates for 127.0.0.1: a good one, one that has expired, one for another host."""
    pytest.importorskip("cryptography", reason="needs certificates: pip install cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    own_key = ec.generate_private_key(ec.SECP256R1())
    own_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    start = x509.CertificateBuilder().subject_name(own_name).issuer_name(own_name).public_key(own_key.public_key())
    ca = (
        start.serial_number(x509.random_serial_number())
        .not_valid_before(now - 10 * day)
        .not_valid_after(now + 10 * day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own_key.public_key()), critical=False)
        .sign(own_key, hashes.SHA256())
    )
    file = folder / "authority.pem"
    file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))

    def context(name: str, other: x509.GeneralName, until: datetime.datetime) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(own_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 5 * day)
            .not_valid_after(until)
            .add_extension(x509.SubjectAlternativeName([other]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(own_key.public_key()), critical=False)
            .sign(own_key, hashes.SHA256())
        )
        chain = folder / f"{name}.pem"
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        chain.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return Authority(
        file,
        context("good", here, now + day),
        context("expired", here, now - day),
        context("other", x509.DNSName("elsewhere.example"), now + day),
    )
