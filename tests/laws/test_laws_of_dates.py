"""The laws of the timeline hold for dates that are learned, too: what arrived first makes no difference."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.flows.promises.test_learn import finish
from tests.laws.case_sets import House
from tests.laws.test_laws import any_order, as_if_it_never_came, ground
from tracker.flows.promises import learn

__all__ = ["ground"]


@pytest.mark.parametrize("law", [any_order, as_if_it_never_came])
def test_law(law: Callable[[asyncio.Runner, House, int], None], ground: tuple[asyncio.Runner, House]) -> None:
    runner, house = ground
    runner.run(finish(house.desk, 40))
    runner.run(learn.due(house.desk.store))
    law(runner, house, 20)
