"""A catalogue folder is loaded whole or not at all, and what is wrong is named by file, line and reference."""

from pathlib import Path

import pytest

from controls.services import catalogue_files, catalogue_yaml
from controls.services.catalogue_files import CatalogueRefused, read_folder
from controls.services.catalogue_yaml import YamlRefused, read_yaml


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(CatalogueRefused) as refusal:
        read_folder(folder)
    return refusal.value.problems


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_every_row_carries_source_provenance_and_confidence() -> None:
    catalogue = read_folder(catalogue_files.SHIPPED)
    rows = [row for edition in catalogue.editions.values() for row in edition.requirements]
    rows += [row for crosswalk in catalogue.crosswalks.values() for row in crosswalk.mappings]
    assert len(rows) == 1055 + 1618
    assert [row for row in rows if not (row["source"] and row["provenance"] and row["confidence"])] == []


def test_a_row_without_a_source_of_its_own_has_the_one_of_its_file(folder: Path) -> None:
    rows = {row["ref"]: row for row in read_folder(folder).editions["safe-1"].requirements}
    assert (rows["S.1.1"]["source"], rows["S.1.1"]["confidence"]) == ("team", "high")
    assert (rows["S.2.1"]["source"], rows["S.2.1"]["confidence"]) == ("hearsay", "low")


def test_numbers_stay_text(folder: Path) -> None:
    edit(folder / "safe.yaml", "ref: S.1.10,", "ref: 4.10,")
    assert "4.10" in read_folder(folder).editions["safe-1"].refs


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "mappings/safe-law.yaml",
            "law-1:Art.3', relation: subset",
            "law-1:Art.320', relation: subset",
            "mappings/safe-law.yaml, line 7, safe-1:S.1.1 to law-1:Art.320: unknown reference 'Art.320' in law-1",
        ),
        (
            "mappings/safe-law.yaml",
            "law-1:Art.3', relation: subset",
            "low-1:Art.3', relation: subset",
            "mappings/safe-law.yaml, line 7, safe-1:S.1.1 to low-1:Art.3: unknown edition 'low-1'",
        ),
        (
            "mappings/safe-law.yaml",
            "safe-1:S.2.1",
            "safe-1:S.1.1",
            "mappings/safe-law.yaml, line 8, safe-1:S.1.1 to law-1:Art.3: this pair stands twice, first on line 7",
        ),
        (
            "mappings/safe-law.yaml",
            "relation: subset",
            "relation: resembles",
            "mappings/safe-law.yaml, line 7, safe-1:S.1.1: relation: 'resembles' is not one of "
            "equal, subset, superset, intersects",
        ),
        (
            "mappings/safe-law.yaml",
            "pairs: 2",
            "pairs: 3",
            "mappings/safe-law.yaml, line 1, safe--law: pairs says 3, the file has 2",
        ),
        (
            "mappings/safe-law.yaml",
            "law-1:Art.3', relation: subset",
            "safe-1:S.1.1', relation: subset",
            "mappings/safe-law.yaml, line 7, safe-1:S.1.1 to safe-1:S.1.1: a requirement is paired with itself",
        ),
        (
            "safe.yaml",
            "ref: S.1.10",
            "ref: S.1.1",
            "safe.yaml, line 16, S.1.1: this requirement stands twice, first on line 15",
        ),
        (
            "safe.yaml",
            "title: Encrypt what is sent, ",
            "",
            "safe.yaml, line 17, S.2.1: the field 'title' is missing from this requirement",
        ),
        (
            "safe.yaml",
            "hearsay,",
            "hearsay, colour: red,",
            "safe.yaml, line 17, S.2.1: requirement has no field 'colour'",
        ),
        (
            "safe.yaml",
            "group: S.2, level",
            "group: S.3, level",
            "safe.yaml, line 17, S.2.1: group 'S.3' is not among the groups of this file",
        ),
        (
            "safe.yaml",
            "level: objective, assessable: false",
            "level: objective, assessable: maybe",
            "safe.yaml, line 14, S.1: assessable: 'maybe' is neither true nor false",
        ),
        (
            "safe.yaml",
            "- {rows: 4}",
            "- {rows: 5}",
            "safe.yaml, line 8: counts says 5 requirements (all), the file has 4",
        ),
        (
            "safe.yaml",
            "assessable: true, rows: 2",
            "assessable: true, rows: 1",
            "safe.yaml, line 9: counts says 1 requirements (group is S.1, assessable is True), the file has 2",
        ),
        (
            "law.yaml",
            "ref: Art.3,",
            "ref: Art.3, parent: Art.30,",
            "law.yaml, line 10, Art.3: parent 'Art.30' must stand above its item",
        ),
        ("law.yaml", "key: law-1", "key: safe-1", "safe.yaml, line 3: the key 'safe-1' is also in law.yaml"),
        (
            "law.yaml",
            "published: 2026-01",
            "published: 2026-13",
            "law.yaml, line 3, law-1: published: '2026-13' is not a year, month or day (2022, 2022-10, 2022-10-25)",
        ),
        ("law.yaml", "key: law-1", "key: search", "law.yaml, line 3: the key 'search' is reserved for a page"),
        (
            "law.yaml",
            "format: 1",
            "format: 2",
            "law.yaml, line 1: format: '2' is a format this version does not read; it reads 1",
        ),
        ("law.yaml", "title: Records", "title: [Records]", "law.yaml, line 11, Art.30: title: must be text"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, file: str, old: str, new: str, message: str) -> None:
    edit(folder / file, old, new)
    assert message in problems_of(folder)


def test_all_problems_are_told_at_once(folder: Path) -> None:
    edit(folder / "safe.yaml", "level: objective", "level: wish")
    edit(folder / "law.yaml", "title: Records", "title: ''")
    told = problems_of(folder)
    assert [problem for problem in told if problem.startswith(("safe.yaml", "law.yaml"))] == [
        "law.yaml, line 11, Art.30: the field 'title' is missing from this requirement",
        "safe.yaml, line 14, S.1: level: 'wish' is not one of clause, control, objective, guidance, principle, "
        "article, paragraph, point, standard, specification, requirement, sub-requirement, rule",
    ]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == [f"{tmp_path} holds no catalogue file (*.yaml, mappings/*.yaml)"]
    assert problems_of(tmp_path / "missing") == [
        f"{tmp_path}/missing holds no catalogue file (*.yaml, mappings/*.yaml)"
    ]


def test_a_long_list_of_problems_is_cut_in_the_message(folder: Path) -> None:
    rows = "".join(f"- {{from: 'safe-1:S.1.1', to: 'law-1:Art.{n}', relation: equal}}\n" for n in range(400, 430))
    path = folder / "mappings" / "safe-law.yaml"
    path.write_text(path.read_text().replace("pairs: 2", "pairs: 32") + rows)
    with pytest.raises(CatalogueRefused) as refusal:
        read_folder(folder)
    assert str(refusal.value).splitlines()[0] == "Nothing was loaded: 30 problems to correct."
    assert str(refusal.value).splitlines()[-1] == "… and 10 more"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: &x [1]\nb: *x", "line 1: anchors (&name) are not allowed; write the value out"),
        (b"a: 1\nb: *x", "line 2: aliases (*name) are not allowed; write the value out"),
        (b"a: !!python/name:os.system x", "line 1: tags (tag:yaml.org,2002:python/name:os.system) are not allowed"),
        (b"a: 1\na: 2", "line 2: the field 'a' stands twice"),
        (b"a: 1\n---\nb: 2", "line 2: one document per file"),
        (b"[" * 100_000, "line 1: nested deeper than 12 levels"),
        (b"- a", "the file must be a mapping of fields"),
        (b"", "the file must be a mapping of fields"),
        (b"? [a]\n: b", "line 1: a field name must be text"),
        (b"a: \xff", "not UTF-8 text"),
        (b"a: 'x", "line 1: found unexpected end of stream"),
        (b"x" * (1024 * 1024 + 1), "1,048,577 bytes; a catalogue file may have 1,048,576"),
    ],
)
def test_yaml_that_could_do_harm_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(YamlRefused) as refusal:
        read_yaml(content)
    assert str(refusal.value) == message


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_yaml, "MAX_NODES", 10)
    with pytest.raises(YamlRefused, match="more than 10 values"):
        read_yaml(b"a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]")
