"""Files are sealed at rest when a key is configured: nothing of them is readable, and no change goes unseen."""

import os
from base64 import urlsafe_b64encode
from hashlib import sha256
from io import BytesIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from compliance.files import encryption
from compliance.files.download import download
from compliance.files.encryption import PIECE, TAG, Unreadable
from compliance.files.models import Blob
from compliance.files.store import FileDamaged, open_verified, store

pytestmark = pytest.mark.django_db
KEYS = [urlsafe_b64encode(bytes([number]) * 32).decode().rstrip("=") for number in (1, 2)]


@pytest.fixture
def sealed(settings) -> None:
    settings.ASSAY_FILES_KEYS = KEYS[:1]


def text_of(size: int) -> bytes:
    return (os.urandom(8).hex().encode() * (size // 16 + 1))[:size]


def kept(data: bytes) -> Blob:
    return store(BytesIO(data), limit=2 * len(data), name="log.txt")


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_comes_out_is_what_went_in_and_the_hash_is_of_the_plain_bytes(size: int, sealed: None) -> None:
    data = text_of(size)

    blob = kept(data)

    on_disk = blob.path.read_bytes()
    assert (blob.sha256, blob.size, blob.path.suffix) == (sha256(data).hexdigest(), size, ".sealed")
    assert size < 16 or data[:16] not in on_disk
    with open_verified(blob) as stream:
        assert stream.read() == data
        stream.seek(-min(size, 5), os.SEEK_END)
        assert stream.read() == data[-5:]
    assert b"".join(download(blob, "log.txt").streaming_content) == data


def test_every_change_on_the_disk_is_noticed(sealed: None) -> None:
    blob = kept(text_of(2 * PIECE + 100))
    whole, cut = blob.path.read_bytes(), encryption.HEAD + PIECE + TAG
    tampered = [
        whole[:-1],
        whole[:cut],  # the last piece dropped
        whole[: encryption.HEAD] + whole[cut : cut + PIECE + TAG] + whole[encryption.HEAD : cut] + whole[cut * 2 :],
        whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        whole[:20],
    ]

    for data in tampered:
        blob.path.write_bytes(data)
        with pytest.raises(FileDamaged, match=blob.sha256), open_verified(blob):
            pass


def test_without_its_key_nothing_opens_and_an_older_key_still_does(sealed: None, settings) -> None:
    blob = kept(text_of(100))

    settings.ASSAY_FILES_KEYS = KEYS[1:]
    with pytest.raises(FileDamaged, match="a key that is not configured"), open_verified(blob):
        pass
    settings.ASSAY_FILES_KEYS = KEYS[::-1]
    with open_verified(blob) as stream:
        assert len(stream.read()) == 100


def test_files_from_before_are_sealed_by_the_command(settings, capsys) -> None:
    with pytest.raises(CommandError, match="ASSAY_FILES_KEY"):
        call_command("encrypt_files")
    blob = kept(b"kept before there was a key")
    plain = blob.path
    settings.ASSAY_FILES_KEYS = KEYS[:1]

    call_command("encrypt_files")
    settings.ASSAY_FILES_KEYS = KEYS[::-1]
    call_command("encrypt_files", "--all")
    settings.ASSAY_FILES_KEYS = KEYS[1:]

    assert not plain.exists()
    with open_verified(blob) as stream:
        assert stream.read() == b"kept before there was a key"


def test_a_key_of_another_length_is_refused(settings) -> None:
    settings.ASSAY_FILES_KEYS = ["c2hvcnQ"]

    with pytest.raises(ImproperlyConfigured, match="keys of 32 bytes"):
        encryption.keys()


def test_a_plain_file_is_not_taken_for_a_sealed_one(sealed: None, tmp_path) -> None:
    path = tmp_path / "x.sealed"
    path.write_bytes(b"plain " * 20)

    with pytest.raises(Unreadable, match="no sealed file"):
        encryption.read(path)
