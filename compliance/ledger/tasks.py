"""The sealer as a Celery task; a no-op in a worker without the key."""

from celery import shared_task

from compliance.ledger import sealing


@shared_task(name="compliance.ledger.seal", ignore_result=True)
def seal() -> None:
    """Seal what was committed since the last time."""
    try:
        sealing.seal()
    except sealing.NoKey:
        return
