"""The laws of the timeline, through the real database: a case is what the set of its events says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import Postgres
from tests.laws.case_sets import (
    UNKNOWN,
    Draft,
    House,
    Stream,
    case_sets,
    corrections,
    heard_at,
    plain_drafts,
    streams,
)
from tests.laws.rounds import APPLICANT, OPENER
from tests.office import START
from tracker.core.case.events import CorrectionReported
from tracker.flows.deciding.sweep import sweep
from tracker.store.ground.engine import open_store

EXAMPLES = 40
"""So many in the suite; `python -m tests.soak --only laws --rounds 120` tries 1,200 of each law."""
BYSTANDER = (OPENER, APPLICANT)
"""A case whose events come in the same batches."""
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def limits(examples: int) -> settings:
    """How hard to try. A set has ten events at most, so a failing one is read as it is: to shrink it through a
    database takes minutes."""
    phases = (Phase.explicit, Phase.generate)
    return settings(max_examples=examples, phases=phases, deadline=None, database=None, suppress_health_check=_CHECKS)


@pytest.fixture
def ground(postgres: Postgres) -> Iterator[tuple[asyncio.Runner, House]]:
    """One database for all examples of a test, and the loop that its connections belong to."""
    with asyncio.Runner() as runner:
        name, url = runner.run(postgres.fresh())
        store = open_store(url, pool_size=4)
        yield runner, runner.run(House.build(store))
        runner.run(store.close())
        runner.run(postgres.drop(name))


def same(one: Any, other: Any) -> None:
    """Say what differs: the soak runs without pytest, which would."""
    if one != other:
        if isinstance(one, dict) and isinstance(other, dict):
            changed = {name: (one.get(name), other.get(name)) for name in one if one.get(name) != other.get(name)}
            raise AssertionError(f"differs in {changed}")
        raise AssertionError(f"{one} is not {other}")


def any_order(runner: asyncio.Runner, house: House, examples: int) -> None:
    """Any permutation and duplication of the same events, in batches of any sizes with events of other cases among
    them, gives the same case and, when nothing was released in between, the same messages."""

    async def check(sets: tuple[tuple[Draft, ...], ...], stream: Stream) -> None:
        for drafts, mixed in zip(sets, await house.hear_in_batches(sets, stream), strict=True):
            plain = await house.hear(drafts, range(len(drafts)))
            state = await house.state(plain)
            same(state, await house.state(mixed))
            if state is not None:
                same(await house.lines(plain), await house.lines(mixed))
            same(await house.due(plain), await house.due(mixed))

    @limits(examples)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        sets = data.draw(case_sets()), data.draw(case_sets())
        runner.run(check(sets, data.draw(streams(*map(len, sets)))))

    law()


def _within(draft: Draft, count: int) -> Draft:
    """The draft, pointing at nothing beyond the set."""
    return draft if draft.target is None or draft.target < count else replace(draft, target=UNKNOWN)


def as_if_it_never_came(runner: asyncio.Runner, house: House, examples: int) -> None:
    """A correction is as if its event had never come: the case and, when nothing was released in between, the
    messages that are due."""

    async def check(drafts: tuple[Draft, ...], slip: Draft, mended: Draft, stream: Stream) -> None:
        mended = replace(mended, target=len(drafts), hold_until=None)
        told = (*drafts, slip, mended)
        before = await house.hear(drafts, range(len(drafts)))
        after, _ = await house.hear_in_batches((told, BYSTANDER), stream)
        same(heard_at(await house.state(before)), heard_at(await house.state(after)))
        same(await house.due(before), await house.due(after))

    @limits(examples)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        found = data.draw(case_sets())
        drafts = tuple(_within(draft, len(found)) for draft in found)
        slip = _within(data.draw(plain_drafts | corrections), len(drafts))
        runner.run(check(drafts, slip, data.draw(corrections), data.draw(streams(len(drafts) + 2, 2))))

    law()


def in_its_own_time(runner: asyncio.Runner, house: House, examples: int) -> None:
    """What was held back is, once its time has come, as if it had come then: a sweep sees to it."""
    later = START + timedelta(days=20)
    offices = count()

    async def check(drafts: tuple[Draft, ...], stream: Stream) -> None:
        home = await House.build(house.desk.store, f"{house.desk.office.slug}-{next(offices)}")
        early, _ = await home.hear_in_batches((drafts, BYSTANDER), stream)
        await home.desk.move(later)
        late = ""
        for _ in range(2):
            while await sweep(house.desk.store, home.desk.office.id):
                pass
            late = late or await home.hear(drafts, range(len(drafts)))
        over = any(getattr(each.body, "expected_on", None) and each.body.expected_on < later.date() for each in drafts)
        same(*_but_history(await home.state(early), await home.state(late), office_date_over=over))
        same(*[_but_lateness(await home.due(number)) for number in (early, late)])

    @limits(examples)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        drafts = data.draw(case_sets())
        runner.run(check(drafts, data.draw(streams(len(drafts), 2))))

    law()


def _but_lateness(due: list[Any]) -> list[Any]:
    """The messages without the word that was due by a day, and without how late each is told: that depends on when it
    was decided."""
    told = (each for each in due if each[0] != "still_working")
    return [(*each[:-1], {name: value for name, value in each[-1].items() if name != "late_on"}) for each in told]


State = dict[str, Any] | None


def _but_history(early: State, late: State, *, office_date_over: bool = False) -> tuple[State, State]:
    """The states without what depends on when something was said: the day of the next word, and a date that was given
    before the clock was paused, or before we heard of one of the office's that was over by then. It stands, since no
    date passes meanwhile, where none would be given any more."""
    left_out = {"next_word_by"}
    if early and late and late["promise"] is None and early["promise"] is not None and office_date_over:
        left_out |= {"promise", "no_promise_reason", "wake_at"}
    if early and late and early["clock"] == "paused" and late["promise"] is None:
        left_out |= {"promise", "no_promise_reason"}
    kept = [state and {name: value for name, value in state.items() if name not in left_out} for state in (early, late)]
    return kept[0], kept[1]


LAWS: dict[str, Callable[[asyncio.Runner, House, int], None]] = {
    "any order of arrival": any_order,
    "a correction undoes": as_if_it_never_came,
    "what is held comes in its own time": in_its_own_time,
}


LATER = START + timedelta(days=2)
WRONG = Draft(CorrectionReported("", "a slip"), START, target=0)


@pytest.mark.parametrize(
    "drafts",
    [
        (replace(OPENER, hold_until=LATER), APPLICANT),
        (OPENER, APPLICANT, WRONG, replace(WRONG, target=2, hold_until=LATER)),
    ],
    ids=["the opening event", "the correction of its correction"],
)
def test_what_opens_a_case_and_was_held_back_opens_it(
    drafts: tuple[Draft, ...], ground: tuple[asyncio.Runner, House]
) -> None:
    runner, house = ground

    async def check() -> None:
        number = await house.hear(drafts, range(len(drafts))[::-1])
        assert await house.state(number) is None
        await house.desk.move(LATER)
        await sweep(house.desk.store, house.desk.office.id)
        state = await house.state(number)
        assert state is not None
        assert state["stage"]["code"] == "received"
        assert [row[:2] for row in await house.due(number)] == [("acknowledged", "1")]

    runner.run(check())


def test_a_case_that_comes_back_in_a_silence_has_its_date_as_if_it_had_come_then(
    ground: tuple[asyncio.Runner, House],
) -> None:
    runner, house = ground
    drafts = (OPENER, APPLICANT, WRONG, replace(WRONG, target=2, hold_until=LATER))

    async def check() -> None:
        home = await House.build(house.desk.store, f"{house.desk.office.slug}-back")
        early = await home.hear(drafts, range(len(drafts)))
        await home.desk.move(START + timedelta(days=20))
        while await sweep(house.desk.store, home.desk.office.id):
            pass
        late = await home.hear(drafts, range(len(drafts)))
        same(*_but_history(await home.state(early), await home.state(late)))

    runner.run(check())


@pytest.mark.parametrize("name", LAWS)
def test_law(name: str, ground: tuple[asyncio.Runner, House]) -> None:
    LAWS[name](*ground, EXAMPLES)
