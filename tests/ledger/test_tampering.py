"""Every kind of tampering with the database is found, and named. A kind without a case fails the suite.

The attacker takes the triggers away, knows every table and every format, repairs whatever needs no key, and puts the
triggers back. What no database can show of itself, a pack or a mailed checkpoint shows (`against`).
"""

from copy import deepcopy
from shutil import copytree

import pytest
from django.db import connection, transaction
from django.test import override_settings

from compliance.accounts.models import User
from compliance.ledger import change, guard, keys
from compliance.ledger.models import Leaf
from compliance.ledger.rotation import rotate
from compliance.ledger.sealing import newest, seal
from compliance.ledger.verification import verify
from compliance.ledger.witnesses import compare
from compliance.projects import services
from tests.ledger.attacks import (
    HISTORY,
    INDEX,
    NEWEST,
    Scene,
    cut_everything,
    cut_log,
    delete_newest,
    forged_rotation,
    insert,
    removed_rotation,
    reorder,
    resign,
    resign_newest,
    rewrite,
    said,
    sql,
    swap,
    swap_leaves,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("tampering")]  # one worker makes the scene, once
KINDS = {
    "edit",
    "delete",
    "insert",
    "reorder",
    "back-date",
    "truncate the tail",
    "swap two chains",
    "re-sign with another key",
    "forged rotation",
    "roll back to a backup",
}


@pytest.fixture(scope="module")
def place(empty_stage, django_db_blocker, tmp_path_factory):
    """The scene as every test finds it; nothing of it stays in the database."""
    folder = tmp_path_factory.mktemp("scene")
    empty_stage()
    key_file = override_settings(ASSAY_SIGNING_KEY_FILE=folder / "ours" / "ledger.key")
    with django_db_blocker.unblock(), key_file, transaction.atomic():
        keys.make_signing_key()
        with change(by="tests"):
            mara = User.objects.create_user("mara@lumaro.example", "correct horse battery", name="Mara")
        lumaro = services.create_organisation(name="Lumaro", by="tests", admin=mara, country="DE")
        made = [services.create_project(organisation=lumaro, name=name, by=mara) for name in ("Stridewell", "Korvo")]
        for project in made:
            for text in ("A coach", "A better coach"):
                with change(by=mara, reason="For the record"):
                    project.summary = text
                    project.save()
            seal()
        found = Scene(*made, [], folder)
        found.keep()
        connection.check_constraints()
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def scene(place, db, tmp_path):
    """The scene for one attacker, with copies of the keys."""
    copytree(place.folder / "ours", tmp_path / "ours")
    key_file = override_settings(ASSAY_SIGNING_KEY_FILE=tmp_path / "ours" / "ledger.key")
    with key_file:
        yield Scene(deepcopy(place.project), deepcopy(place.other), list(place.auditor), tmp_path)


@pytest.fixture
def unguarded(scene):
    """The scene without triggers where they matter; taking all away and putting them back is tried once, below."""
    guard.lift(labels=("projects.project", "projects.organisationpermission"))
    return scene


# kind, what is done, what is said about it, and whether it takes a look outside the database.
CASES = {
    "a sealed row gets another text": (
        "edit",
        said(f"UPDATE {HISTORY} SET summary = 'x' WHERE history_id = {NEWEST}"),
        "(P-001): was changed after it was sealed",
        False,
    ),
    "a live row gets another text": (
        "edit",
        said("UPDATE projects_project SET summary = 'x' WHERE reference = 'P-001'"),
        "projects_project P-001: differs from its newest history row",
        False,
    ),
    "an actor is exchanged in row and entry": (
        "edit",
        said(f"UPDATE {HISTORY} SET history_user_id = 'user:x' WHERE history_id = {NEWEST}"),
        "(P-001): was changed after it was sealed",
        False,
    ),
    "an entry names another record": (
        "edit",
        said("UPDATE ledger_entry SET reference = 'P-999' WHERE reference = 'P-001' AND model = 'projects.project'"),
        "was changed: it no longer tells what the row tells",
        False,
    ),
    "a permission is given behind the application's back": (
        "edit",
        said("UPDATE projects_organisationpermission SET until = '2040-01-01 00:00:00'"),
        "differs from its newest history row",
        False,
    ),
    "history is rewritten and sealed with the true key": ("edit", rewrite, "is another one than in pack.pdf", True),
    "a history row is deleted": ("delete", delete_newest, "is gone; ledger entry", False),
    "a leaf is deleted": (
        "delete",
        said("DELETE FROM ledger_leaf WHERE seq = 1 AND stream LIKE 'project:%'"),
        "is gone: the ledger goes on at 2",
        False,
    ),
    "a live row is deleted": (
        "delete",
        said("DELETE FROM projects_organisationpermission"),
        "was removed without a history row",
        False,
    ),
    "a history row is put in": ("insert", insert, "has no ledger entry: it was put in afterwards", False),
    "two entries change places": ("reorder", reorder, "leaves that do not make its sealed head", False),
    "a row is dated back": (
        "back-date",
        said(f"UPDATE {HISTORY} SET history_date = '2001-01-01 00:00:00' WHERE history_id = {NEWEST}"),
        "(P-001): was changed after it was sealed",
        False,
    ),
    "an entry is dated back": (
        "back-date",
        said("UPDATE ledger_entry SET at = '2001-01-01 00:00:00' WHERE reference = 'P-001'"),
        "was changed: it no longer tells what the row tells",
        False,
    ),
    "the newest checkpoint loses its log": (
        "truncate the tail",
        said(f"DELETE FROM ledger_logleaf WHERE {INDEX} = (SELECT max({INDEX}) FROM ledger_logleaf)"),
        "vouches for more than the log holds",
        False,
    ),
    "the newest checkpoint is dropped": (
        "truncate the tail",
        said("DELETE FROM ledger_checkpoint WHERE size = (SELECT max(size) FROM ledger_checkpoint)"),
        "stands behind the newest checkpoint: nobody signed it",
        False,
    ),
    "log, leaves and checkpoints are cut": (
        "truncate the tail",
        cut_log,
        "the database was rolled back or cut",
        True,
    ),
    "the last change vanishes everywhere": (
        "truncate the tail",
        cut_everything,
        "the database was rolled back or cut. The first that is missing is entry",
        True,
    ),
    "two projects' histories change places": ("swap two chains", swap, "was changed after it was sealed", False),
    "two projects' trees change places": ("swap two chains", swap_leaves, "was moved: it is sealed in project:", False),
    "all is signed with another key": ("re-sign with another key", resign, "the signing key: of the ledger is", False),
    "all is signed with another key, seen from outside": (
        "re-sign with another key",
        resign,
        "in mail.txt: is signed by none of this ledger's keys",
        True,
    ),
    "the newest checkpoint is signed with another key": (
        "re-sign with another key",
        resign_newest,
        "vouches for no other",
        False,
    ),
    "a key change the old key did not sign": (
        "forged rotation",
        forged_rotation(lambda ours, theirs: ours, True),
        "is a change of the signing key that proves nothing",
        False,
    ),
    "a key change from a key that never signed": (
        "forged rotation",
        forged_rotation(lambda ours, theirs: theirs, True),
        "which was not the ledger's",
        False,
    ),
    "a key said to be lost": (
        "forged rotation",
        forged_rotation(lambda ours, theirs: ours, False),
        "says the key was lost",
        False,
    ),
    "a key change taken out of the log": ("forged rotation", removed_rotation, "vouches for no other", False),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_found_and_named(name, unguarded):
    kind, attack, words, outside = CASES[name]
    assert kind in KINDS
    attack(unguarded)
    connection.check_constraints()

    inside = [str(finding) for finding in verify()]
    found = [str(finding) for witness in unguarded.auditor for finding in compare(witness)] if outside else inside

    assert [doubt for doubt in found if words in doubt] != [], found


def test_an_attacker_who_puts_the_triggers_back_leaves_no_trace_of_them_but_is_found(scene):
    guard.lift()
    gone = len(guard.missing())
    assert [finding.problem for finding in verify()] == [f"{gone} triggers are missing: changes could pass unseen"]
    sql(f"UPDATE {HISTORY} SET summary = 'x' WHERE history_id = {NEWEST}")
    guard.install()
    assert guard.missing() == []
    assert [str(finding).partition(": ")[2][:31] for finding in verify()] == [
        "differs from its newest history",
        "was changed after it was sealed",
    ]


def test_a_database_rolled_back_to_a_backup_is_found_by_what_was_handed_out(scene):
    size = newest().size
    scene.auditor.clear()
    with pytest.raises(RuntimeError), transaction.atomic():
        with change(by="tests", reason="For the record"):
            scene.project.summary = "After the backup"
            scene.project.save()
        seal()
        scene.keep()
        raise RuntimeError("everything since the backup is lost")

    assert [str(finding) for finding in verify()] == []
    leaves = Leaf.objects.filter(stream=scene.project.stream).count()
    assert [str(finding) for witness in scene.auditor for finding in compare(witness)] == [
        f"{scene.project.stream}: holds {leaves} sealed entries (0 more wait for the seal), pack.pdf holds "
        f"{leaves + 1}: the database was rolled back or cut. The first that is missing is entry {leaves}: {leaves}",
        f"the checkpoint of {size + 1} log leaves in mail.txt: vouches for more than the {size} leaves there are: "
        "the database was rolled back",
    ]


def test_a_sound_ledger_agrees_with_all_that_was_handed_out(scene):
    rotate(reason="The yearly change of keys.")
    with change(by="tests", reason="For the record"):
        scene.project.summary = "Since then"
        scene.project.save()
    seal()

    assert [str(finding) for finding in verify()] == []
    assert [str(finding) for witness in scene.auditor for finding in compare(witness)] == []


def test_every_kind_of_tampering_has_a_case():
    assert {kind for kind, *_ in CASES.values()} | {"roll back to a backup"} == KINDS
