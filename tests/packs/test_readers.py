"""Every reader gets their copy: a customer's names nobody, an authority's holds three articles, none hides a gap."""

import json
import re
import shutil
import subprocess
import zipfile

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger.keys import make_signing_key
from compliance.packs import builder, services
from compliance.packs.gathering import gather
from compliance.packs.profiles import profile_of
from compliance.packs.redaction import Person, Redactor
from tests.controls.conftest import annex, backups, running, statement  # noqa: F401
from tests.dataflows.conftest import approved, dora, email, nimbus, propose, way  # noqa: F401
from tests.packs.conftest import PERIOD
from tests.packs.rooms import ADDRESS, VISITOR, filled  # noqa: F401
from tests.risks.conftest import method, risk, score  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


def copy_of(filled, profile, type="project_app", **more):  # noqa: F811
    at = more.pop("at", None) or timezone.now()
    scope = more.pop("scope", filled.project)
    return gather(scope=scope, type=type, at=at, period=PERIOD, profile=profile, **more)


def redactor(*names):
    people = [Person(name, frozenset({name}), frozenset({f"{name[:3]}@x.example"}), "Risk owner") for name in names]
    return Redactor(profile_of("customer"), people, frozenset({"lumaro"}))


def test_a_person_has_one_pseudonym_in_the_whole_pack():
    made = redactor("Ria Neumann", "Jonas Wrona")
    said = [made.text(text) for text in ("By Jonas Wrona.", "Neumann, then Wrona", "Ria Neumann's")]
    assert said == ["By Risk owner 1.", "Risk owner 2, then Risk owner 1", "Risk owner 2's"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Host 10.20.30.40, port 443", "Host (address withheld), port 443"),
        ("2001:db8::1 answers", "(address withheld) answers"),
        ("At 12:30:45 on A.5.15, version 4.2.0.999", "At 12:30:45 on A.5.15, version 4.2.0.999"),
        ("Write to somebody@else.example.", "Write to (address withheld)."),
        ("Marathon of Edinburgh", "Marathon of Edinburgh"),
        ("Ed-led, by Ed", "Risk owner 1-led, by Risk owner 1"),
    ],
)
def test_addresses_and_names_are_left_out_and_nothing_else(text, said):
    assert redactor("Mara", "Ed").text(text) == said


def test_somebody_who_came_after_the_moment_and_signed_has_a_pseudonym_too():
    made = redactor("Jonas Wrona")
    late = User(name="Aino Salmela", email="aino@lumaro.example")
    made.learn([late])
    assert (
        made.text("Approved by Aino Salmela, prepared by Jonas Wrona.")
        == "Approved by Person 1, prepared by Risk owner 1."
    )
    assert made.leaks("aino@lumaro.example") == ["aino@lumaro.example"]


def test_what_is_left_out_is_counted_by_reason(filled):  # noqa: F811
    reasons = {one["reason"]: one["count"] for one in copy_of(filled, "customer").redactions}
    assert set(reasons) == {
        "addresses of machines",
        "details of weaknesses",
        "e-mail addresses",
        "files of evidence",
        "internal notes",
        "names of people",
        "texts in the change history",
    }
    assert all(reasons.values())


def test_an_auditor_sees_everything(filled):  # noqa: F811
    copy = copy_of(filled, "auditor")
    assert (copy.redactions, copy.profile.exhibits) == ([], True)
    assert "Ask Ed (ed@lumaro.example)" in copy.canonical.decode()


@pytest.mark.once  # what is in files does not depend on where rows were
def test_no_name_and_no_address_is_in_any_file_of_a_customers_pack(filled, mara):  # noqa: F811
    make_signing_key()
    pack = services.request_pack(
        scope=filled.project, type="project_app", period=PERIOD, by=mara, profile="customer", as_at=timezone.now()
    )
    built = builder.build(pack, lambda stage, percent: None)
    pdf, plain = built.pdf, built.pdf.read_bytes()
    texts = {"metadata": b" ".join(re.findall(rb"/(?:Title|Author|Subject)[^/]*", plain)).decode("latin-1")}
    if shutil.which("pdftotext"):
        said = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
        texts["text of the PDF"] = said.stdout.decode()
    with zipfile.ZipFile(built.archive) as archive:
        names = [name for name in archive.namelist() if not name.endswith((".pdf", ".py", ".bin"))]
        texts |= {name: archive.read(name).decode() for name in names}
        manifest = json.loads(archive.read("manifest.json"))
    people = [(person.name, person.email) for person in User.objects.all()]
    found = [
        (place, name)
        for name, address in [*people, (VISITOR, VISITOR), (VISITOR.split()[1], VISITOR)]
        for place, text in texts.items()
        if re.search(rf"\b{name}\b", text) or address in text
    ]
    assert found == []
    assert [place for place, text in texts.items() if ADDRESS in text] == []
    assert [name for name in names if name.startswith("exhibits/")] == []
    assert manifest["redactions"] == built.contents.redactions


def test_the_history_of_a_customers_copy_is_whole_and_proven(filled):  # noqa: F811
    customer, whole = (copy_of(filled, key, at=timezone.now()) for key in ("customer", "internal"))
    assert customer.history.root == whole.history.root or customer.at != whole.at
    rows = [row for piece in customer.history.pieces for row in customer.history.rows(piece)]
    fields = [shown for row in rows for shown in row["fields"].values()]
    assert {tuple(sorted(shown)) for shown in fields} == {("commitment",), ("salt", "value")}


def test_a_name_that_stands_in_a_customers_copy_all_the_same_holds_it_back(filled, monkeypatch):  # noqa: F811
    found = {one.check: one.result for one in copy_of(filled, "customer").results}
    assert found["PF25"] == "passed"
    monkeypatch.setattr(Redactor, "plain", lambda self, value, private=None: value)
    monkeypatch.setattr(Redactor, "section", lambda self, section, context: dict(context))
    leaking = {one.check: one for one in copy_of(filled, "customer").results}["PF25"]
    assert (leaking.result, leaking.findings[0].level) == ("failed", "block")


def test_an_authoritys_copy_says_of_each_other_section_that_it_is_not_part(filled):  # noqa: F811
    copy = copy_of(filled, "authority", type="gdpr_accountability")
    shown = {section.key for section, context in copy.parts if "reason" not in context}
    of_people = {"processing", "interests", "retention", "dpia", "notices", "store_labels", "parties", "incidents"}
    assert shown == {"scope", *of_people, "since", "permissions", "exports"}
    reasons = {context["reason"] for section, context in copy.parts if section.key.startswith("slot-")}
    assert reasons == {profile_of("authority").withheld}
