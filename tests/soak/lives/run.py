"""Runs the lives through a feed, in a database of its own in memory, and tells what came of it.

A run can be taped: everything that the checker was shown, so that it can be shown it once more with a fault in it.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from tests.soak.lives.checker import Checker, Figures
from tests.soak.lives.duties import evening
from tests.soak.lives.feeds import FEEDS, Delivery, Feed
from tests.soak.lives.happened import Event, Life
from tests.soak.lives.lives import DAYS, live
from tests.soak.lives.seen import Seen, Windows
from tests.soak.lives.walk import Walk, walk_through, walking
from tests.soak.same_rows import FREEZE
from tracker.store.embedded.server import start
from tracker.store.ground.engine import Store, open_store
from tracker.store.schema import migrate

LOOKS_A_DAY = 6

Shown = tuple[datetime, tuple[Event, ...], dict[str, str]] | Seen | datetime | tuple[str, datetime, Windows]
"""A delivery; a message; an evening; a look at a case in the evening."""


@dataclass
class Tape:
    """What the checker of a run was shown, in order."""

    lives: list[Life]
    rhythm: str
    shown: list[Shown] = field(default_factory=list)


Plant = Callable[[Seen], Seen | None]


def replay(tape: Tape, plant: Plant) -> Figures:
    """Show a new checker what is on the tape, with a fault in the messages; None: it is withheld."""
    checker, owed = Checker(tape.lives, tape.rhythm), set[str]()
    for each in tape.shown:
        match each:
            case Seen():
                planted = plant(each)
                if planted is not None:
                    checker.seen(planted)
            case datetime():
                for due in evening(checker, each):
                    if due not in owed:
                        owed.add(due)
                        checker.figures.add("withheld", due.partition(": ")[2].split(" ")[0], due)
            case (str() as number, now, Windows() as windows):
                checker.look(number, now, windows)
            case (at, events, references):
                checker.delivered(at, events, references)
    return checker.figures


@asynccontextmanager
async def memory() -> AsyncIterator[tuple[Store, Path]]:
    """A database of its own, in memory where there is any, with its clock standing still."""
    ground = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="tracker-lives-", dir=ground if ground.is_dir() else None) as folder:
        server = start(Path(folder) / "data", unsafe_without_fsync=True)
        store = open_store(server.url(), pool_size=12)
        try:
            async with store.transaction() as connection:
                for statement in FREEZE:
                    await connection.execute(text(statement))
            await store.engine.dispose()
            await migrate(store)
            yield store, Path(folder)
        finally:
            await store.close()
            server.close()


@dataclass
class Run:
    """One feed being walked, with its checker."""

    checker: Checker
    dice: random.Random
    looks: int
    tape: Tape | None
    owed: set[str] = field(default_factory=set)

    def _keep(self, shown: Shown) -> None:
        if self.tape is not None:
            self.tape.shown.append(shown)

    def seen(self, seen: Seen) -> None:
        """A message leaves."""
        self._keep(seen)
        self.checker.seen(seen)

    def delivered(self, delivery: Delivery, outcomes: list[dict[str, Any]], references: dict[str, str]) -> None:
        """These events have come; the histories are legal, so none of them is refused."""
        for outcome in outcomes:
            if outcome.get("status", 202) >= 400:
                self.checker.figures.add("false", "refused", str(outcome))
        self._keep((delivery.at, delivery.events, dict(references)))
        self.checker.delivered(delivery.at, delivery.events, references)

    async def evening(self, walk: Walk, now: datetime) -> None:
        """What is due, what was overtaken and is to be right by now, and a look at a few cases."""
        checker = self.checker
        self._keep(now)
        for each in evening(checker, now):
            if each not in self.owed:
                self.owed.add(each)
                await self._withheld(walk, each, now)
        for number, came in list(checker.to_look.items()):
            if now > came and checker.opens(number):
                del checker.to_look[number]
                kinds = checker.overtaken.pop(number)
                if await self._look(walk, number, now):
                    checker.figures.put_right += len(kinds)
        known = (number for number in walk.references if checker.known(number, now).opened_at)
        shown = [number for number in known if checker.opens(number)]
        for number in self.dice.sample(shown, min(self.looks, len(shown))):
            await self._look(walk, number, now)

    async def _look(self, walk: Walk, number: str, now: datetime) -> bool:
        windows = await walk.windows(number)
        self._keep((number, now, windows))
        return self.checker.look(number, now, windows)

    async def _withheld(self, walk: Walk, each: str, now: datetime) -> None:
        """What was not told is at least a task at the desk, or else it counts."""
        desk = (await walk.windows(each.partition(":")[0])).desk
        if ">Tasks<" in desk:
            self.checker.figures.tasks += 1
        else:
            self.checker.figures.add("withheld", each.partition(": ")[2].split(" ")[0], f"{each}, {now:%m-%d}")


async def through(
    store: Store, folder: Path, feed: Feed, lives: list[Life], *, looks: int = LOOKS_A_DAY, tape: Tape | None = None
) -> Figures:
    """Some lives through one feed."""
    run = Run(Checker(lives, feed.rhythm), random.Random(len(lives)), looks, tape)
    async with walking(store, folder, feed, lives, run.seen) as walk:
        await walk_through(
            walk, feed, lambda delivery, came: run.delivered(delivery, came, walk.references), run.evening
        )
    return run.checker.figures


async def through_feed(name: str, seed: int, count: int, days: int = DAYS) -> Figures:
    """So many lives of a seed through the feed of this name, in a database of their own."""
    feed = next(each for each in FEEDS if each.name == name)
    async with memory() as (store, folder):
        return await through(store, folder, feed, live(seed, count, days))
