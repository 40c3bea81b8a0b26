"""Moving a pack on: each move is a page that says what it means, asks for a reason, and does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from compliance.accounts.reauthentication import confirmed, proof_of
from compliance.packs import services
from compliance.packs.forms import IssueForm, RemarkForm
from compliance.packs.models import DRAFTS, EvidencePack, State, Step
from compliance.packs.views.scoped import Both, either, find, page
from compliance.projects.access import Request
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Organisation, Project
from compliance.projects.views.forms import attempt, posted


@dataclass(frozen=True)
class Move:
    """A move: who may make it, what its page says, and what it does with (pack, request, form data)."""

    verb: str
    label: str
    title: str
    text: str
    act: Callable[[EvidencePack, Request, dict[str, Any]], Any]
    done: str
    confirm: bool = False
    danger: bool = False
    remark: bool = False


def _sign(step: Step) -> Callable[[EvidencePack, Request, dict[str, Any]], Any]:
    def act(pack: EvidencePack, request: Request, data: dict[str, Any]) -> Any:
        return services.sign(
            pack=pack, step=step, by=request.user, proof=proof_of(request), remark=data.get("reason", "")
        )

    return act


def _with_proof(service: Callable[..., Any]) -> Callable[[EvidencePack, Request, dict[str, Any]], Any]:
    return lambda pack, request, data: service(pack=pack, by=request.user, proof=proof_of(request), **data)


def _plain(service: Callable[..., Any]) -> Callable[[EvidencePack, Request, dict[str, Any]], Any]:
    return lambda pack, request, data: service(pack=pack, by=request.user, **data)


MOVES = {
    "prepare": Move(
        "edit", "Sign as prepared", "Sign as prepared",
        "You say that the pack holds what it should, and put it before somebody else. Your name is bound to the "
        "content hash below.",
        _sign(Step.PREPARED), "Prepared. Somebody else goes on.", confirm=True, remark=True,
    ),
    "review": Move(
        "approve", "Sign as reviewed", "Sign as reviewed",
        "You say that you read the pack and found it right. Whoever prepared it cannot review it.",
        _sign(Step.REVIEWED), "Reviewed. Somebody else approves it.", confirm=True, remark=True,
    ),
    "approve": Move(
        "approve", "Approve", "Approve the pack",
        "You say that the organisation may stand behind exactly this content.",
        _sign(Step.APPROVED), "Approved. It can be issued.", confirm=True, remark=True,
    ),
    "send-back": Move(
        "approve", "Send back", "Send back",
        "The pack is a draft again and every name under it falls.",
        _plain(services.send_back), "Sent back: it is a draft again.",
    ),
    "issue": Move(
        "approve", "Issue", "Issue the pack",
        "The files are made again without the mark of a draft, with the names under them, from the content that was "
        "approved. From then on nothing of the pack can be changed, and it supersedes the issue before it.",
        _with_proof(services.ask_issue), "It is being issued.", confirm=True,
    ),
    "withdraw": Move(
        "approve", "Withdraw", "Withdraw the pack",
        "Readers are told not to rely on it any longer. Its files stay, and this cannot be undone.",
        _with_proof(services.withdraw), "Withdrawn.", confirm=True, danger=True,
    ),
    "discard": Move(
        "edit", "Discard", "Discard the pack",
        "It is called off and never issued. Its row stays, with the reason.",
        _plain(services.discard), "Discarded.", danger=True,
    ),
    "build-again": Move(
        "edit", "Build again", "Build the draft again",
        "The same arguments are built anew. Names under the draft fall.",
        _plain(services.build_again), "It is being built again.", remark=True,
    ),
}  # fmt: skip


def page_of(key: str) -> Both:
    """The page of a move."""
    move = MOVES[key]

    def view(request: Request, scope: Organisation | Project, reference: str) -> HttpResponse:
        pack = find(request, scope, reference)
        form = _form(key, pack, posted(request))
        if attempt(form, lambda: move.act(pack, request, form.cleaned_data) or True):
            messages.success(request, f"{pack.reference}: {move.done}")
            return redirect(pack)
        context = {"pack": pack, "move": move, "form": form, "proof": proof_of(request) if move.confirm else None}
        return page(request, "packs/move.html", context, bad=bool(form.errors))

    guarded = require_http_methods(["GET", "POST"])(confirmed(view) if move.confirm else view)
    return either(move.verb)(guarded)


def _form(key: str, pack: EvidencePack, data: Any) -> Any:
    if key == "issue":
        suggested = services.suggested_edition(pack)
        return IssueForm(data, editions=services.editions(pack), initial={"edition": suggested})
    return RemarkForm(data) if MOVES[key].remark else ReasonForm(data)


def moves_of(pack: EvidencePack, can: Any, *, signed: bool, wanted: Step | None) -> list[dict[str, Any]]:
    """The moves this person can make now: the one that leads on first."""
    signing = {Step.PREPARED: "prepare", Step.REVIEWED: "review", Step.APPROVED: "approve"}
    keys = [signing[wanted]] if wanted else []
    if pack.state == State.APPROVED:
        keys.append("issue")
    if pack.state in DRAFTS:
        keys += ["send-back"] if signed else []
        keys += ["build-again"]
    if pack.state in {State.ISSUED, State.SUPERSEDED}:
        keys.append("withdraw")
    if pack.state in {State.REQUESTED, *DRAFTS}:
        keys.append("discard")
    return [
        {"key": key, "label": MOVES[key].label, "danger": MOVES[key].danger, "url": pack.address(key)}
        for key in keys
        if getattr(can, MOVES[key].verb)
    ]
