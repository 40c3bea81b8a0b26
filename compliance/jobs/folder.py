"""The queue of a single machine: a folder. A message appears in it whole or not at all.

kombu's own folder transport makes the file first and writes it afterwards; a worker that looks in between
reads nothing, and stops.
"""

import os
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes a message under another name and renames it."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as kombu calls it
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        draft = folder / f"{name}.draft"
        try:
            with os.fdopen(
                os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as stream:
                stream.write(dumps(payload))
            draft.rename(folder / name)
        except OSError as error:
            raise ChannelError(f"The queue folder {folder} takes no message: {error}") from error


class Transport(filesystem.Transport):
    """The folder transport with whole messages."""

    Channel = Channel
