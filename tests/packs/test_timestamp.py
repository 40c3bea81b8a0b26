"""An outside authority time-stamps the signature of an issued pack, and verify.py reads what it says."""

import io
from datetime import UTC, datetime

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from compliance.jobs.registry import JobFailed
from compliance.ledger.timestamp import trusted
from compliance.packs import sign
from compliance.packs.render.compose import compose
from compliance.packs.verifier.pdf import check_pdf_signature
from compliance.packs.verifier.reading import Tampered
from tests.ledger.authority import made, serving

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    found = tmp_path_factory.mktemp("authority") / "ours"
    made(found)
    return found


@pytest.fixture
def server(place, settings, tmp_path):
    settings.ASSAY_SIGNING_KEY_FILE = tmp_path / "ledger.key"
    with serving(place) as server:
        settings.ASSAY_TIMESTAMP_URL = f"http://127.0.0.1:{server.server_port}/stamp"
        settings.ASSAY_TIMESTAMP_CERTIFICATES = str(place / "ca.pem")
        yield server


@pytest.fixture
def front():
    """A file with one empty page and the field of a seal."""
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        page, name = pdf.add_blank_page().obj, pikepdf.Name
        field = pikepdf.Dictionary(
            Type=name.Annot, Subtype=name.Widget, FT=name.Sig, T="Pack", Rect=[0, 0, 0, 0], P=page
        )
        page.Annots = pikepdf.Array([pdf.make_indirect(field)])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=page.Annots, SigFlags=3)
        pdf.trailer.Info = pdf.make_indirect(pikepdf.Dictionary(Title="Empty"))
        pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()


def sealed(front, folder, stamper, reason="Seal"):
    seal = sign.seal_with(sign.pdf_signer(), reason=reason, at=NOW, stamper=stamper)
    compose(front, folder / "pack.pdf", date=NOW, seal=seal)
    return (folder / "pack.pdf").read_bytes()


def test_the_time_stamp_is_over_the_signature_and_told(server, front, tmp_path):
    pdf = sealed(front, tmp_path, sign.stamper())

    certificate, told = check_pdf_signature(pdf)
    assert certificate == sign.pdf_signer().certificate
    assert told == f"{datetime.now(UTC):%Y-%m-%d} {told[11:19]} UTC by Stamps"


def test_other_programs_find_it_too(server, front, tmp_path):
    pdf = PdfFileReader(io.BytesIO(sealed(front, tmp_path, sign.stamper())))

    status = validate_pdf_signature(
        pdf.embedded_signatures[0],
        ValidationContext(trust_roots=[], allow_fetching=False),
        ts_validation_context=ValidationContext(trust_roots=trusted(), allow_fetching=False),
    )
    stamp = status.timestamp_validity
    assert (status.intact, status.valid, stamp.intact, stamp.valid, stamp.trusted) == (True, True, True, True, True)


def test_a_signature_without_one_says_nothing(server, front, tmp_path):
    assert check_pdf_signature(sealed(front, tmp_path, None)) == (sign.pdf_signer().certificate, "")
    assert server.asked == 0


def test_a_time_stamp_of_another_signature_is_found(server, front, tmp_path):
    other = _signature(sealed(front, tmp_path, sign.stamper(), "Another seal"))["unsigned_attrs"].dump()
    pdf = sealed(front, tmp_path, sign.stamper())
    own = _signature(pdf)["unsigned_attrs"].dump()
    assert len(own) == len(other)

    with pytest.raises(Tampered, match="was made for another one"):
        check_pdf_signature(pdf.replace(own.hex().upper().encode(), other.hex().upper().encode()))


@pytest.mark.parametrize(("what", "words"), [("gen_time", "was changed"), ("signature", "was changed")])
def test_a_changed_time_stamp_is_found(what, words, server, front, tmp_path):
    pdf = sealed(front, tmp_path, sign.stamper())
    signed = _signature(pdf)["unsigned_attrs"][0]["values"][0]["content"]
    info = signed["encap_content_info"]["content"].parsed
    old = (info["gen_time"] if what == "gen_time" else signed["signer_infos"][0]["signature"]).contents
    new = old[:-2] + bytes([old[-2] ^ 1]) + old[-1:]

    with pytest.raises(Tampered, match=words):
        check_pdf_signature(pdf.replace(old.hex().upper().encode(), new.hex().upper().encode()))


def test_nothing_else_may_stand_beside_the_signature(server, front, tmp_path):
    pdf = sealed(front, tmp_path, sign.stamper())
    name = bytes.fromhex("060b2a864886f70d010910020e")  # the kind of the one attribute that may

    with pytest.raises(Tampered, match="unknown shape"):
        check_pdf_signature(pdf.replace(name.hex().upper().encode(), (name[:-1] + b"\x0f").hex().upper().encode()))


def test_an_authority_that_is_down_is_named(server, front, tmp_path, settings):
    settings.ASSAY_TIMESTAMP_URL = "http://127.0.0.1:9/stamp"

    with pytest.raises(JobFailed, match="does not answer"):
        sealed(front, tmp_path, sign.stamper())


def test_an_authority_nobody_can_check_is_not_asked(server, settings):
    settings.ASSAY_TIMESTAMP_CERTIFICATES = ""

    with pytest.raises(JobFailed, match="cannot have a pack time-stamped"):
        sign.stamper()


def _signature(pdf):
    content = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0].signed_data
    return content["signer_infos"][0]
