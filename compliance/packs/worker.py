"""What a worker loads before it forks, so that its processes share it and no pack waits for it."""

import gc
from typing import Any

from celery.signals import worker_init
from django.urls import get_resolver


@worker_init.connect
def load(**_: Any) -> None:
    """Import what packs are made with and the addresses they print; nothing here may start a thread."""
    from compliance.packs import builder  # noqa: F401

    get_resolver().reverse_dict  # noqa: B018  reads every page's address
    gc.freeze()  # collecting would write to, and so copy, what is shared
