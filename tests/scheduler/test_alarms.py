"""The alarm clock: what happens to it when somebody sets the machine's clock, and when it is put away (case 39)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from tracker.scheduler import alarms
from tracker.scheduler.alarms import Alarms, Every


class Wall(tzinfo):
    """UTC as a machine tells it whose clock is wrong by `step`."""

    def __init__(self) -> None:
        self.step = timedelta()

    def fromutc(self, at: datetime) -> datetime:
        """The wrong time, which is what `datetime.now` asks for."""
        return at + self.step

    def utcoffset(self, at: datetime | None) -> timedelta:
        """None: it is UTC."""
        return timedelta()

    def dst(self, at: datetime | None) -> timedelta:
        """None, either."""
        return timedelta()

    def tzname(self, at: datetime | None) -> str:
        """Its name."""
        return "wall"


class Bell:
    """Counts how often it was rung, and may take its time."""

    def __init__(self, seconds: float = 0) -> None:
        self.rung: list[str] = []
        self.ended = 0
        self.seconds = seconds

    async def ring(self, name: str) -> None:
        """Count."""
        self.rung.append(name)
        await asyncio.sleep(self.seconds)
        self.ended += 1


async def hear(bell: Bell, times: int, seconds: float = 20) -> None:
    """Wait until it was rung so often since now."""
    goal = len(bell.rung) + times
    async with asyncio.timeout(seconds):
        while len(bell.rung) < goal:
            await asyncio.sleep(0.01)


async def test_it_rings_at_once_and_then_again_and_again() -> None:
    bell = Bell()
    clock = Alarms(bell.ring, {"tick": 0.05, "other": 60})
    clock.on()
    await hear(bell, 5)
    assert bell.rung.count("other") == 1
    await clock.close()


async def test_it_is_silent_while_it_is_off_and_when_it_was_put_away() -> None:
    bell = Bell()
    clock = Alarms(bell.ring, {"tick": 0.03})
    await asyncio.sleep(0.1)
    assert bell.rung == []
    clock.on()
    await hear(bell, 2)
    clock.off()
    rung = len(bell.rung)
    await asyncio.sleep(0.15)
    assert len(bell.rung) == rung
    clock.on()
    await hear(bell, 2)
    await clock.close()
    rung = len(bell.rung)
    await asyncio.sleep(0.1)
    assert len(bell.rung) == rung


async def test_what_it_was_rung_for_is_never_done_twice_at_once() -> None:
    bell = Bell(seconds=1)
    clock = Alarms(bell.ring, {"tick": 0.02})
    clock.on()
    await asyncio.sleep(0.15)
    assert len(bell.rung) == 1
    await clock.close()


async def test_to_put_it_away_waits_for_what_is_in_hand() -> None:
    bell = Bell(seconds=0.2)
    clock = Alarms(bell.ring, {"tick": 60, "other": 60})
    clock.on()
    await hear(bell, 2)
    await clock.close()
    assert bell.ended == 2


async def test_to_put_it_away_in_the_moment_it_rings_ends_in_order(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(20):
        bell = Bell(seconds=0.01)
        clock = Alarms(bell.ring, {"tick": 60})
        clock.on()
        await asyncio.sleep(0)
        await clock.close()
        assert bell.ended == len(bell.rung)
    assert caplog.records == []


async def test_what_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "CLOSING_SECONDS", 0.05)
    bell = Bell(seconds=60)
    clock = Alarms(bell.ring, {"tick": 60})
    clock.on()
    await hear(bell, 1)
    async with asyncio.timeout(20):
        await clock.close()
    assert bell.ended == 0


async def test_a_clock_set_back_by_an_hour_silences_it_until_it_is_mended_case_39() -> None:
    bell, wall, passed = Bell(), Wall(), [0.0]
    clock = Alarms(bell.ring, {"tick": 0.05, "rare": 60.0}, wall=wall, steady=lambda: passed[0])
    clock.on()
    await hear(bell, 4)
    wall.step = -timedelta(hours=1)
    await asyncio.sleep(0.15)
    bell.rung.clear()
    await asyncio.sleep(0.3)
    assert bell.rung == [], "without help it is silent for an hour"
    passed[0] += 1
    assert clock.mend() == []
    passed[0] += alarms.LATE_SECONDS
    assert clock.mend() == ["tick"]
    await hear(bell, 4)
    assert "rare" not in bell.rung, "what is not late waits for the rest of its time"
    assert clock.mend() == []
    await clock.close()


async def test_a_clock_set_forward_makes_no_burst_case_39() -> None:
    bell, wall = Bell(), Wall()
    clock = Alarms(bell.ring, {"tick": 0.1}, wall=wall)
    clock.on()
    await hear(bell, 2)
    wall.step = timedelta(days=400)
    bell.rung.clear()
    await asyncio.sleep(0.45)
    assert len(bell.rung) <= 5
    await hear(bell, 2)
    await clock.close()


async def test_what_takes_long_is_not_late() -> None:
    bell, passed = Bell(seconds=0.2), [0.0]
    clock = Alarms(bell.ring, {"tick": 0.05}, steady=lambda: passed[0])
    clock.on()
    await hear(bell, 1)
    passed[0] += 1000
    assert clock.mend() == []
    await clock.close()


def test_it_rings_every_second_of_the_night_in_which_clocks_go_back_case_43() -> None:
    at = datetime(2026, 10, 25, 0, 59, 58, tzinfo=UTC)
    every, rung = Every(1, 0), []
    previous = None
    for _ in range(7):
        previous = at = every.get_next_fire_time(previous, at)
        rung.append(at)
    assert [(each - rung[0]).total_seconds() for each in rung] == list(range(7))
    assert {each.astimezone(ZoneInfo("Europe/London")).fold for each in rung} == {0, 1}
