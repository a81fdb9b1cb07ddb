"""`POST /api/v1/track`: the same facts as the page, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tracker.core.answers.facts import CaseFacts
from tracker.core.answers.tellings import Way
from tracker.core.vocabulary.moments import Moment
from tracker.flows.answers.lookup import Asked, look_up
from tracker.store.ground.engine import Store
from tracker.web import in_words
from tracker.web.body import caller_address
from tracker.web.bounded import BoundedRoute
from tracker.web.dates_out import DelayOut, FirstDateOut, PromiseOut, delay_out, first_out, promise_out
from tracker.web.messages_out import MessageOut, SilenceOut

Typed = Annotated[str, StringConstraints(max_length=200)]

EXAMPLE: dict[str, Any] = {
    "reference": "CDFG-HJKM-NPRX",
    "organisation": "Northwick Council",
    "service": "Building permit",
    "stage": {
        "code": "checking",
        "headline": "We are checking your application",
        "meaning": "We look whether everything that we need is there.",
        "since": "2026-03-02T09:30:00Z",
    },
    "state": "open",
    "outcome": None,
    "waiting_on": "us",
    "clock": "running",
    "promise": {
        "basis": "office",
        "earliest_on": None,
        "half_by_on": None,
        "latest_on": "2026-04-27",
        "probability": None,
        "made_at": "2026-03-02T09:30:01Z",
        "superseded_at": None,
        "reason": None,
        "outcome": None,
        "cases": None,
        "base": None,
        "told_at": "2026-03-02T09:31:00Z",
    },
    "likely_sooner": False,
    "no_promise_reason": None,
    "next_word_by": "2026-03-16",
    "word_is_sent": True,
    "needs": [
        {
            "item": "plan",
            "text": "A floor plan",
            "due_on": "2026-03-20",
            "supplied_at": None,
            "why": "We check the way out in a fire.",
            "send_to": "Answer our e-mail, or bring it to our office.",
            "if_not": "We decide without it.",
            "again": False,
        }
    ],
    "history": [
        {"at": "2026-03-02T09:30:00Z", "stage": "checking", "headline": "We are checking your application", "note": ""},
        {"at": "2026-03-01", "stage": "received", "headline": "We have your application", "note": ""},
    ],
    "first_date": {
        "latest_on": "2026-04-27",
        "set_by": "office",
        "fate": "unknown",
        "moved": False,
        "moved_to": None,
        "in_time": None,
        "days_after": 0,
    },
    "dates_came_true": None,
    "delay": None,
    "promises": [],
    "messages": [
        {"purpose": "acknowledged", "channel": "email", "state": "delivered", "at": "2026-03-01T10:00:02Z"},
    ],
    "last_reported_at": "2026-03-02T09:30:00Z",
    "source_silent": False,
    "language": "en",
    "reversed": None,
    "appeal_by": None,
    "survivor": None,
    "survivor_ended": False,
    "survivor_outcome": None,
    "end_in_doubt": False,
    "silences": [
        {
            "channel": "sms",
            "wish": "stop",
            "at": "2026-03-02T11:00:00Z",
            "of_one": True,
            "until": None,
            "start_by": "text",
        }
    ],
}


class TrackIn(BaseModel):
    """A reference and the known fact that opens its page."""

    model_config = ConfigDict(extra="forbid", strict=True)
    reference: Typed = Field(
        description="As printed or typed; case, spaces and dashes do not matter.", examples=["CDFG-HJKM-NPRX"]
    )
    known_fact: Typed = Field(
        description="What the service asks for: a postcode, a surname, a date of birth (as 1980-04-03).",
        examples=["NW4 2BC"],
    )
    language: Annotated[str, StringConstraints(max_length=35)] | None = Field(
        default=None,
        description="The language to answer in (BCP 47), if the service offers it or a form of it.",
        examples=["en"],
    )


class StageOut(BaseModel):
    """The current stage. `since` is RFC 3339, or a plain date where only the day is known. `code` is null while a
    report of the office is being checked."""

    code: str | None
    headline: str
    meaning: str
    since: datetime | date | None


class ReversedOut(BaseModel):
    """An end that people were told of, in the words of then and on that day, and that holds no longer."""

    headline: str
    on: date


class NeedOut(BaseModel):
    """One thing asked of the person; `supplied_at` null: still wanted. `why` it is needed, `send_to`: where and how to
    send it, `if_not`: what happens if it does not come in time; empty where the office does not say. `again`: it had
    been sent, and is asked for anew."""

    item: str
    text: str
    due_on: date | None
    supplied_at: datetime | None
    why: str = ""
    send_to: str = ""
    if_not: str = ""
    again: bool = False


class LineOut(BaseModel):
    """One line of the history; `at` is RFC 3339, or a plain date where only the day is known."""

    at: datetime | date
    stage: str | None
    headline: str
    note: str


class TrackOut(BaseModel):
    """What the citizen's page says."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})
    reference: str
    organisation: str
    service: str
    stage: StageOut
    state: str
    outcome: str | None
    waiting_on: str
    clock: str
    promise: PromiseOut | None = Field(description="The date that stands, or null.")
    likely_sooner: bool = Field(
        description="It goes well: it is likely to be finished well before the date, which stands all the same."
    )
    no_promise_reason: str | None = Field(
        description="Why there is no date: too_little_history, too_uncertain, dates_not_kept, finished."
    )
    first_date: FirstDateOut | None = Field(description="The first date that people were told, or null: none was.")
    dates_came_true: int | None = Field(
        description="How many in 100 first dates of this service came true in the last year, where that is surely "
        "fewer than the probability of `promise` claims: say this in its place. Else null."
    )
    delay: DelayOut | None = Field(description="What is amiss with a date, and why; null while all is as it was said.")
    next_word_by: date | None = Field(
        description="The day by which the person hears from us again; null at the end, and while `source_silent`."
    )
    word_is_sent: bool = Field(
        description="Whether that word is sent to somebody. If not, nobody of this request can be written to (no "
        "address that works, or they asked us to stop): let them look again by that day."
    )
    needs: list[NeedOut]
    history: list[LineOut] = Field(description="Newest first.")
    promises: list[PromiseOut] = Field(description="Every date that was given, newest first.")
    messages: list[MessageOut] = Field(description="What was said, newest first.")
    last_reported_at: datetime = Field(description="When the office last reported on this case.")
    source_silent: bool = Field(description="Whether the office's system has fallen silent, so that nothing is sure.")
    language: str
    reversed: ReversedOut | None = Field(
        description="An end that people were told of and that holds no longer: do not rely on it. Else null."
    )
    appeal_by: date | None = Field(
        description="The last day to ask that the end is looked at again, where the service sets one."
    )
    survivor: str | None = Field(description="The reference of the request that goes on in place of a merged one.")
    survivor_ended: bool = Field(description="Whether that one has ended as well.")
    survivor_outcome: str | None = Field(description="How that one has ended, where it may be said to others.")
    end_in_doubt: bool = Field(
        description="The office reported an end that lies before the beginning, and has been asked."
    )
    silences: list[SilenceOut] = Field(
        description="Why nothing comes by a channel, and how it begins again; newest first. Empty: all may come."
    )


def router(store: Store, secret: bytes) -> APIRouter:
    """The public API."""
    routes = APIRouter(prefix="/api/v1", tags=["citizen"], route_class=BoundedRoute)

    @routes.post("/track", response_model=TrackOut, summary="Look up one request")
    async def track(asked: TrackIn, response: Response, address: str = Depends(caller_address)) -> TrackOut:
        """The same facts as on the page. Every wrong combination has the same answer, 404; a mistyped reference
        has 400, told by its check character alone, and so has a date of birth that can be two days (ambiguous-date):
        send it as 1980-04-03."""
        typed = Asked(asked.reference, asked.known_fact, address, asked.language, Way.API)
        facts = await look_up(store, secret, typed)
        response.headers["ETag"] = f'W/"{facts.version}"'
        return track_out(in_words.case(facts))

    return routes


def track_out(facts: CaseFacts) -> TrackOut:
    """The facts as they go over the wire."""
    stage = facts.stage
    return TrackOut(
        reference=facts.reference,
        organisation=facts.organisation,
        service=facts.service,
        stage=StageOut(
            code=stage.code,
            headline=stage.headline,
            meaning=stage.meaning,
            since=_when(stage.since) if stage.since != Moment() else None,
        ),
        state=facts.state,
        outcome=facts.outcome,
        waiting_on=facts.waiting_on,
        clock=facts.clock,
        promise=promise_out(facts.promise) if facts.promise else None,
        likely_sooner=facts.sooner,
        no_promise_reason=facts.no_promise_reason,
        first_date=first_out(facts.first) if facts.first else None,
        dates_came_true=facts.came_true,
        delay=delay_out(facts.delay) if facts.delay else None,
        next_word_by=facts.next_word_by,
        word_is_sent=facts.word_is_sent,
        needs=[NeedOut.model_validate(need, from_attributes=True) for need in facts.needs],
        history=[
            LineOut(at=_when(line.when), stage=line.stage, headline=line.headline, note=line.note)
            for line in facts.history
        ],
        promises=[promise_out(promise) for promise in facts.promises],
        messages=[
            MessageOut(purpose=said.purpose, channel=said.channel, state=said.state, at=said.at)
            for said in facts.messages
        ],
        last_reported_at=facts.last_reported_at,
        source_silent=facts.source_silent,
        language=facts.language,
        reversed=facts.reversed and ReversedOut(headline=facts.reversed.headline, on=facts.reversed.on),
        appeal_by=facts.appeal_by,
        survivor=facts.survivor or None,
        survivor_ended=facts.survivor_ended,
        survivor_outcome=facts.survivor_outcome,
        end_in_doubt=facts.end_in_doubt,
        silences=[SilenceOut.model_validate(each, from_attributes=True) for each in facts.silences],
    )


def _when(moment: Moment) -> datetime | date:
    when = moment.on or moment.at
    if when is None:
        raise ValueError("a moment is an instant or a day")
    return when
