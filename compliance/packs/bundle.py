"""The files of a pack: registers, exhibits, history and proof, their manifest, and the ZIP that holds them all."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from django.template.loader import render_to_string

from compliance.files.models import Blob
from compliance.files.store import FileDamaged, open_verified
from compliance.ledger.proof.canonical import canonical, moment, plain
from compliance.packs.contents import Contents, NumberedExhibit, plain_data
from compliance.packs.models import EvidencePack
from compliance.packs.render.assemble import Attachment
from compliance.packs.verifier import single_file

TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".py": "text/x-python",
    ".txt": "text/plain",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class PackFile:
    """A file of the pack; one that is `attached` travels inside the PDF as well."""

    path: str
    data: bytes
    description: str
    content_type: str
    attached: bool = True

    @property
    def entry(self) -> dict[str, Any]:
        """Its line in the manifest."""
        return {
            "path": self.path,
            "sha256": sha256(self.data).hexdigest(),
            "size": len(self.data),
            "type": self.content_type,
            "attached": self.attached,
        }

    def attachment(self) -> Attachment:
        """The file as the PDF carries it."""
        name = PurePosixPath(self.path).name
        source = "Source" if name == "content.json" else "Data"
        return Attachment(name, self.data, self.content_type, self.description, source)


def machine_files(contents: Contents, proof: Mapping[str, Any], pack: EvidencePack) -> list[PackFile]:
    """Everything that travels both inside the PDF and beside it."""
    text = render_to_string("packs/print/readme.txt", {"pack": pack, "contents": contents, "key": proof["key"]})
    files = [
        _file("README.txt", text.encode(), "How to read and check this pack"),
        _file("verify.py", single_file().encode(), "Checks the pack without Assay; needs Python only"),
        _file("content.json", contents.canonical, "Everything the pack says, as data"),
        _file("ledger.json", canonical(proof), "The proof: head, inclusion, signed checkpoint"),
        *(
            _file(item.path, item.history.lines(), f"Every recorded change of {item.title}, one a line")
            for item in contents.histories
        ),
    ]
    for name, rows in sorted(contents.registers.items()):
        stem = name.removesuffix(".csv")
        files.append(_file(f"data/{stem}.csv", as_csv(rows), f"Register: {stem}"))
        files.append(_file(f"data/{stem}.json", canonical(plain_data(list(rows))), f"Register: {stem}"))
    return files


def exhibit_files(exhibits: Iterable[NumberedExhibit]) -> tuple[list[PackFile], list[dict[str, Any]], list[str]]:
    """Return the exhibits' files, their table rows, and a sentence for each file that cannot come along."""
    files, rows, limits = [], [], []
    for item in exhibits:
        path = ""
        if item.exhibit.sha256 and not item.exhibit.withheld:
            try:
                with open_verified(Blob.objects.get(sha256=item.exhibit.sha256)) as stream:
                    path = _exhibit_path(item)
                    kind = item.exhibit.content_type or "application/octet-stream"
                    files.append(PackFile(path, stream.read(), item.exhibit.title, kind, attached=False))
            except (FileDamaged, Blob.DoesNotExist) as error:
                limits.append(
                    f"The file of exhibit {item.number} ({item.exhibit.reference}) does not come along: {error}"
                )
        rows.append({"number": item.number, "exhibit": item.exhibit, "cited_in": item.cited_in, "path": path})
    return files, rows, limits


def manifest(
    pack: EvidencePack, contents: Contents, files: Iterable[PackFile], exhibits: list[dict[str, Any]]
) -> bytes:
    """Return manifest.json: what the pack is, its content hash, its ledger head, and every file with its hash."""
    return canonical(
        {
            "format": "assay-pack/1",
            "pack": {
                "reference": pack.reference,
                "type": pack.type,
                "title": contents.type.title,
                "project": contents.shown(contents.then.name),
                "subject": contents.subject.reference if contents.subject else "",
                "organisation": contents.organisation.name,
                "as_at": moment(contents.at),
                "period_start": contents.period.start,
                "period_end": contents.period.end,
                "profile": pack.profile,
                "requested_at": moment(pack.requested_at),
                "version": pack.edition,
                "draft": pack.is_draft,
            },
            "content": contents.hash,
            "ledger": contents.heads,
            "redactions": contents.redactions,
            "files": [item.entry for item in sorted(files, key=lambda file: file.path)],
            "exhibits": [_exhibit_entry(row) for row in exhibits],
        }
    )


def archive(files: Mapping[str, bytes], date_time: datetime) -> bytes:
    """Return the ZIP of `files` with SHA256SUMS; the same files give the same bytes."""
    sums = "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in [*sorted(files.items()), ("SHA256SUMS", sums.encode())]:
            info = zipfile.ZipInfo(name, max(date_time.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_STORED if name.endswith(".pdf") else zipfile.ZIP_DEFLATED
            target.writestr(info, data)
    return buffer.getvalue()


def as_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write rows for a spreadsheet; nothing in it can start a formula."""
    rows = [plain_data(row) for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return ("\ufeff" + target.getvalue()).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | date):
        return str(plain(value))
    text = value if isinstance(value, str) else canonical(value).decode()
    return f"'{text}" if text.startswith(FORMULA) else text


def _file(path: str, data: bytes, description: str) -> PackFile:
    return PackFile(path, data, description, TYPES[PurePosixPath(path).suffix])


def _exhibit_path(item: NumberedExhibit) -> str:
    stem, dot, ending = item.exhibit.file_name.rpartition(".")
    slug = re.sub(r"[^a-z0-9]+", "-", (stem or ending or item.exhibit.title).lower()).strip("-")[:60] or "file"
    tail = re.sub(r"[^a-z0-9]", "", ending.lower())[:8] if dot else ""
    return f"exhibits/{item.number}_{slug}{'.' + tail if tail else ''}"


def _exhibit_entry(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": row["number"], "path": row["path"], **plain_data(row["exhibit"])}
