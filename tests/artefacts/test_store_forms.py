"""The two store forms: read, meant, changed and written, every byte that is not changed as it was."""

import json
import random

import pytest

from compliance.artefacts.formats import Unreadable
from compliance.artefacts.formats import app_store_privacy as label
from compliance.artefacts.formats import play_data_safety as form
from compliance.artefacts.formats.json_file import parse

pytestmark = pytest.mark.once
HEAD = ",".join(form.COLUMNS)
ASK = "PSL_DATA_USAGE_RESPONSES:PSL_EMAIL:"
LINES = (
    "PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA,,TRUE,REQUIRED,Sammelt sie Daten?",
    'PSL_NEXT_YEARS_QUESTION,PSL_X,"yes, ""maybe""",OPTIONAL,"Not known,\nhere"',
    "PSL_DATA_DELETION_URL,,https://example.com/delete,MAYBE_REQUIRED,Where",
    "PSL_DATA_TYPES_PERSONAL,PSL_EMAIL,true,MULTIPLE_CHOICE,Email",
    "PSL_DATA_TYPES_PERSONAL,PSL_NAME,,MULTIPLE_CHOICE,Name",
    f"{ASK}PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_COLLECTED,true,MULTIPLE_CHOICE,Collected",
    f"{ASK}PSL_DATA_USAGE_EPHEMERAL,,false,MAYBE_REQUIRED,Ephemeral",
    f"{ASK}DATA_USAGE_USER_CONTROL,PSL_DATA_USAGE_USER_CONTROL_OPTIONAL,true,SINGLE_CHOICE,Optional",
    f"{ASK}DATA_USAGE_COLLECTION_PURPOSE,PSL_ACCOUNT_MANAGEMENT,true,MULTIPLE_CHOICE,Account",
    f"{ASK}DATA_USAGE_SHARING_PURPOSE,PSL_ANALYTICS,,MULTIPLE_CHOICE,Analytics",
)
FILE = ("\ufeff" + HEAD + "\r\n" + "\r\n".join(LINES)).encode()
EMAIL = form.DataUse("PSL_EMAIL", True, False, False, True, frozenset({"PSL_ACCOUNT_MANAGEMENT"}))
LABEL = b"""[ {"category": "EMAIL_ADDRESS",
    "purposes": ["APP_FUNCTIONALITY", "ANALYTICS"], "data_protections": ["DATA_LINKED_TO_YOU"], "seen_by": {"a": 1.50}},
  {"category":"NEXT_YEARS_CATEGORY","purposes":[],"data_protections":["DATA_NEW"]} , {
  "category": "NAME", "purposes": ["APP_FUNCTIONALITY"], "data_protections": ["DATA_NOT_LINKED_TO_YOU"]}]"""


def test_a_form_is_read_meant_and_written_to_the_byte():
    read = form.read(FILE)
    meant = form.declared(read)

    assert form.write(read) == FILE
    assert meant.types == {"PSL_EMAIL": EMAIL}
    assert meant.general["PSL_NEXT_YEARS_QUESTION", "PSL_X"] == 'yes, "maybe"'
    assert meant.general["PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA", ""] == "true"
    assert form.write(form.with_answers(read, read.answers())) == FILE


def test_an_answer_changes_its_field_alone_and_a_new_one_stands_at_the_end():
    shared = form.DataUse("PSL_EMAIL", True, True, False, False, EMAIL.collected_for, frozenset({"PSL_ANALYTICS"}))
    name = form.DataUse("PSL_NAME", collected=True, ephemeral=True)
    changed = form.with_answers(form.read(FILE), form.answers_of([shared, name]))
    again = form.read(form.write(changed))

    assert form.declared(again).types == {"PSL_EMAIL": shared, "PSL_NAME": name}
    assert form.write(changed).startswith(("\ufeff" + HEAD + "\r\n" + "\r\n".join(LINES[:4])).encode())
    undone = form.with_answers(again, form.answers_of([EMAIL]))
    assert form.declared(undone).types == {"PSL_EMAIL": EMAIL}


def test_an_empty_form_asks_all_questions_and_says_what_it_is_told():
    filled = form.with_answers(form.blank(), form.answers_of([EMAIL]))

    assert (len(form.blank().rows), form.blank().answers(), form.is_this(form.write(filled))) == (782, {}, True)
    assert form.declared(form.read(form.write(filled))).types == {"PSL_EMAIL": EMAIL}


def test_a_label_is_read_meant_and_written_to_the_byte():
    read = label.read(LABEL)
    both = frozenset({"APP_FUNCTIONALITY", "ANALYTICS"})

    assert (label.write(read), label.is_this(parse(LABEL))) == (LABEL, True)
    meant = label.declared(read)
    assert meant["EMAIL_ADDRESS"] == label.LabelUse("EMAIL_ADDRESS", True, False, both)
    assert (meant["NAME"].linked, meant["NEXT_YEARS_CATEGORY"].linked) == (False, None)
    assert label.write(label.with_uses(read, meant.values())) == LABEL


def test_a_category_changes_its_entry_alone_and_names_nobody_knows_stay():
    read = label.read(LABEL)
    tracked = label.LabelUse("EMAIL_ADDRESS", True, True, frozenset({"ANALYTICS"}))
    written = label.write(label.with_uses(read, [tracked, label.LabelUse("HEALTH", False)]))
    entries = json.loads(written)

    assert [one["category"] for one in entries] == ["EMAIL_ADDRESS", "NEXT_YEARS_CATEGORY", "HEALTH"]
    assert entries[0]["seen_by"] == {"a": 1.5}
    assert entries[0]["data_protections"] == ["DATA_LINKED_TO_YOU", "DATA_USED_TO_TRACK_YOU"]
    assert read.entries[1].raw.encode() in written
    nothing = json.loads(label.write(label.of_uses([])))
    assert (nothing, label.declared(label.read(json.dumps(nothing).encode()))) == (
        [{"data_protections": ["DATA_NOT_COLLECTED"]}],
        {},
    )


@pytest.mark.parametrize(
    ("read", "data", "said"),
    [
        (form.read, b"", "The file is empty"),
        (form.read, b"a,b\n1,2\n", "Line 1: the column “Question ID"),
        (form.read, f"{HEAD}\nA,,1\n".encode(), "Line 2: it has 3 fields, the first line has 5"),
        (form.read, f'{HEAD}\nA,,"x\n'.encode(), "Line 2: a quotation mark is not closed"),
        (form.read, f'{HEAD}\nA,,"x\ny",,\nA,,,,\n'.encode(), "Line 4: A is answered in line 2 already"),
        (form.read, f"{HEAD}\n,,x,,\n".encode(), "Line 2: the question has no ID"),
        (form.read, HEAD.encode() + b"\n\xff,,,,", "Line 2: this is no text in UTF-8"),
        (form.read, f"{HEAD}\nA\x00,,,,".encode(), "Line 2: it holds a character no form has"),
        (form.read, (HEAD + "\n" + "\n".join(f"Q{n},,,," for n in range(20_001))).encode(), "more than 20,000 lines"),
        (label.read, b"{}", "The document: a list"),
        (label.read, b"[1]", r"\[0\]: an object"),
        (label.read, b'[{"category": "NAME"}]', r"\[0\].data_protections: say how"),
        (label.read, b'[{"data_protections": ["DATA_LINKED_TO_YOU"]}]', r"\[0\].category: an entry has a category"),
        (label.read, b'[{"category": {}, "data_protections": ["X"]}]', r"\[0\].category: text is expected"),
        (label.read, b'[{"category": "NAME", "data_protections": "X"}]', r"\[0\].data_protections: a list"),
        (label.read, b"[" * 5000, "nested|JSON"),
        (label.read, b'[{"a": 1, "a": 2}]', "stands twice"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_line_or_key(read, data, said):
    with pytest.raises(Unreadable, match=said):
        read(data)


@pytest.mark.parametrize(("module", "data"), [(form, FILE), (label, LABEL)])
def test_a_thousand_mutated_files_are_read_to_the_byte_or_refused_in_words(module, data):
    chance = random.Random(6)
    for _ in range(1000):
        bad = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(bad))
            bad[at : at + chance.choice((0, 1, 3))] = chance.choice(
                (b'"', b",", b"\n", b"[", b"}", b"\xff", b"\x00", b"7")
            )
        try:
            read = module.read(bytes(bad))
        except Unreadable:
            continue
        assert module.write(read) == bytes(bad)
        module.declared(read)
