"""The ledger of a case: dates are given, moved before they break, judged, and never edited.

Called for every change of a case, and again on the day on which its date may need another look. Two dates may stand at
once: the office's own, and ours beside it. What it returns depends on the ledger and the day alone, so that
it may be called any number of times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tracker.core.case.paused_days import days_paused
from tracker.core.case.timeline import Folded
from tracker.core.deciding.date_news import news_of_first, news_of_ours, news_of_theirs, owned_later
from tracker.core.deciding.ledger import Ledger
from tracker.core.outreach.topics import DateNews
from tracker.core.promises import life
from tracker.core.promises.life import DateEvent, Development, HeldDate, Observation
from tracker.core.promises.punctuality import contradicted
from tracker.core.promises.record import PromiseRecord
from tracker.core.promises.weighing import Verdict, Window, judging_day
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.words import Basis, CaseState, Change, Clock, Outcome, PromiseOutcome


@dataclass(frozen=True, slots=True)
class DatesNow:
    """The ledger as it is now. `standing`: the date that the page leads with; `news`: what it gives to say about
    dates, the same as long as nothing changes; `review_at`: when it may need another look (business time); `sooner`:
    that date is ours, it stands, and the case is likely to be finished well before it; never said of one that took
    the place of another, nor beside the office's own. `office`: the office's own date that stands; `came_true`: how
    many in a hundred first dates did, where that is surely fewer than `standing` claims; `moved_theirs`: the date that
    people knew before the office's newest was the office's too."""

    standing: PromiseRecord | None
    news: tuple[DateNews, ...]
    review_at: datetime | None
    sooner: bool = False
    office: PromiseRecord | None = None
    came_true: int | None = None
    moved_theirs: bool = False


def bring_up_to_date(ledger: Ledger, case: Folded) -> DatesNow:
    """Make the ledger of a case what its events, its history and the day mean for it."""
    _judge_anew(ledger, case)
    _update_office_date(ledger, case)
    if case.opener is None or case.state is CaseState.CLOSED:
        standing = ledger.standing(ours=True)
        if standing is not None:
            ledger.judge(standing, _outcome(ledger, case, standing), ledger.now)
        return DatesNow(None, (), None)
    verdict = _update_our_date(ledger, case)
    ours, review_on = ledger.standing(ours=True), verdict.review_on
    office, newest = ledger.standing(ours=False), ledger.newest(ours=False)
    looks = [calendars.word_due_at(review_on, ledger.zone)] if ours and review_on else []
    if office is not None and office.passes_at is not None:
        morning = calendars.word_due_at(office.latest_on + timedelta(days=1), ledger.zone)
        looks.append(max(office.passes_at, morning))
    if newest is not None and owned_later(ledger, newest):
        looks.append(calendars.word_due_at(ledger.today + timedelta(days=1), ledger.zone))
    belied = newest is not None and newest.superseded_at is None and newest.latest_on < ledger.today
    first = sum(each.ours for each in ledger.given) == 1
    sooner = verdict.sooner and ours is not None and first and office is None and not belied
    standing = ours or office
    came_true = contradicted(ledger.record, standing.probability) if standing is not None else None
    news = news_of_ours(ledger, verdict) + news_of_theirs(ledger)
    news = news or news_of_first(ledger, standing, paused=case.clock is Clock.PAUSED)
    known = ledger.told_before(newest) if newest is not None else []
    moved_theirs = bool(known) and not known[0].ours
    return DatesNow(standing, news, min(looks, default=None), sooner, office, came_true, moved_theirs)


def _update_office_date(ledger: Ledger, case: Folded) -> None:
    """What the events mean for the date that the office gave: made, replaced, judged."""
    before, standing = ledger.newest(ours=False), ledger.standing(ours=False)
    if case.opener is None or case.state is CaseState.CLOSED or case.office_on is None:
        if standing is not None:
            ledger.judge(standing, _outcome(ledger, case, standing), ledger.now)
        return
    if standing is not None and standing.passes_at is not None and ledger.passed(standing):
        silent = ledger.was_silent(standing.passes_at)
        outcome = PromiseOutcome.COULD_NOT_TELL if silent else PromiseOutcome.MISSED
        ledger.judge(standing, outcome, min(standing.passes_at, ledger.now))
        before, standing = ledger.newest(ours=False), None
    passed = (PromiseOutcome.MISSED, PromiseOutcome.COULD_NOT_TELL)
    if before is not None and before.latest_on == case.office_on and before.outcome in (None, *passed):
        return
    if case.office_on < ledger.today:  # it was over before it came: nobody is given a day that has passed
        if standing is not None and not standing.was_told:  # nor, after that, the day which the office itself replaced
            ledger.judge(standing, PromiseOutcome.WITHDRAWN, ledger.now, Change.CASE_CORRECTED)
        return
    fresh = replace(
        ledger.blank(Basis.OFFICE, Window(None, None, case.office_on)),
        entry_id=case.office_entry,
        passes_at=ledger.passes_at(case.office_on),
    )
    ours = ledger.standing(ours=True)
    for old in (standing, ours):  # a stand-in of ours gives way; a date that was learned stands beside the office's
        if old is not None and old.basis is not Basis.HISTORY:
            ledger.supersede(old, fresh, Change.OFFICE_CHANGED_DATE)
    ledger.give(fresh)


def _judge_anew(ledger: Ledger, case: Folded) -> None:
    """What an end decided about a date that people know, and was taken back since, is decided as if it had never come:
    the day of that date has passed without an end, or the date stands again."""
    if case.opener is None or case.state is CaseState.CLOSED:
        return
    for given in (ledger.newest(ours=True), ledger.newest(ours=False)):
        if given is None or not given.was_told or not given.ended_with_its_case or _ended_since(ledger, case, given):
            continue
        if ledger.passed(given):
            ledger.judge(given, PromiseOutcome.MISSED, ledger.now)
        else:
            ledger.stand_again(given)


def _ended_since(ledger: Ledger, case: Folded, given: PromiseRecord) -> bool:
    """Whether an open case has ended since a date was given, by an event that holds still, and was opened anew."""
    shown = [line for line in case.lines if line.shown and line.position is not None]
    closing = (place for place, line in enumerate(shown) if ledger.closes(line.stage))
    last = max(closing, default=None)
    return last is not None and all(line.position > given.made_at for line in shown[last + 1 :] if line.position)


def _outcome(ledger: Ledger, case: Folded, standing: PromiseRecord) -> PromiseOutcome:
    """What became of a date when its case ended: kept when it was finished on or before it, in the office's zone. On
    one of ours the days on which the clock was paused do not count."""
    if case.opener is None or case.state is CaseState.OPEN or case.outcome in (Outcome.WITHDRAWN, Outcome.MERGED):
        return PromiseOutcome.WITHDRAWN
    latest_on, finished_on = standing.latest_on, ledger.stage_on(case)
    if standing.ours:
        waited = days_paused(case, ledger.day(standing.made_at), finished_on, ledger.zone)
        latest_on = ledger.working.since(latest_on + timedelta(days=waited))
    return PromiseOutcome.KEPT if finished_on <= latest_on else PromiseOutcome.MISSED


def _update_our_date(ledger: Ledger, case: Folded) -> Verdict:
    """Give, correct, move or take back the date of ours of an open case, as far as this is due."""
    standing = ledger.standing(ours=True)
    untold = standing is not None and not standing.was_told and not ledger.passed(standing)
    if standing is not None and untold and _in_ignorance(ledger, case, standing):
        _correct(ledger, case, standing)
    sight = _observed(ledger, case)
    turn = life.heard(sight, _held(ledger))
    _write(ledger, case, turn)
    standing = ledger.standing(ours=True)
    if standing is not None:
        ledger.set_passes_at(standing, None if sight.paused else ledger.passes_at(standing.latest_on))
    turn = life.looked_at(sight, turn.held)
    _write(ledger, case, turn)
    return turn.verdict


def _observed(ledger: Ledger, case: Folded) -> Observation:
    """What is known of a case by now, as far as its date of ours goes."""
    standing, today = ledger.standing(ours=True), ledger.today
    since = ledger.day(standing.made_at) if standing is not None else today
    return Observation(
        ledger.terms,
        case.stage,
        ledger.stage_on(case),
        case.since.at,
        case.since == case.opened,
        ledger.known_on,
        judging_day(ledger.now, ledger.zone),
        ledger.began_on(case),
        ledger.now,
        today,
        office=case.office_on is not None,
        paused=case.clock is Clock.PAUSED,
        silent=ledger.silent,
        passed=standing is not None and ledger.passed(standing),
        waited=days_paused(case, since, today, ledger.zone),
    )


def _held(ledger: Ledger) -> HeldDate | None:
    """The date of ours as the ledger has it. What was said of it is not in there. One that went with its case, and that
    nobody was told of, is none: the case may have come back since, as if it had only just begun."""
    newest = ledger.newest(ours=True)
    if newest is None or _gave_way_to_nothing(ledger, newest):
        return None
    if newest.outcome is PromiseOutcome.WITHDRAWN and newest.reason is None and not newest.was_told:
        return None
    first = next(each for each in ledger.given if each.ours)
    taken_at = newest.judged_at if newest.reason == Change.TOO_UNCERTAIN else None
    return HeldDate(
        Window(newest.earliest_on, newest.half_by_on, newest.latest_on) if newest.stands else None,
        ledger.day(newest.made_at),
        first.latest_on,
        ledger.day(first.made_at),
        newest.basis is Basis.HISTORY,
        newest.probability,
        taken_at=taken_at,
        taken_on=ledger.day(taken_at) if taken_at is not None else None,
    )


def _gave_way_to_nothing(ledger: Ledger, newest: PromiseRecord) -> bool:
    """Whether our date gave way to one that the office has not set after all: then it is as if there had been none."""
    if newest.reason != Change.OFFICE_CHANGED_DATE:
        return False
    office = ledger.newest(ours=False)
    return office is not None and office.outcome is PromiseOutcome.WITHDRAWN


def _write(ledger: Ledger, case: Folded, turn: Development) -> None:
    """Write to the ledger what happened to the date of ours."""
    for each in turn.happened:
        standing = ledger.standing(ours=True)
        if each.deed is DateEvent.GIVEN and each.after is not None:
            ledger.give(_row(ledger, case, each.after))
        if standing is None:
            continue
        match each.deed, each.after:
            case DateEvent.PASSED, _:
                passed_at = standing.passes_at or ledger.now
                ledger.judge(
                    standing,
                    PromiseOutcome.COULD_NOT_TELL if ledger.silent else PromiseOutcome.MISSED,
                    min(passed_at, ledger.now),
                )
            case DateEvent.TAKEN_BACK, _:
                ledger.judge(standing, PromiseOutcome.WITHDRAWN, ledger.now, Change.TOO_UNCERTAIN)
            case DateEvent.MOVED, Window() as found:
                _replace(ledger, standing, _row(ledger, case, found), Change.LIKELY_LATE)
            case DateEvent.RESUMED, Window() as found:
                _replace(ledger, standing, _again(ledger, case, standing, found), Change.CLOCK_PAUSED)


def _replace(ledger: Ledger, standing: PromiseRecord, fresh: PromiseRecord, reason: Change) -> None:
    ledger.supersede(standing, fresh, reason)
    ledger.give(fresh)


def _row(ledger: Ledger, case: Folded, found: Window) -> PromiseRecord:
    """The row of a date that is given now, with what it rests on: what was learned, or the service's stand-in."""
    if ledger.curve is None or case.stage is None:
        entry = case.opener.entry if case.opener is not None else None
        return replace(ledger.blank(Basis.DEFINITION, found), entry_id=entry, stage=case.stage)
    return replace(
        ledger.blank(Basis.HISTORY, found),
        entry_id=case.since_entry,
        stage=case.stage,
        curve_id=ledger.curve_id,
        probability=ledger.definition.promise.probability,
        cases=ledger.cases,
        base=ledger.base,
    )


def _again(ledger: Ledger, case: Folded, standing: PromiseRecord, found: Window) -> PromiseRecord:
    """The row of a date that moves with its clock: it rests on what it rested on before."""
    return replace(
        standing,
        id=ledger.fresh.id(),
        earliest_on=found.earliest_on,
        half_by_on=found.half_by_on,
        latest_on=found.latest_on,
        passes_at=ledger.passes_at(found.latest_on),
        made_at=ledger.now,
        told_at=None,
        entry_id=case.since_entry if standing.basis is Basis.HISTORY else standing.entry_id,
        stage=case.stage,
    )


def _in_ignorance(ledger: Ledger, case: Folded, standing: PromiseRecord) -> bool:
    """Whether a date was read from another beginning than the case had, as we know by now, when it was given, or stood
    in for one that can be read by now.

    Events may come in any order: the date must not depend on which of them was here first, as long as nobody was told
    of it. What was told is a word given, and moves as any other does.
    """
    if standing.basis is Basis.DEFINITION:
        return case.opener is not None and (standing.entry_id != case.opener.entry or ledger.curve is not None)
    if standing.entry_id == case.since_entry:
        return False
    if case.since.on is not None:
        return case.since.on <= ledger.day(standing.made_at)
    return case.since.at is not None and case.since.at <= standing.made_at


def _correct(ledger: Ledger, case: Folded, standing: PromiseRecord) -> None:
    """Give the date anew from what is known now, earlier or later; where it is the same, from another beginning."""
    found = life.first(_observed(ledger, case))
    if found is None:
        ledger.judge(standing, PromiseOutcome.WITHDRAWN, ledger.now, Change.CASE_CORRECTED)
    else:
        _replace(ledger, standing, _row(ledger, case, found), Change.CASE_CORRECTED)
