"""What somebody with the database in their hands does to it; tests/ledger/test_tampering.py says who finds it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from compliance.ledger import keys
from compliance.ledger.models import Checkpoint, Leaf, LogLeaf
from compliance.ledger.proof.checkpoint import create_key, sign_checkpoint
from compliance.ledger.proof.entries import key_leaf
from compliance.ledger.proof.merkle import Frontier
from compliance.ledger.proof.rotation import rotation, rotation_note
from compliance.ledger.rotation import rotate
from compliance.ledger.sealing import log_leaf, newest, seal
from compliance.ledger.witnesses import Remembered, Witness, read_text
from compliance.projects.models import Project

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
