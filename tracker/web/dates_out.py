"""The dates of a case as they go over the wire: what was given, what was told first, what is amiss."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from tracker.core.answers.facts import DelayFacts, PromiseFacts
from tracker.core.promises.first_dates import FirstDate


class PromiseOut(BaseModel):
    """A date that was given. `basis`: whose it is ("office": the office set it; "history": ours, learned from `cases`
    finished cases; "definition": ours, the service's stand-in while history is thin). `base`: whose finished cases
    these were ("service": requests of the same kind; "office": requests of all kinds at the office, since there were
    too few of this kind; null: not learned, or not known). `reason`: why it was replaced or taken back (likely_late,
    clock_paused, case_corrected, office_changed_date, too_uncertain). `told_at`: when anybody outside the office was
    told of it first, before its day was over; null: nobody was."""

    basis: str
    earliest_on: date | None
    half_by_on: date | None
    latest_on: date
    probability: float | None
    made_at: datetime
    superseded_at: datetime | None
    reason: str | None
    outcome: str | None
    cases: int | None
    base: str | None
    told_at: datetime | None


class FirstDateOut(BaseModel):
    """The first date that anybody outside the office was told, by which the request is judged. `set_by`: us or office;
    `latest_on`: with the days added on which we waited for the person; `moved`: it was moved or taken back, `moved_to`
    the last date that people were told in its place; `fate`: kept, broken, or unknown (not over yet, withdrawn, joined
    to another). `in_time`: whether it was kept as it was given, null until the request is finished; false where it
    ended later and is kept by the days alone on which we had to wait; `days_after`: how many days after the date that
    was."""

    latest_on: date
    set_by: str
    fate: str
    moved: bool
    moved_to: date | None
    in_time: bool | None
    days_after: int


class DelayOut(BaseModel):
    """What is amiss with a date of an open request, and why. `kind`: its day has passed (late), it lies later than one
    that could not be kept (moved), it was taken back (taken_back), people were told that it may not be kept (warned).
    `reason`: the office's code, or where it gave none usual_spread, waiting_for_you, waiting_for_others; `words` say it
    plainly."""

    kind: str
    reason: str
    words: str


def delay_out(delay: DelayFacts) -> DelayOut:
    """What is amiss with a date, as it goes over the wire."""
    return DelayOut(kind=delay.kind, reason=delay.reason, words=delay.text)


def promise_out(promise: PromiseFacts) -> PromiseOut:
    """A date, as it goes over the wire."""
    return PromiseOut(
        basis=promise.basis,
        earliest_on=promise.earliest_on,
        half_by_on=promise.half_by_on,
        latest_on=promise.latest_on,
        probability=promise.probability,
        made_at=promise.made_at,
        superseded_at=promise.superseded_at,
        reason=promise.reason,
        outcome=promise.outcome,
        cases=promise.cases,
        base=promise.base,
        told_at=promise.told_at,
    )


def first_out(first: FirstDate) -> FirstDateOut:
    """The first date, as it goes over the wire."""
    return FirstDateOut(
        latest_on=first.latest_on,
        set_by="office" if first.theirs else "us",
        fate=first.fate,
        moved=first.moved,
        moved_to=first.moved_to,
        in_time=first.in_time if first.ended else None,
        days_after=first.days_after,
    )
