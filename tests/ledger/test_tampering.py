"""Every kind of tampering with the database is found, and named. A kind without a case fails the suite.

The attacker takes the triggers away, knows every table and every format, repairs whatever needs no key, and puts the
triggers back. What no database can show of itself, a pack or a mailed checkpoint shows (`against`).
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from shutil import copytree

import pytest
from django.db import connection, transaction
from django.test import override_settings

from compliance.accounts.models import User
from compliance.ledger import change, guard, keys
from compliance.ledger.models import Checkpoint, Leaf, LogLeaf
from compliance.ledger.proof.checkpoint import create_key, sign_checkpoint
from compliance.ledger.proof.entries import key_leaf
from compliance.ledger.proof.merkle import Frontier
from compliance.ledger.proof.rotation import rotation, rotation_note
from compliance.ledger.rotation import rotate
from compliance.ledger.sealing import log_leaf, newest, seal
from compliance.ledger.verification import verify
from compliance.ledger.witnesses import Remembered, Witness, compare, read_text
from compliance.projects import services
from compliance.projects.models import Project

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
HISTORY = "projects_historicalproject"
NEWEST = f"(SELECT max(history_id) FROM {HISTORY} WHERE reference = 'P-001')"
INDEX = '"index"'


@dataclass
class Scene:
    """What the attacker finds: two projects, a sealed history, and what an auditor holds of it."""

    project: Project
    other: Project
    auditor: list[Witness]
    folder: object

    def keep(self) -> None:
        """The auditor gets a pack's worth of proof, and the checkpoint by mail."""
        for project in (self.project, self.other):
            leaves = Leaf.objects.filter(stream=project.stream).order_by("seq").values_list("hash", flat=True)
            self.auditor.append(Witness("pack.pdf", [], [Remembered(project.stream, list(leaves))]))
        note = newest().note
        self.auditor.append(read_text("mail.txt", f"Dear auditor,\n\n> {note.replace(chr(10), chr(10) + '> ')}\nBye\n"))


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


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def said(statement: str) -> Callable[[Scene], None]:
    return lambda scene: sql(statement)


def delete_newest(scene: Scene) -> None:
    sql(f"DELETE FROM {HISTORY} WHERE history_id = {NEWEST}")


def insert(scene: Scene) -> None:
    names = ", ".join(
        f'"{field.column}"' for field in Project.history.model._meta.concrete_fields if field.name != "history_id"
    )
    sql(f"INSERT INTO {HISTORY} ({names}) SELECT {names} FROM {HISTORY} WHERE history_id = {NEWEST}")


def reorder(scene: Scene) -> None:
    """Two entries of one project change places in its tree."""
    a, b = Leaf.objects.filter(stream=scene.project.stream).order_by("-seq")[:2]
    for leaf, seq in ((a, -1), (b, a.seq), (a, b.seq)):
        sql(f"UPDATE ledger_leaf SET seq = {seq} WHERE entry_id = {leaf.pk}")


def swap(scene: Scene) -> None:
    """Each project gets the other one's history, consistently in every table."""
    pairs = [
        (HISTORY, "entry_stream"),
        ("ledger_entry", "stream"),
        ("ledger_leaf", "stream"),
        ("ledger_logleaf", "stream"),
    ]
    one, two = scene.project.stream, scene.other.stream
    for table, column in pairs:
        for old, new in ((one, "project:x"), (two, one), ("project:x", two)):
            sql(f"UPDATE {table} SET {column} = '{new}' WHERE {column} = '{old}'")


def swap_leaves(scene: Scene) -> None:
    """Only the trees change places."""
    one, two = scene.project.stream, scene.other.stream
    for old, new in ((one, "project:x"), (two, one), ("project:x", two)):
        sql(f"UPDATE ledger_leaf SET stream = '{new}' WHERE stream = '{old}'")


def cut_log(scene: Scene) -> None:
    """The last seal is undone in the log, leaves and checkpoints; the rows stay."""
    sql(
        f"DELETE FROM ledger_leaf WHERE stream = '{scene.other.stream}' AND seq > 0",
        f"DELETE FROM ledger_logleaf WHERE {INDEX} >= (SELECT max({INDEX}) FROM ledger_logleaf)",
        "DELETE FROM ledger_checkpoint WHERE size > (SELECT count(*) FROM ledger_logleaf)",
    )


def cut_everything(scene: Scene) -> None:
    """The newest change of a project vanishes from every table, the live row goes back, and all is sealed again."""
    old = f"(SELECT summary FROM {HISTORY} WHERE reference = 'P-001' ORDER BY history_id DESC LIMIT 1 OFFSET 1)"
    version = old.replace("summary", "version")
    sql(
        f"UPDATE projects_project SET summary = {old}, version = {version} WHERE reference = 'P-001'",
        f"DELETE FROM ledger_leaf WHERE entry_id IN (SELECT id FROM ledger_entry WHERE history_id = {NEWEST}"
        " AND model = 'projects.project')",
        f"DELETE FROM ledger_entry WHERE history_id = {NEWEST} AND model = 'projects.project'",
    )
    delete_newest(scene)
    seal_again()


def seal_again() -> None:
    """All trees, heads and checkpoints anew, with whatever key lies there."""
    sql("DELETE FROM ledger_timestamp", "DELETE FROM ledger_checkpoint", "DELETE FROM ledger_logleaf")
    sql("DELETE FROM ledger_leaf")
    seal()


def rewrite(scene: Scene) -> None:
    """A change gets another text, in the live row too, and all is sealed again with the true key."""
    sql(
        f"UPDATE {HISTORY} SET summary = 'forged' WHERE history_id = {NEWEST}",
        "UPDATE projects_project SET summary = 'forged' WHERE reference = 'P-001'",
    )
    seal_again()


def other_key(scene: Scene):
    """The attacker's own key, of the same name."""
    return create_key(scene.folder / "theirs" / "ledger.key")


def resign(scene: Scene) -> None:
    """History is rewritten and everything signed with another key; ours stays where it was."""
    ours, theirs = keys.path(), other_key(scene)
    held = ours.read_bytes()
    sql("DELETE FROM ledger_checkpoint")
    keys.path().write_bytes((scene.folder / "theirs" / "ledger.key").read_bytes())
    rewrite(scene)
    assert newest().vkey == keys.vkey_of(theirs)
    ours.write_bytes(held)


def resign_newest(scene: Scene) -> None:
    """Only the newest checkpoint is signed by another key."""
    last, theirs = newest(), other_key(scene)
    tree = Frontier.from_json(last.frontier)
    note = sign_checkpoint(last.vkey.split("+")[0], tree.size, tree.root(), theirs)
    Checkpoint.objects.filter(pk=last.pk).update(note=note, vkey=keys.vkey_of(theirs))


def forged_rotation(old: Callable[[str, str], str], proven: bool) -> Callable[[Scene], None]:
    """A key change the true key never vouched for, in the log, with a checkpoint by the new key."""

    def forge(scene: Scene) -> None:
        last, theirs = newest(), other_key(scene)
        made = rotation(
            old(last.vkey, keys.vkey_of(theirs)), keys.vkey_of(theirs), last.signed_at, "Yearly change.", proven=proven
        )
        tree = Frontier.from_json(last.frontier)
        note = rotation_note(made, theirs)
        log_leaf(tree, "key", key_leaf(note)).save()
        signed = sign_checkpoint(last.vkey.split("+")[0], tree.size, tree.root(), theirs)
        Checkpoint.objects.create(size=tree.size, note=signed, vkey=made.new, frontier=tree.to_json())

    return forge


def removed_rotation(scene: Scene) -> None:
    """A true key change is taken out of the log, and the log signed again by the new key."""
    rotate(reason="The yearly change of keys.")
    last, leaf = newest(), LogLeaf.objects.get(kind="key")
    sql(
        f"DELETE FROM ledger_checkpoint WHERE size = {last.size}",
        f"DELETE FROM ledger_logleaf WHERE {INDEX} = {leaf.index}",
    )
    before = newest()
    tree = Frontier.from_json(before.frontier)
    note = sign_checkpoint(last.vkey.split("+")[0], tree.size, tree.root(), keys.make_signing_key())
    Checkpoint.objects.filter(pk=before.pk).update(note=note, vkey=last.vkey)


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
