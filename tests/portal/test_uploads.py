"""Files that a client sends are read within bounds, and nothing in them decides where something is written."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.portal import uploads
from kg.portal.uploads import Upload, base_name, read_form, unpack


def form(*files: tuple[str, bytes], boundary: str = "xyz", **fields: str) -> tuple[str, bytes]:
    """Return content type and body of a form."""
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    for name, data in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return f"multipart/form-data; boundary={boundary}", b"".join(parts) + f"--{boundary}--\r\n".encode()


def packed(*members: tuple[str, bytes]) -> bytes:
    """Return a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_what_is_sent_comes_out(datas: list[bytes]) -> None:
    fields, files = read_form(*form(*((f"t{number}.csv", data) for number, data in enumerate(datas)), boundary="BoUnDaRy-7f3a", lang="de"))
    assert fields == {"lang": "de"}
    assert files == [Upload(f"t{number}.csv", data) for number, data in enumerate(datas)]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/csv", b"a,b"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=" + "x" * 500, b"--x"),
        ("multipart/form-data; boundary=xyz", b"\x00\xff" * 50),
        ("application/x-www-form-urlencoded", b"a=b"),
        ("", b""),
    ],
)
def test_what_is_no_form_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(InputError, match="no form"):
        read_form(content_type, body)


@given(st.text(max_size=150))
def test_a_name_stays_in_its_folder(name: str) -> None:
    kept = base_name(name)
    assert kept not in (".", "..")
    assert not set(kept) & set("/\\\0")
    assert len(kept) <= 100


def test_a_zip_is_unpacked_flat(tmp_path: Path) -> None:
    data = packed(("dortmund/entities.csv", b"a\n"), ("dortmund/sub/relations.csv", b"b\n"), ("dortmund/photo.jpg", b"x"), ("dortmund/", b""))
    paths, passed = unpack([Upload("d.zip", data), Upload("more.ttl", b"")], tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == ["entities.csv", "relations.csv", "more.ttl"]
    assert passed == ["photo.jpg"]
    assert (tmp_path / "entities.csv").read_bytes() == b"a\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed(("../climb.csv", b"")), "outside itself"),
        (packed(("/etc/passwd.csv", b"")), "outside itself"),
        (packed(("C:/x.csv", b"")), "outside itself"),
        (packed(("bomb.csv", b"0" * (8 * 1024 * 1024))), "suspiciously well"),
        (packed(*((f"{number}.csv", b"") for number in range(60))), "more than 50 files"),
        (packed(("a/t.csv", b"1"), ("b/t.csv", b"2")), "sent twice"),
        (b"PK\x03\x04 nothing", "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_hostile_archives(data: bytes, said: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with pytest.raises(InputError, match=said):
        unpack([Upload("x.zip", data)], folder)
    assert not list(folder.iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_size_that_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(uploads, "MAX_UNPACKED", 1000)
    with pytest.raises(InputError, match="more than"):
        unpack([Upload("x.zip", packed(("a.csv", bytes(range(256)) * 5)))], tmp_path)
    with pytest.raises(InputError, match="more than"):
        unpack([Upload("a.csv", b"x" * 1001)], tmp_path)
