"""Reports of tools are read into plain values, and whatever else comes in is refused with its place."""

import json
from decimal import Decimal
from typing import Any

import pytest

from compliance.artefacts import formats
from compliance.artefacts.formats import SEVERITIES, Unreadable
from compliance.artefacts.formats.cvss_score import BadVector, scored
from tests.artefacts.mutating import mutated
from tests.artefacts.samples import (
    ADVISORY,
    CYCLONEDX,
    FILES,
    MOBSF,
    MOBSF_IOS,
    SARIF,
    SCANNED,
    VECTOR,
    written,
)

pytestmark = pytest.mark.once


def outcome(data: bytes) -> tuple[str, tuple[Any, ...]]:
    """The refusal, or what was found."""
    try:
        return "", formats.read(data).found
    except Unreadable as refused:
        return str(refused), (None,)


def test_sarif_gives_results_with_rule_place_and_severity() -> None:
    report = formats.read(written(SARIF))

    assert (report.format, report.tool, report.remarks) == ("sarif", "Lumaro Lint 1.2.0", ("1 left out: passed.",))
    assert [(one.title, one.severity, one.location, one.said) for one in report.found] == [
        ("Key in the source", "critical", "app/src/Keys.kt:12", ""),
        ("MD5 is weak.", "low", "", ""),
        ("Only a cache key.", "medium", "", "false_positive"),
    ]
    assert report.found[0].tags == ("CWE-798",)


def test_cyclonedx_gives_components_and_what_affects_them() -> None:
    report = formats.read(written(CYCLONEDX))

    assert (report.tool, report.subject, report.version) == ("cdx-maker 3.1", "stridewell", "5.2.0")
    assert [(one.label, one.licence, one.key) for one in report.components] == [
        ("com.example/netcore 4.9.0", "Apache-2.0", "pkg:maven/com.example/netcore"),
        ("bytes 1.0", "", "pkg:maven/bytes"),
    ]
    first, second = report.found
    assert (first.identifiers, first.severity, first.cvss, first.fixed_in) == (
        ("CVE-2026-1111", "GHSA-aaaa-bbbb-cccc"),
        "critical",
        VECTOR,
        "4.9.1",
    )
    assert (second.said, second.justification, second.remark) == ("not_affected", "code_not_reachable", "Never called.")


@pytest.mark.parametrize("document", [ADVISORY, [ADVISORY], {"vulns": [ADVISORY]}, SCANNED])
def test_osv_is_read_as_one_as_a_list_and_from_the_scanner(document: Any) -> None:
    report = formats.read(written(document))

    assert [(one.identifiers, one.severity, one.fixed_in, one.tags) for one in report.found] == [
        (("GHSA-aaaa-bbbb-cccc", "CVE-2026-1111"), "critical", "4.9.1", ("CWE-295",))
    ]


def test_mobsf_gives_flaws_of_android_and_ios_and_leaves_out_what_is_good() -> None:
    android, ios = formats.read(written(MOBSF)), formats.read(written(MOBSF_IOS))

    assert (android.tool, android.subject, android.version) == ("MobSF 4.1.0", "com.lumaro.stridewell", "5.2.0")
    assert [(one.title, one.severity) for one in android.found] == [
        ("Data can be backed up [android:allowBackup=true]", "medium"),
        ("Clear text is allowed.", "high"),
        ("SQL is put together from text", "medium"),
        ("libcore.so: stack canary", "high"),
        ("A Firebase database anybody can read", "high"),
    ]
    assert android.found[2].tags == ("CWE-89", "M7", "MSTG-CODE-2")
    assert android.remarks == ("1 left out: noted as good.",)
    assert [one.title for one in ios.found] == ["Insecure loads", "Binary uses insecure functions", "Stridewell: arc"]


def test_the_same_file_gives_the_same_fingerprints_and_repetitions_are_told_apart() -> None:
    twice = json.loads(json.dumps(SARIF))
    twice["runs"][0]["results"].append(twice["runs"][0]["results"][0])
    prints = [one.fingerprint for one in formats.read(written(twice)).found]

    assert [one.fingerprint for one in formats.read(written(SARIF)).found] == prints[:3]
    assert len(set(prints)) == 4


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Line 1, column 1: this is no JSON (Expecting value)."),
        (b"\xff\xfe\x00", "Line 1: this is no text in UTF-8."),
        (b'{"a": NaN}', "It holds NaN, which is no JSON number."),
        (b'{"a": 1, "a": 2}', "The name “a” stands twice in one object: which of them counts cannot be told."),
        (b"[" * 100_000, "It is nested deeper than 60 levels."),
        (b"[" * 70 + b"]" * 70, "It is nested deeper than 60 levels."),
        (b'{"a": ' + b"9" * 6000 + b"}", "It holds a number of thousands of digits."),
        (b'{"version": "1.0.0", "runs": []}', "version: SARIF 1.0.0 is not read: write version 2.1.0."),
        (
            b'{"bomFormat": "CycloneDX", "components": [{"name": "a"}, {"name": {}}]}',
            "components[1].name: text is expected here.",
        ),
        (b" " * (20 * 1024 * 1024 + 1), "The file has more than 20 MB: split it."),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(Unreadable) as refused:
        formats.read(data)
    assert str(refused.value) == message


@pytest.mark.parametrize("name", FILES)
def test_a_thousand_mutated_files_give_a_message_or_a_result(name: str) -> None:
    for data in mutated(FILES[name], 1000, seed=len(name)):
        said, found = outcome(data)
        assert said.endswith(".") if said else all(one.fingerprint and one.severity in SEVERITIES for one in found)


@pytest.mark.parametrize(
    ("vector", "version", "score", "severity"),
    [
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", "2.0", "7.5", "high"),
        (VECTOR.replace("3.1", "3.0"), "3.0", "9.8", "critical"),
        (VECTOR, "3.1", "9.8", "critical"),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "4.0", "10.0", "critical"),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", "3.1", "0.0", "none"),
    ],
)
def test_a_vector_of_any_version_is_scored(vector: str, version: str, score: str, severity: str) -> None:
    found = scored(vector)
    assert (found.version, found.score, found.severity) == (version, Decimal(score), severity)


@pytest.mark.parametrize("vector", ["", "high", "CVSS:3.1/AV:N", "CVSS:3.1/AV:N/AV:N", "CVSS:9/AV:N", "A" * 500])
def test_what_is_no_vector_is_refused_in_words(vector: str) -> None:
    with pytest.raises(BadVector, match="CVSS vector"):
        scored(vector)
