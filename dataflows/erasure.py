"""A reply goes with its name: who has "file of the reply" erased erases the file, whose hash stays as the proof."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from compliance.files.erasure import forget
from compliance.files.models import Blob
from compliance.ledger.redaction import erasing, history_of
from dataflows.models import SubjectRequest


@receiver(erasing, sender=SubjectRequest, dispatch_uid="dataflows.erasing")
def forget_reply(sender: Any, key: Any, fields: list[str], **kwargs: Any) -> None:
    """The bytes of every reply the request ever had, unless another record keeps the same ones."""
    if "reply_name" not in fields:
        return
    hashes = set(history_of(SubjectRequest, key).exclude(reply=None).order_by().values_list("reply_id", flat=True))
    for blob in Blob.objects.filter(pk__in=hashes):
        transaction.on_commit(lambda blob=blob: forget(blob, but=SubjectRequest(pk=key)))
