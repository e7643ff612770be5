"""Digest authentication: the answer to a server's challenge, which shows the password to nobody (RFC 7616; MD5 as in RFC 2617, for Virtuoso)."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

_ALGORITHMS: dict[str, Callable[[bytes], hashlib._Hash]] = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
"""Those known, the better one first."""
_PAIR = re.compile(r'([A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')
_START = re.compile(r"(?:^|,)\s*digest\s+", re.IGNORECASE)
MAX_CHALLENGE = 8192


@dataclass
class Digest:
    """A user's answers to a server's challenges; the last challenge is used again, so that a body is sent once.

    Attributes:
        user, password: Who answers.
        nonce: Of the last challenge; empty before the first.
    """

    user: str
    password: str = field(repr=False)
    nonce: str = ""
    _challenge: dict[str, str] = field(default_factory=dict, repr=False)
    _counter: count[int] = field(default_factory=lambda: count(1), repr=False)

    def challenge(self, headers: Sequence[str]) -> bool:
        """Take the best challenge of digest among the `WWW-Authenticate` headers; return whether there is one that is understood."""
        offered = [one for text in headers for one in _challenges(text[:MAX_CHALLENGE])]
        for name in _ALGORITHMS:
            for one in offered:
                methods = [word.strip().lower() for word in one.get("qop", "").split(",")]
                if one.get("algorithm", "MD5").upper().removesuffix("-SESS") == name and one.get("nonce") and ("auth" in methods or methods == [""]):
                    self._challenge, self.nonce, self._counter = one, one["nonce"], count(1)
                    return True
        return False

    def header(self, method: str, address: str) -> str:
        """Return the `Authorization` header for a request; empty before the first challenge (RFC 7616, section 3.4)."""
        if not self._challenge:
            return ""
        given = self._challenge
        algorithm = given.get("algorithm", "MD5")
        make = _ALGORITHMS[algorithm.upper().removesuffix("-SESS")]

        def h(text: str) -> str:
            return make(text.encode()).hexdigest()

        parts = urlsplit(address)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        number, own, realm = f"{next(self._counter):08x}", secrets.token_hex(16), given.get("realm", "")
        who = h(f"{self.user}:{realm}:{self.password}")
        if algorithm.upper().endswith("-SESS"):
            who = h(f"{who}:{self.nonce}:{own}")
        what = h(f"{method}:{target}")
        fields = {"username": self.user, "realm": realm, "nonce": self.nonce, "uri": target}
        plain = {}
        if given.get("qop"):
            fields |= {"response": h(f"{who}:{self.nonce}:{number}:{own}:auth:{what}"), "cnonce": own}
            plain = {"qop": "auth", "nc": number}
        else:
            fields["response"] = h(f"{who}:{self.nonce}:{what}")
        if "opaque" in given:
            fields["opaque"] = given["opaque"]
        if "algorithm" in given:
            plain["algorithm"] = algorithm
        quoted = (f'{name}="{_escaped(value)}"' for name, value in fields.items())
        return "Digest " + ", ".join([*quoted, *(f"{name}={value}" for name, value in plain.items())])


def _escaped(value: str) -> str:
    # A header is Latin-1 to the library that sends it; the user's name is UTF-8 to the server.
    return value.replace("\\", "\\\\").replace('"', '\\"').encode().decode("latin-1")


def _challenges(text: str) -> list[dict[str, str]]:
    """Return the parameters of each challenge of digest in a header, names in lower case."""
    found = []
    starts = [match.end() for match in _START.finditer(text)]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        pairs: dict[str, str] = {}
        for name, quoted, bare in _PAIR.findall(text[start:end]):
            pairs.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or bare)
        found.append({name: value for name, value in pairs.items() if value.isprintable()})
    return found
