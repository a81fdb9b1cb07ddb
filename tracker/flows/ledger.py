"""The ledger of a case: dates are given, moved before they break, judged, and never edited.

Called for every change of a case, and again on the day on which its date may need another look. Two dates may stand at
once: the office's own, and ours beside it. What it returns depends on the ledger and the day alone, so that
it may be called any number of times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core import calendars
from tracker.core.events import CaseState, Clock, Outcome
from tracker.core.keeping import Confidence
from tracker.core.learning import Curve
from tracker.core.messages import Purpose
from tracker.core.paused import days_paused
from tracker.core.promises import (
    Change,
    Place,
    Standing,
    Step,
    Thresholds,
    Verdict,
    Window,
    judging_day,
    stand_in,
    weigh,
    weigh_stand_in,
    weigh_unfounded,
    window,
    withdrawn_cause,
)
from tracker.core.timeline import Folded
from tracker.core.topics import DateNews
from tracker.flows.book import Book, Subject
from tracker.store import curves, promises
from tracker.store.columns import new_id
from tracker.store.promises import Basis, Given

YOUNG = timedelta(days=14)
"""A date that was changed longer ago is no news any more."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The ledger as it is now. `standing`: the date that the page leads with; `news`: what it gives to say about
    dates, the same as long as nothing changes; `review_at`: when it may need another look (business time); `sooner`:
    that date is ours, it stands, and the case is likely to be finished well before it."""

    standing: Given | None
    news: tuple[DateNews, ...]
    review_at: datetime | None
    sooner: bool = False


async def keep(connection: AsyncConnection, subject: Subject, case: Folded) -> Kept:
    """Make the ledger of a case what its events, its history and the day mean for it. The caller holds its lock."""
    service = subject.current.definition.service
    found = await promises.of_case(
        connection, subject.office.id, subject.mode, subject.id, service, subject.source_id, subject.office.now
    )
    curve = await curves.by_id(connection, subject.office.id, found.curve_id) if found.curve_id else None
    if curve is not None and not curve.teaches(stood_in=subject.current.definition.promise.stood_in):
        curve = None
    return await write(Book(connection, subject, found, curve), case)


async def write(book: Book, case: Folded) -> Kept:
    """Write into the book of a case what its events and the day mean for its dates."""
    await _keep_office(book, case)
    if case.opener is None or case.state is CaseState.CLOSED:
        standing = book.standing(ours=True)
        if standing is not None:
            await book.judge(standing, _kept(book, case, standing), book.now)
        return Kept(None, (), None)
    verdict = await _keep_ours(book, case)
    ours, review_on = book.standing(ours=True), verdict.review_on
    review_at = calendars.word_due_at(review_on, book.zone) if ours and review_on else None
    sooner = verdict.sooner and ours is not None
    return Kept(ours or book.standing(ours=False), _news(book, verdict), review_at, sooner)


async def _keep_office(book: Book, case: Folded) -> None:
    """What the events mean for the date that the office gave: made, replaced, judged."""
    before, standing = book.newest(ours=False), book.standing(ours=False)
    if case.opener is None or case.state is CaseState.CLOSED or case.office_on is None:
        if standing is not None:
            await book.judge(standing, _kept(book, case, standing), book.now)
        return
    passed = (promises.Kept.MISSED, promises.Kept.COULD_NOT_TELL)
    if before is not None and before.latest_on == case.office_on and before.outcome in (None, *passed):
        return
    fresh = replace(
        book.blank(Basis.OFFICE, Window(None, None, case.office_on)),
        entry_id=case.office_entry, passes_at=book.passes_at(case.office_on),
    )  # fmt: skip
    ours = book.standing(ours=True)
    for old in (standing, ours):  # a stand-in of ours gives way; a date that was learned stands beside the office's
        if old is not None and old.basis != Basis.HISTORY:
            await book.supersede(old, fresh, Change.OFFICE_CHANGED_DATE)
    await book.give(fresh)


def _kept(book: Book, case: Folded, standing: Given) -> promises.Kept:
    """What became of a date when its case ended: kept when it was finished on or before it, in the office's zone. On
    one of ours the days on which the clock was paused do not count."""
    if case.opener is None or case.state is CaseState.OPEN or case.outcome in (Outcome.WITHDRAWN, Outcome.MERGED):
        return promises.Kept.WITHDRAWN
    latest_on, finished_on = standing.latest_on, book.stage_on(case)
    if standing.ours:
        waited = days_paused(case, book.definition, book.day(standing.made_at), finished_on, book.zone)
        latest_on = book.working.since(latest_on + timedelta(days=waited))
    return promises.Kept.KEPT if finished_on <= latest_on else promises.Kept.MISSED


async def _keep_ours(book: Book, case: Folded) -> Verdict:
    """Give, correct, move or take back the date of ours of an open case, as far as this is due."""
    hold = Verdict(Step.HOLD)
    standing = book.standing(ours=True)
    if standing is not None and standing.passes_at is not None and book.passed(standing):
        outcome = promises.Kept.COULD_NOT_TELL if book.silent else promises.Kept.MISSED
        await book.judge(standing, outcome, min(standing.passes_at, book.now))
        standing = None
    if standing is not None and _in_ignorance(book, case, standing) and not await book.was_told(standing):
        standing = await _correct(book, case, standing)
    if standing is None and _may_give(book, case):
        first = _first(book, case)
        standing = await book.give(first) if first is not None else None
    if standing is None:
        return hold
    if case.clock is Clock.PAUSED:
        await book.let_pass(standing, None)
        return hold
    standing = await _resume(book, case, standing)
    verdict = _weigh(book, case, standing)
    if book.silent and verdict.step is not Step.HOLD:  # it may be finished by now: nothing is said until we know
        return Verdict(Step.HOLD, review_on=book.today + timedelta(days=1))
    return await _move(book, case, standing, verdict)


def _may_give(book: Book, case: Folded) -> bool:
    """A date that was taken back for uncertainty comes back only once the case has moved on, or the service is relied
    on again, and one that passed while the source was silent only once it is heard again."""
    before = book.newest(ours=True)
    if before is not None and book.silent:
        return False
    if before is None or before.reason != Change.TOO_UNCERTAIN or before.judged_at is None:
        return True
    if book.relied_on_since is not None and book.relied_on_since > book.day(before.judged_at):
        return True  # it may have been taken back because the service gave no dates
    if case.since.at is not None:
        return case.since.at > before.judged_at
    return book.stage_on(case) > book.day(before.judged_at)


def _first(book: Book, case: Folded) -> Given | None:
    """The date that can be given now: learned, else the service's stand-in where the office has set none."""
    if book.confidence == Confidence.WITHDRAWN:
        return None
    if book.curve is not None and case.stage is not None:
        if case.clock is Clock.PAUSED:  # nothing is learned of stages in which we wait
            return None
        place, known_on = _place(book, case, book.curve, case.stage)
        found = window(place.dates, place.stage_on, known_on, book.level, book.today, book.working)
        return _learned(book, case, found) if found else None
    days = book.definition.promise.fallback_days
    if days is None or case.office_on is not None:
        return None
    found = stand_in(book.began_on(case), days, book.today, book.working)
    return _stood_in(book, case, found) if found else None


def _place(book: Book, case: Folded, curve: Curve, stage: str) -> tuple[Place, date]:
    """Where a case is, and the last day of which all is known. As long as that is the day before it was received, it is
    one of all that come."""
    stage_on = book.stage_on(case)
    known_on = max(book.known_on, stage_on - timedelta(days=1))
    if case.since == case.opened and known_on < stage_on:
        dates = risks = curve.received_table(stage)
    else:
        dates, risks = curve.table(stage), curve.risk_table(stage)
    return Place(stage_on, dates, risks, book.working), known_on


def _learned(book: Book, case: Folded, found: Window) -> Given:
    return replace(
        book.blank(Basis.HISTORY, found), entry_id=case.since_entry, stage=case.stage, curve_id=book.curve_id,
        probability=book.definition.promise.probability, cases=book.cases, base=book.base,
    )  # fmt: skip


def _stood_in(book: Book, case: Folded, found: Window) -> Given:
    entry = case.opener.entry if case.opener is not None else None
    return replace(book.blank(Basis.DEFINITION, found), entry_id=entry, stage=case.stage)


def _in_ignorance(book: Book, case: Folded, standing: Given) -> bool:
    """Whether a date was read from another beginning than the case had, as we know by now, when it was given.

    Events may come in any order: the date must not depend on which of them was here first, as long as nobody was told
    of it. What was told is a word given, and moves as any other does.
    """
    if standing.basis == Basis.DEFINITION:
        return case.opener is not None and standing.entry_id != case.opener.entry
    if standing.entry_id == case.since_entry:
        return False
    if case.since.on is not None:
        return case.since.on <= book.day(standing.made_at)
    return case.since.at is not None and case.since.at <= standing.made_at


async def _correct(book: Book, case: Folded, standing: Given) -> Given | None:
    """Give the date anew from what is known now, earlier or later; where it is the same, from another beginning."""
    fresh = _first(book, case)
    if fresh is None:
        await book.judge(standing, promises.Kept.WITHDRAWN, book.now, Change.CASE_CORRECTED)
        return None
    await book.supersede(standing, fresh, Change.CASE_CORRECTED)
    return await book.give(fresh)


async def _resume(book: Book, case: Folded, standing: Given) -> Given:
    """The clock runs: a date moves by the days on which it was paused since the date was given."""
    waited = days_paused(case, book.definition, book.day(standing.made_at), book.today, book.zone)
    if not waited:
        return await book.let_pass(standing, book.passes_at(standing.latest_on))
    latest_on = book.working.since(standing.latest_on + timedelta(days=waited))
    entry = case.since_entry if standing.basis == Basis.HISTORY else standing.entry_id
    moved = replace(
        standing, id=new_id(), latest_on=latest_on, passes_at=book.passes_at(latest_on), made_at=book.now,
        entry_id=entry, stage=case.stage,
        half_by_on=standing.half_by_on and book.working.since(standing.half_by_on + timedelta(days=waited)),
        earliest_on=standing.earliest_on and book.working.since(standing.earliest_on + timedelta(days=waited)),
    )  # fmt: skip
    await book.supersede(standing, moved, Change.CLOCK_PAUSED)
    return await book.give(moved)


async def _move(book: Book, case: Folded, standing: Given, verdict: Verdict) -> Verdict:
    """Do what is to be done about the date that stands. A service that gives no dates gives none in its place."""
    if verdict.step is Step.MOVE and book.confidence == Confidence.WITHDRAWN:
        verdict = Verdict(Step.GIVE_UP)
    if verdict.step is Step.GIVE_UP:
        await book.judge(standing, promises.Kept.WITHDRAWN, book.now, Change.TOO_UNCERTAIN)
    if verdict.window is None:
        return verdict
    fresh = (_learned if book.curve is not None else _stood_in)(book, case, verdict.window)
    await book.supersede(standing, fresh, Change.LIKELY_LATE)
    again = _weigh(book, case, await book.give(fresh))
    return again if again.review_on else Verdict(Step.HOLD, review_on=book.today + timedelta(days=1))


def _weigh(book: Book, case: Folded, standing: Given) -> Verdict:
    """What is to be done about a date. Once its day is over it holds until the source has had the time to tell what
    happened on it."""
    first = next(each for each in book.given if each.ours)
    length = (first.latest_on - book.day(first.made_at)).days
    stood = Standing(standing.latest_on, book.day(standing.made_at), length, standing.probability)
    today, policy = judging_day(book.now, book.zone), book.definition.promise
    if book.today > standing.latest_on:
        return Verdict(Step.HOLD, review_on=book.today + timedelta(days=1))
    if book.curve is not None and case.stage is not None:
        place, known_on = _place(book, case, book.curve, case.stage)
        thresholds = Thresholds(policy.warn, policy.warn_near, policy.warn_last, policy.move)
        return weigh(place, stood, book.level, today, known_on, thresholds)
    if standing.basis == Basis.HISTORY:
        return weigh_unfounded(stood, today, book.working)
    began_on = book.began_on(case)
    days = policy.fallback_days or (first.latest_on - began_on).days
    return weigh_stand_in(stood, began_on, days, today, book.working)


def _news(book: Book, verdict: Verdict) -> tuple[DateNews, ...]:
    """What there is to say about dates of ours by the ledger as it is."""
    standing, newest = book.standing(ours=True), book.newest(ours=True)
    if standing is None:
        taken = newest is not None and newest.reason == Change.TOO_UNCERTAIN and newest.judged_at is not None
        if newest is None or not taken or (newest.judged_at and book.now - newest.judged_at > YOUNG):
            return ()
        return (DateNews(Purpose.DELAYED, withdrawn_cause(newest.id), newest.latest_on),)
    news = [DateNews(Purpose.DELAYED, str(standing.id))] if verdict.step is Step.WARN else []
    broken = _broken(book, standing)
    if broken is not None and book.now - standing.made_at <= YOUNG:
        news.append(DateNews(Purpose.DATE_CHANGED, str(standing.id), broken.latest_on))
    return tuple(news)


def _broken(book: Book, standing: Given) -> Given | None:
    """The date that could not be kept and that this one took the place of, if there is one."""
    before = next((each for each in reversed(book.given) if each.ours and each.id != standing.id), None)
    if before is None:
        return None
    if before.superseded_by == standing.id:
        return before if before.reason == Change.LIKELY_LATE else None
    return before if before.outcome in (promises.Kept.MISSED, promises.Kept.COULD_NOT_TELL) else None
