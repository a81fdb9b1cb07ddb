"""The lives in short: nothing untrue is said, and what would be is noticed."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.soak.lives.checker import Figures
from tests.soak.lives.feeds import FEEDS, deliveries
from tests.soak.lives.lives import live
from tests.soak.lives.plants import PLANTS
from tests.soak.lives.run import Tape, replay, through
from tracker.store.ground.engine import open_store

SEED, LIVES, DAYS = 66, 16, 70
"""In these lives each planted fault has its occasion."""


@pytest.fixture(scope="module")
def tape(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Tape:
    """What a short run showed to its checker."""

    async def made() -> Tape:
        name, url = await postgres.fresh()
        store, lives = open_store(url, pool_size=12), live(SEED, LIVES, DAYS)
        kept = Tape(lives, FEEDS[0].rhythm)
        try:
            await through(store, tmp_path_factory.mktemp("lives"), FEEDS[0], lives, looks=0, tape=kept)
        finally:
            await store.close()
            await postgres.drop(name)
        return kept

    return asyncio.run(made())


def amiss(figures: Figures) -> Counter[str]:
    """Everything that is wrong or unread, by kind."""
    found = Counter({f"{sort}: {kind}": times for sort, some in figures.wrong.items() for kind, times in some.items()})
    return found + Counter({f"unread: {words}": times for words, times in figures.unread.items()})


def test_nothing_untrue_is_said_and_every_sentence_is_read(tape: Tape) -> None:
    figures = replay(tape, lambda seen: seen)
    assert figures.messages > 50
    assert not amiss(figures), figures.examples


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_found(tape: Tape, name: str) -> None:
    assert amiss(replay(tape, PLANTS[name]()))


def test_the_same_seed_makes_the_same_lives() -> None:
    assert live(7, 20) == live(7, 20) != live(8, 20)


def test_no_feed_loses_anything() -> None:
    lives = live(5, 30)
    events = sorted(event.id for life in lives for event in life.events)
    for feed in FEEDS:
        brought = deliveries(feed, [event for life in lives for event in life.events])
        assert sorted(event.id for each in brought for event in each.events) == events
        assert all(event.at <= each.at for each in brought for event in each.events)
