"""The dates of a case's page: its rows as facts, which of them leads, and what became of the first that was told."""

from __future__ import annotations

from datetime import datetime

from tracker.core.answers.facts import PromiseFacts, ToldFacts
from tracker.core.answers.tellings import Listener
from tracker.core.promises.first_dates import Background, Dated, FirstDate
from tracker.core.promises.first_dates import leading as first_told
from tracker.core.promises.punctuality import Record, contradicted
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.words import Basis, CaseState, Change, PromiseOutcome
from tracker.store.answers.pages import PageCase, PagePromise


def promises(row: PageCase) -> tuple[PromiseFacts, ...]:
    """Every date that was given, newest first, but for a stand-in of which nobody was told before there was another."""
    return tuple(_promise(each, row) for each in row.promises if not _is_no_matter(each, row))


def _is_no_matter(each: PagePromise, row: PageCase) -> bool:
    gone = each.superseded_at is not None and each.reason == Change.CASE_CORRECTED
    return gone and each.basis == Basis.DEFINITION and _told_at(each, row) is None


def leading(promises: tuple[PromiseFacts, ...]) -> PromiseFacts | None:
    """The date that a page leads with, of those that stand: ours, else the office's."""
    stand = [each for each in promises if each.stands]
    return next((each for each in stand if not each.theirs), next(iter(stand), None))


def came_true(row: PageCase, standing: PromiseFacts | None) -> int | None:
    """How many in a hundred first dates of the service came true, where that is surely fewer than this date claims."""
    if standing is None or row.dates_kept is None or row.dates_broken is None:
        return None
    return contradicted(Record(row.dates_kept, row.dates_kept + row.dates_broken), standing.probability)


def first(row: PageCase) -> FirstDate | None:
    """The first date that people were told, as it is counted in public; None where they were told none."""
    ended_on = None
    if row.state is CaseState.CLOSED:
        ended_on = row.since_on or (day_of(row.since_at, row.zone) if row.since_at is not None else None)
    of = Background(
        row.zone,
        row.opened_at,
        row.outcome if row.state is CaseState.CLOSED else None,
        ended_on,
        row.heard_at,
        row.patience,
        row.live_at,
    )
    return first_told([_dated(each, row) for each in reversed(row.promises)], of, row.now)


def _dated(each: PagePromise, row: PageCase) -> Dated:
    return Dated(
        each.made_at,
        each.latest_on,
        each.passes_at,
        each.basis == Basis.OFFICE,
        each.basis == Basis.HISTORY,
        each.probability,
        each.reason,
        each.outcome is not None or each.superseded_at is not None,
        each.judged_at if each.outcome == PromiseOutcome.KEPT else None,
        each.outcome == PromiseOutcome.COULD_NOT_TELL,
        _told_at(each, row),
    )


def _told_at(each: PagePromise, row: PageCase) -> datetime | None:
    """When anybody outside the office was told of a date first, since the office went live."""
    told = (datetime.fromisoformat(at) for audience, _, at in each.told or () if audience != Listener.STAFF)
    return min((at for at in told if row.live_at is None or at >= row.live_at), default=None)


def _promise(each: PagePromise, row: PageCase) -> PromiseFacts:
    told_at = _told_at(each, row)
    return PromiseFacts(
        basis=each.basis,
        earliest_on=each.earliest_on,
        half_by_on=each.half_by_on,
        latest_on=each.latest_on,
        probability=each.probability,
        made_at=each.made_at,
        superseded_at=each.superseded_at,
        reason=each.reason,
        outcome=each.outcome,
        cases=each.cases,
        base=each.base,
        id=each.id,
        told=tuple(ToldFacts(audience, way, datetime.fromisoformat(at)) for audience, way, at in each.told or ()),
        told_at=told_at if told_at is not None and day_of(told_at, row.zone) <= each.latest_on else None,
    )
