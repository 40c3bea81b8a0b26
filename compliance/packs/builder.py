"""Building a pack: gather, render, assemble, sign, bundle, publish. Nothing of it is seen until all of it is there."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
from django.conf import settings
from django.db import transaction

from compliance.files.models import Blob
from compliance.files.store import store
from compliance.jobs.running import Running as Job
from compliance.ledger import change
from compliance.ledger.proof.checkpoint import vkey
from compliance.ledger.proofs import prove_rotations
from compliance.packs import bundle, sign
from compliance.packs.contents import Contents
from compliance.packs.gathering import gather
from compliance.packs.history import prove_history
from compliance.packs.layout import Frame, Say, lay_out
from compliance.packs.models import EvidencePack
from compliance.packs.render.assemble import Attachment, assemble
from compliance.packs.render.metadata import About
from compliance.packs.render.stamp import Running
from compliance.packs.services.findings import as_data
from compliance.packs.services.issue import control_of

LARGEST = 8 * 1024**3
EARLIER = 12
Keep = Callable[[EvidencePack, "Built", Blob, Blob], None]


class Built:
    """The two files of a pack, with what the row keeps of them."""

    def __init__(self, contents: Contents, pdf: bytes, archive: bytes) -> None:
        self.contents = contents
        self.pdf = pdf
        self.archive = archive
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            self.pages = len(opened.pages)


def build(pack: EvidencePack, say: Say) -> Built:
    """Make the files of `pack`. `say(stage, percent)` hears how far it is."""
    say("Reading the records", 2)
    contents = gather(
        scope=pack.scope,
        type=pack.type,
        at=pack.as_at,
        period=pack.period,
        profile=pack.profile,
        subject=pack.subject,
    )
    signer = sign.pdf_signer()
    streams = [prove_history(item.history, item.path) for item in contents.histories]
    proof: dict[str, Any] = {
        "format": "assay-proof/1",
        "key": vkey(settings.ASSAY_LEDGER_ORIGIN, sign.ledger_key()),
        "signer": sign.vouch(signer),
        "streams": streams,
        "rotations": prove_rotations(streams[0]["checkpoint"]),
    }
    files = bundle.machine_files(contents, proof, pack)
    exhibits, rows, limits = bundle.exhibit_files(contents.exhibits)
    manifest = bundle.manifest(pack, contents, [*files, *exhibits], rows)
    listed = bundle.PackFile("manifest.json", manifest, "Every file of the pack with its hash", "application/json")
    inside = [item.attachment() for item in [*files, listed]]
    frame = Frame(
        pack=pack,
        requested_by=contents.shown(str(pack.requested_by.name)) if pack.requested_by else "the command line",
        attached=_listed(inside),
        exhibits=[{**row, "answers": contents.answered_by(row["exhibit"].reference)} for row in rows],
        limits=limits,
        earlier=list(EvidencePack.objects.before(pack)[:EARLIER]),
        key=proof["key"],
        checkpoint=proof["streams"][0]["checkpoint"],
        control=contents.redactor.plain(control_of(pack)),
    )
    fragments = lay_out(contents, frame, say)
    say("Assembling the PDF", 82)
    plain = assemble(fragments, running=_running(pack, contents), about=_about(pack, contents), attachments=inside)
    say("Signing", 92)
    pdf = sign.sign_pdf(plain, signer, reason=f"Seal of evidence pack {pack.reference}")
    say("Packing the ZIP", 95)
    return Built(contents, pdf, _archive(pack, pdf, manifest, [*files, *exhibits]))


def publish(job: Job, pack: EvidencePack, built: Built, keep: Keep | None = None) -> None:
    """Store both files and show them, in one transaction that only the job's holder can make.

    `keep` writes the row; without it the pack becomes a draft.
    """
    pdf = store(io.BytesIO(built.pdf), limit=LARGEST, name=f"{pack.file_stem}.pdf", types=None)
    archive = store(io.BytesIO(built.archive), limit=LARGEST, name=f"{pack.file_stem}.zip", types=None)
    with transaction.atomic():
        job.hold()
        (keep or _keep_draft)(EvidencePack.objects.get(pk=pack.pk), built, pdf, archive)


def _keep_draft(pack: EvidencePack, built: Built, pdf: Blob, archive: Blob) -> None:
    contents = built.contents
    with change(by="packs", reason=f"Built as asked for, content {contents.hash[:16]}."):
        _write(pack, built, pdf, archive)


def _write(pack: EvidencePack, built: Built, pdf: Blob, archive: Blob) -> None:
    contents = built.contents
    pack.state = EvidencePack.State.BUILT
    pack.pdf, pack.archive, pack.pages = pdf, archive, built.pages
    pack.content_sha256 = contents.hash
    pack.history_size, pack.history_root = contents.history.size, contents.history.root
    pack.preflight = as_data(contents.results)
    pack.blocking = len(contents.blocking)
    pack.warnings = len(contents.findings) - pack.blocking
    pack.save()


def _listed(inside: list[Attachment]) -> list[tuple[str, str]]:
    """What the contents page says of the files inside: the two forms of a register on one line."""
    found: dict[str, list[str]] = {}
    for item in inside:
        found.setdefault(item.description, []).append(item.name)
    return [(", ".join(names), description) for description, names in found.items()]


def _archive(pack: EvidencePack, pdf: bytes, manifest: bytes, files: list[bundle.PackFile]) -> bytes:
    parts = {item.path: item.data for item in files}
    parts |= {
        f"{pack.file_stem}.pdf": pdf,
        "manifest.json": manifest,
        "signature.txt": sign.sign_pack(manifest, pdf).encode(),
    }
    return bundle.archive(parts, pack.dated_at)


def _running(pack: EvidencePack, contents: Contents) -> Running:
    head = contents.history
    return Running(
        left=f"{pack.reference} · {contents.type.title}, {contents.shown(contents.name)}",
        right=f"{f'Version {pack.edition}' if pack.edition else 'Draft'} · {pack.get_profile_display()}",
        foot=f"Ledger head <span>{head.root[:16]}</span> after {head.size} entries",
        draft=pack.is_draft,
    )


def _about(pack: EvidencePack, contents: Contents) -> About:
    return About(
        title=f"{pack.reference} {contents.type.title}: {contents.shown(contents.name)}",
        author=contents.organisation.name,
        subject=f"Evidence pack as at {contents.at:%Y-%m-%d %H:%M} UTC, content {contents.hash}",
        date=pack.dated_at,
    )
