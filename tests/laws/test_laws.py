"""The laws of the timeline, through the real database: a case is what the set of its events says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import Postgres
from tests.laws.case_sets import Draft, House, arrivals, case_sets, corrections, heard_at, plain_drafts
from tracker.store.engine import open_store

EXAMPLES = int(__import__('os').environ.get('EX', '40'))
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


def any_order(runner: asyncio.Runner, house: House, examples: int) -> None:
    """Any permutation and duplication of the same events gives the same case and, when nothing was released in
    between, the same messages."""

    async def check(drafts: tuple[Draft, ...], order: tuple[int, ...]) -> None:
        plain, mixed = await house.hear(drafts, range(len(drafts))), await house.hear(drafts, order)
        assert await house.state(plain) == await house.state(mixed)
        if await house.state(plain) is not None:
            assert await house.lines(plain) == await house.lines(mixed)
        assert await house.due(plain) == await house.due(mixed)

    @limits(examples)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        drafts = data.draw(case_sets())
        runner.run(check(drafts, data.draw(arrivals(len(drafts)))))

    law()


def as_if_it_never_came(runner: asyncio.Runner, house: House, examples: int) -> None:
    """A correction is as if its event had never come: the case and, when nothing was released in between, the
    messages that are due."""

    async def check(drafts: tuple[Draft, ...], slip: Draft, mended: Draft, order: tuple[int, ...]) -> None:
        mended = replace(mended, target=len(drafts), hold_until=None)
        told = (*drafts, slip, mended)
        before = await house.hear(drafts, range(len(drafts)))
        after = await house.hear(told, order)
        assert heard_at(await house.state(before)) == heard_at(await house.state(after))
        assert await house.due(before) == await house.due(after)

    @limits(examples)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        drafts = tuple(
            draft if draft.target is None or draft.target < 7 else replace(draft, target=0)
            for draft in data.draw(case_sets())
        )
        drafts = tuple(
            draft if draft.target is None or draft.target < len(drafts) else replace(draft, target=0)
            for draft in drafts
        )
        slip = data.draw(plain_drafts | corrections)
        mended = data.draw(corrections)
        if slip.target is not None and slip.target >= len(drafts):
            slip = replace(slip, target=-1)
        runner.run(check(drafts, slip, mended, data.draw(arrivals(len(drafts) + 2))))

    law()


LAWS: dict[str, Callable[[asyncio.Runner, House, int], None]] = {
    "any order of arrival": any_order,
    "a correction undoes": as_if_it_never_came,
}


@pytest.mark.parametrize("name", LAWS)
def test_law(name: str, ground: tuple[asyncio.Runner, House]) -> None:
    LAWS[name](*ground, EXAMPLES)
