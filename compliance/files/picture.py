"""One picture of an untrusted file, drawn apart: bytes on standard input, a picture on standard output.

    python -I picture.py image|pdf PAGE

Run by `preview` as a process of its own that may use little memory and time; it knows no database and no settings. What
comes out is drawn anew, so nothing but pixels of the original reaches a browser. The first line says how many pages.
"""

import io
import resource
import sys

MEMORY, SECONDS = 1024 * 1024 * 1024, 15
WIDEST, MOST_PIXELS = 1400, 60_000_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF")


def image(data: bytes, page: int) -> tuple[int, bytes]:
    """The picture, upright and without what else its file holds (place, camera, thumbnails)."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(io.BytesIO(data), formats=FORMATS) as found:
        if found.width * found.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        pages = min(getattr(found, "n_frames", 1), 50) if found.format == "TIFF" else 1
        found.seek(min(page, pages) - 1)
        found.draft("RGB", (WIDEST, WIDEST))
        upright = ImageOps.exif_transpose(found)
        upright.thumbnail((WIDEST, WIDEST * 3))
        flat = Image.new("RGB", upright.size, "white")
        rgba = upright.convert("RGBA")
        flat.paste(rgba, mask=rgba.getchannel("A"))
    return pages, _jpeg(flat)


def pdf(data: bytes, page: int) -> tuple[int, bytes]:
    """One page of a PDF; its scripts and forms are not run."""
    import pypdfium2  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument(data)
    pages = len(document)
    found = document[min(page, pages) - 1]
    width, height = found.get_size()
    scale = min(1400 / max(width, 1), 2000 / max(height, 1), 3)
    return pages, _jpeg(found.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB"))


def _jpeg(picture: "object") -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)  # type: ignore[attr-defined]
    return target.getvalue()


def main(kind: str, page: int) -> None:
    """Draw within the limits; any failure ends in a code other than 0."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    pages, drawn = {"image": image, "pdf": pdf}[kind](sys.stdin.buffer.read(), page)
    sys.stdout.buffer.write(f"{pages}\n".encode() + drawn)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
