"""What happens at the same instant happens once: cases 2, 19, 25, 27 to 31."""

from __future__ import annotations

import pytest

from tests.conftest import Postgres
from tests.laws.batches import BATCHES
from tests.laws.case_sets import House
from tests.laws.deliveries import DELIVERY, fill, multiply, two_workers
from tests.laws.rounds import INTAKE
from tracker.store.ground.engine import Store, open_store

ROUNDS = 12
MESSAGES = 100


@pytest.fixture
async def house(store: Store) -> House:
    return await House.build(store)


@pytest.mark.parametrize("name", INTAKE)
async def test_intake(name: str, house: House) -> None:
    assert [wrong for _ in range(ROUNDS) if (wrong := await INTAKE[name](house))] == []


@pytest.mark.parametrize("name", BATCHES)
async def test_batches(name: str, house: House) -> None:
    assert [wrong for _ in range(ROUNDS // 2) if (wrong := await BATCHES[name](house))] == []


@pytest.mark.parametrize("name", DELIVERY)
async def test_delivery(name: str, house: House) -> None:
    await fill(house, 10)
    await multiply(house, MESSAGES // 10)
    assert [wrong for _ in range(5) if (wrong := await DELIVERY[name](house, MESSAGES))] == []


async def test_two_workers_carry_every_message_once(house: House, postgres: Postgres) -> None:
    await fill(house, 10)
    await multiply(house, MESSAGES // 10)
    others = open_store(str(house.desk.store.engine.url), pool_size=10)
    try:
        assert [wrong for _ in range(ROUNDS) if (wrong := await two_workers(house, others, MESSAGES))] == []
    finally:
        await others.close()
