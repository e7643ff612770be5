"""One request to a server and everything that can go wrong with it: bounds on time, size and place, and one clear error each (RFC 9110, SPARQL 1.1 Protocol).

Time is bounded for the whole exchange, tries and pauses included; an answer is held in memory up to a bound, after unpacking; nothing is sent to another
host than the one that was named.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from kg.errors import StoreError, Text
from kg.store.credentials import NOBODY, Credentials, is_loopback, origin_of, parse, shown
from kg.store.digest import Digest
from kg.store.reading import TooMuch, Truncated, body_of

if TYPE_CHECKING:
    import ssl
    from urllib.request import OpenerDirector

TRIES = 4
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
REDIRECTS = 5
MAX_MEGABYTES = 256
MAX_ERROR = 64 * 1024
BUSY = (429, 502, 503, 504)
"""Statuses after which the same request may succeed a little later."""
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Answer:
    """What a server answered.

    Attributes:
        status: HTTP status, after redirects and authentication.
        body: The whole body, unpacked; of an error its first 64 KiB.
        headers: Names in lower case.
        address: Who answered: the address itself, or where it moved to on the same host.
        challenges: The `WWW-Authenticate` headers.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]
    address: str
    challenges: Sequence[str] = ()

    @property
    def media_type(self) -> str:
        """Media type without parameters, lower case."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


@dataclass
class Exchange:
    """How requests are made. One thread at a time.

    Attributes:
        timeout: Seconds for one exchange as a whole: every try, every pause, and the last byte of the answer.
        credentials: Who asks.
        tries: Attempts at most, where the connection fails or the server is busy.
        max_bytes: Size of an answer at most, unpacked; 0: `KG_STORE_MAX_MB` (256).
        sleep: Waits some seconds.
    """

    timeout: float = 60
    credentials: Credentials = NOBODY
    tries: int = TRIES
    max_bytes: int = 0
    sleep: Callable[[float], None] = time.sleep
    _context: ssl.SSLContext | None = field(default=None, repr=False)
    _digest: Digest | None = field(default=None, repr=False)

    def send(self, address: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request and return the answer, whatever its status.

        A request is sent again where the connection was refused, reset or cut, or the server is busy (429, 502, 503, 504); so it must be one that may
        come twice: a query, or a change that changes nothing the second time.

        Args:
            address: `http` or `https`; without user and password.
            method: Of HTTP.
            body: What is sent.
            headers: Further headers; those of the credentials are added.

        Raises:
            StoreError: No connection, no valid certificate, too slow, too large, cut short, or sent on to another host.
        """
        parse(address)
        until = time.monotonic() + self.timeout
        for number in range(1, self.tries + 1):
            last, pause = number == self.tries, _pause(number)
            try:
                answer = self._follow(address, method, body, dict(headers or {}), until)
            except _AgainError as error:
                if last or time.monotonic() + pause >= until:
                    raise error.error from error
            else:
                if answer.status not in BUSY or last:
                    return answer
                pause = max(pause, _asked_pause(answer))
                if pause > LONGEST_PAUSE or time.monotonic() + pause >= until:
                    return answer
            self.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _follow(self, address: str, method: str, body: bytes | None, headers: dict[str, str], until: float) -> Answer:
        """Send once, and follow redirects within the host."""
        place = address
        for _ in range(REDIRECTS + 1):
            answer = self._known(place, method, body, headers, until)
            target = answer.headers.get("location", "")
            if answer.status not in _MOVED or not target:
                return answer
            place = _moved(place, target)
            if answer.status == 303:
                method, body = "GET", None
        what = Text(f"The server redirects more than {REDIRECTS} times.", f"Der Server leitet mehr als {REDIRECTS}-mal weiter.")
        raise StoreError(what, where=shown(address), fix=Text("Name the final address.", "Nennen Sie die endgültige Adresse."))

    def _known(self, address: str, method: str, body: bytes | None, headers: dict[str, str], until: float) -> Answer:
        """Send once with the credentials that belong there; digest answers one challenge, and one more where the last nonce has run out."""
        who = self.credentials
        if who.kind != "digest" or origin_of(address) != who.origin:
            return self._once(address, method, body, {**headers, **who.headers(address)}, until)
        digest = self._digest = self._digest or Digest(who.user, who.password)
        fresh = False
        while True:
            proof = digest.header(method, _ascii(address))
            answer = self._once(address, method, body, {**headers, **({"Authorization": proof} if proof else {})}, until)
            # A second no to a nonce just given means the wrong password; asking again and again would lock the account.
            if answer.status != 401 or fresh or not digest.challenge(answer.challenges):
                return answer
            fresh = True

    def _once(self, address: str, method: str, body: bytes | None, headers: dict[str, str], until: float) -> Answer:
        from http.client import HTTPException
        from urllib.error import HTTPError
        from urllib.request import Request

        from kg.store.connection import failure, passing

        with _deadline(until) as watch:
            try:
                request = Request(_ascii(address), data=body, method=method, headers=headers)  # noqa: S310 (parsed: http or https)
                try:
                    response: Any = self._opener(address, watch).open(request, timeout=max(0.05, until - time.monotonic()))
                except HTTPError as error:
                    response = error
                with response:
                    answer = self._read(response, address)
            except (OSError, HTTPException, ValueError, TooMuch, Truncated) as error:
                if watch.over:
                    raise self._slow(address) from error
                if isinstance(error, TooMuch | Truncated):
                    raise _unreadable(error, address) from error
                made = failure(error, address, self.timeout)
                raise _AgainError(made) if passing(error) else made from error
            if watch.over:
                raise self._slow(address)
            return answer

    def _read(self, response: Any, address: str) -> Answer:
        status = int(response.code)
        headers = {name.lower(): value for name, value in response.headers.items()}
        bound = _bound(self.max_bytes) if status < 300 else MAX_ERROR
        body = b"" if 300 <= status < 400 else body_of(response, headers, bound, whole=status < 300)
        return Answer(status, body, headers, address, response.headers.get_all("www-authenticate", []))

    def _opener(self, address: str, watch: _Watch) -> OpenerDirector:
        from kg.store import connection

        if address.startswith("https:") and self._context is None:
            self._context = connection.context()
        # A proxy would carry what is meant for this machine to another one.
        return connection.opener(self._context, watch.hold, direct=is_loopback(urlsplit(address).hostname or ""))

    def _slow(self, address: str) -> StoreError:
        what = Text(
            f"The server did not finish its answer within {self.timeout:g} seconds.",
            f"Der Server war nach {self.timeout:g} Sekunden mit seiner Antwort nicht fertig.",
        )
        return StoreError(what, where=shown(address), fix=_PATIENCE)


_PATIENCE = Text("Ask a narrower question, or raise KG_STORE_TIMEOUT.", "Fragen Sie enger, oder erhöhen Sie KG_STORE_TIMEOUT.")


class _AgainError(Exception):
    """What may go well the next time; holds the error to raise when there is no next time."""

    def __init__(self, error: StoreError) -> None:
        super().__init__(str(error))
        self.error = error


class _Watch:
    """Cuts the connections of one exchange at its deadline: a time-out of the socket alone starts again with every byte."""

    def __init__(self) -> None:
        self.over = False
        self._held: list[socket.socket] = []
        self._lock = threading.Lock()

    def hold(self, connection: socket.socket) -> None:
        """Watch a connection by a duplicate, as the connection itself may become one of TLS."""
        with self._lock:
            self._held.append(connection.dup())
        if self.over:
            self.cut()

    def cut(self) -> None:
        """End the connections."""
        self.over = True
        with self._lock:
            for one in self._held:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Let go of the duplicates."""
        with self._lock:
            for one in self._held:
                one.close()
            self._held.clear()


@contextlib.contextmanager
def _deadline(until: float) -> Iterator[_Watch]:
    watch = _Watch()
    timer = threading.Timer(max(0.05, until - time.monotonic()), watch.cut)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        watch.release()


def _unreadable(error: TooMuch | Truncated, address: str) -> Exception:
    if isinstance(error, TooMuch):
        size = f"{error.bound / 1_000_000:g} MB"
        what = Text(f"The answer is larger than {size}.", f"Die Antwort ist größer als {size}.")
        fix = Text("Ask a narrower question, or raise KG_STORE_MAX_MB.", "Fragen Sie enger, oder erhöhen Sie KG_STORE_MAX_MB.")
        return StoreError(what, where=shown(address), fix=fix)
    what = Text(f"The answer was cut short ({error}).", f"Die Antwort brach ab ({error}).")
    fix = Text("Ask again; look into the server's log.", "Fragen Sie noch einmal; sehen Sie in das Protokoll des Servers.")
    return _AgainError(StoreError(what, where=shown(address), fix=fix))


def _bound(given: int) -> int:
    if given:
        return given
    value = os.environ.get("KG_STORE_MAX_MB", "")
    if value and not (value.isascii() and value.isdigit() and len(value) <= 6 and int(value)):
        what = Text("KG_STORE_MAX_MB is no number of megabytes.", "KG_STORE_MAX_MB ist keine Zahl von Megabyte.")
        raise StoreError(what, where="KG_STORE_MAX_MB", fix=Text("Use 1 to 999999.", "Möglich ist 1 bis 999999."))
    return int(value or MAX_MEGABYTES) * 1_000_000


def _pause(number: int) -> float:
    """Return seconds before the next try: twice as long each time, and not the same for all who wait."""
    pause: float = FIRST_PAUSE * 2 ** (number - 1)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 (nothing secret)


def _asked_pause(answer: Answer) -> float:
    """Return the seconds that the server asks to wait (RFC 9110, section 10.2.3), or 0."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def _moved(here: str, target: str) -> str:
    """Return where a redirect leads, on the same host and no less protected.

    Raises:
        StoreError: It leads elsewhere; the error names the host.
    """
    one, other = origin_of(here), ("", "", 0)
    with contextlib.suppress(StoreError, ValueError):
        there = urljoin(here, target)
        parse(there)
        other = origin_of(there)
        if one == other or (one[1] == other[1] and (one[0], other[0]) == ("http", "https")):
            return there
    if one[1] == other[1] and one[0] == "https" and other[0] == "http":
        what = Text("The server redirects from https to http.", "Der Server leitet von https auf http um.")
    else:
        name = f"{other[1]}:{other[2]}" if other[1] else "?"
        what = Text(f"The server redirects to another one: {name}.", f"Der Server leitet auf einen anderen um: {name}.")
    fix = Text("Name that address yourself if you trust it.", "Nennen Sie jene Adresse selbst, wenn Sie ihr trauen.")
    raise StoreError(what, where=shown(here), fix=fix)


def _ascii(address: str) -> str:
    """Return an address in ASCII (RFC 3987, section 3.1)."""
    if address.isascii():
        return address
    parts = urlsplit(address)
    host = parts.netloc.encode("idna").decode("ascii")
    kept = "%/:=&?~#+!$,;'@()*[]"
    return urlunsplit((parts.scheme, host, quote(parts.path, safe=kept), quote(parts.query, safe=kept), ""))
