"""What is learned from the weeks: who leans on whom, and how it is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.promises.test_history import services, tellings
from tracker.core.promises.exposure import Visit, Week, week
from tracker.core.promises.history import History
from tracker.core.promises.learning import Learned, SurvivalCurve, family, kind, learn
from tracker.core.promises.method import USUAL, Kinship, Method
from tracker.core.promises.survival import AGES, Counts, SurvivalTable

MONDAY = 738_000 - 738_000 % 7 + 1


def taught(weeks: dict[str, list[Visit]], method: Method = USUAL, times: int = 1) -> Learned:
    """What is learned from the visits of these services, told week by week for a year."""
    history = History(method)
    for number in range(52):
        first = MONDAY + 7 * number
        history.add(first // 7, {name: week(told * times, first, first + 6) for name, told in weeks.items()})
    return learn(history)


def steady(days: int, count: int, stage: str = "received") -> list[Visit]:
    """Cases that take up to twice so many days, received over nine months."""
    found = []
    for place in range(count):
        start, took = MONDAY + place % 40 * 7, round(days * (place * 7 % 20 + 1) / 10)
        found.append(Visit(stage, start, start + took, True, 1, 1))
    return found


def half(table: SurvivalTable) -> int:
    """The age at whose end half are done."""
    age = table.reaches(0.5)
    assert age is not None
    return age


@settings(deadline=None, max_examples=50)
@given(tellings, services)
def test_every_table_falls_from_one_towards_nothing(
    told: list[tuple[int, dict[str, Week]]], new: dict[str, Week]
) -> None:
    history = History()
    for number, each in told:
        history.add(number, each)
    learned = learn(history)
    for service in ("a", "b", *new, "never/seen"):
        for stage in ("received", "review", "never seen", SurvivalCurve.ANY):
            for table in (read(service, stage) for read in (learned.table, learned.risk_table, learned.received_table)):
                assert len(table.hazards) == len(AGES.widths)
                assert all(0 < hazard <= 1 for hazard in table.hazards)
    assert learned.everyone == sum(learned.finished.values())


@settings(deadline=None, max_examples=50)
@given(tellings, st.floats(-0.05, 0.05))
def test_a_curve_is_exactly_the_same_after_a_journey_through_json(
    told: list[tuple[int, dict[str, Week]]], shift: float
) -> None:
    history = History()
    for number, each in told:
        history.add(number, each)
    curve = learn(history).curve("a", ["received", "review"], shift)
    assert SurvivalCurve.from_json(json.loads(json.dumps(curve.to_json()))) == curve


def test_nothing_teaches_next_to_nothing() -> None:
    learned = learn(History())
    assert (learned.everyone, dict(learned.finished)) == (0, {})
    assert learned.table("any", "stage").survival(100) == pytest.approx(0.99**101)  # one done in a hundred case-days


def test_a_service_with_few_cases_leans_on_all_and_one_with_many_stands_alone() -> None:
    others = steady(60, 600)
    few = half(taught({"slow": others, "quick": steady(4, 3)}).table("quick", "received"))
    many = half(taught({"slow": others, "quick": steady(4, 600)}).table("quick", "received"))
    alone = half(taught({"quick": steady(4, 600)}).table("quick", "received"))
    assert abs(many - alone) <= 1
    assert many < few
    assert half(taught({"slow": others}).table("new", "received")) > 2 * many


def test_a_stage_that_a_service_never_saw_is_that_of_its_kin_then_of_all() -> None:
    weeks = {"a/x": [*steady(50, 400), *steady(3, 400, "review")], "b/x": steady(50, 400), "a/y": steady(10, 400)}
    learned = taught(weeks, Method(kinship=Kinship.KIND))
    assert learned.table("b/x", "review") == learned.table("c/x", "review")
    assert half(learned.table("b/x", "review")) < 8 < half(learned.table("b/x", "received"))
    assert half(learned.table("c/z", "review")) < 8


def test_a_stage_that_nobody_has_seen_is_foreseen_from_the_services_own_others() -> None:
    learned = taught({"slow": steady(200, 400), "quick": [*steady(6, 100), *steady(4, 100, "review")]})
    assert half(learned.table("quick", "brand new")) < 10
    assert learned.table("quick", "brand new") == learned.table("quick", SurvivalCurve.ANY)
    assert half(learned.table("slow", "brand new")) > 100


@pytest.mark.parametrize(
    ("name", "office", "asked"),
    [("a/b", "a", "/b"), ("a", "a", "a"), ("a/b/c", "a", "/b/c"), ("/b", "", "/b"), ("a/", "a", "a/"), ("", "", "")],
)
def test_a_name_has_an_office_and_what_is_asked_of_it(name: str, office: str, asked: str) -> None:
    assert (family(name), kind(name)) == (office, asked)


@pytest.mark.parametrize("alike", [Kinship.FAMILY, Kinship.KIND])
def test_those_are_kin_who_foretell_a_service_better(alike: Kinship) -> None:
    """Offices that differ, whatever is asked for, and kinds that differ, whoever is asked."""
    pace = {"north": 8, "south": 80} if alike is Kinship.FAMILY else {"tree": 8, "house": 80}
    weeks = {
        f"{office}/{asked}": steady(pace[office if alike is Kinship.FAMILY else asked], 300)
        for office in ("north", "south")
        for asked in ("tree", "house")
        if (office, asked) != ("south", "house")
    }
    found = taught(weeks).table("south/house", "received")
    assert found == taught(weeks, Method(kinship=alike)).table("south/house", "received")
    assert found != taught(weeks, Method(kinship=Kinship.KIND if alike is Kinship.FAMILY else Kinship.FAMILY)).table(
        "south/house", "received"
    )


def test_the_last_half_year_counts_more_than_the_years_before() -> None:
    history, old, new = History(), Counts.none(), Counts.none()
    for cell in range(20):
        old.risk[cell], old.done[cell] = 100, 1
        new.risk[cell], new.done[cell] = 400, 80
    history.add(100_000, {"s": Week({"a": old}, {}, 20, 0)})
    slow = learn(history).table("s", "a").survival(10)
    history.add(100_060, {"s": Week({"a": new}, {}, 1_600, 0)})
    quick = learn(history).table("s", "a").survival(10)
    plain = History(replace(USUAL, recent_weeks=0))
    plain.add(100_000, {"s": Week({"a": old}, {}, 20, 0)})
    plain.add(100_060, {"s": Week({"a": new}, {}, 1_600, 0)})
    assert quick < learn(plain).table("s", "a").survival(10) < slow


def test_with_all_weight_taken_away_it_is_the_plain_estimate() -> None:
    method = Method(0, 0, 0, 0, 0, recent_weeks=0)
    told = steady(20, 200)
    table = taught({"s": told}, method).table("s", "received")
    risk = [sum(visit.end - visit.start >= age for visit in told if visit.end) for age in range(28)]
    done = [sum(visit.end - visit.start == age for visit in told if visit.end) for age in range(28)]
    expected = prod(1 - d / n for n, d in zip(risk, done, strict=True))
    assert table.survival(27) == pytest.approx(expected)


def test_clearing_out_is_left_out_of_dates_once_it_is_old_and_not_of_what_weighs_them() -> None:
    history, seen, apart = History(), Counts.none(), Counts.none()
    for cell in range(30):
        seen.risk[cell], seen.done[cell] = 1_000, 20
    seen.done[25], apart.risk[25], apart.done[25] = 800, 790, 780
    history.add(100_000, {"s": Week({"a": seen}, {"a": apart}, 1_400, 100)})
    while_new = learn(history).table("s", "a").survival(25)
    history.add(100_000 + USUAL.recent_weeks, {})
    learned = learn(history)
    assert learned.table("s", "a").survival(25) > while_new, "it may be the new pace, and counts while it is new"
    assert learned.risk_table("s", "a").survival(25) < 0.5 * learned.table("s", "a").survival(25)
    curve = learned.curve("s", ["a"], 0.01)
    assert (curve.table("a"), curve.risk_table("a")) == (learned.table("s", "a"), learned.risk_table("s", "a"))
    assert curve.table("never seen") == curve.dates[SurvivalCurve.ANY]
    assert (curve.received_table("a"), dict(curve.received)) == (curve.table("a"), {}), "nobody left on the first day"


def test_who_is_received_is_one_of_all_that_come_and_who_stays_is_one_of_those_that_stayed() -> None:
    """Two in three are sorted out on the day they come, and are done within days; the others wait for months."""
    brief = [replace(visit, brief=True) for visit in steady(2, 400)]
    learned = taught({"s": [*brief, *steady(60, 200)]})
    stays = taught({"s": steady(60, 200)})
    assert half(learned.received_table("s", "received")) < 5
    assert learned.table("s", "received").hazards == stays.table("s", "received").hazards
    assert learned.risk_table("s", "received").hazards == stays.table("s", "received").hazards
    curve = learned.curve("s", ["received"], 0.0)
    assert curve.received_table("received") == learned.received_table("s", "received") != curve.table("received")
    assert curve.received_table("never seen") == curve.received[SurvivalCurve.ANY] != curve.table("never seen")
