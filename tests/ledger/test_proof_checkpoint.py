"""A checkpoint vouches for one head of one log, by one key, and nothing else."""

import hashlib
import os
import stat
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from compliance.ledger.proof import checkpoint
from compliance.ledger.proof.checkpoint import BadCheckpoint

pytestmark = pytest.mark.once

ORIGIN = "assay.example.org/ledger"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
ROOT = hashlib.sha256(b"root").digest()
NOTE = checkpoint.sign_checkpoint(ORIGIN, 42, ROOT, KEY)
VKEY = checkpoint.vkey(ORIGIN, KEY)


def test_a_checkpoint_reads_as_the_signed_note_format_asks():
    text, signature = NOTE.split("\n\n")
    assert text == f"{ORIGIN}\n42\n{b64encode(ROOT).decode()}"
    public = KEY.public_key().public_bytes_raw()
    key_id = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + public).digest()[:4]
    dash, name, encoded = signature.rstrip("\n").split(" ")
    assert (dash, name, b64decode(encoded)) == ("—", ORIGIN, key_id + KEY.sign(f"{text}\n".encode()))
    assert "+".join((ORIGIN, key_id.hex(), b64encode(b"\x01" + public).decode())) == VKEY


def test_a_checkpoint_tells_size_and_root():
    assert checkpoint.verify_checkpoint(NOTE, VKEY) == (42, ROOT)


def test_further_signatures_by_witnesses_do_not_disturb():
    cosigned = NOTE + "— witness.example " + b64encode(bytes(76)).decode() + "\n"
    assert checkpoint.verify_checkpoint(cosigned, VKEY) == (42, ROOT)


@pytest.mark.parametrize(
    "note",
    [
        NOTE.replace("\n42\n", "\n43\n"),
        NOTE.replace(ORIGIN, "other.example", 1),
        NOTE.replace("\n\n", "\n"),
        NOTE.rstrip("\n"),
        NOTE.replace("— ", "- "),
        checkpoint.sign_checkpoint(ORIGIN, 42, ROOT, OTHER),
        checkpoint.sign_note(f"{ORIGIN}\n042\n{b64encode(ROOT).decode()}\n", ORIGIN, KEY),
        checkpoint.sign_note(f"{ORIGIN}\n42\nAAAA\n", ORIGIN, KEY),
        checkpoint.sign_note(f"other.example\n42\n{b64encode(ROOT).decode()}\n", ORIGIN, KEY),
        "",
    ],
)
def test_an_altered_checkpoint_is_refused(note):
    with pytest.raises(BadCheckpoint):
        checkpoint.verify_checkpoint(note, VKEY)


@pytest.mark.parametrize("text", ["", "a+b", VKEY.replace("assay", "essay"), VKEY[:-4], VKEY[:-1] + "B"])
def test_an_altered_key_text_is_refused(text):
    with pytest.raises(BadCheckpoint):
        checkpoint.parse_vkey(text)


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "a\nb"])
def test_an_origin_that_breaks_the_format_is_refused(origin):
    with pytest.raises(BadCheckpoint, match="an origin has no blanks"):
        checkpoint.sign_checkpoint(origin, 1, ROOT, KEY)


def test_a_new_key_is_readable_by_its_owner_only_and_comes_back(tmp_path):
    path = tmp_path / "keys" / "ledger.key"
    made = checkpoint.create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert checkpoint.load_key(path).private_bytes_raw() == made.private_bytes_raw()
    assert os.listdir(path.parent) == ["ledger.key"]


def test_processes_that_start_together_share_one_key(tmp_path):
    path = tmp_path / "ledger.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: checkpoint.create_key(path).private_bytes_raw(), range(16)))
    assert len(keys) == 1


def test_a_key_others_can_read_is_refused(tmp_path):
    path = tmp_path / "ledger.key"
    checkpoint.create_key(path)
    path.chmod(0o640)
    with pytest.raises(BadCheckpoint, match=r"ledger\.key can be read by others"):
        checkpoint.load_key(path)


def test_a_key_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "ledger.key"
    path.touch(0o600)
    path.write_bytes(X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(BadCheckpoint, match="holds no Ed25519 key"):
        checkpoint.load_key(path)
