"""Signing in and out, and the search: the first screens of the desk."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from tracker.core.answers.contacts import LookPurpose
from tracker.core.vocabulary.errors import SignInRefused, TooManyRequests
from tracker.flows.desk import accounts, find
from tracker.store.desk.accounts import Staff
from tracker.web import in_words
from tracker.web.body import caller_address
from tracker.web.desk.gate import DeskGate, NotSignedIn, Posted, form, reason, to, to_sign_in
from tracker.web.errors import STATUSES


def router(gate: DeskGate) -> APIRouter:
    """The pages before a case is open."""
    routes = gate.routes()

    @routes.get("/desk/sign-in")
    async def ask() -> Response:
        return gate.page("sign_in.html", None, login="", problem=None)

    @routes.post("/desk/sign-in")
    async def sign_in(request: Request, address: str = Depends(caller_address)) -> Response:
        fields = await form(request)
        login, password = fields.get("login", "").strip()[:200], fields.get("password", "")
        try:
            token = await accounts.sign_in(gate.store, gate.secret, login, password, address)
        except (SignInRefused, TooManyRequests) as error:
            problem = "too_many" if isinstance(error, TooManyRequests) else "refused"
            refused = gate.page("sign_in.html", None, STATUSES[type(error)], login=login, problem=problem)
            if isinstance(error, TooManyRequests):
                refused.headers["Retry-After"] = str(error.retry_after_seconds)
            return refused
        if before := gate.token(request):
            await accounts.sign_out(gate.store, before)
        return gate.let_in(to("/desk"), token)

    @routes.post("/desk/sign-out")
    async def sign_out(request: Request) -> Response:
        with suppress(NotSignedIn):  # whose session is over loses the cookie all the same
            await gate.posted(request)
            await accounts.sign_out(gate.store, gate.token(request))
        return gate.let_out(to_sign_in())

    @routes.get("/desk")
    async def desk(staff: Staff = Depends(gate.staff)) -> Response:
        return gate.page("search.html", staff, typed="", found=None, why=LookPurpose.CONTACTED.value, problem=None)

    @routes.post("/desk/search")
    async def search(posted: Posted = Depends(gate.posted)) -> Response:
        """What was found. Posted, so that nobody's name or number stands in an address."""
        typed = posted.fields.get("typed", "").strip()[: find.MOST_CHARACTERS]
        why = reason(posted.fields.get("why", ""))
        if not typed or why is None:
            problem, said = ("nothing" if not typed else "no_reason"), posted.fields.get("why", "")
            return gate.page("search.html", posted.staff, 400, typed=typed, found=None, why=said, problem=problem)
        found = await find.find(gate.inquiry(posted.staff, why), typed)
        if found.certain is not None:
            return to(f"/desk/cases/{found.certain.case}", why=why.value)
        hits = tuple(replace(hit, headline=in_words.headline_of(hit.headline, hit.language)) for hit in found.hits)
        told = replace(found, hits=hits)
        return gate.page("search.html", posted.staff, typed=typed, found=told, why=why.value, problem=None)

    return routes
