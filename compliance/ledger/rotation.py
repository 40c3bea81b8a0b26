"""Changing the signing key: the old one names the new one in a leaf of the instance log, the new one signs from there.

Killed at any moment, it leaves the old key in service or the new one: the new key lies ready in a file beside the old
before the log names it, and the next seal puts it in place when the log does.
"""

from django.db import transaction
from django.utils import timezone

from compliance.ledger import keys, sealing
from compliance.ledger.errors import Refused
from compliance.ledger.models import Checkpoint, LogLeaf
from compliance.ledger.proof.checkpoint import create_key, load_key
from compliance.ledger.proof.entries import key_leaf
from compliance.ledger.proof.merkle import Frontier
from compliance.ledger.proof.rotation import Rotation, read_rotation, rotation, rotation_note

LONGEST = 500


def rotate(*, reason: str, lost: bool = False) -> Rotation:
    """Let a new key take over. `lost` says that the old key is gone, so that nothing can vouch for the new one.

    Raises Refused without a reason of one line, or when nothing was ever signed; NoKey when the old key is not here.
    """
    reason = reason.strip()
    if not 10 <= len(reason) <= LONGEST or "\n" in reason:
        raise Refused(f"Say in one line of 10 to {LONGEST} characters why the key changes.")
    if not lost:
        sealing.seal()
    with transaction.atomic():
        sealing.alone()
        last = sealing.newest()
        if last is None:
            raise Refused("Nothing has been signed yet: there is no key to change.")
        old = None if lost else keys.sealing_key(last)
        made = _take_over(last, reason, old)
    keys.put_in_place(old)
    return made


def rotations(upto: int | None = None) -> list[LogLeaf]:
    """The key changes in the first `upto` leaves of the log, oldest first."""
    found = LogLeaf.objects.filter(kind="key").order_by("index")
    return list(found if upto is None else found.filter(index__lt=upto))


def _take_over(last: Checkpoint, reason: str, old: keys.Ed25519PrivateKey | None) -> Rotation:
    place = keys.next_path()
    new = load_key(place) if place.exists() else create_key(place)
    made = rotation(last.vkey, keys.vkey_of(new), timezone.now(), reason, proven=old is not None)
    body = key_leaf(rotation_note(made, old or new))
    read_rotation(body.decode())
    tree = Frontier.from_json(last.frontier)
    leaf = sealing.log_leaf(tree, "key", body)
    sealing.close(last, [leaf], tree, new, last.floor)
    return made
