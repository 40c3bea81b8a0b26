"""Building a pack: gather, render, assemble, sign, bundle, publish. Nothing of it is seen until all of it is there."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import time
from typing import Any
from weakref import finalize

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from compliance.files.models import Blob
from compliance.files.store import store
from compliance.jobs.running import Running as Job
from compliance.ledger import change
from compliance.ledger.proofs import prove_rotations
from compliance.packs import archive, bundle, cache, sign
from compliance.packs.archive import PackFile
from compliance.packs.contents import Contents
from compliance.packs.gathering import gather
from compliance.packs.history import prove_history
from compliance.packs.layout import Frame, Laid, Say, lay_out
from compliance.packs.models import EvidencePack, PackVolume
from compliance.packs.printer import Printer, volumes_of
from compliance.packs.render.assemble import assemble
from compliance.packs.render.compose import Attachment, compose
from compliance.packs.render.metadata import About
from compliance.packs.render.pool import Workers, workers
from compliance.packs.render.stamp import Running
from compliance.packs.services.findings import as_data
from compliance.packs.services.issue import control_of, named_on
from compliance.packs.volumes import Volume

LARGEST = 64 * 1024**3
EARLIER = 12
ABANDONED = 6 * 3600  # seconds after which a folder of work is one a killed worker left
Keep = Callable[[EvidencePack, "Built", Blob, Blob], None]


class Built:
    """The files of a pack, in a folder that goes with this object, with what the row keeps of them."""

    def __init__(self, contents: Contents, folder: Path, stem: str) -> None:
        self.contents = contents
        self.pdf = folder / f"{stem}.pdf"
        self.archive = folder / f"{stem}.zip"
        finalize(self, rmtree, folder, ignore_errors=True)
        self.volumes: list[Volume] = []
        self.pages = 0
        self.worker_peak = 0


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
    built = Built(contents, _folder(), pack.file_stem)
    with workers() as pool:
        _make(pack, built, pool, say)
        built.worker_peak = pool.peak
    return built


def _make(pack: EvidencePack, built: Built, pool: Workers, say: Say) -> None:
    contents, signer = built.contents, sign.pdf_signer()
    contents.redactor.learn(named_on(pack))
    printer = Printer(contents, pool)
    built.volumes = volumes_of(contents, printer, signer, say)
    key, proof = _proof(contents, signer)
    exhibits, rows, limits = bundle.exhibit_files(contents.exhibits)
    files = [*bundle.machine_files(contents, proof, pack), *exhibits, *bundle.volume_files(built.volumes)]
    files.append(bundle.listing(files))
    manifest = bundle.manifest(pack, contents, files, rows, built.volumes)
    inside = [item.attachment() for item in [*files, manifest] if item.attached]
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
        volumes=built.volumes,
    )
    laid = lay_out(contents, frame, printer, pool, say)
    say("Assembling and signing the PDF", 85)
    digest = _compose(pack, built, laid, inside, signer)
    say("Packing the ZIP", 92)
    signed = PackFile.of("signature.txt", sign.sign_pack(manifest.sha256, digest, key).encode(), "")
    pdf = PackFile(built.pdf.name, built.pdf, "", "application/pdf", built.pdf.stat().st_size, digest)
    archive.write(built.archive, [*files, manifest, signed, pdf], pack.dated_at)


def _compose(pack: EvidencePack, built: Built, laid: Laid, inside: list[Attachment], signer: sign.Signer) -> str:
    front = assemble(laid.fragments, running=_running(pack, built.contents), about=_about(pack, built.contents))
    stamper = None if pack.is_draft else sign.stamper()
    seal = sign.seal_with(signer, reason=f"Seal of evidence pack {pack.label}", at=datetime.now(UTC), stamper=stamper)
    made = compose(front, built.pdf, blocks=laid.blocks, at=laid.at, attachments=inside, date=pack.dated_at, seal=seal)
    built.pages = made.pages
    return made.sha256


def _proof(contents: Contents, signer: sign.Signer) -> tuple[Ed25519PrivateKey, dict[str, Any]]:
    """The proof and the key it stands on, which signs the rest too: another may take over while the pack is printed."""
    while True:
        key = sign.ledger_key()
        streams = [{**prove_history(item.history), **archive.where(item)} for item in contents.histories]
        rotations = prove_rotations(streams[0]["checkpoint"])
        if sign.vkey_of(sign.ledger_key()) == sign.vkey_of(key):
            break
    return key, {
        "format": "assay-proof/1",
        "key": sign.vkey_of(key),
        "signer": sign.vouch(signer, key),
        "streams": streams,
        "rotations": rotations,
    }


def publish(job: Job, pack: EvidencePack, built: Built, keep: Keep | None = None) -> None:
    """Store the files and show them, in one transaction that only the job's holder can make.

    `keep` writes the row; without it the pack becomes a draft.
    """
    pdf, zipped, *volumes = (_stored(path) for path in (built.pdf, built.archive, *(v.path for v in built.volumes)))
    with transaction.atomic():
        job.hold()
        row = EvidencePack.objects.get(pk=pack.pk)
        (keep or _keep_draft)(row, built, pdf, zipped)
        with change(by="packs", reason="History that has no room in the first file."):
            for volume, blob in zip(built.volumes, volumes, strict=True):
                PackVolume.objects.create(
                    organisation_id=row.organisation_id,
                    project_id=row.project_id,
                    pack=row,
                    number=volume.number,
                    blob=blob,
                    pages=volume.pages,
                    of_issue=row.is_kept,
                )


def _stored(path: Path) -> Blob:
    with path.open("rb") as stream:
        return store(stream, limit=LARGEST, name=path.name, types=None)


def _keep_draft(pack: EvidencePack, built: Built, pdf: Blob, zipped: Blob) -> None:
    contents = built.contents
    with change(by="packs", reason=f"Built as asked for, content {contents.hash[:16]}."):
        _write(pack, built, pdf, zipped)


def _write(pack: EvidencePack, built: Built, pdf: Blob, zipped: Blob) -> None:
    contents = built.contents
    pack.state = EvidencePack.State.BUILT
    pack.pdf, pack.archive, pack.pages = pdf, zipped, built.pages
    pack.content_sha256 = contents.hash
    pack.history_size, pack.history_root = contents.history.size, contents.history.root
    pack.preflight = as_data(contents.results)
    pack.blocking = len(contents.blocking)
    pack.warnings = len(contents.findings) - pack.blocking
    pack.save()


def _folder() -> Path:
    """A folder to work in; those of workers that were killed are cleared away."""
    parent = cache.path_of("work")
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in parent.iterdir():
        if left.stat().st_mtime < time() - ABANDONED:
            rmtree(left, ignore_errors=True)
    return Path(mkdtemp(dir=parent))


def _listed(inside: list[Attachment]) -> list[tuple[str, str]]:
    """What the guide says of the files inside: the registers, each in two forms, on one line."""
    registers = dict.fromkeys(Path(item.name).stem for item in inside if item.description.startswith(bundle.REGISTER))
    others = [(item.name, item.description) for item in inside if not item.description.startswith(bundle.REGISTER)]
    if not registers:
        return others
    return [*others, ("*.csv, *.json", f"Registers, each as a table and as data: {', '.join(registers)}")]


def _running(pack: EvidencePack, contents: Contents) -> Running:
    head = contents.history
    return Running(
        left=f"{pack.reference} · {contents.type.title}, {contents.shown(contents.name)}",
        right=f"Version {pack.edition} · {pack.get_profile_display()}" if pack.edition else pack.get_profile_display(),
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
