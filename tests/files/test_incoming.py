"""Large files arrive piece by piece and go on where they broke off; scanners are asked; previews are pixels or text."""

import io
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from compliance.accounts.models import User
from compliance.files import incoming, preview
from compliance.files.hashing import OnDisk
from compliance.files.models import Blob, Incoming
from compliance.files.preview import NotShown, picture_of, text_of
from compliance.files.store import FileRefused, store

KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"


def waiting() -> set[Path]:
    folder = Path(default_storage.path("incoming"))
    return set(folder.iterdir()) if folder.is_dir() else set()


@pytest.mark.parametrize("keys", [[], [KEY]], ids=["plain", "sealed"])
def test_a_file_goes_on_where_it_broke_off(keys: list[str], mara: User, settings) -> None:
    settings.ASSAY_FILES_KEYS = keys
    data = b"0123456789" * 500_000
    first = incoming.begin(person=mara, name="audit.log", size=len(data), stamp="1")
    first = incoming.append(first, offset=0, stream=io.BytesIO(data))
    assert first.offset == incoming.PIECE_BYTES

    again = incoming.begin(person=mara, name="audit.log", size=len(data), stamp="1")
    assert again == first
    with pytest.raises(incoming.OutOfStep) as step:
        incoming.append(again, offset=0, stream=io.BytesIO(b"again"))
    done = incoming.append(again, offset=step.value.offset, stream=io.BytesIO(data[step.value.offset :]))

    assert done.is_whole
    with incoming.opened(done) as stream:
        assert store(stream, limit=len(data), name="audit.log").sha256 == sha256(data).hexdigest()
    assert not keys or all(b"0123456789" not in path.read_bytes() for path in done.folder.iterdir())
    incoming.forget(done)
    assert (done.folder.exists(), Incoming.objects.count()) == (False, 0)


@pytest.mark.parametrize(
    ("size", "said"), [(0, "is empty"), (-5, "is empty"), (10**18, "is larger than 500 MB, the most a file may have")]
)
def test_what_could_never_be_kept_does_not_begin(size: int, said: str, mara: User, settings) -> None:
    with pytest.raises(FileRefused, match=said):
        incoming.begin(person=mara, name="x.log", size=size)


def test_more_than_announced_is_refused_and_not_kept(mara: User) -> None:
    one = incoming.begin(person=mara, name="x.log", size=3)
    before = waiting()

    with pytest.raises(FileRefused, match="larger than was announced"):
        incoming.append(one, offset=0, stream=io.BytesIO(b"four"))

    assert (Incoming.objects.get().offset, waiting()) == (0, before)


def test_what_nobody_goes_on_with_is_swept(mara: User) -> None:
    one = incoming.append(incoming.begin(person=mara, name="x", size=9), offset=0, stream=io.BytesIO(b"half"))
    stray = Path(default_storage.path(f"incoming/{uuid4().hex}"))
    stray.write_bytes(b"left behind")

    incoming.sweep()
    assert (one.folder.exists(), stray.exists()) == (True, True)
    incoming.sweep(timezone.now() + timedelta(days=3))

    assert (one.folder.exists(), stray.exists(), Incoming.objects.count()) == (False, False, 0)


def test_a_plain_form_writes_to_the_disk_and_leaves_nothing(db: None, settings) -> None:
    settings.ASSAY_FILES_KEYS = [KEY]
    before, handler = waiting(), OnDisk()
    handler.new_file("file", "big.log", "text/plain", None)
    handler.receive_data_chunk(b"a secret line", 0)

    file = handler.file_complete(13)

    (path,) = waiting() - before
    assert (file.read(), b"secret" in path.read_bytes()) == (b"a secret line", False)
    file.close()
    assert waiting() == before


SCANNER = f"{sys.executable} -c \"import sys; bad = b'EICAR' in sys.stdin.buffer.read(); print('seen'); sys.exit(bad)\""


@pytest.mark.parametrize(
    ("command", "data", "said"),
    [
        (SCANNER, b"EICAR test", "notes.txt is infected, says the virus scanner (seen): nothing of it was kept."),
        ("/nowhere/scanner", b"fine", "notes.txt could not be checked for viruses just now: try again in a while."),
        (
            f"{sys.executable} -c exit(2)",
            b"fine",
            "notes.txt could not be checked for viruses just now: try again in a while.",
        ),
    ],
)
def test_what_the_scanner_does_not_pass_is_refused_in_words(command: str, data: bytes, said: str, db, settings) -> None:
    settings.ASSAY_SCAN_COMMAND = command
    before = waiting()

    with pytest.raises(FileRefused) as refused:
        store(io.BytesIO(data), limit=100, name="notes.txt")

    assert (str(refused.value), waiting(), Blob.objects.count()) == (said, before, 0)


def test_what_the_scanner_said_is_kept(db: None, settings) -> None:
    settings.ASSAY_SCAN_COMMAND = SCANNER

    assert store(io.BytesIO(b"clean enough"), limit=100, name="notes.txt").scan == f"{Path(sys.executable).name}: seen"


def picture(kind: str, size: tuple[int, int]) -> bytes:
    target = io.BytesIO()
    image = Image.new("1" if size[0] > 5000 else "RGB", size)
    exif = Image.Exif()
    exif[0x010E] = "made at home"
    image.save(target, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return target.getvalue()


def test_a_picture_is_drawn_anew_without_what_else_the_file_holds(db: None) -> None:
    data = picture("JPEG", (3000, 40)) + b"<script>alert(1)</script>"
    blob = store(io.BytesIO(data), limit=10**6, name="photo.jpg")

    drawn = picture_of(blob)

    with Image.open(io.BytesIO(drawn.data)) as shown:
        assert (shown.format, shown.size, dict(shown.getexif())) == ("JPEG", (1400, 19), {})
    assert (b"script" in drawn.data, drawn.pages) == (False, 1)


def test_a_page_of_a_pdf_is_a_picture(db: None) -> None:
    target = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(target, "PDF", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    blob = store(io.BytesIO(target.getvalue()), limit=10**6, name="report.pdf")

    drawn = picture_of(blob, page=2)

    assert (drawn.pages, Image.open(io.BytesIO(drawn.data)).format) == (2, "JPEG")


@pytest.mark.parametrize("data", [b"%PDF-1.7 no page at all", picture("PNG", (30_000, 30_000))], ids=["broken", "bomb"])
def test_what_cannot_be_drawn_says_so(data: bytes, db: None) -> None:
    blob = store(io.BytesIO(data), limit=10**8, name="hostile")

    with pytest.raises(NotShown, match="download it instead"):
        picture_of(blob)


def test_text_is_shown_as_text_and_an_archive_not_at_all(db: None) -> None:
    text = store(io.BytesIO(b"line\n" * 20_000), limit=10**6, name="a.log")
    archive = store(io.BytesIO(b"PK\x05\x06" + b"\0" * 18), limit=100, name="a.zip")

    assert (len(text_of(text)[0]), text_of(text)[1]) == (64 * 1024, True)
    assert (preview.kind_of(archive), preview.kind_of(None), preview.kind_of(text)) == ("", "", "text")
    with pytest.raises(NotShown, match="only downloaded"):
        picture_of(archive)
