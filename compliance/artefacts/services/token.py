"""Upload tokens: made, shown once, used by build servers, revoked."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from compliance.accounts.models import User
from compliance.artefacts.models import UploadToken
from compliance.artefacts.services.artefact import now
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Project

LONGEST_DAYS = 366
PREFIX = "assay_up_"


def make_token(*, project: Project, label: str, by: User, days: int = 180, reason: str = "") -> tuple[UploadToken, str]:
    """Make a token that uploads to the project's releases and does nothing else; the secret is told this once."""
    label = " ".join(label.split())[:80]
    if not label:
        raise Refused("Where it is used: name the build server or pipeline.")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"Days: a token works for 1 to {LONGEST_DAYS} days.")
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    token = UploadToken(project=project, label=label, sha256=hashed(secret), expires_at=now() + timedelta(days=days))
    with change(by=by, reason=reason or "Upload token made"):
        token.save()
    return token, secret


@governed("Say why the token is revoked")
def revoke_token(*, token: UploadToken, by: User, reason: str) -> UploadToken:
    """Let a token open nothing from now on."""
    if token.revoked_at is not None:
        raise Refused(f"{token.reference} is revoked already.")
    with change(by=by, reason=reason):
        token.revoked_at = now()
        token.save()
    return token


def token_of(secret: str, at: datetime | None = None) -> UploadToken | None:
    """The token in force a build server shows, or None."""
    found = UploadToken.objects.filter(sha256=hashed(secret)).select_related("project__organisation").first()
    return found if found and found.holds(at or now()) else None


def note_use(*, token: UploadToken, told: str) -> None:
    """Leave an entry of a use, whatever became of it; two at once come one after the other."""
    with change(by=f"upload {token.reference}", reason=told[:500]):
        row = UploadToken.objects.select_for_update().get(pk=token.pk)
        row.used_at = now()
        row.save()


def hashed(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
