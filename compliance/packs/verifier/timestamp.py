"""The time-stamp an outside authority put on the PDF's signature (RFC 3161)."""

from __future__ import annotations

import hashlib

from compliance.packs.verifier.der import DIGEST_ID, SHA256_ID, SIGNED_ID, children, der, facts_of, rsa_key
from compliance.packs.verifier.reading import Tampered, need, sha256
from compliance.packs.verifier.signatures import rsa

STAMP_ID = bytes.fromhex("060b2a864886f70d010910020e")
INFO_ID = bytes.fromhex("060b2a864886f70d0109100104")
PSS_ID = bytes.fromhex("06092a864886f70d01010a")  # RSA too, but padded in another way than ours
METHODS = {
    bytes.fromhex(f"06096086480165030402{end}"): name
    for end, name in (("01", "sha256"), ("02", "sha384"), ("03", "sha512"))
}


def check_timestamp(token: bytes, signature: bytes) -> str:
    """Check that a token is over this signature and unchanged; return what it says.

    Whether the authority that signed it is one to believe, only its certificate can say, which is named.
    """
    try:
        kind, held = children(children(token)[0][1])
        body = children(children(held[1])[0][1])
        holds, wrapped = children(body[2][1])
        need(kind[2] == SIGNED_ID and holds[2] == INFO_ID, "the time-stamp in the PDF's signature is none")
        info = children(wrapped[1])[0][1]
        facts = children(children(info)[0][1])
        said = children(facts[2][1])
        same = said[0][2] == SHA256_ID and said[1][1] == sha256(signature)
        need(same, "the time-stamp in the PDF's signature was made for another one")
        moment = facts[4][1].decode("ascii")
        signers = children(body[-1][1])
        need(len(signers) == 1, "the time-stamp in the PDF's signature is signed by several")
        who = _check_signer(children(signers[0][1]), children(body[3][1]), info)
    except (IndexError, ValueError):
        raise Tampered("the time-stamp in the PDF's signature cannot be read") from None
    return f"{moment[:4]}-{moment[4:6]}-{moment[6:8]} {moment[8:10]}:{moment[10:12]}:{moment[12:14]} UTC by {who}"


def _check_signer(
    signer: list[tuple[int, bytes, bytes]], certificates: list[tuple[int, bytes, bytes]], info: bytes
) -> str:
    """Check the token's own signature, by the certificate in it; return the name in that certificate."""
    changed = "the time-stamp in the PDF's signature was changed"
    certificate = next((one[2] for one in certificates if _names(signer[1], one[2])), b"")
    need(certificate, "the time-stamp in the PDF's signature does not come with its certificate")
    method = METHODS.get(children(signer[2][1])[0][2], "")
    need(method and signer[3][0] == 0xA0, "the time-stamp in the PDF's signature has an unknown shape")
    found = [children(attribute[1]) for attribute in children(signer[3][1])]
    digests = [children(parts[1][1])[0][1] for parts in found if parts[0][2] == DIGEST_ID]
    need(digests == [hashlib.new(method, info).digest()], changed)
    key, name = rsa_key(certificate), _name(certificate)
    if key is None or children(signer[4][1])[0][2] == PSS_ID:
        return f"{name}, with a signature of a kind that a PDF reader has to check"
    need(rsa(*key, der(0x31, signer[3][1]), signer[5][1], method), changed)
    return name


def _names(who: tuple[int, bytes, bytes], certificate: bytes) -> bool:
    facts = facts_of(certificate)
    return len(facts) > 6 and who[2] == der(0x30, facts[3][2], facts[1][2])


def _name(certificate: bytes) -> str:
    """The last part of the subject: mostly its common name."""
    parts = [children(children(one[1])[0][1])[1][1] for one in children(facts_of(certificate)[5][1])]
    return parts[-1].decode("utf-8", "replace") if parts else "nobody named"
