"""The life of a pack: asked for, built, signed, issued, superseded or withdrawn."""

from compliance.packs.services.findings import findings_of, holding_back, override_finding, results_now, results_of
from compliance.packs.services.issue import ask_issue, control_of, editions, named_on, suggested_edition, withdraw
from compliance.packs.services.pack import PackRefused, build_again, discard, job_of, request_pack
from compliance.packs.services.sign_off import next_step, send_back, sign, steps_of

__all__ = [
    "PackRefused",
    "ask_issue",
    "build_again",
    "control_of",
    "discard",
    "editions",
    "findings_of",
    "holding_back",
    "job_of",
    "named_on",
    "next_step",
    "override_finding",
    "request_pack",
    "results_now",
    "results_of",
    "send_back",
    "sign",
    "steps_of",
    "suggested_edition",
    "withdraw",
]
