"""Hashing what somebody hands in, while it arrives: nothing of it is kept, in memory or on disk."""

from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class Hashed(UploadedFile):
    """What remains of an upload: its name, size and hash."""

    def __init__(self, name: str, size: int, digest: str) -> None:
        super().__init__(None, name, "application/octet-stream", size)
        self.sha256 = digest


class HashOnly(FileUploadHandler):
    """Takes every uploaded file in, and lets go of it.

    Put it into `request.upload_handlers` before the form is read, also by the CSRF check.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin anew."""
        super().new_file(*args, **kwargs)
        self.digest = sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Hash a piece."""
        self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> Hashed:
        """What the form gets."""
        return Hashed(self.file_name or "file", file_size, self.digest.hexdigest())
