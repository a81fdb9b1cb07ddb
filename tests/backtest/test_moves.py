"""Dates that move in a walk: by what is known in the morning, at the latest on their day, and back again."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import pytest

from tests.backtest.logs import Row, day, loaded
from tests.backtest.test_hostile_logs import crowd
from tests.backtest.test_walk import START, of
from tracker.backtest.walk import Plan, walk
from tracker.backtest.walked import MovedDate


@pytest.mark.parametrize(("hour", "moves"), [(9, 0), (11, 1)])
def test_a_case_that_ended_before_ten_is_not_moved_that_morning(tmp_path: Path, hour: int, moves: int) -> None:
    """Dates are looked at at ten: what a log tells of that morning before is known by then, what comes after is not."""
    rows = [Row("SLOW", "tree", "received", day(10, 9)), *crowd(date(2024, 1, 1), 300)]
    log = loaded(tmp_path, rows)
    first = next(move for move in walk(log, Plan()).moves if log.cases[move.case].id == "SLOW")
    end = f"{date.fromordinal(first.changed_on)}T{hour:02}:30:00"
    log = loaded(tmp_path, [*rows, Row("SLOW", "tree", "closed", end, final=True)])
    assert len([move for move in walk(log, Plan()).moves if log.cases[move.case].id == "SLOW"]) == moves


def test_a_date_that_was_taken_back_comes_back_once_the_case_has_moved_on(tmp_path: Path) -> None:
    """Most are quick, eleven never end: of one that is open for long nothing can be said, until it is reviewed."""
    rows = crowd(date(2024, 1, 1), 90)
    rows += [Row(f"never{number}", "tree", "received", day(number, 9)) for number in range(11)]
    for number, (step, after) in product(range(30), (("received", 0), ("review", 2), ("done", 5))):
        rows.append(Row(f"later{number}", "tree", step, day(100 + 2 * number + after, 9), step == "done"))
    rows += [Row("C1", "tree", step, day(number, 9)) for step, number in (("received", 130), ("review", 220))]
    log = loaded(tmp_path, [*rows, Row("C1", "tree", "done", day(400, 9), True)])
    walked = walk(log, Plan())
    _, review = of(log, walked, "C1")
    moves = [move for move in walked.moves if log.cases[move.case].id == "C1"]
    first, second, *_ = moves
    assert (first.reason, first.new_on) == ("too_uncertain", None)
    assert (second.old_on, second.reason) == (review.on, "likely_late"), "the date that its new step was given"


def test_a_date_comes_back_on_the_day_itself_if_the_case_moved_on_after_it_was_taken_back(tmp_path: Path) -> None:
    rows = crowd(date(2024, 1, 1), 90)
    rows += [Row(f"never{number}", "tree", "received", day(number, 9)) for number in range(11)]
    for number, (step, after) in product(range(30), (("received", 0), ("review", 2), ("done", 5))):
        rows.append(Row(f"later{number}", "tree", step, day(100 + 2 * number + after, 9), step == "done"))
    rows += [Row("C1", "tree", "received", day(130, 9)), Row("end", "tree", "received", day(400, 9))]

    def moves(rows: list[Row]) -> list[MovedDate]:
        log = loaded(tmp_path, rows)
        return [each for each in walk(log, Plan()).moves if log.cases[each.case].id == "C1"]

    (taken,) = moves(rows)
    back = moves([*rows, Row("C1", "tree", "review", day(taken.changed_on - START, 14))])
    assert taken.new_on is None
    assert back[0] == taken
    assert back[1].old_on > taken.changed_on, "what came back moves again, since the case never ends"


def test_a_case_that_moves_on_every_morning_is_moved_on_that_of_its_date_at_the_latest(tmp_path: Path) -> None:
    """What comes in the morning is weighed on the next one; once the date is here there is no next one."""
    rows = crowd(date(2024, 1, 1), 200)
    for number, (step, after) in product(range(60), (("received", 0), ("check", 1), ("done", 2))):
        rows.append(Row(f"quick{number}", "house", step, day(2 * number + after, 9), step == "done"))
    rows.append(Row("C1", "house", "received", day(150, 9)))
    log = loaded(tmp_path, rows)
    on = of(log, walk(log, Plan()), "C1")[0].on
    assert on is not None
    steps = [("check", on - 3), ("review", on - 2), ("check", on - 1), ("review", on)]
    rows += [Row("C1", "house", step, day(each - START, 9)) for step, each in steps if each > START + 150]
    log = loaded(tmp_path, [*rows, Row("end", "house", "received", day(300, 9))])
    first = next(each for each in walk(log, Plan()).moves if log.cases[each.case].id == "C1")
    assert (first.old_on, first.changed_on) == (on, on)
