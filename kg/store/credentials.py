"""Who asks a server: credentials come from the environment, go to one origin only, and are never shown (RFC 7235, 7616, 7617, 6750).

`KG_STORE_AUTH` is `basic`, `digest` or `bearer`; with it `KG_STORE_USER` and `KG_STORE_PASSWORD`, or `KG_STORE_TOKEN`; `KG_STORE_HOST` binds them to a host
(`host` or `host:port`), so that another address never gets them.
"""

from __future__ import annotations

import ipaddress
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from kg.errors import StoreError, Text

KINDS = ("basic", "digest", "bearer")
VARIABLES = ("KG_STORE_AUTH", "KG_STORE_USER", "KG_STORE_PASSWORD", "KG_STORE_TOKEN", "KG_STORE_HOST")
MAX_LENGTH = 16 * 1024
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Credentials:
    """What a request needs to be let in; printing it shows no secret.

    Attributes:
        kind: `basic`, `digest`, `bearer`, or empty for nobody.
        origin: `(scheme, host, port)` they are sent to, and no other.
        user: Name of the user.
        password, token: The secrets.
        elsewhere: There are credentials, but they are bound to another host.
    """

    kind: str = ""
    origin: tuple[str, str, int] = ("", "", 0)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    elsewhere: bool = False

    def headers(self, address: str) -> dict[str, str]:
        """Return the headers for a request to an address: `Authorization` for basic and bearer at their own origin, else nothing.

        Digest answers a challenge of the server: :mod:`kg.store.digest`.
        """
        if not self.kind or origin_of(address) != self.origin:
            return {}
        if self.kind == "bearer":
            return {"Authorization": f"Bearer {self.token}"}
        if self.kind == "basic":
            return {"Authorization": "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")}
        return {}

    def redact(self, text: str) -> str:
        """Return a text of the server without the secrets that it may repeat."""
        secrets = [self.password, self.token]
        if self.kind == "basic":
            secrets.append(b64encode(f"{self.user}:{self.password}".encode()).decode("ascii"))
        for secret in secrets:
            if len(secret) > 2:
                text = text.replace(secret, "***")
        return text


NOBODY = Credentials()
"""No credentials at all."""


def from_environment(address: str, environment: Mapping[str, str] | None = None) -> Credentials:
    """Read the credentials for an address (query endpoint or graph store) from `KG_STORE_…`.

    Args:
        address: Where they would be sent; they are bound to its scheme, host and port.
        environment: Variables; those of the process by default.

    Returns:
        :data:`NOBODY` without `KG_STORE_AUTH`; credentials of no kind with `elsewhere` set where `KG_STORE_HOST` names another host.

    Raises:
        StoreError: A variable is missing or wrong, the address itself holds a password, or a secret would travel in the clear.
    """
    parts = parse(address)
    values = {name: (os.environ if environment is None else environment).get(name, "") for name in VARIABLES}
    kind = values["KG_STORE_AUTH"].strip().lower()
    if not kind:
        beside = [name for name in VARIABLES[1:4] if values[name]]
        if beside:
            raise _unfit(
                Text(f"{beside[0]} is set, but KG_STORE_AUTH is not.", f"{beside[0]} ist gesetzt, KG_STORE_AUTH aber nicht."),
                Text("Set KG_STORE_AUTH to basic, digest or bearer.", "Setzen Sie KG_STORE_AUTH auf basic, digest oder bearer."),
            )
        return NOBODY
    if kind not in KINDS:
        raise _unfit(
            Text("KG_STORE_AUTH has a value that is not known.", "KG_STORE_AUTH hat einen unbekannten Wert."),
            Text("Use basic, digest or bearer.", "Möglich sind basic, digest und bearer."),
        )
    if values["KG_STORE_HOST"] and not _same_host(values["KG_STORE_HOST"].strip(), parts):
        return Credentials(elsewhere=True)
    needed = ("KG_STORE_TOKEN",) if kind == "bearer" else ("KG_STORE_USER", "KG_STORE_PASSWORD")
    for name in needed:
        _refuse_value(name, values[name], kind)
    if kind == "basic" and ":" in values["KG_STORE_USER"]:
        raise _unfit(
            Text(
                "KG_STORE_USER holds a colon, which basic authentication cannot send.",
                "KG_STORE_USER enthält einen Doppelpunkt, den Basic nicht senden kann.",
            ),
            Text("Use digest, or another user.", "Nehmen Sie digest oder einen anderen Benutzer."),
        )
    if kind != "digest" and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        what = Text(
            f"The credentials would travel in the clear: {kind} over http.",
            f"Die Zugangsdaten gingen unverschlüsselt über das Netz: {kind} über http.",
        )
        fix = Text("Use the server's https address.", "Nehmen Sie die https-Adresse des Servers.")
        raise StoreError(what, where=shown(address), fix=fix)
    if kind == "bearer":
        return Credentials(kind, origin_of(address), token=values["KG_STORE_TOKEN"])
    return Credentials(kind, origin_of(address), values["KG_STORE_USER"], values["KG_STORE_PASSWORD"])


def parse(address: str) -> SplitResult:
    """Take an address apart.

    Raises:
        StoreError: It is no http or https address, or holds a user or password (which the error does not repeat).
    """
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, valid = SplitResult("", "", "", "", ""), False
    if "@" in parts.netloc:
        what = Text("The address holds a user or a password.", "Die Adresse enthält einen Benutzer oder ein Passwort.")
        fix = Text(
            "Leave them out, and set KG_STORE_AUTH, KG_STORE_USER and KG_STORE_PASSWORD.",
            "Lassen Sie beides weg, und setzen Sie KG_STORE_AUTH, KG_STORE_USER und KG_STORE_PASSWORD.",
        )
        raise StoreError(what, where=shown(address), fix=fix)
    if not valid or len(address) > MAX_LENGTH or any(ord(character) <= 32 or ord(character) == 127 for character in address):
        what = Text("This is no address of a server.", "Das ist keine Adresse eines Servers.")
        fix = Text("Write http://host:port/path or https://host/path.", "Schreiben Sie http://host:port/pfad oder https://host/pfad.")
        raise StoreError(what, where=shown(address), fix=fix)
    return parts


def origin_of(address: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address (RFC 6454, section 4)."""
    parts = urlsplit(address)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


def shown(address: str) -> str:
    """Return an address as messages show it: without user, password, and what follows `?` or `#`, any of which may be a secret.

    >>> shown("https://me:secret@example.org/sparql?key=1")
    'https://example.org/sparql'
    """
    text = "".join(character for character in address if character.isprintable())
    scheme, colon, rest = text.partition("://")
    if not colon:
        scheme, rest = "", text
    before = rest.split("?")[0].split("#")[0]
    if "@" in rest and "@" not in before:
        # Where the password ends cannot be told.
        return f"{scheme}{colon}…"
    return (scheme + colon + before.rpartition("@")[2])[:300]


def _same_host(bound: str, parts: SplitResult) -> bool:
    try:
        wanted = urlsplit(f"//{bound}" if "://" not in bound else bound)
        port = wanted.port
    except ValueError:
        port, wanted = 0, SplitResult("", "", "", "", "")
    if not wanted.hostname or wanted.path.strip("/") or "@" in wanted.netloc:
        raise _unfit(
            Text("KG_STORE_HOST is no host.", "KG_STORE_HOST ist kein Rechnername."),
            Text("Write host or host:port.", "Schreiben Sie host oder host:port."),
        )
    return wanted.hostname.rstrip(".") == (parts.hostname or "").rstrip(".") and port in (None, parts.port or _PORTS[parts.scheme])


def _refuse_value(name: str, value: str, kind: str) -> None:
    if not value:
        raise _unfit(
            Text(f"KG_STORE_AUTH is {kind}, but {name} is not set.", f"KG_STORE_AUTH ist {kind}, aber {name} ist nicht gesetzt."),
            Text(f"Set {name}.", f"Setzen Sie {name}."),
        )
    if len(value) > MAX_LENGTH or any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise _unfit(
            Text(f"{name} holds a control character or is too long.", f"{name} enthält ein Steuerzeichen oder ist zu lang."),
            Text("Set it again, without a line break at its end.", "Setzen Sie den Wert neu, ohne Zeilenumbruch am Ende."),
        )
    if name == "KG_STORE_TOKEN" and not (value.isascii() and " " not in value):
        raise _unfit(
            Text("KG_STORE_TOKEN holds a character that a token cannot have.", "KG_STORE_TOKEN enthält ein Zeichen, das ein Token nicht haben kann."),
            Text("Set it again as the server gave it.", "Setzen Sie den Wert so, wie der Server ihn gegeben hat."),
        )


def _unfit(what: Text, fix: Text) -> StoreError:
    return StoreError(what, where="KG_STORE_…", fix=fix)
