"""Time-stamps by an outside authority (RFC 3161): off unless ASSAY_TIMESTAMP_URL names one.

Nothing waits for the authority: the ledger is sealed first, and the token of a checkpoint is fetched afterwards, by any
worker, again and again until it is there. Packs time-stamp their PDF signature with `authority()`.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from asn1crypto import cms, pem, tsp, x509
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from compliance.ledger.models import Checkpoint, Timestamp
from compliance.ledger.sealing import newest

SECONDS, LARGEST = 10, 64 * 1024
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class NoTimestamp(OSError):
    """No token that holds could be had; the message says why. An OSError, as pyHanko expects of its time-stampers."""


class Authority(TimeStamper):
    """The configured authority, as pyHanko asks for time-stamps: one host, no redirects, a time and a size limit."""

    def __init__(self, url: SplitResult) -> None:
        super().__init__(include_nonce=True)
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return _parsed(await asyncio.to_thread(self._post, req.dump()))

    def _post(self, body: bytes) -> bytes:
        kind = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
        opened = kind(self.url.hostname or "", self.url.port, timeout=SECONDS)
        target = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
        try:
            opened.request("POST", target, body, {"Content-Type": QUERY, "Accept": REPLY})
            with opened.getresponse() as answer:
                data = answer.read(LARGEST + 1)
        except (OSError, HTTPException) as error:
            raise NoTimestamp(f"{self.url.hostname} does not answer: {error}") from error
        finally:
            opened.close()
        if answer.status != 200 or answer.headers.get_content_type() != REPLY:
            raise NoTimestamp(f"{self.url.hostname} answered {answer.status} {answer.headers.get_content_type()}")
        if len(data) > LARGEST:
            raise NoTimestamp(f"{self.url.hostname} answered with more than {LARGEST} bytes")
        return data


def authority() -> Authority | None:
    """The time-stamper to give to pyHanko, or None when none is configured. Raises ImproperlyConfigured."""
    if not settings.ASSAY_TIMESTAMP_URL:
        return None
    url = urlsplit(settings.ASSAY_TIMESTAMP_URL)
    plain = url.scheme == "http" and url.hostname in LOOPBACK
    if not url.hostname or not (url.scheme == "https" or plain):
        raise ImproperlyConfigured("ASSAY_TIMESTAMP_URL has to begin with https:// and name a host.")
    trusted()
    return Authority(url)


def trusted() -> list[x509.Certificate]:
    """The certificates tokens have to lead to. Raises ImproperlyConfigured when there are none."""
    place = settings.ASSAY_TIMESTAMP_CERTIFICATES
    try:
        found = [x509.Certificate.load(der) for _, _, der in pem.unarmor(Path(place).read_bytes(), multiple=True)]
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"ASSAY_TIMESTAMP_CERTIFICATES ({place}) is no PEM file: {error}") from error
    return found


def request_token(digest: bytes) -> bytes:
    """Have a SHA-256 digest time-stamped; return the checked TimeStampToken in DER. Raises NoTimestamp."""
    if (asked := authority()) is None:
        raise NoTimestamp("No time-stamping authority is configured.")
    try:
        token = asyncio.run(asked.async_timestamp(digest, "sha256")).dump()
    except (TimestampRequestError, ValueError, TypeError, KeyError, AttributeError) as error:
        # pyHanko stumbles with an AttributeError over a nonce that is not ours.
        raise NoTimestamp(f"{asked.url.hostname} gave no token in answer to our question: {error}") from error
    moment = check_token(token, digest)
    if abs(moment - timezone.now()) > timedelta(minutes=5):
        raise NoTimestamp(f"{asked.url.hostname} and this machine do not agree about the time: {moment} there")
    return token


def check_token(token: bytes, digest: bytes) -> datetime:
    """The moment a token vouches for; raise NoTimestamp unless it is over `digest` and leads to a trusted certificate.

    Certificates are judged at that moment: a token outlives the certificate it was made with.
    """
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        info = signed["encap_content_info"]["content"].parsed
        moment = info["gen_time"].native
        if info["message_imprint"]["hash_algorithm"]["algorithm"].native != "sha256":
            raise NoTimestamp("the token is over another kind of digest")
        context = ValidationContext(trust_roots=trusted(), allow_fetching=False, moment=moment)
        found = asyncio.run(validate_tst_signed_data(signed, context, lambda algorithm: digest))
    except (PdfError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoTimestamp(f"the token cannot be read: {error}") from error
    status = TimestampSignatureStatus(**found)
    if not status.intact:
        raise NoTimestamp("the token is over something else")
    if not (status.valid and status.trusted):
        raise NoTimestamp("the token is not signed by a trusted authority")
    return moment.astimezone(UTC)


def digest_of(checkpoint: Checkpoint) -> bytes:
    """What the token of a checkpoint is over: the SHA-256 of its note."""
    return sha256(checkpoint.note.encode()).digest()


def stamp_newest() -> Timestamp | None:
    """Fetch a token for the newest checkpoint, unless one is young enough; returns it. Raises NoTimestamp."""
    last = newest()
    if not settings.ASSAY_TIMESTAMP_URL or last is None or Timestamp.objects.filter(checkpoint=last).exists():
        return None
    young = timezone.now() - timedelta(minutes=settings.ASSAY_TIMESTAMP_MINUTES)
    if Timestamp.objects.filter(at__gt=young).exists():
        return None
    token = request_token(digest_of(last))
    made = {"token": token, "at": check_token(token, digest_of(last))}
    return Timestamp.objects.get_or_create(checkpoint=last, defaults=made)[0]


def _parsed(data: bytes) -> tsp.TimeStampResp:
    try:
        return tsp.TimeStampResp.load(data, strict=True)
    except (ValueError, TypeError) as error:
        raise NoTimestamp(f"the answer cannot be read: {error}") from error
