"""One case at the desk: the answer first, then what explains it, and what can be done."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from templates import languages
from templates.environment import page
from tracker.core.answers.contacts import ContactChannel, ContactReason, LookPurpose
from tracker.core.outreach.bounces import LiftReason
from tracker.core.outreach.wishes import Wish, WishReason
from tracker.core.vocabulary.errors import AmbiguousDate, CaseNotFound, FormExpired, TooManyRequests
from tracker.core.vocabulary.words import Channel
from tracker.flows.desk import identify, lift, look, resend, stop, write
from tracker.flows.outreach.stopping import Reach
from tracker.store.desk.accounts import Staff
from tracker.web import in_words
from tracker.web.desk.gate import DeskGate, Posted, reason, to
from tracker.web.errors import STATUSES

DONE = frozenset(
    {
        "contact",
        "note",
        "empty_note",
        "task",
        "stop",
        "start",
        "wrong_person",
        "no_address",
        "lifted",
        *resend.Resending,
    }
)
"""What an action may say of itself when the case is shown again; the page has the words."""


def router(gate: DeskGate) -> APIRouter:
    """The pages of one case."""
    routes = gate.routes()

    @routes.get("/desk/cases/{case}")
    async def show(
        case: str, why: str = "", language: str = "", done: str = "", staff: Staff = Depends(gate.staff)
    ) -> Response:
        said = reason(why)
        if said is None:
            return gate.page("reason.html", staff, path=f"/desk/cases/{_named(case) or ''}")
        return await _shown(gate, staff, case, said, language[:20], done=done if done in DONE else "")

    @routes.get("/desk/cases/{case}/page")
    async def as_citizen(case: str, why: str = "", language: str = "", staff: Staff = Depends(gate.staff)) -> Response:
        """The page as the person sees it."""
        id_, said = _named(case), reason(why)
        if said is None:
            return gate.page("reason.html", staff, path=f"/desk/cases/{id_ or ''}")
        if id_ is None:
            raise CaseNotFound
        facts = await look.page_facts(gate.inquiry(staff, said), id_, language[:20] or None)
        return HTMLResponse(page("case.html", facts.language, facts=in_words.case(facts)))

    @routes.post("/desk/cases/{case}/identity")
    async def identity(case: str, posted: Posted = Depends(gate.posted)) -> Response:
        """Whether what the caller says fits: shown once, and never in an address."""
        id_, language = _named(case), posted.fields.get("language", "")[:20]
        if id_ is None:
            raise CaseNotFound
        said = posted.fields.get("said", "")[:200]
        try:
            fits = await identify.identify(gate.inquiry(posted.staff, posted.why), id_, said)
        except TooManyRequests as error:
            shown = await _shown(gate, posted.staff, case, posted.why, language, identity="too_many")
            shown.status_code = STATUSES[TooManyRequests]
            shown.headers["Retry-After"] = str(error.retry_after_seconds)
            return shown
        except AmbiguousDate:
            return await _shown(gate, posted.staff, case, posted.why, language, identity="ambiguous")
        return await _shown(gate, posted.staff, case, posted.why, language, identity="fits" if fits else "does_not_fit")

    _actions(routes, gate)
    _about_addresses(routes, gate)
    return routes


def _actions(routes: APIRouter, gate: DeskGate) -> None:
    """What changes something: each leads back to the case, which says what was done."""

    @routes.post("/desk/cases/{case}/contacts")
    async def contact(case: str, posted: Posted = Depends(gate.posted)) -> Response:
        try:
            said = write.Contacted(
                UUID(case),
                ContactChannel(posted.fields.get("channel", "")),
                ContactReason(posted.fields.get("reason", "")),
                UUID(posted.fields.get("once", "")),
            )
        except ValueError:
            raise FormExpired from None
        await write.contact(gate.inquiry(posted.staff, posted.why), said)
        return _back(case, posted, "contact")

    @routes.post("/desk/cases/{case}/notes")
    async def note(case: str, posted: Posted = Depends(gate.posted)) -> Response:
        try:
            id_, once = UUID(case), UUID(posted.fields.get("once", ""))
        except ValueError:
            raise FormExpired from None
        words = posted.fields.get("words", "")
        kept = await write.note(gate.inquiry(posted.staff, posted.why), id_, words, once)
        return _back(case, posted, "note" if kept else "empty_note")

    @routes.post("/desk/cases/{case}/messages/{message}")
    async def again(case: str, message: str, posted: Posted = Depends(gate.posted)) -> Response:
        """Send a message once more."""
        try:
            id_, of, times = UUID(case), UUID(message), int(posted.fields.get("times", "")[:3])
        except ValueError:
            raise FormExpired from None
        done = await resend.resend(gate.inquiry(posted.staff, posted.why), id_, of, times)
        return _back(case, posted, done.value)


def _about_addresses(routes: APIRouter, gate: DeskGate) -> None:
    """What changes whether something goes to an address."""

    @routes.post("/desk/cases/{case}/wishes")
    async def wish(case: str, posted: Posted = Depends(gate.posted)) -> Response:
        """Stop messages for somebody, or start them again, with a reason."""
        try:
            said = stop.SaidWish(
                UUID(case),
                posted.fields.get("party", "")[:200],
                Channel(posted.fields.get("channel", "")),
                Wish(posted.fields.get("wish", "")),
                Reach(posted.fields.get("of", "")),
                WishReason(posted.fields.get("reason", "")),
                UUID(posted.fields.get("once", "")),
            )
        except ValueError:
            raise FormExpired from None
        if said.wish not in (Wish.STOP, Wish.START):
            raise FormExpired
        done = await stop.stop(gate.inquiry(posted.staff, posted.why), said)
        return _back(case, posted, said.recorded.value if done else "no_address")

    @routes.post("/desk/cases/{case}/lifts")
    async def works_again(case: str, posted: Posted = Depends(gate.posted)) -> Response:
        """Send to an address again from which letters came back, with a reason."""
        try:
            said = lift.SaidToWork(
                UUID(case),
                posted.fields.get("party", "")[:200],
                Channel(posted.fields.get("channel", "")),
                LiftReason(posted.fields.get("reason", "")),
            )
        except ValueError:
            raise FormExpired from None
        done = await lift.lift(gate.inquiry(posted.staff, posted.why), said)
        return _back(case, posted, "lifted" if done else "no_address")


async def _shown(
    gate: DeskGate, staff: Staff, case: str, why: LookPurpose, language: str, *, done: str = "", identity: str = ""
) -> Response:
    id_ = _named(case)
    if id_ is None:
        raise CaseNotFound
    found = await look.look(gate.inquiry(staff, why), id_, language or None)
    found = replace(found, facts=in_words.case(found.facts))
    # Words of the page in the caller's language, within a desk in its own: rendered apart, as the page does it.
    spoken = page("desk/read_out.html", found.facts.language, facts=found.facts)
    return gate.page(
        "case.html",
        staff,
        case=found,
        facts=found.facts,
        read_out=spoken,
        why=why.value,
        done=done,
        identity=identity,
        channels=list(ContactChannel),
        reasons=list(ContactReason),
        wish_reasons=list(WishReason),
        lift_reasons=list(LiftReason),
        languages_here=[{"code": code, "name": languages.own_name(code)} for code in found.languages],
    )


def _back(case: str, posted: Posted, done: str) -> Response:
    language = posted.fields.get("language", "")[:20]
    return to(f"/desk/cases/{UUID(case)}", why=posted.why.value, language=language, done=done)


def _named(case: str) -> UUID | None:
    try:
        return UUID(case)
    except ValueError:
        return None
