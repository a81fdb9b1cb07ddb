"""How was it? One question, reached by the link of a message. Looking records nothing; posting does."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from templates.environment import page
from tracker.flows.outreach import ask
from tracker.flows.outreach.ask import MOST_CHARACTERS, SCORES, Question
from tracker.store.ground.engine import Store
from tracker.web.body import read_form

MOST_BYTES, SECONDS = 20_000, 10.0
"""The longest body (1,000 characters, each as twelve bytes of a form), and how long it may take to arrive."""


def router(store: Store, secret: bytes) -> APIRouter:
    """The question and its answer. No cookie, and nothing about the person but what the message said."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/feedback/{token}")
    async def question(token: str) -> HTMLResponse:
        return _form(await ask.question(store, secret, token), None, "", 200)

    @routes.post("/feedback/{token}")
    async def answer(token: str, request: Request) -> HTMLResponse:
        """Keep the answer. What does not fit is asked again, with what was written still there."""
        typed = await read_form(request, MOST_BYTES, SECONDS)
        score, comment = typed.get("score", ""), ask.plain(typed.get("comment", ""))
        wrong = _wrong(score, comment)
        if wrong is not None:
            return _form(await ask.question(store, secret, token), wrong, comment, 400)
        told = await ask.answer(store, secret, token, int(score), comment)
        return HTMLResponse(page("thanks.html", told.language, question=told))

    return routes


def _wrong(score: str, comment: str) -> str | None:
    """The field that does not fit."""
    if score not in {str(each) for each in SCORES}:
        return "score"
    return "comment" if len(comment) > MOST_CHARACTERS else None


def _form(question: Question, wrong: str | None, comment: str, status: int) -> HTMLResponse:
    body = page(
        "feedback.html", question.language, question=question, wrong=wrong, comment=comment, most=MOST_CHARACTERS
    )
    return HTMLResponse(body, status_code=status)
