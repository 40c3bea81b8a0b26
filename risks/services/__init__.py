"""What one does with risks; each verb takes `by` and `reason`."""

from compliance.ledger import Refused
from risks.reading import facts_of
from risks.services.acceptance import (
    NoAuthority,
    accept_risk,
    reject_acceptance,
    request_acceptance,
    revoke_acceptance,
)
from risks.services.asset import add_asset, link_thing, retire_asset, unlink_thing, update_asset
from risks.services.method import MethodIncomplete, approve_method, draft_method, revise_method
from risks.services.people import assess_people, deviate, opine
from risks.services.positions import OutsideScale, assess_risk
from risks.services.register import (
    CannotMove,
    close_risk,
    identify_risk,
    move_risk,
    review_risk,
    update_risk,
)
from risks.services.sitting import Answer, review_risks
from risks.services.treatment import (
    link_control,
    move_action,
    plan_action,
    replan_action,
    treat_risk,
    unlink_control,
    withdraw_treatment,
)
from risks.services.trigger import evaluate, settle

__all__ = [
    "Answer",
    "CannotMove",
    "MethodIncomplete",
    "NoAuthority",
    "OutsideScale",
    "Refused",
    "accept_risk",
    "add_asset",
    "approve_method",
    "assess_people",
    "assess_risk",
    "close_risk",
    "deviate",
    "draft_method",
    "evaluate",
    "facts_of",
    "identify_risk",
    "link_control",
    "link_thing",
    "move_action",
    "move_risk",
    "opine",
    "plan_action",
    "reject_acceptance",
    "replan_action",
    "request_acceptance",
    "retire_asset",
    "review_risk",
    "review_risks",
    "revise_method",
    "revoke_acceptance",
    "settle",
    "treat_risk",
    "unlink_control",
    "unlink_thing",
    "update_asset",
    "update_risk",
    "withdraw_treatment",
]
