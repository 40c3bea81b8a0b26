"""A new key takes over when the old one says so, and not otherwise."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from compliance.ledger import Refused, change, keys
from compliance.ledger.models import Checkpoint, LogLeaf
from compliance.ledger.proof.checkpoint import create_key, verify_checkpoint
from compliance.ledger.proof.rotation import read_rotation
from compliance.ledger.proofs import prove, prove_rotations
from compliance.ledger.rotation import rotate
from compliance.ledger.sealing import seal
from compliance.ledger.verification import verify
from compliance.packs.verifier.reading import Tampered
from compliance.packs.verifier.rotation import keys_of
from compliance.projects.models import Project

REASON = "The administrator's laptop was stolen."


@pytest.fixture
def sealed(key_file, stridewell: Project, mara) -> Project:
    keys.make_signing_key()
    seal()
    return stridewell


def summary(project: Project, text: str, mara) -> None:
    with change(by=mara, reason="For the record"):
        project.summary = text
        project.save()
    seal()


def doubts(**more) -> list[str]:
    return [str(finding) for finding in verify(**more)]


def proof_of(project: Project) -> dict:
    """What a pack carries of the proof."""
    proven = prove(project.stream)
    return {
        "key": proven.vkey,
        "streams": [{"checkpoint": proven.checkpoint}],
        "rotations": prove_rotations(proven.checkpoint),
    }


def test_the_old_key_vouches_for_the_new_one_inside_the_log(sealed, mara, key_file):
    old = keys.vkey_of(keys.make_signing_key())

    made = rotate(reason=REASON)
    summary(sealed, "Since the change", mara)

    leaf = LogLeaf.objects.get(kind="key")
    newest = Checkpoint.objects.order_by("-size").first()
    assert (made.old, made.new, made.proven) == (old, newest.vkey, True)
    assert read_rotation(leaf.body) == made
    assert verify_checkpoint(newest.note, made.new)[0] == newest.size
    assert Checkpoint.objects.get(size=leaf.index + 1).vkey == made.new
    assert sorted(path.name for path in key_file.parent.iterdir()) == [
        "ledger.key",
        f"ledger.key.{old.split('+')[1]}.retired",
    ]
    assert doubts() == []


def test_a_pack_made_after_two_changes_proves_all_three_keys(sealed, mara):
    first = rotate(reason=REASON)
    summary(sealed, "Between the changes", mara)
    second = rotate(reason=REASON)
    summary(sealed, "Since the change", mara)

    assert keys_of(proof_of(sealed)) == [first.old, first.new, second.new]


@pytest.mark.parametrize("reason", ["", "  ", "too short", "two lines,\nsays the reason"])
def test_a_change_asks_for_a_reason_of_one_line(sealed, reason):
    with pytest.raises(Refused, match="in one line"):
        rotate(reason=reason)


def test_nothing_to_change_before_the_first_seal(db, key_file):
    with pytest.raises(Refused, match="Nothing has been signed"):
        rotate(reason=REASON)


@pytest.mark.parametrize("killed", ["before the log names the new key", "after the log names it"])
def test_a_change_killed_half_way_is_none_or_is_finished(killed, sealed, mara, key_file, tmp_path):
    shutil.copy(key_file, tmp_path / "before")
    if killed.startswith("before"):
        create_key(keys.next_path())
        expected = keys.vkey_of(keys.make_signing_key())
    else:
        expected = rotate(reason=REASON).new
        key_file.replace(keys.next_path())
        (tmp_path / "before").replace(key_file)

    summary(sealed, "Since then", mara)

    assert Checkpoint.objects.order_by("-size").first().vkey == expected
    assert keys.vkey_of(keys.make_signing_key()) == expected
    assert doubts() == []


def test_another_key_may_not_go_on(sealed, mara, key_file):
    key_file.unlink()
    create_key(key_file)

    with pytest.raises(keys.OtherKey, match="the ledger was last signed by"):
        summary(sealed, "Signed by whom?", mara)


def test_a_lost_key_is_not_silently_replaced(sealed, mara, key_file):
    key_file.unlink()

    with pytest.raises(keys.NoKey, match="rotate_ledger_key --lost"):
        summary(sealed, "Signed by whom?", mara)
    with pytest.raises(CommandError, match="Put it back"):
        call_command("seal_ledger")
    assert not key_file.exists()


def test_after_a_loss_the_new_key_is_a_doubt_until_somebody_trusts_it(sealed, mara, key_file):
    key_file.unlink()
    call_command("rotate_ledger_key", reason=REASON, lost=True)
    made = read_rotation(LogLeaf.objects.get(kind="key").body)
    summary(sealed, "Since the loss", mara)

    index = LogLeaf.objects.get(kind="key").index
    assert doubts() == [
        f"instance log leaf {index}: says the key was lost and {made.new} follows: nobody vouches for it (--trust)"
    ]
    assert doubts(trusted=made.new) == []
    assert keys_of(proof_of(sealed)) == [made.new]


def test_a_pack_with_a_forged_change_is_refused(sealed, mara):
    made = rotate(reason=REASON)
    summary(sealed, "Since the change", mara)
    proof = proof_of(sealed)
    forged = proof["rotations"][0]["leaf"].replace(made.old, made.new)

    for rotations in ([{**proof["rotations"][0], "leaf": forged}], proof["rotations"] * 2):
        with pytest.raises(Tampered, match="change of the signing key"):
            keys_of({**proof, "rotations": rotations})
    assert keys_of({**proof, "rotations": []}) == [made.new]


def test_the_command_compares_with_a_mailed_checkpoint(sealed, mara, tmp_path, capsys):
    mail = tmp_path / "mail.txt"
    mail.write_text(f"Dear auditor,\n\n{Checkpoint.objects.order_by('-size').first().note}\nYours\n")
    summary(sealed, "Since the mail", mara)

    call_command("verify_ledger", checkpoint=[mail])

    assert capsys.readouterr().out.splitlines()[-2:] == [
        "Compared with mail.txt: 0 streams, 1 checkpoints.",
        "History, ledger and live rows agree.",
    ]
    mail.write_text("Dear auditor")
    with pytest.raises(CommandError, match=r"mail\.txt holds no checkpoint"):
        call_command("verify_ledger", checkpoint=[mail])
