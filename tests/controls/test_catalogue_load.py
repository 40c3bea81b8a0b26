"""Loading adds, changes and retires; a second run changes nothing; what is in use keeps working."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from compliance.accounts.models import User
from compliance.ledger.models import Entry
from compliance.projects.models import Organisation
from controls.models import Crosswalk, Edition, Framework, Mapping, Requirement
from controls.services.catalogue import write_licensed_text
from controls.services.catalogue_files import CatalogueRefused
from controls.services.catalogue_load import Loaded, load_catalogues

pytestmark = pytest.mark.django_db


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text()
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text)


def by_label(report: list[Loaded]) -> dict[str, tuple[int, int, int]]:
    return {one.label: (one.added, one.changed, one.retired) for one in report}


def test_the_shipped_catalogues_have_the_promised_counts_and_load_once(
    shipped: list[Loaded], capsys: pytest.CaptureFixture[str]
) -> None:
    def rows(edition: str, **where: object) -> int:
        return Requirement.objects.live().filter(edition__key=edition, **where).count()

    annex_a = [rows("iso27001-2022", group__ref=f"A.{n}") for n in (5, 6, 7, 8)]
    assert (annex_a, rows("iso27001-2022", group__part="Annex A")) == ([37, 8, 14, 34], 93)
    assert [rows("iso27701-2019", group__part=part) for part in ("Annex A", "Annex B")] == [31, 18]
    assert [rows("iso27701-2025", group__part=f"Table A.{n}") for n in (1, 2, 3)] == [31, 18, 29]
    assert rows("gdpr", level="article") == 99
    assert rows("masvs-2") == 24
    assert (Mapping.objects.live().count(), Crosswalk.objects.count()) == (1618, 21)
    assert (Requirement.objects.count(), Edition.objects.count(), Framework.objects.count()) == (1055, 10, 9)
    entries = Entry.objects.count()
    call_command("load_catalogues")
    said = "1,055 requirements in 10 editions, 1,618 pairs in 21 crosswalks. Nothing changed.\n"
    assert (capsys.readouterr().out, Entry.objects.count()) == (said, entries)


def test_every_loaded_row_has_history(small: Path) -> None:
    assert {
        model.__name__: model.history.count() for model in (Framework, Edition, Requirement, Crosswalk, Mapping)
    } == {
        "Framework": 2,
        "Edition": 2,
        "Requirement": 6,
        "Crosswalk": 1,
        "Mapping": 2,
    }
    assert set(Entry.objects.filter(model="controls.requirement").values_list("stream", "actor")) == {
        ("instance", "system:tests")
    }


def test_the_report_says_what_was_added(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_catalogues", folder)
    assert capsys.readouterr().out.splitlines() == [
        "LAW 1: 2 requirements; 2 added, 0 changed, 0 retired",
        "SAFE 1: 4 requirements; 4 added, 0 changed, 0 retired",
        "SAFE to LAW: 2 pairs; 2 added, 0 changed, 0 retired",
        "6 requirements in 2 editions, 2 pairs in 1 crosswalk.",
    ]


def test_a_changed_title_is_written_once(small: Path) -> None:
    edit(small / "law.yaml", ("title: Records", "title: Records of processing"))
    assert by_label(load_catalogues(folder=small)) == {
        "LAW 1": (0, 1, 0),
        "SAFE 1": (0, 0, 0),
        "SAFE to LAW": (0, 0, 0),
    }
    assert Requirement.objects.get(ref="Art.30").title == "Records of processing"
    assert by_label(load_catalogues(folder=small))["LAW 1"] == (0, 0, 0)


def test_a_row_in_between_leaves_its_neighbours_alone(small: Path) -> None:
    edit(
        small / "law.yaml",
        (
            "- {ref: Art.30,",
            "- {ref: Art.4, title: Terms, group: Ch.I, level: article, assessable: false}\n- {ref: Art.30,",
        ),
        ("level: article, rows: 2", "level: article, rows: 3"),
    )
    assert by_label(load_catalogues(folder=small))["LAW 1"] == (1, 0, 0)
    assert [row.ref for row in Edition.objects.get(key="law-1").requirements.all()] == ["Art.3", "Art.4", "Art.30"]


def test_a_row_the_file_no_longer_names_is_retired_and_comes_back_as_the_same_row(small: Path) -> None:
    whole, before = (small / "law.yaml").read_text(), Requirement.objects.get(ref="Art.30")
    edit(
        small / "law.yaml",
        ("- {ref: Art.30, title: Records, group: Ch.I, level: article, assessable: true}\n", ""),
        ("level: article, rows: 2", "level: article, rows: 1"),
    )
    assert by_label(load_catalogues(folder=small))["LAW 1"] == (0, 0, 1)
    assert list(Requirement.objects.live().filter(edition__key="law-1").values_list("ref", flat=True)) == ["Art.3"]
    (small / "law.yaml").write_text(whole)
    assert by_label(load_catalogues(folder=small))["LAW 1"] == (0, 1, 0)
    back = Requirement.objects.get(ref="Art.30")
    assert (back.pk, back.is_retired) == (before.pk, False)


def test_a_retired_row_in_use_keeps_working(small: Path, lumaro: Organisation, mara: User) -> None:
    records = Requirement.objects.get(ref="Art.30")
    kept = write_licensed_text(organisation=lumaro, requirement=records, text="Keep records.", by=mara)
    edit(
        small / "law.yaml",
        ("- {ref: Art.30, title: Records, group: Ch.I, level: article, assessable: true}\n", ""),
        ("level: article, rows: 2", "level: article, rows: 1"),
    )
    load_catalogues(folder=small)
    kept.refresh_from_db()
    assert (kept.requirement.ref, kept.requirement.is_retired, kept.text) == ("Art.30", True, "Keep records.")


def test_a_pair_the_file_no_longer_names_is_retired(small: Path) -> None:
    edit(
        small / "mappings" / "safe-law.yaml",
        ("- {from: 'safe-1:S.1.1', to: 'law-1:Art.3', relation: subset}\n", ""),
        ("pairs: 2", "pairs: 1"),
    )
    assert by_label(load_catalogues(folder=small))["SAFE to LAW"] == (0, 0, 1)
    assert [str(pair) for pair in Mapping.objects.live()] == ["S.2.1 overlaps with Art.3"]


def test_pairs_may_point_to_editions_loaded_before(small: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.mktemp("own")
    (own / "more.yaml").write_text((small / "mappings" / "safe-law.yaml").read_text().replace("safe--law", "own--law"))
    assert by_label(load_catalogues(folder=own)) == {"SAFE to LAW": (2, 0, 0)}
    assert Mapping.objects.live().count() == 4


def test_an_unknown_reference_stores_nothing(folder: Path) -> None:
    edit(folder / "mappings" / "safe-law.yaml", ("law-1:Art.3', relation: subset", "law-1:Art.99', relation: subset"))
    with pytest.raises(CommandError) as refusal:
        call_command("load_catalogues", folder)
    assert str(refusal.value).splitlines() == [
        "Nothing was loaded: 1 problem to correct.",
        "mappings/safe-law.yaml, line 7, safe-1:S.1.1 to law-1:Art.99: unknown reference 'Art.99' in law-1",
    ]
    assert (Framework.objects.count(), Requirement.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_a_reference_retired_before_is_unknown_to_a_new_crosswalk(
    small: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    edit(
        small / "mappings" / "safe-law.yaml",
        ("- {from: 'safe-1:S.2.1'", "- {from: 'safe-1:S.1.10'"),
    )
    text = (small / "safe.yaml").read_text().replace("rows: 4", "rows: 3")
    (small / "safe.yaml").write_text("".join(line for line in text.splitlines(True) if "ref: S.2.1" not in line))
    load_catalogues(folder=small)
    own = tmp_path_factory.mktemp("own")
    (own / "more.yaml").write_text(
        (small / "mappings" / "safe-law.yaml").read_text().replace("safe--law", "own--law").replace("S.1.10", "S.2.1")
    )
    with pytest.raises(CatalogueRefused, match=r"unknown reference 'S\.2\.1' in safe-1"):
        load_catalogues(folder=own)
