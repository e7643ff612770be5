"""Credentials: from the environment, to their own origin, never shown."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.store import EndpointStore, open_store
from kg.store.credentials import NOBODY, Credentials, from_environment, is_loopback, origin_of, shown
from kg.store.digest import Digest
from kg.store.transport import Exchange
from tests.servers import virtuoso
from tests.store.bad_server import TRUE, Reply, Seen, serving

HOST = "https://data.example.org/sparql"
SECRET = "pa:ss wörd-7"
BASIC = {"KG_STORE_AUTH": "basic", "KG_STORE_USER": "me", "KG_STORE_PASSWORD": SECRET}
BEARER = {"KG_STORE_AUTH": "bearer", "KG_STORE_TOKEN": "token-4711"}


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTH", "USER", "PASSWORD", "TOKEN", "HOST"):
        monkeypatch.delenv(f"KG_STORE_{name}", raising=False)


def use(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_nobody_without_variables() -> None:
    assert from_environment(HOST, {}) is NOBODY
    assert NOBODY.headers(HOST) == {}


def test_headers() -> None:
    assert from_environment(HOST, BASIC).headers(HOST) == {"Authorization": "Basic bWU6cGE6c3Mgd8O2cmQtNw=="}
    assert from_environment(HOST, BEARER).headers(HOST) == {"Authorization": "Bearer token-4711"}
    assert from_environment(HOST, {**BASIC, "KG_STORE_AUTH": "digest"}).headers(HOST) == {}


@pytest.mark.parametrize(
    "other",
    [
        "http://data.example.org/sparql",
        "https://data.example.org:8443/sparql",
        "https://example.org/sparql",
        "https://data.example.org.evil.example/",
    ],
)
def test_another_origin_gets_nothing(other: str) -> None:
    assert from_environment(HOST, BASIC).headers(other) == {}
    assert from_environment(HOST, BASIC).headers("https://DATA.example.org:443/store") != {}


@pytest.mark.parametrize(
    ("bound", "sent"),
    [
        ("data.example.org", True),
        ("DATA.example.org:443", True),
        ("data.example.org:80", False),
        ("example.org", False),
        ("https://data.example.org", True),
    ],
)
def test_a_host_may_be_bound(bound: str, sent: bool) -> None:
    found = from_environment(HOST, {**BASIC, "KG_STORE_HOST": bound})
    assert bool(found.headers(HOST)) is sent
    assert found.elsewhere is not sent


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"KG_STORE_USER": "me"}, "KG_STORE_USER is set, but KG_STORE_AUTH is not"),
        ({"KG_STORE_TOKEN": "x"}, "KG_STORE_TOKEN is set, but KG_STORE_AUTH is not"),
        ({"KG_STORE_AUTH": "magic-7"}, "not known"),
        ({"KG_STORE_AUTH": "basic"}, "KG_STORE_USER is not set"),
        ({"KG_STORE_AUTH": "digest", "KG_STORE_USER": "me"}, "KG_STORE_PASSWORD is not set"),
        ({"KG_STORE_AUTH": "bearer", "KG_STORE_USER": "me"}, "KG_STORE_TOKEN is not set"),
        ({**BEARER, "KG_STORE_TOKEN": "a\r\nX-Evil: 1"}, "control character"),
        ({**BEARER, "KG_STORE_TOKEN": "a b"}, "cannot have"),
        ({**BASIC, "KG_STORE_USER": "a:b"}, "colon"),
        ({**BASIC, "KG_STORE_PASSWORD": SECRET + "\n"}, "control character"),
        ({**BASIC, "KG_STORE_HOST": "a/b:c"}, "no host"),
        ({**BASIC, "KG_STORE_HOST": "u@data.example.org"}, "no host"),
    ],
)
def test_wrong_settings_are_said_without_secrets(values: dict[str, str], said: str) -> None:
    with pytest.raises(StoreError) as caught:
        from_environment(HOST, values)
    text = caught.value.text("en") + caught.value.text("de")
    assert said in text
    assert SECRET not in text
    assert "magic-7" not in text
    assert caught.value.what.en != caught.value.what.de


@pytest.mark.parametrize("values", [BASIC, BEARER])
def test_secrets_do_not_travel_in_the_clear(values: dict[str, str]) -> None:
    with pytest.raises(StoreError, match="in the clear"):
        from_environment("http://data.example.org/sparql", values)
    for here in ("http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost/sparql"):
        assert from_environment(here, values).headers(here)
    assert from_environment("http://data.example.org/sparql", {**BASIC, "KG_STORE_AUTH": "digest"}).kind == "digest"


def test_loopback() -> None:
    assert [is_loopback(one) for one in ("127.0.0.1", "127.8.8.8", "::1", "localhost")] == [True] * 4
    assert not any(is_loopback(one) for one in ("127.0.0.1.example.org", "10.0.0.1", "localhost.example.org", "0.0.0.0", ""))


@pytest.mark.parametrize(
    "address",
    [
        "https://me:secret99@host.example/sparql",
        "https://secret99@host.example/",
        "http://me:sec#ret99@h.example/",
        "http://me:secret99@[",
        "https://me:se/cret99@h.example/",
    ],
)
def test_a_password_in_the_address_is_refused_and_not_repeated(address: str) -> None:
    for make in (EndpointStore, open_store, from_environment, lambda one: Exchange(timeout=1, tries=1).send(one)):
        with pytest.raises(StoreError) as caught:
            make(address)
        assert "secret99" not in caught.value.text("en") + caught.value.text("de") + repr(caught.value)
        assert "ret99" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://",
        "http:///sparql",
        "ftp://a/b",
        "http://a b/",
        "http://a:99999/",
        "http://a:0/",
        "http://a/\n",
        "file:///etc/passwd",
        "http://" + "a" * 20_000,
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(StoreError, match="no address of a server"):
        EndpointStore(address)


@given(
    st.text(st.characters(blacklist_categories=["Cs"]), min_size=6, max_size=20),
    st.sampled_from(["https://me:{}@host.example/sparql", "https://{}@h/", "http://h/?key={}", "http://h/a#{}", "me:{}@h"]),
)
def test_no_message_shows_what_may_be_a_secret(secret: str, form: str) -> None:
    address = form.format(secret.replace("://", ""))
    assert secret not in shown(address) or secret in form.format("")


def test_printing_shows_no_secret() -> None:
    assert SECRET not in repr(from_environment(HOST, BASIC))
    assert "token-4711" not in repr(Exchange(credentials=from_environment(HOST, BEARER)))
    assert SECRET not in repr(Digest("me", SECRET))


def test_a_server_that_repeats_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, BASIC)
    with (
        serving(lambda seen: Reply(500, f"bad {SECRET} {seen.headers['authorization']}".encode(), "text/plain")) as server,
        pytest.raises(StoreError) as caught,
    ):
        EndpointStore(server.address, timeout=5).query("ASK {}")
    assert SECRET not in str(caught.value)
    assert "bWU6" not in str(caught.value)


# Digest


def test_the_example_of_the_standard() -> None:
    """RFC 7616, section 3.9.1; the client's nonce is given there."""
    for algorithm, expected in (
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ):
        digest = Digest("Mufasa", "Circle of Life")
        nonce, own = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
        assert digest.challenge(
            [
                f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, nonce="{nonce}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
            ]
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kg.store.digest.secrets.token_hex", lambda _, own=own: own)
            header = digest.header("GET", "http://api.example.org/dir/index.html")
        assert f'response="{expected}"' in header
        assert 'uri="/dir/index.html"' in header
        assert "nc=00000001" in header


def test_the_better_challenge_is_chosen() -> None:
    digest = Digest("u", "p")
    assert digest.challenge(
        ['Basic realm="a", Digest realm="a", nonce="1", algorithm=MD5', 'Digest realm="a", nonce="2", algorithm=SHA-256, qop="auth"']
    )
    assert digest.nonce == "2"
    assert not digest.challenge(
        [
            'Digest realm="a", nonce="3", algorithm=SHA-512-256',
            'Digest realm="a", nonce="4", qop="auth-int"',
            "Digest",
            'Digest realm="a"',
            'Basic realm="Digest x"',
        ]
    )
    assert not digest.challenge([])


@given(st.text(max_size=200))
def test_no_challenge_breaks_it(text: str) -> None:
    digest = Digest('u"\\', "pä")
    digest.challenge([text, f"Digest {text}", f'Digest nonce="n", realm="{text}"'])
    header = digest.header("GET", "http://h/p?q=1")
    assert "\n" not in header
    assert "\r" not in header
    header.encode("latin-1")


def h(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class DigestServer:
    """Checks answers as RFC 7616 says; a nonce holds for `uses` requests."""

    def __init__(self, user: str, password: str, *, uses: int = 1000) -> None:
        self.user, self.password, self.uses, self.number = user, password, uses, 0

    def __call__(self, seen: Seen) -> Reply:
        given = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', seen.headers.get("authorization", ""))}
        nonce = f"nonce{self.number // self.uses}"
        if given.get("nonce") == nonce and self.number % self.uses < self.uses:
            who, what = h(f"{self.user}:kg:{self.password}"), h(f"{seen.method}:{seen.target}")
            if given["response"] == h(f"{who}:{nonce}:{given['nc']}:{given['cnonce']}:auth:{what}") and given["uri"] == seen.target:
                self.number += 1
                return Reply()
        stale = ', stale="true"' if given else ""
        return Reply(401, headers={"WWW-Authenticate": f'Digest realm="kg", qop="auth", algorithm=SHA-256, nonce="{nonce}"{stale}'})


def test_digest_is_answered_once_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, {**BASIC, "KG_STORE_AUTH": "digest"})
    with serving(DigestServer("me", SECRET)) as server:
        exchange = Exchange(credentials=from_environment(server.address))
        assert [exchange.send(f"{server.address}?n={n}", method="POST", body=b"x").body for n in range(3)] == [TRUE] * 3
        assert len(server.seen) == 4
        assert SECRET not in "".join(str(seen) for seen in server.seen)
        counts = [re.search(r"nc=(\d+)", seen.headers["authorization"]) for seen in server.seen[1:]]
        assert [found.group(1) for found in counts if found] == ["00000001", "00000002", "00000003"]


def test_a_nonce_that_ran_out_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, {**BASIC, "KG_STORE_AUTH": "digest"})
    with serving(DigestServer("me", SECRET, uses=2)) as server:
        exchange = Exchange(credentials=from_environment(server.address))
        assert [exchange.send(server.address).status for _ in range(6)] == [200] * 6
    assert len(server.seen) == 9


def test_a_wrong_password_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each further try may lock the account."""
    use(monkeypatch, {**BASIC, "KG_STORE_AUTH": "digest"})
    with serving(DigestServer("me", "another")) as server:
        with pytest.raises(StoreError, match="does not accept the credentials") as caught:
            EndpointStore(server.address, timeout=5).query("ASK {}")
        assert sum("authorization" in seen.headers for seen in server.seen) == 1
    assert "digest" in caught.value.text()


@pytest.mark.parametrize(
    ("status", "values", "said"),
    [
        (401, {}, "Set KG_STORE_AUTH, KG_STORE_USER, KG_STORE_PASSWORD"),
        (401, BASIC, "does not accept the credentials"),
        (403, BASIC, "does not allow this"),
        (401, {**BASIC, "KG_STORE_HOST": "elsewhere.example"}, "KG_STORE_HOST binds the credentials"),
    ],
)
def test_a_refusal_says_which_variables(monkeypatch: pytest.MonkeyPatch, status: int, values: dict[str, str], said: str) -> None:
    use(monkeypatch, values)
    with serving(Reply(status, headers={"WWW-Authenticate": 'Basic realm="x"'})) as server, pytest.raises(StoreError) as caught:
        EndpointStore(server.address, timeout=5).query("ASK {}")
    assert said in caught.value.text()
    assert "KG_STORE_" in caught.value.text("de")
    if status == 401 and "KG_STORE_HOST" not in values:
        assert "It asks for basic." in caught.value.text()
    assert len(server.seen) == 1


def test_the_real_virtuoso_takes_digest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with virtuoso(tmp_path / "virtuoso") as server:
        address = server.query + "-auth"
        with pytest.raises(StoreError, match="asks who you are") as caught:
            EndpointStore(address).query("ASK {}")
        assert "It asks for digest." in caught.value.text()
        use(monkeypatch, {"KG_STORE_AUTH": "digest", "KG_STORE_USER": server.user, "KG_STORE_PASSWORD": server.password})
        assert EndpointStore(address).query("ASK {}") is True
        long = "ASK { FILTER('%s' != '') }" % ("a" * 5000)
        assert EndpointStore(address).query(long) is True
        exchange = Exchange(credentials=from_environment(server.graphs))
        place = f"{server.graphs}?graph={quote('http://example.org/g', safe='')}"
        for status in (201, 200):
            done = exchange.send(place, method="PUT", body=b"<http://a/b> <http://a/c> 1 .", headers={"Content-Type": "text/turtle"})
            assert done.status == status
        use(monkeypatch, {"KG_STORE_PASSWORD": "wrong-77"})
        with pytest.raises(StoreError, match="does not accept"):
            EndpointStore(address).query("ASK {}")


def test_origins() -> None:
    assert origin_of("https://A.example/x") == origin_of("https://a.example:443/y") == ("https", "a.example", 443)
    assert Credentials().headers("http://a/") == {}
