"""The figures of a backtest, counted by hand on logs of a few cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tracker.backtest.log import Log, LoggedCase, LogLine
from tracker.backtest.report import report, to_json
from tracker.backtest.score import Span, judging, losses, pinball, quarters, score, tuning
from tracker.backtest.stability import changes_by_case, stability
from tracker.backtest.truth import Truth
from tracker.backtest.walk import Plan
from tracker.backtest.walked import GoodNews, MovedDate, Noted, Promised, Walked
from tracker.core.promises.punctuality import Record

MONDAY = date(2026, 3, 2).toordinal()
SNAPSHOT = MONDAY + 100


def log(*ends: int | None, service: str = "tree", each_day: bool = False) -> Log:
    """Cases received on the Monday, or one on each day from it, that ended so many days after it, or are open."""
    days = [MONDAY + number * each_day for number in range(len(ends))]
    cases = [
        LoggedCase(
            f"C{number}", service, [LogLine(day, date.fromordinal(day).isoformat(), "received")], end and MONDAY + end
        )
        for number, (day, end) in enumerate(zip(days, ends, strict=True))
    ]
    return Log(cases, SNAPSHOT)


def promised(case: int, days: int | None, made: int = 0, *, first: bool = True) -> Promised:
    """A date so many days after the Monday, given `made` days after it."""
    on = None if days is None else MONDAY + days
    return Promised(case, "received", "", MONDAY + made, on, first)


def test_a_date_is_kept_on_its_day_and_missed_on_the_next_and_open_cases_miss_it_once_it_has_passed() -> None:
    found = score(Truth(log(10, 11, None, 4), {}), [promised(case, 10) for case in range(4)], 0.9)
    assert (found.record.kept, found.record.total, found.unknown) == (2, 4, 0)


def test_an_open_case_whose_date_lies_beyond_the_log_is_neither_kept_nor_missed() -> None:
    found = score(Truth(log(10, None, None), {}), [promised(0, 10), promised(1, 101), promised(2, 100)], 0.9)
    assert (found.cases, found.unknown) == (3, 1)
    assert (found.record.kept, found.record.total) == (1, 2)  # on the last day of the log the date has come


def test_a_closed_case_is_judged_though_its_date_lies_beyond_the_log() -> None:
    found = score(Truth(log(10), {}), [promised(0, 400)], 0.9)
    assert (found.record.kept, found.record.total) == (1, 1)


def test_a_promise_without_a_date_counts_as_none_and_is_not_judged() -> None:
    found = score(Truth(log(10, 10), {}), [promised(0, None), promised(1, 20)], 0.9)
    assert (found.cases, found.no_date, found.record.total, found.no_date_share) == (2, 1, 1, 0.5)


def test_the_loss_is_that_of_the_probability_and_relative_to_the_best_single_date_in_hindsight() -> None:
    assert pinball(12, 10, 0.9) == pytest.approx(1.8)
    assert pinball(5, 10, 0.9) == pytest.approx(0.5)
    ends = range(1, 11)  # the oracle's date for 9 in 10 is day 9
    truth = Truth(log(*ends), {})
    perfect = score(truth, [promised(case, 9) for case in range(10)], 0.9)
    assert perfect.rel == pytest.approx(1.0)
    assert perfect.record.kept == 9
    slack = score(truth, [promised(case, 19) for case in range(10)], 0.9)
    ours, oracle = sum(0.1 * (19 - end) for end in ends), sum(0.1 * (9 - end) for end in range(1, 10)) + 0.9
    assert slack.rel == pytest.approx(ours / oracle)


def test_the_oracle_knows_each_service_apart() -> None:
    both = log(*[1] * 10, *[50] * 10)
    for case in both.cases[10:]:
        case.service = "house"
    found = score(Truth(both, {}), [promised(case, 1 if case < 10 else 50) for case in range(20)], 0.9)
    assert found.rel is None  # the oracle loses nothing
    assert {name: (each.kept, each.total) for name, each in found.services.items()} == {
        "tree": (10, 10),
        "house": (10, 10),
    }


def test_the_oracle_of_each_step_knows_the_step_as_well() -> None:
    """Ten that took a day and ten that took fifty, told apart by their step alone."""
    truth = Truth(log(*[1] * 10, *[50] * 10), {})
    steps = [replace(promised(case, 50), step="quick" if case < 10 else "slow") for case in range(20)]
    found = score(truth, steps, 0.9)
    assert found.rel == pytest.approx(1.0), "one date for both cannot be better"
    assert found.rel_by_step is None, "who knows the step loses nothing"
    assert score(Truth(log(*range(1, 11)), {}), [promised(case, 9) for case in range(10)], 0.9).rel_by_step == 1.0


def test_dates_are_counted_in_the_quarter_in_which_they_fell_due_beside_what_hindsight_would_have_kept() -> None:
    ends = (5, 10, 20, 40, 41, 42, 43, 44, 45, 46)  # the oracle's date for 9 in 10 is day 45
    dates = [promised(case, 29 if case < 5 else 30) for case in range(10)]  # 31 March, and 1 April
    found = quarters(Truth(log(*ends), {}), dates, 0.9)
    assert [(each.name, each.record, each.oracle) for each in found] == [
        ("2026 Q1", Record(3, 5), Record(5, 5)),
        ("2026 Q2", Record(0, 5), Record(4, 5)),
    ]
    known = quarters(Truth(log(5, None), {}), [promised(0, 10), promised(1, 400), promised(1, None)], 0.9)
    assert [each.record for each in known] == [Record(1, 1)], "nobody knows what becomes of the others"


def test_the_losses_of_a_case_are_those_of_all_its_promises_and_add_up_to_the_ratio() -> None:
    truth = Truth(log(12, 4, None), {})
    asked = [promised(0, 10), promised(0, 14, 8), promised(1, 10), promised(1, None, 2), promised(2, 200)]
    found = losses(truth, asked, 0.9)
    assert found.keys() == {0, 1}  # the fate of the open one is not known
    assert found[0][0] == pytest.approx(0.9 * 2 + 0.1 * 2)
    assert found[1][0] == pytest.approx(0.1 * 6)
    assert score(truth, asked, 0.9).rel == pytest.approx(
        sum(ours for ours, _ in found.values()) / sum(oracle for _, oracle in found.values())
    )


def test_a_later_promise_is_judged_by_what_was_left_when_it_was_made() -> None:
    found = score(Truth(log(30, 40), {}), [promised(0, 30, 20), promised(1, 30, 20)], 0.5)
    assert (found.promised, found.took, found.took_long) == (10, 10, 20)
    assert found.rel == pytest.approx(1.0)


def test_what_it_took_is_not_known_where_the_log_ends_before() -> None:
    found = score(Truth(log(30, 40, None), {}), [promised(case, 30) for case in range(3)], 0.9)
    assert (found.took, found.took_long) == (40, None)


def test_the_worst_service_is_sought_among_those_with_enough_cases() -> None:
    mixed = log(*[1] * 60, 99)
    mixed.cases[-1].service = "rare"
    found = score(Truth(mixed, {}), [promised(case, 10) for case in range(61)], 0.9)
    worst = found.worst(50)
    assert worst is not None and worst[0] == "tree" and found.worst(200) is None
    rare = found.worst(1)
    assert rare is not None and rare[0] == "rare"


def test_days_on_which_the_clock_was_paused_after_the_promise_do_not_count_against_it() -> None:
    paused = {0: [(MONDAY + 3, MONDAY + 10)], 1: [(MONDAY + 12, MONDAY + 30)], 2: [(MONDAY - 9, MONDAY - 2)]}
    truth = Truth(log(15, 25, 11), paused)
    found = score(truth, [promised(case, 10) for case in range(3)], 0.9)
    assert truth.counted(0, MONDAY, MONDAY + 9) == MONDAY + 16
    assert truth.counted(0, MONDAY, MONDAY + 5) == MONDAY + 14  # the twelfth is a Saturday
    assert truth.counted(0, MONDAY + 5, MONDAY + 9) == MONDAY + 14  # only what was paused since it was given
    assert (found.record.kept, found.record.total) == (1, 3)  # a pause after the date has passed saves nothing
    assert truth.took(0, MONDAY) == (8, False)


def test_the_windows_are_those_of_the_receptions_and_end_where_cases_can_be_told_to_the_end() -> None:
    days = log(*[number + 20 for number in range(100)], each_day=True)  # each takes 20 days
    assert tuning(days) == Span(MONDAY + 30, MONDAY + 59)
    assert judging(days) == Span(MONDAY + 60, SNAPSHOT - 20)
    assert list(judging(days).cases(days)) == list(range(60, 81))


def walked(*moves: MovedDate, notes: tuple[Noted, ...] = (), count: int = 4, days: int = 20) -> Walked:
    """A walk in which each case was given a date so many days after the Monday."""
    return Walked([promised(case, days) for case in range(count)], list(moves), list(notes))


def moved(case: int, on: int, old: int, new: int | None, reason: str = "likely_late") -> MovedDate:
    """A change, in days after the Monday."""
    return MovedDate(case, "", MONDAY + on, MONDAY + old, None if new is None else MONDAY + new, reason)


def test_late_cases_are_told_by_the_first_word_of_any_kind_before_the_first_date() -> None:
    found = stability(
        Truth(log(30, 30, 30, 30), {}),
        walked(
            moved(0, 12, 20, 40),
            moved(1, 20, 20, 40),
            notes=(Noted(0, MONDAY + 5, MONDAY + 20), Noted(2, MONDAY + 19, MONDAY + 20)),
        ),
        range(4),
    )
    assert (found.late, found.told, found.early, found.ahead) == (4, 2, 1, 8)  # 15 days ahead, and one


def test_told_in_good_time_is_a_tenth_of_a_short_length() -> None:
    word = walked(notes=(Noted(0, MONDAY + 9, MONDAY + 10),), count=1, days=10)
    assert stability(Truth(log(30), {}), word, range(1)).early == 1


def test_a_change_is_false_and_a_note_needless_when_the_case_ended_by_the_old_date() -> None:
    found = stability(
        Truth(log(18, 30, None, 5), {}),
        walked(
            moved(0, 12, 20, 40),
            moved(1, 12, 20, 30),
            moved(1, 22, 30, 50),
            moved(2, 10, 20, 150),
            moved(2, 90, 150, None),
            notes=(Noted(0, MONDAY + 5, MONDAY + 20), Noted(2, MONDAY + 80, MONDAY + 150)),
        ),
        range(4),
    )
    assert (found.dates, found.moved, found.changes) == (4, 3, 5)
    assert (found.changes_a_case, found.never_moved) == (1.25, 0.25)
    assert (found.false, found.judged_changes) == (2, 4)  # the last change of the open case cannot be judged
    assert (found.needless, found.judged_notes, found.notes) == (1, 1, 2)


def test_good_news_came_true_when_the_case_ended_well_before_its_date() -> None:
    word = walked(count=3)
    word.good_news = [GoodNews(case, MONDAY + 4, MONDAY + 20, MONDAY + 17) for case in range(3)]
    found = stability(Truth(log(17, 18, None), {}), word, range(3))
    assert (found.good, found.judged_good, found.good_true) == (3, 3, 1)


def test_a_date_that_moves_because_the_clock_was_paused_is_no_change_of_heart() -> None:
    found = stability(Truth(log(18), {}), walked(moved(0, 9, 20, 26, "clock_paused"), count=1), range(1))
    assert (found.changes, found.resumed, found.never_moved) == (0, 1, 1.0)


def test_a_date_that_was_taken_back_is_counted_apart_and_so_is_who_was_late_by_it() -> None:
    moves = (moved(0, 5, 20, None), moved(1, 5, 20, 40), moved(1, 30, 40, None), moved(2, 5, 20, None))
    found = stability(Truth(log(30, 50, 10, 10), {}), walked(*moves), range(4))
    assert (found.changes, found.taken_back) == (4, 3)
    assert (found.late, found.told, found.late_taken_back) == (2, 2, 2)


def test_changes_are_counted_for_each_case_that_was_given_a_date_also_where_there_are_none() -> None:
    word = walked(moved(0, 12, 20, 40), moved(0, 22, 40, 60), moved(1, 9, 20, 26, "clock_paused"), moved(3, 9, 20, 26))
    word.promises[2] = promised(2, None)
    assert changes_by_case(word, range(3)) == {0: 2, 1: 0}


def test_cases_outside_of_the_span_and_later_promises_do_not_count_in_view() -> None:
    more = walked(moved(3, 9, 20, 26))
    more.promises.append(promised(0, 2, first=False))
    found = stability(Truth(log(30, 18, 18, 18), {}), more, range(2))
    assert (found.dates, found.late, found.changes) == (2, 1, 0)


def test_a_report_of_a_log_without_a_case_to_judge_says_so_with_nothing_for_each_share() -> None:
    one = log(None)
    found = to_json(report(one, Plan(), Walked([promised(0, 10)])), "one.csv")
    assert found["judged"]["receipt"]["share"] in (None, 0.0)
    assert found["tuning"]["receipt"]["share"] is None
    assert found["tuning"]["stability"]["told_share"] is None
