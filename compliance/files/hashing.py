"""What a plain form hands in, while it arrives: hashed and let go of, or written to the disk."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from compliance.files import encryption
from compliance.files.sniff import UNKNOWN
from compliance.files.store import new_draft


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


class Draft(UploadedFile):
    """An upload on the disk, in incoming/; gone when the request is over."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        super().__init__(encryption.read(path), name, UNKNOWN, size)
        self.path = path

    def close(self) -> None:
        """Close and remove."""
        super().close()
        self.path.unlink(missing_ok=True)


class OnDisk(FileUploadHandler):
    """Writes a large upload of a plain form into incoming/, sealed when a key is configured, and never into memory."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin anew."""
        super().new_file(*args, **kwargs)
        self.path = new_draft()
        self.target = encryption.create(self.path)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece."""
        self.target.write(raw_data)

    def file_complete(self, file_size: int) -> Draft:
        """What the form gets."""
        self.target.close()
        return Draft(self.path, self.file_name or "file", file_size)

    def upload_interrupted(self) -> None:
        """The browser went away: keep nothing."""
        if hasattr(self, "target"):
            self.target.close()
            self.path.unlink(missing_ok=True)
