"""The files of a pack: registers, exhibits, history and proof, and their manifest."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.template.loader import render_to_string

from compliance.files.models import Blob
from compliance.files.store import FileDamaged, open_verified
from compliance.ledger.proof.canonical import canonical, moment, plain
from compliance.packs.archive import PackFile, history_files
from compliance.packs.contents import Contents, NumberedExhibit, plain_data
from compliance.packs.models import EvidencePack
from compliance.packs.verifier import single_file
from compliance.packs.volumes import Volume

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
REGISTER = "Register: "  # how the description of one begins


def machine_files(contents: Contents, proof: Mapping[str, Any], pack: EvidencePack) -> list[PackFile]:
    """Everything that travels both inside the PDF and beside it."""
    text = render_to_string("packs/print/readme.txt", {"pack": pack, "contents": contents, "key": proof["key"]})
    files = [
        _file("README.txt", text.encode(), "How to read and check this pack"),
        _file("verify.py", single_file().encode(), "Checks the pack without Assay; needs Python only"),
        _file("content.json", contents.canonical, "Everything the pack says, as data"),
        _file("ledger.json", canonical(proof), "The proof: head, inclusion, signed checkpoint"),
        *(file for item in contents.histories for file in history_files(item)),
    ]
    for name, rows in sorted(contents.registers.items()):
        stem = name.removesuffix(".csv")
        files.append(_file(f"data/{stem}.csv", as_csv(rows), f"{REGISTER}{stem}"))
        files.append(_file(f"data/{stem}.json", canonical(plain_data(list(rows))), f"{REGISTER}{stem}"))
    return files


def exhibit_files(exhibits: Iterable[NumberedExhibit]) -> tuple[list[PackFile], list[dict[str, Any]], list[str]]:
    """Return the exhibits' files, their table rows, and a sentence for each file that cannot come along."""
    files, rows, limits = [], [], []
    for item in exhibits:
        path = ""
        if item.exhibit.sha256 and not item.exhibit.withheld:
            try:
                blob = Blob.objects.get(sha256=item.exhibit.sha256)
                with open_verified(blob):
                    path = _exhibit_path(item)
                kind = item.exhibit.content_type or "application/octet-stream"
                files.append(PackFile(path, blob, item.exhibit.title, kind, blob.size, blob.sha256))
            except (FileDamaged, Blob.DoesNotExist) as error:
                limits.append(
                    f"The file of exhibit {item.number} ({item.exhibit.reference}) does not come along: {error}"
                )
        rows.append({"number": item.number, "exhibit": item.exhibit, "cited_in": item.cited_in, "path": path})
    return files, rows, limits


def volume_files(volumes: Iterable[Volume]) -> list[PackFile]:
    """The older history on paper."""
    return [
        PackFile(one.name, one.path, f"Change history, volume {one.number}", "application/pdf", one.size, one.sha256)
        for one in volumes
    ]


def listing(files: Iterable[PackFile]) -> PackFile:
    """manifest.csv: the other files with their hashes, for a spreadsheet."""
    rows = [
        {"path": item.path, "description": item.description, "type": item.content_type, "bytes": item.size,
         "sha256": item.sha256, "inside the PDF": item.attached}
        for item in sorted(files, key=lambda file: file.path)
    ]  # fmt: skip
    return _file("manifest.csv", as_csv(rows), "Every file with its hash, as a table")


def manifest(
    pack: EvidencePack,
    contents: Contents,
    files: Iterable[PackFile],
    exhibits: list[dict[str, Any]],
    volumes: Iterable[Volume],
) -> PackFile:
    """manifest.json: what the pack is, its content hash, its ledger head, and every file with its hash."""
    told = _manifest(pack, contents, files, exhibits)
    data = canonical({**told, "volumes": [one.entry for one in volumes]})
    return _file("manifest.json", data, "Every file of the pack with its hash")


def _manifest(
    pack: EvidencePack, contents: Contents, files: Iterable[PackFile], exhibits: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
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
    return PackFile.of(path, data, description, attached=True)


def _exhibit_path(item: NumberedExhibit) -> str:
    stem, dot, ending = item.exhibit.file_name.rpartition(".")
    slug = re.sub(r"[^a-z0-9]+", "-", (stem or ending or item.exhibit.title).lower()).strip("-")[:60] or "file"
    tail = re.sub(r"[^a-z0-9]", "", ending.lower())[:8] if dot else ""
    return f"exhibits/{item.number}_{slug}{'.' + tail if tail else ''}"


def _exhibit_entry(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": row["number"], "path": row["path"], **plain_data(row["exhibit"])}
