"""What there is to say about the dates of a case, to those who know them, by its ledger as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tracker.core.deciding.ledger import Ledger
from tracker.core.outreach.topics import DateNews
from tracker.core.promises.record import PromiseRecord
from tracker.core.promises.weighing import Advice, Verdict, office_cause, withdrawn_cause
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.words import Change, PromiseOutcome

YOUNG = timedelta(days=14)
"""A date that was changed longer ago is no news any more."""


def news_of_ours(ledger: Ledger, verdict: Verdict) -> tuple[DateNews, ...]:
    """What there is to say about dates of ours by the ledger as it is. That one may not hold, or holds no more, is news
    to those alone who know it, also where its day has passed and no other can be given; of one that took the place of a
    date that nobody knows only the new one is."""
    standing, newest = ledger.standing(ours=True), ledger.newest(ours=True)
    if standing is None:
        if newest is None or newest.judged_at is None or ledger.now - newest.judged_at > YOUNG:
            return ()
        gone = newest.reason == Change.TOO_UNCERTAIN or newest.outcome is PromiseOutcome.MISSED
        if not gone or not newest.was_told:
            return ()
        return (DateNews(Purpose.DELAYED, withdrawn_cause(newest.id), newest.latest_on),)
    news = [DateNews(Purpose.DELAYED, str(standing.id))] if verdict.step is Advice.WARN and standing.was_told else []
    broken = _broken(ledger, standing)
    if broken is not None and standing.latest_on >= ledger.today and ledger.now - standing.made_at <= YOUNG:
        news.append(DateNews(Purpose.DATE_CHANGED, str(standing.id), before=_days(ledger.told_before(standing))))
    return tuple(news)


def news_of_theirs(ledger: Ledger) -> tuple[DateNews, ...]:
    """What there is to say about the office's own date to those who know it: that it lies later now than the one that
    they know, or that its day has passed without an end. One that passed in a silence is owned to once that is over."""
    newest = ledger.newest(ours=False)
    if newest is None or newest.superseded_at is not None:
        return ()
    if newest.stands:
        known = ledger.told_before(newest)
        if not known or known[0].latest_on >= newest.latest_on or newest.latest_on < ledger.today:
            return ()
        cause, old = office_cause(newest.id, passed=False), ledger.now - newest.made_at > YOUNG
        return (DateNews(Purpose.DATE_CHANGED, cause, theirs=True, old=old, before=_days(known)),)
    passed = newest.outcome is PromiseOutcome.MISSED or (
        newest.outcome is PromiseOutcome.COULD_NOT_TELL and not ledger.silent
    )
    missed = passed and newest.was_told and newest.judged_at is not None
    if not missed or (newest.judged_at and ledger.now - newest.judged_at > YOUNG):
        return ()
    return (DateNews(Purpose.DELAYED, office_cause(newest.id, passed=True), newest.latest_on, theirs=True),)


def owned_later(ledger: Ledger, newest: PromiseRecord) -> bool:
    """Whether it is to be owned to once the office is heard again that this date of its own has passed."""
    in_silence = newest.outcome is PromiseOutcome.COULD_NOT_TELL and newest.was_told and ledger.silent
    return in_silence and newest.judged_at is not None and ledger.now - newest.judged_at <= YOUNG


def news_of_first(ledger: Ledger, standing: PromiseRecord | None, *, paused: bool) -> tuple[DateNews, ...]:
    """The date that stands, for those whom no message told one: where nothing else is to be said of dates. One of ours
    stands still while the clock is paused, and waits until it runs again. No day that is over is told as one to come: a
    source that reports once a week may still report an end of it."""
    if (
        standing is None
        or standing.latest_on < ledger.today
        or ledger.now - standing.made_at > YOUNG
        or (standing.ours and paused)
    ):
        return ()
    cause = str(standing.id) if standing.ours else office_cause(standing.id, passed=False)
    return (DateNews(Purpose.DATE_CHANGED, cause, theirs=not standing.ours, first=True),)


def _days(known: Sequence[PromiseRecord]) -> tuple[tuple[str, date], ...]:
    return tuple((str(each.id), each.latest_on) for each in known)


def _broken(ledger: Ledger, standing: PromiseRecord) -> PromiseRecord | None:
    """The date that could not be kept and that this one took the place of, if there is one."""
    before = next((each for each in reversed(ledger.given) if each.ours and each.id != standing.id), None)
    if before is None:
        return None
    if before.superseded_by == standing.id:
        return before if before.reason == Change.LIKELY_LATE else None
    return before if before.outcome in (PromiseOutcome.MISSED, PromiseOutcome.COULD_NOT_TELL) else None
