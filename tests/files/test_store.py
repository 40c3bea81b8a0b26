"""A file is kept under its hash, once, or not at all."""

import io
import os
import stat
import zipfile
from hashlib import sha256

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance.files.download import download, safe_name
from compliance.files.models import Blob
from compliance.files.store import FileDamaged, FileRefused, inspect, open_verified, readable_size, store

PDF = b"%PDF-1.7\nhello"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_store(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def files_in(folder):
    return sorted(name for _, _, names in os.walk(folder) for name in names)


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def test_a_stored_file_is_named_by_its_hash_and_readable_by_its_owner_only(empty_store):
    blob = store(io.BytesIO(PDF), limit=100)
    digest = sha256(PDF).hexdigest()
    assert (blob.sha256, blob.size, blob.content_type) == (digest, len(PDF), "application/pdf")
    assert blob.path == empty_store / digest[:2] / digest
    assert stat.S_IMODE(blob.path.stat().st_mode) == 0o600
    with open_verified(blob) as stream:
        assert stream.read() == PDF


def test_the_same_bytes_twice_are_one_blob(empty_store):
    first = store(io.BytesIO(PDF), limit=100)
    assert store(SimpleUploadedFile("again.txt", PDF, "text/plain"), limit=100) == first
    assert Blob.objects.count() == 1
    assert files_in(empty_store) == [first.sha256]


def test_a_file_over_the_limit_is_refused_by_name_and_leaves_nothing(empty_store):
    with pytest.raises(FileRefused) as refused:
        store(SimpleUploadedFile("scan.pdf", PDF + b"x" * 2048), limit=1024)
    assert str(refused.value) == "scan.pdf is larger than 1 kB, the most a file may have."
    assert (Blob.objects.count(), files_in(empty_store)) == (0, [])


def test_an_empty_file_is_refused():
    with pytest.raises(FileRefused, match=r"^empty\.txt is empty\.$"):
        store(SimpleUploadedFile("empty.txt", b""), limit=100)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"MZ\x90\x00", "a Windows program"),
        (b"\x7fELF\x02", "a Linux program"),
        (b"#!/bin/sh\n", "a script"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (zipped("AndroidManifest.xml", "classes.dex"), "an Android app"),
        (zipped("META-INF/MANIFEST.MF"), "a Java program"),
    ],
)
def test_a_forbidden_type_is_refused_by_name_whatever_it_is_called(content, kind, empty_store):
    with pytest.raises(FileRefused) as refused:
        store(SimpleUploadedFile("report.pdf", content, "application/pdf"), limit=10_000)
    assert str(refused.value) == (
        f"report.pdf is {kind}, which is not kept: hand in a PDF, picture, office document, text or ZIP."
    )
    assert files_in(empty_store) == []


def test_bytes_of_no_known_kind_are_refused():
    with pytest.raises(FileRefused, match="of a kind Assay does not know"):
        store(SimpleUploadedFile("blob.bin", b"\x00\x01\x02\xff"), limit=100)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n0000", "image/png"),
        (b"a,b\n1,2\n", "text/plain"),
        ("Zürich".encode(), "text/plain"),
        (b'{"a": 1}', "application/json"),
        (b"[broken", "text/plain"),
        (b'<?xml version="1.0"?><a/>', "application/xml"),
        (zipped("notes.txt"), "application/zip"),
        (
            zipped("[Content_Types].xml", "xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (("é" * 40_000).encode(), "text/plain"),
        ((b"x" + "é".encode() * 40_000), "text/plain"),
    ],
)
def test_the_type_is_found_in_the_bytes(content, content_type):
    assert (
        store(SimpleUploadedFile("x.exe", content, "application/x-msdownload"), limit=10**6).content_type
        == content_type
    )


def test_a_file_changed_in_the_store_is_never_read():
    blob = store(io.BytesIO(PDF), limit=100)
    blob.path.write_bytes(PDF.replace(b"hello", b"jello"))
    with pytest.raises(FileDamaged, match="has been changed in the store"), open_verified(blob):
        pass


def test_a_file_missing_from_the_store_says_so():
    blob = store(io.BytesIO(PDF), limit=100)
    blob.path.unlink()
    with pytest.raises(FileDamaged, match="is missing from the store"), open_verified(blob):
        pass


def test_a_damaged_file_is_mended_by_handing_it_in_again():
    blob = store(io.BytesIO(PDF), limit=100)
    blob.path.write_bytes(b"rotten")
    store(io.BytesIO(PDF), limit=100)
    with open_verified(blob) as stream:
        assert stream.read() == PDF


def test_a_download_can_only_be_saved():
    response = download(store(io.BytesIO(b"<b>plain</b>"), limit=100), "no\u202egpj.exe/..\\x.pdf")
    assert {name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")} == {
        "Content-Type": "application/octet-stream",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    }
    assert response["Content-Disposition"] == 'attachment; filename="no_gpj.exe_.._x.pdf"'
    assert b"".join(response.streaming_content) == b"<b>plain</b>"
    response.close()


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "_.._etc_passwd"), ("", "file"), ("a" * 300 + ".pdf", "a" * 146 + ".pdf"), ("x\x00y", "x_y")],
)
def test_a_name_is_only_a_name(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    ("size", "text"), [(1, "1 bytes"), (1536, "1.5 kB"), (500 * 1024**2, "500 MB"), (2 * 1024**3, "2 GB")]
)
def test_sizes_are_written_for_people(size, text):
    assert readable_size(size) == text


def test_drafts_lie_beside_the_store_and_not_in_it(empty_store):
    store(io.BytesIO(PDF), limit=100)
    assert default_storage.path("incoming") == str(empty_store / "incoming")
    assert os.listdir(empty_store / "incoming") == []


def test_a_file_can_be_judged_before_any_is_kept():
    good, bad = io.BytesIO(b"%PDF-1.7 kept later"), io.BytesIO(b"MZ a program")

    inspect(good, limit=100, name="report.pdf")
    with pytest.raises(FileRefused) as refused:
        inspect(bad, limit=100, name="setup.exe")

    assert str(refused.value).startswith("setup.exe is a Windows program")
    assert (good.tell(), bad.tell(), Blob.objects.count()) == (0, 0, 0)
