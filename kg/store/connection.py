"""Connections to a server: watched by the clock, TLS always verified, and what their failures mean (RFC 9110; RFC 5280)."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from functools import partial
from http.client import BadStatusLine, HTTPConnection, HTTPException, HTTPSConnection, LineTooLong, RemoteDisconnected
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPDefaultErrorHandler, HTTPErrorProcessor, HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from kg.errors import StoreError, Text
from kg.store.credentials import shown

CONNECT_SECONDS = 15.0
Hold = Callable[[socket.socket], None]

_CHECK = Text("Check the address and that the server runs.", "Prüfen Sie die Adresse und ob der Server läuft.")


def opener(context: ssl.SSLContext | None, hold: Hold, *, direct: bool) -> OpenerDirector:
    """Return an opener that follows no redirect and knows no other scheme than http and https.

    Args:
        context: For https.
        hold: Gets every connection as soon as it stands.
        direct: Use no proxy of the environment.
    """
    made = OpenerDirector()
    for handler in (_Plain(hold), _Secure(hold, context), HTTPDefaultErrorHandler(), HTTPErrorProcessor(), *(() if direct else (ProxyHandler(),))):
        made.add_handler(handler)
    return made


def context() -> ssl.SSLContext:
    """Return what TLS trusts: the authorities of the system, and those in the file that `KG_STORE_CA` names.

    Raises:
        StoreError: The file cannot be read or holds no certificate.
    """
    made = ssl.create_default_context()
    path = os.environ.get("KG_STORE_CA", "")
    if path:
        try:
            made.load_verify_locations(cafile=path)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            what = Text("KG_STORE_CA names no file of certificates (PEM).", "KG_STORE_CA nennt keine Datei mit Zertifikaten (PEM).")
            fix = Text("Name a readable file of your authority.", "Nennen Sie eine lesbare Datei Ihrer Zertifizierungsstelle.")
            raise StoreError(what, where=path, fix=fix) from error
    return made


class _Plain(HTTPHandler):
    def __init__(self, hold: Hold) -> None:
        super().__init__()
        self._hold = hold

    def http_open(self, req: Request) -> Any:
        return self.do_open(partial(_Connection, hold=self._hold), req)


class _Secure(HTTPSHandler):
    def __init__(self, hold: Hold, made: ssl.SSLContext | None) -> None:
        super().__init__(context=made)
        self._made, self._hold = made, hold

    def https_open(self, req: Request) -> Any:
        return self.do_open(partial(_SecureConnection, hold=self._hold), req, context=self._made)


class _Watched:
    """Hands over its socket, and reads an answer that came before the request was sent whole."""

    def __init__(self, *arguments: Any, hold: Hold, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._create_connection = partial(_connect, hold)

    def request(self, *arguments: Any, **options: Any) -> None:
        try:
            super().request(*arguments, **options)  # type: ignore[misc]
        except BrokenPipeError:
            # The server says no before it has read all (401, 413) and closes; its answer can still be read.
            if getattr(self, "sock", None) is None:
                raise


class _Connection(_Watched, HTTPConnection):
    pass


class _SecureConnection(_Watched, HTTPSConnection):
    pass


def _connect(hold: Hold, address: tuple[str, int], timeout: float, source: Any = None) -> socket.socket:
    made = socket.create_connection(address, min(timeout, CONNECT_SECONDS), source)
    made.settimeout(timeout)
    hold(made)
    return made


def passing(error: Exception) -> bool:
    """Return whether the same request may succeed a little later: nobody listens yet, or the connection broke."""
    reason = error.reason if isinstance(error, URLError) else error
    return isinstance(reason, ConnectionError | RemoteDisconnected) and not isinstance(reason, ssl.SSLError)


def failure(error: Exception, address: str, timeout: float) -> StoreError:
    """Return what a failed connection means, for a reader."""
    reason: object = error.reason if isinstance(error, URLError) else error
    where, fix = shown(address), _CHECK
    if isinstance(reason, ssl.SSLCertVerificationError):
        return _certificate(reason, where)
    if isinstance(reason, ssl.SSLError):
        what = Text("The server speaks no TLS here, or none that is safe.", "Der Server spricht hier kein TLS oder kein sicheres.")
        return StoreError(what, where=where, fix=Text("Check port and scheme (http, https).", "Prüfen Sie Port und Schema (http, https)."))
    if isinstance(reason, TimeoutError):
        seconds = f"{min(timeout, CONNECT_SECONDS) if isinstance(error, URLError) else timeout:g}"
        what = Text(f"The server does not answer within {seconds} seconds.", f"Der Server antwortet nicht innerhalb von {seconds} Sekunden.")
    elif isinstance(reason, socket.gaierror):
        what = Text("There is no server of this name.", "Einen Server dieses Namens gibt es nicht.")
    elif isinstance(reason, ConnectionRefusedError):
        what = Text("The server does not answer: connection refused.", "Der Server antwortet nicht: Verbindung abgelehnt.")
    elif isinstance(reason, ConnectionError):
        what = Text("The server closed the connection without an answer.", "Der Server hat die Verbindung ohne Antwort geschlossen.")
        fix = Text("Look into the server's log, and ask again.", "Sehen Sie in das Protokoll des Servers, und fragen Sie noch einmal.")
    elif isinstance(reason, BadStatusLine | LineTooLong | HTTPException):
        what = Text("What answers there does not speak HTTP.", "Was dort antwortet, spricht kein HTTP.")
    else:
        said = " ".join(str(reason).split())[:200]
        what = Text(f"The server does not answer: {said}.", f"Der Server antwortet nicht: {said}.")
    return StoreError(what, where=where, fix=fix)


_EXPIRED, _NOT_YET, _OTHER_HOST, _SELF_SIGNED, _OTHER_ADDRESS = 10, 9, 62, (18, 19, 20, 21), 64
"""Codes of OpenSSL (x509_vfy.h)."""


def _certificate(error: ssl.SSLCertVerificationError, where: str) -> StoreError:
    code = error.verify_code
    fix = Text("Tell whoever runs the server.", "Sagen Sie es dem Betreiber des Servers.")
    if code == _EXPIRED:
        what = Text("The server's certificate has expired.", "Das Zertifikat des Servers ist abgelaufen.")
    elif code == _NOT_YET:
        what = Text("The server's certificate is not valid yet.", "Das Zertifikat des Servers gilt noch nicht.")
        fix = Text("Check this machine's clock.", "Prüfen Sie die Uhr dieses Rechners.")
    elif code in (_OTHER_HOST, _OTHER_ADDRESS):
        what = Text("The server's certificate is made out to another host.", "Das Zertifikat des Servers ist auf einen anderen Rechner ausgestellt.")
        fix = Text("Use the host name that it names.", "Nehmen Sie den Rechnernamen, der darin steht.")
    elif code in _SELF_SIGNED:
        what = Text(
            "The server's certificate comes from an authority that is not known here.",
            "Das Zertifikat des Servers stammt von einer Stelle, die hier nicht bekannt ist.",
        )
        fix = Text("Name its file with KG_STORE_CA.", "Nennen Sie deren Datei mit KG_STORE_CA.")
    else:
        what = Text(
            f"The server's certificate is not valid: {error.verify_message}.", f"Das Zertifikat des Servers gilt nicht: {error.verify_message}."
        )
    return StoreError(what, where=where, fix=fix)
