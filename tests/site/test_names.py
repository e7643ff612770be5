"""From an IRI to a file name: safe on every disk, the same in every run, one for each IRI."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.site.names import RESERVED, file_stem, in_language, is_plain, path_of

BASE = "https://w3id.org/innokg/"
HOSTILE = (
    *(
        "..",
        ".",
        "",
        "CON",
        "con",
        "nul.txt",
        "COM1",
        "lpt9",
        "a.",
        "a ",
        " a",
        "A",
        "ä",
        "a%2Fb",
        "%00",
        "..%2f..",
        "a/b",
        "a\\b",
        "a:b",
        "x.de",
        "x.html",
    ),
    *("index", "INDEX", "~root", "-rf", "a" * 500, "ß", "ss", "\u202eabc", "a\u0301", "á", "a?b", "a#b", "a\nb", "<script>", "a--0123456789ab"),
)
_FORBIDDEN = set("<>:\"/\\|?*%#&;'` ") | {chr(code) for code in range(32)}


def safe(name: str) -> None:
    """Assert that a file name works on ext4, NTFS, APFS and in a URL without escapes."""
    assert name.isascii()
    assert name == name.lower(), "two names that differ by case alone are one file on some disks"
    assert not set(name) & _FORBIDDEN
    assert 0 < len(f"{name}.de.html".encode()) <= 120
    assert name.partition(".")[0] not in RESERVED - {"index"}
    assert not name.endswith((".", " "))
    assert not name.startswith((".", "-", "~"))
    assert "." not in name, "endings are told apart by the dot"


@given(st.text(max_size=300) | st.sampled_from(HOSTILE) | st.text(alphabet=string.ascii_letters + "-_.", max_size=12))
@example("thing")
def test_a_name_is_safe(text: str) -> None:
    for kind in ("project", "organisation", "CON", "..", ""):
        folder, _, name = path_of(f"{BASE}id/{kind}/{text}", BASE).partition("/")
        safe(folder)
        safe(name)


@given(st.lists(st.text(alphabet="aA-.b%äß_/", max_size=6) | st.sampled_from(HOSTILE), unique=True, max_size=30))
def test_each_iri_has_a_file_of_its_own(texts: list[str]) -> None:
    names = [file_stem(text, f"{BASE}id/project/{text}") for text in texts]
    assert len({name.casefold() for name in names}) == len(names)


@given(st.text(max_size=40))
def test_a_name_follows_from_the_iri_alone(text: str) -> None:
    iri = f"{BASE}id/project/{text}"
    assert path_of(iri, BASE) == path_of(iri, BASE)
    if is_plain(text):
        assert path_of(iri, BASE) == f"project/{text}", "a plain slug stays, so that rules can send it there"


@pytest.mark.parametrize("iri", ["https://ror.org/01k97gp34", "urn:isbn:123", "https://w3id.org/innokg/id/x", "https://w3id.org/innokg/", "x"])
def test_others_have_a_folder_of_their_own(iri: str) -> None:
    folder, _, name = path_of(iri, BASE).partition("/")
    safe(name)
    assert folder == "other"


def test_the_languages_lie_beside_each_other() -> None:
    assert in_language("doc/project/t-factor.html", "de") == "doc/project/t-factor.de.html"
    assert in_language("doc/project/t-factor.html", "en") == "doc/project/t-factor.html"
