"""A ledger entry commits to every field and gives none of them away."""

import json
from hashlib import sha256

import pytest

from compliance.ledger.proof import entries

pytestmark = pytest.mark.once

ROW_KEY = bytes(range(32))
ENVELOPE = {"v": 1, "stream": "project:1", "kind": "history", "model": "risks.risk", "pk": "7", "hid": 12, "type": "+"}


def test_the_format_never_changes_by_accident():
    assert entries.field_salt(ROW_KEY, "title").hex() == "a3b585072971ccefdb978081f5b67163"
    assert entries.commitment(bytes(16), "title", "Lost phone") == (
        "977c60bea05ba7b15fe01f8d8794c7d5a817fcadb575be3607ed934d28a88c22"
    )
    assert sha256(entries.leaf(ENVELOPE, {"title": "Lost phone"}, ROW_KEY)).hexdigest() == (
        "2d9277e3251c6c0386b48234a23b21ff16cb6c226249518c7f148e3ddeafe71d"
    )


def test_an_entry_is_its_envelope_with_commitments():
    entry = json.loads(entries.leaf(ENVELOPE, {"title": "Lost phone", "score": 5}, ROW_KEY))
    assert entry == {
        **ENVELOPE,
        "fields": {
            name: entries.commitment(entries.field_salt(ROW_KEY, name), name, value)
            for name, value in {"title": "Lost phone", "score": 5}.items()
        },
    }


def test_the_same_value_in_another_row_commits_differently():
    other = bytes(reversed(ROW_KEY))
    assert entries.leaf(ENVELOPE, {"title": "x"}, ROW_KEY) != entries.leaf(ENVELOPE, {"title": "x"}, other)


def test_a_reader_rebuilds_the_entry_from_what_is_disclosed():
    fields = {"title": "Lost phone", "ledger.reason": "Found in the review"}
    shown = entries.disclosed(fields, ROW_KEY)
    assert entries.leaf_of_disclosed(ENVELOPE, shown) == entries.leaf(ENVELOPE, fields, ROW_KEY)


def test_an_erased_field_leaves_the_entry_whole():
    fields = {"title": "Lost phone", "ledger.reason": "Told by Jane Doe"}
    shown = entries.disclosed(fields, ROW_KEY)
    kept = json.loads(entries.leaf(ENVELOPE, fields, ROW_KEY))["fields"]["ledger.reason"]
    shown["ledger.reason"] = {"commitment": kept}
    assert entries.leaf_of_disclosed(ENVELOPE, shown) == entries.leaf(ENVELOPE, fields, ROW_KEY)


@pytest.mark.parametrize("shown", [{}, {"value": "x"}, {"salt": "00" * 16, "value": "x", "more": 1}])
def test_a_field_shown_in_another_way_is_refused(shown):
    with pytest.raises(ValueError, match="field 'title' shows neither"):
        entries.leaf_of_disclosed(ENVELOPE, {"title": shown})


def test_short_keys_and_salts_are_refused():
    with pytest.raises(ValueError, match="a row key has 32 bytes, not 3"):
        entries.field_salt(b"abc", "title")
    with pytest.raises(ValueError, match="a salt has 16 bytes, not 3"):
        entries.commitment(b"abc", "title", "x")


def test_an_envelope_cannot_bring_its_own_fields():
    with pytest.raises(ValueError, match="no key 'fields'"):
        entries.leaf({**ENVELOPE, "fields": {}}, {}, ROW_KEY)


def test_a_head_is_written_in_the_canonical_form():
    assert entries.head_leaf("project:1", 3, bytes(32)) == (
        b'{"kind":"head","root":"' + b"00" * 32 + b'","size":3,"stream":"project:1","v":1}'
    )
