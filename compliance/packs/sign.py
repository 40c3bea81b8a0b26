"""The seal on a pack's PDF: an invisible signature readers know (PAdES), by a certificate the ledger's key vouches for.

The ledger signs with Ed25519, which few PDF readers can check; so a pack is signed with an RSA key of its own, and a
note signed by the ledger's key names its certificate. Both keys lie beside each other and only the worker reads them.
"""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pyhanko.sign import signers
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from compliance.jobs.registry import JobFailed
from compliance.ledger.keys import NoKey, sealing_key
from compliance.ledger.proof.checkpoint import sign_note, vkey
from compliance.ledger.sealing import newest
from compliance.ledger.timestamp import Authority, NoTimestamp, authority, check_token
from compliance.packs.render.compose import Seal

SIGNER, PACK = "assay-pdf-signer/1", "assay-pack/1"
ROOM, STAMPED_ROOM = 4096, 16384  # bytes kept for a signature, and for one with a time-stamp in it
VALID_FOR = timedelta(days=20 * 365)


@dataclass(frozen=True)
class Signer:
    """The key PDFs are signed with, and its certificate in DER."""

    key: rsa.RSAPrivateKey
    certificate: bytes


class _Hand(signers.Signer):
    """Signs for pyHanko with a key that is loaded: pyHanko would load and check it anew for every signature."""

    def __init__(self, signer: Signer) -> None:
        certificate = asn1_x509.Certificate.load(signer.certificate)
        super().__init__(signing_cert=certificate, cert_registry=SimpleCertificateStore())
        self.key = signer.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature over `data` (RSA, PKCS #1 v1.5, SHA-256)."""
        return self.key.sign(data, padding.PKCS1v15(), SHA256())


def seal_with(signer: Signer, *, reason: str, at: datetime, stamper: Authority | None = None) -> Seal:
    """A signature over every byte of a PDF (PAdES B-B; B-T with a `stamper`), ready to be made of its digest."""

    def sign(digest: bytes) -> bytes:
        try:
            made = asyncio.run(_Hand(signer).async_sign(digest, "sha256", use_pades=True, timestamper=stamper))
            if stamper:
                _check_stamp(made["content"]["signer_infos"][0])
        except (NoTimestamp, TimestampRequestError) as error:
            raise JobFailed(f"The time-stamping authority gave no time-stamp ({error}): try again later.") from error
        found: bytes = made.dump()
        return found

    return Seal(reason, at, STAMPED_ROOM if stamper else ROOM, sign)


def stamper() -> Authority | None:
    """The authority that time-stamps issued packs, when one is configured."""
    try:
        return authority()
    except ImproperlyConfigured as error:
        raise JobFailed(f"This worker cannot have a pack time-stamped: {error}") from error


def _check_stamp(info: cms.SignerInfo) -> None:
    """Raise NoTimestamp unless the token is over this signature, by an authority we trust."""
    token = info["unsigned_attrs"][0]["values"][0].dump()
    check_token(token, sha256(info["signature"].native).digest())


def vouch(signer: Signer, key: Ed25519PrivateKey) -> str:
    """The ledger's signed word that PDFs of this installation are signed with this certificate."""
    return _note(f"{SIGNER}\n{sha256(signer.certificate).hexdigest()}\n", key)


def sign_pack(manifest: str, pdf: str, key: Ed25519PrivateKey) -> str:
    """The ledger's signature over a pack: the hashes of its manifest and of its PDF."""
    return _note(f"{PACK}\nmanifest {manifest}\npdf {pdf}\n", key)


def vkey_of(key: Ed25519PrivateKey) -> str:
    """The public half of a ledger key, as verifiers know it."""
    return vkey(settings.ASSAY_LEDGER_ORIGIN, key)


def _note(text: str, key: Ed25519PrivateKey) -> str:
    return sign_note(text, settings.ASSAY_LEDGER_ORIGIN, key)


def pdf_signer() -> Signer:
    """Return the installation's PDF key, made at its first use; when two workers make one, the first wins."""
    path = settings.ASSAY_SIGNING_KEY_FILE.with_name("pack-signer.pem")
    if not path.exists():
        _create(path)
    return _load(path)


def ledger_key() -> Ed25519PrivateKey:
    """The ledger's signing key, which the worker holds."""
    try:
        return sealing_key(newest())
    except NoKey as error:
        raise JobFailed(f"This worker cannot sign: {error}") from error


def _load(path: Path) -> Signer:
    if path.stat().st_mode & 0o077:
        raise JobFailed(f"{path.name} can be read by others than its owner: chmod 600 it.")
    pem = path.read_bytes()
    # Made by us, and ours to read only: checking its primes again takes longer than signing.
    key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise JobFailed(f"{path.name} holds another kind of key than RSA.")
    return Signer(key, x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER))


def _create(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(pem + _certificate(key).public_bytes(Encoding.PEM))
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Assay"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Evidence packs of {settings.ASSAY_LEDGER_ORIGIN}"[:64]),
        ]
    )
    now = datetime.now(UTC).replace(microsecond=0)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
