"""What was known of a case at an instant: the events that had been delivered, folded by a few plain rules.

These are the rules as the documents tell them to an office, written down once more; nothing of the product is imported.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from tests.soak.lives.happened import ZONE, Event
from tests.soak.lives.reading import Words

HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31)}
"""The bank holidays of England in the time of the lives, and after it as far as dates may lie."""

PATIENCE = {"live": timedelta(days=4), "nightly": timedelta(days=5), "weekly": timedelta(days=15)}
"""After so long a source counts as silent, says the documentation."""

GRACE = {"live": timedelta(0), "nightly": timedelta(days=1), "weekly": timedelta(days=8)}
"""How long after a day is over its end may still be reported: so long nobody is told that a date was missed."""


def local(at: datetime) -> date:
    """The day on which it is where the office is."""
    return at.astimezone(ZONE).date()


class Service:
    """A definition, as far as readers of it know it."""

    def __init__(self, text: str) -> None:
        self.definition = tomllib.loads(text)
        self.words = Words(self.definition)
        self.stages: dict[str, dict[str, Any]] = {stage["code"]: stage for stage in self.definition["stages"]}
        self.by_code = {code: stage["code"] for stage in self.definition["stages"] for code in stage["codes"]}
        self.needs = {code: need["en"] for code, need in self.definition.get("needs", {}).items()}
        self.promises = self.definition.get("promise", {})
        self.law = self.definition.get("statutory")
        outreach = self.definition["outreach"]
        self.tells: list[str] = outreach["tell"]
        self.longest = outreach.get("longest_silence_days") or max(
            outreach["silence_days"], min(42, outreach["silence_days"] * 8)
        )
        self.closed = set[date]()
        for span in self.definition.get("closed_days", ()):
            first, _, last = span.partition("/")
            at = date.fromisoformat(first)
            while at <= date.fromisoformat(last or first):
                self.closed.add(at)
                at += timedelta(days=1)

    def works_on(self, day: date) -> bool:
        """Whether it is a day on which words are sent."""
        holidays = HOLIDAYS if self.promises.get("holidays") else set[date]()
        return day.weekday() < 5 and day not in holidays and day not in self.closed

    def next_working(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        while not self.works_on(day):
            day += timedelta(days=1)
        return day


SERVICES = {path.stem: Service(path.read_text()) for path in (Path(__file__).parent / "services").glob("*.toml")}


@dataclass
class Asked:
    """One thing asked of the person."""

    text: str
    due_on: date | None
    supplied_at: str | None
    known_at: datetime
    asked_at: datetime
    code: str | None = None


@dataclass
class Known:
    """A case as it was known: the ball is with `us`, `you` or `other`. `end_known`: when it
    became known that it ended, which may be long after it happened."""

    opened_at: datetime | None = None
    stage: str = ""
    since: datetime | None = None
    closed: bool = False
    ball: str = "us"
    paused: bool = False
    unmapped: bool = False
    office_on: date | None = None
    office_dates: list[date] = field(default_factory=list)
    office_known: datetime | None = None
    office_replaced: bool = False
    needs: dict[str, Asked] = field(default_factory=dict)
    arrived: bool = False
    note: str = ""
    notes: list[str] = field(default_factory=list)
    served_on: date | None = None
    survivor: str = ""
    confirmed: datetime | None = None
    last_open: str = ""
    reopened: datetime | None = None
    end_in_doubt: bool = False
    end_known: datetime | None = None
    history: list[str] = field(default_factory=list)
    turns: list[tuple[date, bool]] = field(default_factory=list)

    @property
    def wanted(self) -> dict[str, Asked]:
        """What is still to come from the person."""
        return {item: need for item, need in self.needs.items() if need.supplied_at is None}

    def over(self, service: Service) -> bool:
        """Whether it has ended for good, and goes on in no other."""
        return self.closed and service.stages[self.stage].get("outcome") != "merged"

    def shows(self, service: Service) -> str:
        """The stage whose words are shown, or what is said in its place."""
        return "arrived" if self.shows_arrival(service) else "released" if self.shows_release(service) else self.stage

    def shows_arrival(self, service: Service) -> bool:
        """Whether it is said of a stage that waited for the person that what they sent is there."""
        return self.arrived and service.stages[self.stage].get("waiting_on") == "you"

    def shows_release(self, service: Service) -> bool:
        """Whether it is said of a stage that waited for the person that nothing is needed any more."""
        return self.ball != "you" and not self.arrived and service.stages[self.stage].get("waiting_on") == "you"

    def limit(self, service: Service) -> tuple[date, bool] | None:
        """The last day that the law gives, and whether it stands still."""
        if service.law is None or self.opened_at is None or self.closed:
            return None
        on = local(self.opened_at) + timedelta(days=service.law["days"])
        begun: date | None = None
        for day, paused in self.turns:
            if paused and begun is None:
                begun = day
            elif not paused and begun is not None:
                if begun > on:
                    break
                on += day - begun
                begun = None
        return on, begun is not None and begun <= on

    def appeal_by(self, service: Service) -> date | None:
        """The last day to ask that the end is looked at again."""
        days = service.stages[self.stage].get("appeal_within_days") if self.closed else None
        start = (
            self.served_on
            if self.closed and service.stages[self.stage].get("formal")
            else self.since and local(self.since)
        )
        return start + timedelta(days=days) if days and start else None


Came = tuple[Event, datetime]
"""An event, and when it was delivered."""


def fold(came: Iterable[Came], service: Service, now: datetime) -> Known:
    """What is known at `now`, of the events that came."""
    came = sorted(came, key=lambda each: (each[0].at, each[1]))
    void = {event.data["event"] for event, _ in came if event.type == "case.correction"}
    known = Known()
    for event, at in came:
        if event.id in void or any(at > now for at in held_until(event)):
            continue
        match event.type:
            case "case.status":
                _status(known, event, at, service)
            case "case.reopen":
                _reopen(known, event, at, service)
            case "case.needs":
                _needs(known, event, at, service)
            case "case.note" if event.data.get("audience") == "public":
                known.notes.append(event.data["text"])
                if known.stage and not known.closed:
                    known.note = event.data["text"]
    return known


def held_until(event: Event) -> list[datetime]:
    """Until when an event may not be shown: until a time, or the day on which a decision is served."""
    until, served = event.data.get("hold_until"), event.data.get("served_on")
    found = [datetime.fromisoformat(until)] if until else []
    if served:
        found.append(datetime.combine(date.fromisoformat(served), time(), ZONE).astimezone(UTC))
    return found


def _status(known: Known, event: Event, at: datetime, service: Service) -> None:
    code = service.by_code.get(event.data["status"])
    if code is None:
        known.unmapped = bool(known.stage) and not known.closed
        return
    stage = service.stages[code]
    if known.closed or (stage.get("formal") and not event.data.get("served_on")):
        return
    if not known.stage and not stage.get("opens"):
        known.end_in_doubt = known.end_in_doubt or bool(stage.get("closes"))
        return
    _enter(known, event, at, service, code)


def _reopen(known: Known, event: Event, at: datetime, service: Service) -> None:
    if not known.closed:
        return
    code = service.by_code.get(event.data.get("status") or "") or known.last_open
    known.closed, known.reopened = False, at
    _enter(known, event, at, service, code)


def _enter(known: Known, event: Event, at: datetime, service: Service, code: str) -> None:
    stage, moved, opening = service.stages[code], known.stage != code, not known.stage
    expected = date.fromisoformat(event.data["expected_on"]) if event.data.get("expected_on") else None
    if expected is not None and (expected < local(event.at) - timedelta(days=1) or expected < local(at)):
        if expected >= local(event.at) and known.office_known is not None and known.office_known >= at:
            known.office_on = None  # it took the place of one that nobody knew by then, and was over when it came
        known.office_replaced, expected = expected >= local(event.at), None
    note = event.data.get("public_note") or ""
    if opening or stage.get("closes") or moved or (expected and expected != known.office_on) or note:
        known.note = note
    known.notes += [note] if note else []
    known.opened_at = event.at if opening else known.opened_at
    known.end_in_doubt = known.end_in_doubt and opening
    if moved:
        known.since, known.ball = event.at, stage.get("waiting_on", "us")
        known.arrived = False
        _pause(known, event.at, stage.get("clock") == "paused")
    if moved or note:
        known.history.append(code)
    known.stage, known.unmapped, known.confirmed = code, False, event.at
    known.closed = bool(stage.get("closes"))
    known.survivor = event.data.get("merged_into") or "" if known.closed else ""
    known.served_on = date.fromisoformat(event.data["served_on"]) if event.data.get("served_on") else None
    if known.closed:
        known.end_known = at
    else:
        known.last_open = code
    if expected is not None:
        if expected != known.office_on:
            known.office_known = at
        known.office_on, known.office_replaced = expected, False
        known.office_dates.append(expected)


def _pause(known: Known, at: datetime, paused: bool) -> None:
    if paused != known.paused:
        known.turns.append((local(at), paused))
    known.paused = paused


def _needs(known: Known, event: Event, at: datetime, service: Service) -> None:
    if not known.stage:
        return
    known.confirmed = event.at
    before, asked = dict(known.needs), False
    begun = min((need.asked_at for need in known.wanted.values()), default=event.at)
    for item in event.data["items"]:
        name, old = item["item"], known.needs.get(item["item"])
        if item.get("remove"):
            known.needs.pop(name, None)
            continue
        due = date.fromisoformat(item["due_on"]) if item.get("due_on") else None
        text = item.get("text") or service.needs.get(item.get("code") or "")
        if text is None and old is not None:
            text, due = old.text, due or old.due_on
        new = Asked(text or "", due, item.get("supplied_at"), at, event.at)
        if old and (old.text, old.due_on, old.supplied_at) == (new.text, new.due_on, new.supplied_at):
            continue
        known.needs.pop(name, None)
        known.needs[name] = new
        asked = asked or new.supplied_at is None
    if known.closed or known.needs == before:
        return
    stage = service.stages[known.stage]
    if asked:
        known.ball, known.arrived = "you", False
        _pause(known, event.at, stage.get("clock") == "paused")
    elif not known.wanted and known.ball == "you":
        waited = stage.get("waiting_on") == "you"
        known.ball = "us" if waited else stage.get("waiting_on", "us")
        came = any(need.asked_at > begun or before.get(name) != need for name, need in known.needs.items())
        known.arrived = came
        _pause(known, event.at, False if waited else stage.get("clock") == "paused")


def headline(service: Service, code: str) -> str:
    """The headline of a stage, as a sentence."""
    said: str = service.stages[code]["headline"]["en"]
    return said if said.endswith((".", "?", "!")) else said + "."


Stages = Mapping[str, dict[str, Any]]
