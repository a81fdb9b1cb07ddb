"""What offices say today, counted by hand: from the completed cases alone, once a week, and without looking ahead."""

from __future__ import annotations

from datetime import date

from tracker.backtest.log import Log, LoggedCase, LogLine
from tracker.backtest.practice import PRACTICES, YEAR_DAYS, Practice, Rule, practised

MONDAY = date(2026, 3, 2).toordinal()


def case(number: int, received: int, took: int | None, service: str = "tree") -> LoggedCase:
    """A case received so many days after the Monday."""
    day = MONDAY + received
    line = LogLine(day, date.fromordinal(day).isoformat(), "received")
    return LoggedCase(f"C{number}", service, [line], None if took is None else day + took)


def office(*late: tuple[int, str], lengths: tuple[int, ...] = tuple(range(1, 31))) -> Log:
    """Thirty cases that ended after so many days, and those to be told."""
    done = [case(number, 0, took) for number, took in enumerate(lengths)]
    return Log([*done, *(case(100 + day, day, None, service) for day, service in late)], MONDAY + 900)


def lengths(log: Log, practice: Practice) -> list[int | None]:
    """What the open cases are told, in days."""
    return [
        None if each.on is None else each.on - each.made_on
        for each in practised(log)[practice]
        if log.cases[each.case].end is None
    ]


def test_the_rules_say_mean_median_and_ninetieth_percentile_of_what_was_completed() -> None:
    told = office((36, "tree"))  # a Tuesday: 7 April 2026
    assert lengths(told, Practice(Rule.MEAN)) == [16]  # 15.5
    assert lengths(told, Practice(Rule.MEDIAN)) == [15]
    assert lengths(told, Practice(Rule.NINETIETH)) == [27]


def test_a_date_on_a_weekend_moves_to_the_monday_after() -> None:
    assert lengths(office((39, "tree")), Practice(Rule.MEDIAN)) == [17]  # Friday and 15 days is a Saturday


def test_a_case_that_ends_in_the_week_is_not_known_before_the_next_monday() -> None:
    log = office((31, "tree"), (35, "tree"))  # Thursday and Monday; the thirtieth ends on the Wednesday before
    assert lengths(log, Practice(Rule.MEDIAN)) == [None, 15]


def test_a_service_with_too_few_of_its_own_is_told_what_all_take() -> None:
    log = office((36, "house"))
    log.cases[30:30] = [case(400 + number, 0, 1, "house") for number in range(5)]
    assert lengths(log, Practice(Rule.NINETIETH)) == [27]
    log.cases += [case(200 + number, 40, 2, "house") for number in range(30)]
    log.cases += [case(300, 50, None, "house")]
    assert lengths(log, Practice(Rule.NINETIETH)) == [27, 2]


def test_only_the_last_year_counts_where_the_rule_looks_back_for_a_year() -> None:
    log = office((700, "tree"))
    log.cases[30:30] = [case(200 + number, 600, 2) for number in range(30)]
    assert lengths(log, Practice(Rule.NINETIETH, YEAR_DAYS)) == [2]
    assert lengths(log, Practice(Rule.NINETIETH)) == [24]


def test_every_case_is_told_by_every_practice() -> None:
    found = practised(office((36, "tree")))
    assert set(found) == set(PRACTICES) and {len(each) for each in found.values()} == {31}
