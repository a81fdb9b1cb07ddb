"""The walk through a log, step by step: who is promised what, by which knowledge, and when it moves."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.backtest.logs import BEGAN, Row, day, loaded
from tests.backtest.test_hostile_logs import USUAL, crowd
from tracker.backtest.cohorts import Cohorts, Trail
from tracker.backtest.feeds import LOST_EVERY_WEEKS, Feed, monday
from tracker.backtest.log import Log, LoggedCase, LogLine
from tracker.backtest.pupil import Pupil
from tracker.backtest.walk import Plan, walk
from tracker.backtest.walked import Promised, Walked
from tracker.core.promises.exposure import Visit, week

PAUSED = frozenset({"asked", "asked again"})
START = BEGAN.toordinal()
assert monday(START) == START


def of(log: Log, walked: Walked, case_id: str) -> list[Promised]:
    """What was promised to a case."""
    return [each for each in walked.promises if log.cases[each.case].id == case_id]


@pytest.mark.parametrize("feed", list(Feed))
def test_a_feed_says_what_it_has_brought(feed: Feed) -> None:
    """All that is known through a day has been loaded, and nothing is loaded before it has happened."""
    for today in range(START, START + 7 * 2 * LOST_EVERY_WEEKS + 30):
        known = feed.known_through(today)
        assert known < today
        assert all(feed.loaded_on(before) <= today for before in range(today - 40, known + 1))
        assert feed.loaded_on(today) > today
        assert known >= feed.known_through(today - 1)


def test_one_week_in_thirteen_goes_astray_and_comes_after_the_next() -> None:
    late = [number for number in range(START, START + 7 * 26) if Feed.WEEK_LOST.loaded_on(number) > number + 1]
    assert len(late) == 14
    for number in late:
        assert Feed.WEEK_LOST.loaded_on(number) == monday(number) + 14


def test_nothing_is_promised_before_enough_was_learned(tmp_path: Path) -> None:
    log = loaded(tmp_path, USUAL)
    walked = walk(log, Plan())
    first = next(each for each in walked.promises if each.on is not None)
    ended = sum(case.end is not None and case.end < monday(first.made_on) for case in log.cases)
    assert ended >= 30
    assert monday(first.made_on) - 7 <= sorted(case.end or 0 for case in log.cases)[29] < monday(first.made_on)
    assert all(each.made_at == log.cases[each.case].lines[0].at for each in walked.promises)


def test_a_later_step_is_promised_when_its_day_is_over_at_the_last_one_of_the_day(tmp_path: Path) -> None:
    steps = [("received", day(20, 9)), ("review", day(22, 9)), ("advice", day(22, 15)), ("advice", day(25, 9))]
    log = loaded(tmp_path, [Row("C1", "tree", step, at) for step, at in steps] + crowd(date(2024, 1, 1), 90))
    found = of(log, walk(log, Plan()), "C1")
    assert [(each.step, each.made_at, each.first) for each in found] == [
        ("received", day(20, 9), True),
        ("advice", day(22)[:10] + "T23:59:59", False),
    ]
    assert all(each.on is not None and each.on > each.made_on for each in found)


@pytest.mark.parametrize(
    ("second", "told"), [("59", "59"), ("59.700000", "59.700000"), ("58.999999", "59")], ids=["on", "after", "before"]
)
def test_no_promise_is_made_before_its_step(tmp_path: Path, second: str, told: str) -> None:
    last = day(20)[:10] + "T23:59:"
    rows = [Row("C1", "tree", "received", day(20, 9)), Row("C1", "tree", "review", last + second)]
    log = loaded(tmp_path, rows)
    assert [each.made_at for each in walk(log, Plan()).promises] == [day(20, 9), last + told]


@pytest.mark.parametrize(("feed", "month"), [(Feed.LIVE, False), (Feed.NIGHTLY, True), (Feed.WEEKLY, True)])
def test_who_is_still_in_the_first_step_when_it_is_over_is_promised_by_those_who_stayed(
    tmp_path: Path, feed: Feed, month: bool
) -> None:
    """Nineteen in twenty leave the first step on the day they come, and are done on the second day after; the others
    wait for forty days. On the first day nobody knows which they are, on the next everybody does."""
    rows = list[Row]()
    for number in range(400):
        came, stays = number // 2, number % 20 == 0
        rows.append(Row(f"C{number}", "tree", "received", day(came, 9)))
        if not stays:
            rows.append(Row(f"C{number}", "tree", "review", day(came, 10)))
        rows.append(Row(f"C{number}", "tree", "decided", day(came + (40 if stays else 2), 9), True))
    rows.append(Row("new", "tree", "received", day(195, 9)))
    found = of(log := loaded(tmp_path, rows), walk(log, Plan(feed=feed)), "new")
    assert found[0].on is not None
    assert (found[0].on - START - 195 > 30) is month


@pytest.mark.parametrize("feed", [Feed.NIGHTLY, Feed.WEEKLY, Feed.WEEK_LOST])
def test_a_case_that_is_known_to_have_ended_is_promised_nothing(tmp_path: Path, feed: Feed) -> None:
    rows = [Row("quick", "tree", "received", day(21, 9)), Row("quick", "tree", "done", day(21, 15), True)]
    rows += [Row("slow", "tree", "received", day(21, 9)), Row("slow", "tree", "done", day(60, 15), True)]
    log = loaded(tmp_path, rows + crowd(date(2024, 1, 1), 90))
    walked = walk(log, Plan(feed=feed))
    assert of(log, walked, "quick") == []
    (promise,) = of(log, walked, "slow")
    assert promise.made_on == feed.loaded_on(START + 21)


def lost() -> int:
    """The Monday of a week that goes astray, as days after BEGAN."""
    return next(
        number for number in range(7 * 8, 7 * 40, 7) if Feed.WEEK_LOST.loaded_on(START + number) > START + number + 1
    )


def test_rows_that_went_astray_are_counted_in_their_place_when_they_come() -> None:
    """A case received in the lost week that ends in the next counts from its reception on; nothing counts twice."""
    first = START + lost()
    case = LoggedCase(
        "C",
        "s",
        [LogLine(first + 1, "", "received"), LogLine(first + 3, "", "review"), LogLine(first + 8, "", "advice")],
    )
    case.end = first + 9
    in_order, astray = Pupil(0.9, None), Pupil(0.9, None)
    days = [first + 1, first + 3, first + 8, first + 9]
    for pupil, order in ((in_order, days), (astray, [*days[2:], *days[:2]])):
        for each in order:
            pupil.take(0, case, each)
        assert pupil.ended(0)
        pupil.refit(first + 14, first + 13)
    one, other = (pupil._history.counted(without_clearing=False) for pupil in (in_order, astray))
    assert one == other
    assert {key: sum(counts.risk) for key, counts in one[0].items()} == {
        ("s", "received"): 9,
        ("s", "review"): 7,
        ("s", "advice"): 2,
    }
    assert in_order._history.finished() == {"s": 1}


def told(case: LoggedCase, paused: frozenset[str]) -> list[Visit]:
    """The visits of a case, day by day."""
    cohorts = Cohorts()
    trail = Trail(cohorts, paused)
    for each in sorted({line.day for line in case.lines} | {case.end or case.lines[0].day}):
        trail.add_day(case, each)
    return list(cohorts.visits())


@pytest.mark.parametrize(
    ("steps", "end", "expected"),
    [
        ([(10, "in"), (12, "out")], 20, {"in": False, "out": False}),
        ([(10, "in"), (10, "out")], 20, {"in": True, "out": False}),
        ([(10, "in"), (10, "out"), (10, "in")], 20, {"in": False}),
        ([(10, "in"), (10, "asked"), (15, "out")], 20, {"in": True, "out": False}),
        ([(10, "in"), (12, "out"), (12, "back")], 20, {"in": False, "back": False}),
        ([(10, "in")], 10, {"in": False}),
        ([(10, "in"), (10, "out")], 10, {"in": False}),
        ([(10, "in")], 11, {"in": False}),
    ],
)
def test_a_visit_is_brief_if_the_case_has_moved_on_from_its_first_step_by_the_evening(
    steps: list[tuple[int, str]], end: int, expected: dict[str, bool]
) -> None:
    assert {each.stage: each.brief for each in told(case_of(*steps, end=end), PAUSED)} == expected


def at_risk(visits: list[Visit]) -> dict[str, tuple[int, int]]:
    """By stage, the days that were counted and how many cases finished."""
    found = week(visits, 1, 400)
    return {stage: (sum(each.risk), sum(each.done)) for stage, each in found.stages.items() if not each.empty()}


def case_of(*steps: tuple[int, str], end: int | None = None) -> LoggedCase:
    """A case that came to steps on days."""
    return LoggedCase("C", "s", [LogLine(number, "", step) for number, step in steps], end)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (case_of((10, "in"), (20, "asked"), (50, "back"), end=59), {"in": (20, 1), "back": (10, 1)}),
        (case_of((10, "in"), (20, "asked"), end=50), {"in": (11, 1)}),  # ended while it was paused
        (case_of((10, "in"), (20, "asked"), (30, "asked again"), (50, "in"), end=50), {"in": (11, 1)}),
        (case_of((10, "in"), (20, "asked"), (50, "in"), end=59), {"in": (20 + 10, 2)}),  # it came to the stage twice
        (case_of((10, "in"), (10, "asked"), (50, "back"), end=59), {"in": (10, 1), "back": (10, 1)}),
        (case_of((10, "asked"), (50, "back"), end=59), {"asked": (50, 1), "back": (10, 1)}),  # no clock ran before
    ],
)
def test_days_on_which_the_applicant_has_the_ball_are_no_age(
    case: LoggedCase, expected: dict[str, tuple[int, int]]
) -> None:
    visits = told(case, PAUSED)
    assert all(visit.cases > 0 for visit in visits)
    assert at_risk(visits) == expected


def test_a_clock_that_runs_again_moves_the_date_by_the_days_waited_and_never_into_the_past(tmp_path: Path) -> None:
    steps = [(20, "received"), (22, "asked"), (30, "asked again"), (52, "back")]
    rows = [Row("C1", "tree", step, day(number, 9)) for number, step in steps] + crowd(date(2024, 1, 1), 150)
    log = loaded(tmp_path, [*rows, Row("C1", "tree", "done", day(60, 9), True)])
    walked = walk(log, Plan(paused=PAUSED))
    first = of(log, walked, "C1")[0]
    (move,) = [each for each in walked.moves if log.cases[each.case].id == "C1" and each.reason == "clock_paused"]
    assert first.on is not None
    assert move.old_on == first.on
    assert 30 <= (move.new_on or 0) - first.on <= 32  # and on a working day
    assert move.changed_on == START + 53
    index = next(index for index, case in enumerate(log.cases) if case.id == "C1")
    assert walked.pauses == {index: [(START + 22, START + 52)]}
    assert [each.step for each in of(log, walked, "C1")] == ["received", "back"]


def test_a_date_that_came_while_the_clock_was_paused_teaches_the_level_nothing() -> None:
    pupil = Pupil(0.9, PAUSED)
    for index in range(40):
        case = LoggedCase(str(index), "s", [LogLine(START, "", "in"), LogLine(START + 2, "", "asked")])
        pupil.take(index, case, START)
        pupil.promise(index, "s", START + 10)
        if index < 20:
            pupil.take(index, case, START + 2)
    for index in range(20, 40):
        case = LoggedCase(str(index), "s", [LogLine(START, "", "in")], START + 9)
        pupil.take(index, case, START + 9)
    pupil.refit(START + 14, START + 13)
    assert pupil.level("s") < 0.9  # those twenty that were not paused were all kept


def test_a_date_that_can_no_longer_be_weighed_is_taken_back_in_time(tmp_path: Path) -> None:
    """Where nothing finishes for years, history is too thin again: no date is left to pass in silence."""
    rows = crowd(date(2024, 1, 1))
    rows += [
        Row(f"slow{number}", "tree", "received", str(date(2026, 1, 6) + timedelta(number))) for number in range(15)
    ]
    log = loaded(tmp_path, [*rows, Row("end", "tree", "received", "2030-01-01")])
    walked = walk(log, Plan())
    shown = {each.case: each.on for each in walked.promises if each.first and each.on is not None}
    assert any(log.cases[index].id.startswith("slow") for index in shown)
    for move in walked.moves:
        assert move.old_on == shown[move.case]
        assert move.new_on or move.changed_on < move.old_on
        shown[move.case] = move.new_on
    assert {index for index, on in shown.items() if on is not None and log.cases[index].end is None} == set()
    assert walked.weeks < 52 * 6.5  # and nobody walks through years in which nothing can happen


def test_a_case_of_which_only_the_end_came_is_known_to_have_ended(tmp_path: Path) -> None:
    # Its reception was in a week that went astray.
    gone = lost()
    rows = [Row("C1", "tree", "received", day(gone + 2, 9)), Row("C1", "tree", "done", day(gone + 8, 9), True)]
    log = loaded(tmp_path, [*rows, Row("C2", "tree", "received", day(gone + 40, 9)), *USUAL])
    assert of(log, walk(log, Plan(feed=Feed.WEEK_LOST)), "C1") == []


def test_a_clock_that_is_heard_late_to_run_again_gives_no_date_of_days_gone_by(tmp_path: Path) -> None:
    rows = crowd(date(2024, 1, 1))
    for number in range(30):  # each is paused for a day on another day; weekly loads tell of it up to a week later
        name, began = f"C{number}", 20
        steps = [(began, "received"), (began + 5 + number, "asked"), (began + 6 + number, "back")]
        rows += [Row(name, "tree", step, day(each, 9)) for each, step in steps]
    log = loaded(tmp_path, [*rows, Row("end", "tree", "received", day(150, 9))])
    moves = [each for each in walk(log, Plan(feed=Feed.WEEKLY, paused=PAUSED)).moves if each.reason == "clock_paused"]
    assert any(each.old_on + 3 < each.changed_on for each in moves)
    assert all(each.new_on is not None and each.new_on > each.changed_on for each in moves)
