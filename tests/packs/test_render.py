"""Markup from our templates becomes a valid file, and nothing else gets in."""

import io
import threading
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pikepdf
import pytest

from compliance.packs.render.assemble import Fragment, assemble, page_numbers
from compliance.packs.render.compose import Attachment, compose
from compliance.packs.render.fragment import RenderFailed, fragment
from compliance.packs.render.metadata import About
from compliance.packs.render.stamp import Running
from compliance.packs.render.typesetter import layout, render, set_signs

pytestmark = pytest.mark.once

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
RUNNING = Running("PK-0001 · Project file", "Version 1.0 · Internal", "Ledger head 0123", draft=True)
ABOUT = About("PK-0001 <Project & file>", "Lumaro", "Evidence pack", datetime(2026, 11, 22, tzinfo=UTC))
FIRST = '<h1 id="risks">Risks</h1><p id="R-0001">Lost phone <a href="pack:EV-0001">EV-0001</a></p>'
SECOND = (
    '<h1 id="evidence">Evidence</h1><h2>Reviews</h2><p id="EV-0001">Access review, see '
    '<a href="pack:R-0001">R-0001</a> and <a href="pack:R-9999">R-9999</a></p>'
    '<table><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
)
WIDE = '<section class="wide"><h1 id="history">History</h1><p>Wide</p></section>'


def pieces():
    return [Fragment.open(fragment(body, title="Part")) for body in (FIRST, SECOND, WIDE)]


def built(folder):
    attachments = [Attachment("manifest.json", b'{"a":1}', "application/json", "The manifest")]
    front = assemble(pieces(), running=RUNNING, about=ABOUT, cover=False)
    compose(front, folder / "pack.pdf", attachments=attachments, date=ABOUT.date)
    return (folder / "pack.pdf").read_bytes()


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    with pikepdf.open(io.BytesIO(built(tmp_path_factory.mktemp("pdf")))) as opened:
        yield opened


@pytest.fixture
def listener():
    hits = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()


PAYLOADS = [
    '<img src="file:///etc/passwd" alt="x">',
    '<link rel=attachment href="file:///etc/passwd">',
    "<a rel=attachment href='file:///etc/passwd'>x</a>",
    '<link rel=stylesheet href="{url}/css">',
    "<style>@import url({url}/imp)</style>",
    '<p style="background:url({url}/bg)">x</p>',
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>t</title>'
    '<image href="{url}/i" width="9" height="9"/></svg>',
    '<object data="{url}/obj"></object>',
    '<embed src="file:///etc/passwd">',
    "<style>@font-face{{font-family:x;src:url({url}/font)}}p{{font-family:x}}</style><p>x",
    '<img alt="x" src="data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27%3E%3C/svg%3E">',
    '<img alt="x" src="pack:/fonts/../../../etc/passwd">',
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_asks_for_an_address_ends_the_rendering_and_asks_nobody(payload, listener):
    url, hits = listener
    with pytest.raises(RenderFailed, match=r"Part: (a pack does not load|Failed to render SVG)"):
        render(payload.format(url=url), title="Part", prefix="x")
    assert hits == []


def test_a_sign_nobody_can_print_is_spelled_out_and_holds_nothing_up():
    pasted = "Word\x0b\u2029\x85\u2028breaks\x0c, \uf0b7 \U000f0000 \x07 and \u202ebackwards"
    tried = []

    def make(markup):
        tried.append(markup)
        return layout(markup).write_pdf()

    assert set_signs(f"<p>{pasted}</p><pre>{pasted}</pre>", "Part", make)[:5] == b"%PDF-"
    told = "Word\n\n\n\nbreaks\n, [U+F0B7] [U+F0000] [U+0007] and [U+202E]backwards"
    assert (len(tried), tried[-1]) == (2, f"<p>{told}</p><pre>{told}</pre>")


def test_a_head_with_such_signs_is_set_too(tmp_path):
    odd = replace(RUNNING, left="\uf0b7 Strid\u2029ewell\x0c")
    about = replace(ABOUT, title="Strid\u2029ewell\x0c\x07")
    with pikepdf.open(io.BytesIO(assemble(pieces()[:1], running=odd, about=about, cover=False))) as opened:
        assert str(opened.open_metadata()["dc:title"]) == "Strid\newell\n[U+0007]"


def test_a_picture_without_words_is_refused():
    with pytest.raises(RenderFailed, match="no required alt"):
        render(f'<img src="data:image/png;base64,{DOT}">', title="Part", prefix="x")


def test_the_same_fragments_give_the_same_bytes(tmp_path):
    assert built(tmp_path) == built(tmp_path)


def test_the_file_says_it_is_archival_and_accessible(pdf):
    with pdf.open_metadata() as metadata:
        said = {key: metadata.get(key) for key in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part", "dc:title")}
    assert said == {
        "pdfaid:part": "3",
        "pdfaid:conformance": "A",
        "pdfuaid:part": "1",
        "dc:title": "PK-0001 <Project & file>",
    }
    assert str(pdf.docinfo.Title) == "PK-0001 <Project & file>"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.Root.Lang) == "en"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert [str(intent.S) for intent in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]
    assert len(pdf.trailer.ID) == 2
    assert pdf.pdf_version == "1.7"


def test_every_font_is_embedded_and_nothing_forbidden_is_inside(pdf):
    forbidden = []
    for item in pdf.objects:
        if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            continue
        kind = item.get("/Type")
        if kind == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys()):
            forbidden.append(f"font {item.FontName} is not embedded")
        forbidden += [key for key in ("/JS", "/JavaScript", "/Launch", "/AA", "/OpenAction") if key in item]
        if item.get("/Interpolate") is True or "/Encrypt" in item:
            forbidden.append("interpolated or encrypted")
    assert forbidden == []


def test_attachments_say_what_they_are_and_carry_fixed_dates(pdf):
    names = pikepdf.NameTree(pdf.Root.Names.EmbeddedFiles)
    assert list(names.keys()) == ["manifest.json"]
    spec = names["manifest.json"]
    assert (str(spec.AFRelationship), str(spec.UF)) == ("/Data", "manifest.json")
    assert spec.EF.F.read_bytes() == b'{"a":1}'
    assert str(spec.EF.F.Subtype) == "/application/json"
    assert {str(spec.EF.F.Params[key]) for key in ("/CreationDate", "/ModDate")} == {"D:20261122000000+00'00'"}
    assert [item.objgen for item in pdf.Root.AF] == [spec.objgen]


def test_all_content_is_tagged_or_an_artifact(pdf):
    for page in pdf.pages:
        depth, loose = 0, []
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
            if operator in {"Tj", "TJ", "Do", "f", "S", "B"} and depth == 0:
                loose.append(operator)
        assert loose == []
        assert str(page.obj.Tabs) == "/S"
        assert "/StructParents" in page.obj


def test_the_tags_of_all_parts_hang_in_one_tree(pdf):
    document = pdf.Root.StructTreeRoot.K[0]
    assert str(document.S) == "/Document"
    assert [str(part.S) for part in document.K] == ["/Part", "/Part", "/Part"]
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)[::2]
    assert [int(number) for number in numbers] == list(range(len(numbers)))
    assert int(pdf.Root.StructTreeRoot.ParentTreeNextKey) == len(numbers)


def test_links_lead_to_pages_and_a_record_that_is_not_there_is_plain_text(pdf):
    notes = [note for page in pdf.pages for note in page.obj.get("/Annots", []) if note.Subtype == "/Link"]
    assert [(str(note.Contents), "/A" in note) for note in notes] == [("Go to EV-0001", False), ("Go to R-0001", False)]
    assert [note.Dest[0].objgen for note in notes] == [pdf.pages[1].obj.objgen, pdf.pages[0].obj.objgen]
    assert page_numbers(pieces()) == {
        "risks": 1,
        "R-0001": 1,
        "evidence": 2,
        "EV-0001": 2,
        "history": 3,
    }


def test_headings_are_bookmarks(pdf):
    with pdf.open_outline() as outline:
        tree = [(item.title, [child.title for child in item.children]) for item in outline.root]
    assert tree == [("Risks", []), ("Evidence", ["Reviews"]), ("History", [])]


def test_every_page_has_its_head_and_number_under_its_own_content(pdf):
    for page in pdf.pages:
        first = page.obj.Contents[0].read_bytes()
        assert first.startswith(b"/Artifact <</Type /Pagination>> BDC q /StampForm Do Q")
    widths = [float(page.mediabox[2]) > float(page.mediabox[3]) for page in pdf.pages]
    assert widths == [False, False, True]
