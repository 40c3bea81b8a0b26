"""Signatures say by which scheme and whom; what is broken in them never stops an app from being read."""

import io
import struct
import zipfile
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

from compliance.artefacts.formats import Unreadable
from compliance.artefacts.formats.app_files import observe
from compliance.artefacts.formats.resource_table import Table
from tests.artefacts import app_samples as samples
from tests.artefacts.making import arsc, program, zipped

pytestmark = pytest.mark.once
KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, KEY.public_key(), 7)
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2050, 1, 1, tzinfo=UTC)
    )
    return builder.sign(KEY, SHA256())


def sized(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def block(*parts: tuple[int, bytes]) -> bytes:
    inner = b"".join(struct.pack("<QI", 4 + len(data), number) + data for number, data in parts)
    size = len(inner) + 24
    return struct.pack("<Q", size) + inner + struct.pack("<Q", size) + b"APK Sig Block 42"


def signed(apk: bytes, signing: bytes) -> bytes:
    """The archive with a block before its list of files."""
    at = struct.unpack("<I", apk[-6:-2])[0]
    return apk[:at] + signing + apk[at:-6] + struct.pack("<I", at + len(signing)) + apk[-2:]


def test_an_apk_says_its_schemes_and_certificates() -> None:
    one = certificate("Lumaro")
    der = one.public_bytes(Encoding.DER)
    signers = sized(sized(sized(sized(b"digests") + sized(sized(der)) + sized(b""))))
    old = PKCS7SignatureBuilder().set_data(b"x").add_signer(certificate("Android Debug"), KEY, SHA256())
    stream = io.BytesIO(samples.apk())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("META-INF/CERT.EC", old.sign(Encoding.DER, [PKCS7Options.NoAttributes]))

    facts = observe(signed(stream.getvalue(), block((0x7109871A, signers), (0xF05368C0, signers), (0x42, b"?")))).of(
        "signature"
    )

    assert [(fact.key, fact.said("subject"), fact.said("until"), fact.said("debug")) for fact in facts] == [
        ("v2", "", "", ""),
        ("v3", "", "", ""),
        ("v1", "", "", ""),
        ("certificate", "CN=Lumaro", "2050-01-01", ""),
        ("certificate", "CN=Android Debug", "2050-01-01", "true"),
    ]
    assert facts[3].value == one.fingerprint(SHA256()).hex()


@pytest.mark.parametrize(
    ("signing", "message"),
    [
        (
            block((0x7109871A, b""))[:-24] + struct.pack("<Q", 1 << 40) + b"APK Sig Block 42",
            "APK Signing Block: it says",
        ),
        (
            struct.pack("<QQI", 36, 1 << 40, 1) + struct.pack("<Q", 36) + b"APK Sig Block 42",
            "APK Signing Block, byte 0: a part",
        ),
    ],
)
def test_a_signing_block_that_lies_about_its_size_is_refused(signing: bytes, message: str) -> None:
    with pytest.raises(Unreadable) as refused:
        observe(signed(samples.apk(), signing))

    assert str(refused.value).startswith(message)


def test_signatures_nobody_can_read_leave_the_app_as_it_is() -> None:
    facts = observe(signed(samples.apk(), block((0x7109871A, b"\xff" * 9)))).of("signature")

    assert [(fact.key, fact.value) for fact in facts] == [("v2", "yes")]


@pytest.mark.parametrize("form", ["64", "32", "several"])
def test_entitlements_are_found_in_programs_of_each_form(form: str) -> None:
    data = program(samples.plist(samples.RIGHTS))
    if form == "32":
        data = struct.pack("<I", 0xFEEDFACE) + data[4:28] + data[32:48] + b"\0" * 4 + data[48:]
    elif form == "several":
        data = struct.pack(">II5I", 0xCAFEBABE, 1, 0x0100000C, 0, 4096, len(data), 12).ljust(4096, b"\0") + data
    app = "Payload/A.app"
    told = {**samples.INFO, "CFBundleExecutable": "A"}
    observed = observe(zipped((f"{app}/Info.plist", samples.plist(told)), (f"{app}/A", data)))

    assert (observed.value("entitlement", "get-task-allow"), observed.remarks) == ("true", ())


def test_a_table_leaves_out_what_it_does_not_hold() -> None:
    table = Table(arsc("one", "two"))

    assert table.values(["@0x7f010001", "@0x7f010002", "@0x7f020000", "@0x01010001", "@nonsense"]) == {
        "@0x7f010001": "two"
    }
