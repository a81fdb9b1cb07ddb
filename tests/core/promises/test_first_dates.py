"""First dates: which one it is in each population, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as hyp
from hypothesis import strategies as st

from tracker.core.promises.first_dates import Background, Dated, Fate, FirstDate, Population, fate, firsts, leading
from tracker.core.vocabulary.words import Change, Outcome

DAY = timedelta(days=1)
MADE = datetime(2026, 1, 21, 10, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DATE = FirstDate(MADE.date(), date(2026, 2, 20), probability=0.9)
CASE = Background("Europe/London", datetime(2026, 1, 22, tzinfo=UTC))


def given(
    made: int,
    ahead: int,
    told: int | None = None,
    *,
    learned: bool = True,
    theirs: bool = False,
    reason: Change | None = None,
) -> Dated:
    """A date that was given so many days after MADE, so far ahead of that day, and told so long after; it was judged,
    or replaced for a reason."""
    made_at = MADE + made * DAY
    latest_on = made_at.date() + ahead * DAY
    passes_at = None if reason is Change.CLOCK_PAUSED else datetime.combine(latest_on + DAY, datetime.min.time(), UTC)
    return Dated(
        made_at,
        latest_on,
        passes_at,
        theirs,
        learned,
        0.9 if learned else None,
        reason,
        True,
        None,
        False,
        None if told is None else made_at + told * DAY,
    )


def ended(days: int, **changes: object) -> FirstDate:
    """A date that lay 30 days ahead, of a case that was finished so many days after it was given."""
    how = {"closed_as": Outcome.DONE, "ended_on": DATE.made_on + days * DAY, **changes}
    return replace(DATE, **how)


@pytest.mark.parametrize(
    ("date_", "fate_"),
    [
        (ended(30), Fate.KEPT),
        (ended(31), Fate.BROKEN),
        (ended(31, kept_on=DATE.made_on + 31 * DAY), Fate.KEPT),  # it was paused at its end
        (ended(31, kept_on=DATE.made_on + 20 * DAY), Fate.BROKEN),  # that end was taken back
        (replace(DATE, kept_on=DATE.made_on + 20 * DAY), Fate.BROKEN),
        (ended(29, moved=True), Fate.KEPT),
        (ended(29, closed_as=Outcome.REFUSED), Fate.KEPT),
        (ended(29, closed_as=Outcome.WITHDRAWN), Fate.UNKNOWN),
        (ended(29, closed_as=Outcome.MERGED, kept_on=DATE.latest_on), Fate.UNKNOWN),
        (ended(29, could_not_tell=True), Fate.UNKNOWN),
        (DATE, Fate.BROKEN),
        (replace(DATE, over=False), Fate.UNKNOWN),
        (ended(29, over=False), Fate.KEPT),
        (replace(DATE, silent=True), Fate.UNKNOWN),
        (replace(DATE, moved=True), Fate.BROKEN),
        (ended(31, silent=True), Fate.BROKEN),
    ],
)
def test_what_became_of_a_date(date_: FirstDate, fate_: Fate) -> None:
    assert date_.fate is fate_


def test_who_counts_a_date_once_does_not_wait_for_what_is_said_after_a_weekend() -> None:
    assert replace(DATE, silent=True).fate_at_once is Fate.BROKEN
    assert replace(DATE, silent=True, silent_then=True).fate_at_once is Fate.UNKNOWN
    assert ended(30, silent_then=True).fate_at_once is Fate.KEPT


@pytest.mark.parametrize("day", [700, date(2026, 3, 2)])
def test_days_and_their_numbers_are_judged_alike(day: int | date) -> None:
    def after(days: int) -> int | date:
        return day + days if isinstance(day, int) else day + days * DAY

    assert fate(day, after(0), over=True) is fate(day, after(-9), over=False) is Fate.KEPT
    assert fate(day, after(1), over=False) is fate(day, None, over=True) is Fate.BROKEN
    assert fate(day, None, over=False) is Fate.UNKNOWN


STAND_IN = given(0, 14, 0, learned=False, reason=Change.LIKELY_LATE)
MOVED_TO = given(13, 10, 0)
PAUSED = given(0, 14, 0, reason=Change.CLOCK_PAUSED)
RESUMED = given(20, 5)
THEIRS = given(2, 20, 0, theirs=True, learned=False)


@pytest.mark.parametrize(
    ("dates", "told", "learned"),
    [
        ([], [], []),
        ([given(0, 14)], [], [0]),
        ([given(0, 14, 0)], [0], [0]),
        ([given(0, 14, 15)], [], [0]),  # its day was over
        ([given(0, 14, 14)], [0], [0]),
        ([STAND_IN, MOVED_TO], [0], []),  # what it was moved to is not the first
        ([replace(STAND_IN, told_at=None), MOVED_TO], [1], []),
        ([given(0, 14, 0, reason=Change.LIKELY_LATE), given(13, 10, 0)], [0], [0]),
        ([given(0, 14, reason=Change.LIKELY_LATE), given(13, 10, 0)], [1], [0]),
        ([given(0, 14, 1, reason=Change.CASE_CORRECTED), given(2, 9, 0)], [0], [1]),
        ([given(0, 14, reason=Change.CASE_CORRECTED), given(2, 9, 0)], [1], [1]),
        ([PAUSED, RESUMED], [1], [1]),
        ([PAUSED, replace(RESUMED, reason=Change.LIKELY_LATE), given(24, 9, 0)], [1], [1]),
        ([replace(PAUSED, told_at=None), RESUMED], [], [1]),
        ([replace(PAUSED, told_at=None), replace(RESUMED, told_at=RESUMED.made_at)], [1], [1]),
        ([given(0, 14, 0, reason=Change.TOO_UNCERTAIN), STAND_IN, given(30, 9)], [0], [0]),
        ([THEIRS], [0], []),
        ([given(0, 14, 0), THEIRS], [0, 1], [0]),
        (
            [
                given(0, 14, 0),
                replace(THEIRS, reason=Change.OFFICE_CHANGED_DATE),
                replace(THEIRS, latest_on=NOW.date()),
            ],
            [0, 1],
            [0],
        ),
        ([replace(THEIRS, told_at=None), given(4, 30, 0, theirs=True, learned=False)], [1], []),
    ],
)
def test_which_date_is_the_first(dates: list[Dated], told: list[int], learned: list[int]) -> None:
    for population, places in ((Population.TOLD, told), (Population.LEARNED, learned)):
        found = firsts(dates, CASE, population, NOW)
        assert [each.latest_on for each in found] == [dates[place].latest_on for place in places]
        assert [each.theirs for each in found] == [dates[place].theirs for place in places]


def test_a_date_that_moved_because_the_clock_was_paused_was_given_when_it_was_told_first() -> None:
    [first] = firsts([PAUSED, RESUMED], CASE, Population.TOLD, NOW)
    assert (first.made_on, first.said_days, first.waited, first.moved) == (MADE.date(), 25, True, False)
    [later] = firsts(
        [replace(PAUSED, told_at=None), replace(RESUMED, told_at=RESUMED.made_at)], CASE, Population.TOLD, NOW
    )
    assert (later.made_on, later.said_days, later.waited) == (RESUMED.made_at.date(), 5, False)


def test_the_date_that_people_were_told_first_is_the_one_that_counts_and_of_two_at_once_ours() -> None:
    later, at_once = given(9, 9, 0), replace(given(0, 9), told_at=THEIRS.told_at)
    found = [leading(dates, CASE, NOW) for dates in ([THEIRS, later], [at_once, THEIRS], [THEIRS], [])]
    assert [each and each.theirs for each in found] == [True, False, True, None]


def test_a_date_is_over_when_its_source_has_had_the_time_to_tell_and_never_while_the_clock_is_paused() -> None:
    standing = replace(given(0, 39, 0), settled=False)
    weekly = replace(standing, passes_at=NOW + DAY)
    paused = replace(given(0, 9, 0), settled=False, passes_at=None)
    judged = replace(paused, settled=True)
    found = [firsts([each], CASE, Population.TOLD, NOW)[0].over for each in (standing, weekly, paused, judged)]
    assert found == [True, False, False, True]


@pytest.mark.parametrize(
    ("heard", "settled", "silent", "silent_then"),
    [
        (35, False, False, False),  # heard again since its day
        (30, False, True, False),
        (28, False, True, False),  # within its patience when the day was over
        (25, False, True, True),
        (25, True, True, False),  # it was judged
    ],
)
def test_a_silent_source(heard: int, settled: bool, silent: bool, silent_then: bool) -> None:
    case = replace(CASE, heard_at=MADE + heard * DAY, patience=4 * DAY)
    [first] = firsts([replace(given(0, 30, 0), settled=settled)], case, Population.TOLD, NOW)
    assert (first.silent, first.silent_then) == (silent, silent_then)


def test_when_it_was_given_who_was_warned_and_whether_the_office_had_gone_live() -> None:
    case = replace(CASE, warned_at=(MADE + 14 * DAY,), live_at=MADE + DAY)
    early, late = given(0, 14, 2), given(3, 9, 0)
    for dates, forewarned, tried, days in (([early], True, True, -1), ([late], False, False, 2)):
        [first] = firsts(dates, case, Population.TOLD, NOW)
        assert (first.forewarned, first.tried, first.after_reception.days) == (forewarned, tried, days)
    assert not firsts([given(15, 9, 0)], case, Population.TOLD, NOW)[0].forewarned, "that was about another date"


@st.composite
def ledgers(draw: st.DrawFn) -> list[Dated]:
    """Dates of ours as they were given one after the other, each told or not, kept, moved, or taken back."""
    found: list[Dated] = []
    for place in range(draw(st.integers(0, 4))):
        reason = draw(st.sampled_from([None, Change.LIKELY_LATE, Change.CLOCK_PAUSED, Change.TOO_UNCERTAIN]))
        told = draw(st.sampled_from([None, 0, 3, 40]))
        found.append(given(place * 5, draw(st.integers(1, 20)), told, reason=reason))
    return found


def test_a_date_that_was_kept_by_days_of_waiting_alone_is_kept_and_was_not_in_time() -> None:
    """T2: whoever reads that we had said the 30th and finished on the 31st reads why, and not "in time"."""
    paused = ended(31, kept_on=DATE.made_on + 31 * DAY)
    assert (paused.fate, paused.in_time, paused.waited_past, paused.days_after) == (Fate.KEPT, False, True, 0)
    kept = ended(30, kept_on=DATE.made_on + 30 * DAY)
    assert (kept.in_time, kept.waited_past) == (True, False)
    assert not ended(31).waited_past, "it is late, and was not waited for"


@hyp(ledgers(), st.integers(0, 60), st.sampled_from(Outcome))
def test_in_time_is_said_only_of_the_first_date_that_was_told_if_it_was_kept_and_never_moved(
    dates: list[Dated], days: int, how: Outcome
) -> None:
    """T2, a law: told afresh here from the ledger alone."""
    ended_on = MADE.date() + days * DAY
    told = [each for each in dates if each.told_at is not None and each.told_at.date() <= each.latest_on]
    first = leading(dates, replace(CASE, closed_as=how, ended_on=ended_on), NOW + 99 * DAY)
    if not told:
        assert first is None, "nobody was told a date"
        return
    after = dates[dates.index(min(told, key=lambda each: each.told_at or NOW)) :]
    counts = next((each for each in after if each.reason is not Change.CLOCK_PAUSED), None)
    if counts is None:
        assert first is None
        return
    finished = how in (Outcome.DONE, Outcome.REFUSED)
    assert first is not None and first.in_time is (finished and ended_on <= counts.latest_on and counts.reason is None)
    assert first.days_after == (max(0, (ended_on - counts.latest_on).days) if finished else 0)
    assert first.moved_to is None or any(each.latest_on == first.moved_to for each in told)
