"""The pen that writes one history, and what may happen at any office: asking, supplying, dates, notes, mistakes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.soak.lives.happened import ZONE, Event, postcode

CODES = {"permit": ("plan", "fee", "consent"), "bin": ("bin_out", "clear_way"), "claim": ("rent", "pay")}
NOTES = ("The bridge is closed.", "A storm kept us away.", "We met your neighbour.", "The file moved to room 12.")


@dataclass
class Pen:
    """Writes one history."""

    dice: random.Random
    number: str
    service: str
    now: datetime
    end: datetime
    events: list[Event] = field(default_factory=list)
    wanted: dict[str, dict[str, Any]] = field(default_factory=dict)
    supplied: dict[str, dict[str, Any]] = field(default_factory=dict)
    code: str = ""
    office_on: date | None = None

    def chance(self, share: float) -> bool:
        """True so often."""
        return self.dice.random() < share

    @property
    def on(self) -> bool:
        """Whether the three months go on."""
        return self.now < self.end

    def later(self, days: float) -> None:
        """Some time later, in the hours of the office, on the quarter of an hour."""
        at = (self.now + timedelta(days=max(0.02, days))).astimezone(ZONE)
        at = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        if not 8 <= at.hour < 18:
            at = at.replace(hour=self.dice.randint(8, 17)) + timedelta(days=at.hour >= 18)
        while at.weekday() > 4:
            at += timedelta(days=1)
        self.now = max(at, self.now + timedelta(minutes=15)).astimezone(UTC)

    def waits(self, mean: float) -> None:
        """A wait of this mean; a few are stuck for long."""
        self.later(self.dice.uniform(35, 60) if self.chance(0.08) else self.dice.gammavariate(2, mean / 2))

    def say(self, kind: str, data: dict[str, Any], after: int = 0) -> str:
        """Write an event, so many seconds after now."""
        id_ = f"{self.number}-{len(self.events)}"
        self.events.append(Event(self.now + timedelta(seconds=after), id_, self.number, kind, data))
        return id_

    def status(self, code: str, **rest: Any) -> str:
        """A status; now and then with a date, a note or a reason."""
        self.code = code
        return self.say("case.status", {"service": self.service, "status": code, **rest})

    def day(self, ahead: int) -> str:
        """A day so far ahead."""
        return (self.now.astimezone(ZONE).date() + timedelta(days=ahead)).isoformat()


def people(pen: Pen, place: int) -> None:
    dice, n = pen.dice, pen.number.lower()
    mail = {"channel": "email", "address": f"{n}@people.example"}
    text = {"channel": "sms", "address": f"+4477009{place:05d}"}
    if pen.chance(0.05):
        mail["address"] = f"gone-{n}@people.example"
    both = dice.choice(([mail], [text], [mail, text], [mail, text]))
    party: dict[str, Any] = {"party": "1", "role": "applicant", "name": "Alex Morgan", "known_fact": postcode(place)}
    party["channels"] = both
    if len(both) == 2 and pen.chance(0.4):
        party["prefers"] = dice.choice(("sms", "email"))
    pen.say("case.party", party, after=dice.choice((0, 1, 60)))
    if pen.service == "permit" and pen.chance(0.15):
        other = {"channel": "email", "address": f"second-{n}@people.example"}
        pen.say("case.party", {"party": "2", "role": "joint_applicant", "name": "Sam Reed", "channels": [other]}, 61)
    if pen.chance(0.05):
        helper = {"channel": "email", "address": f"helper-{n}@people.example"}
        pen.say("case.party", {"party": "3", "role": "helper", "name": "Kim Bell", "channels": [helper]}, 62)


def _ask(pen: Pen) -> None:
    """Ask for one to three things, some by a day."""
    dice, items = pen.dice, []
    codes = CODES[pen.service]
    for code in dice.sample(codes, dice.randint(1, min(2, len(codes)))):
        item: dict[str, Any] = {"item": code, "code": code}
        if pen.chance(0.65):
            item["due_on"] = pen.day(dice.randint(3, 18))
        items.append(item)
    if pen.chance(0.2):
        items.append({"item": "free", "text": f"Photo {dice.randint(1, 99)} of the gate", "if_not": "We stop."})
    pen.wanted |= {item["item"]: item for item in items}
    for item in items:
        pen.supplied.pop(item["item"], None)
    pen.say("case.needs", {"items": items}, after=1)


def _supply(pen: Pen) -> bool:
    """What was asked for comes, thing by thing, or never; whether all of it came."""
    dice = pen.dice
    while pen.wanted and pen.on:
        if pen.chance(0.06):
            pen.later(dice.uniform(20, 40))
            return False
        pen.waits(6)
        if not pen.on:
            return False
        name = dice.choice(sorted(pen.wanted))
        item = pen.wanted[name]
        what = dice.random()
        if what < 0.08:
            item["due_on"] = pen.day(dice.randint(4, 14))
            pen.say("case.needs", {"items": [dict(item)]})
        elif what < 0.12:
            del pen.wanted[name]
            pen.say("case.needs", {"items": [{"item": name, "remove": True}]})
        else:
            gone = [name] if pen.chance(0.6) else sorted(pen.wanted)
            at = pen.now.isoformat()
            full = pen.chance(0.5)
            told = [{**pen.wanted[n], "supplied_at": at} if full else {"item": n, "supplied_at": at} for n in gone]
            for each in gone:
                pen.supplied[each] = pen.wanted.pop(each)
            pen.say("case.needs", {"items": told})
    return not pen.wanted


def _again(pen: Pen) -> None:
    """What came is asked for anew."""
    name = pen.dice.choice(sorted(pen.supplied))
    item = pen.supplied.pop(name)
    item.pop("due_on", None)
    if pen.chance(0.6):
        item["due_on"] = pen.day(pen.dice.randint(4, 12))
    pen.wanted[name] = item
    pen.say("case.needs", {"items": [dict(item)]})


def dated(pen: Pen, share: float) -> dict[str, Any]:
    """What comes along with a status: a date of the office, a note, a reason."""
    dice, along = pen.dice, dict[str, Any]()
    if pen.chance(share):
        along["expected_on"] = pen.day(dice.randint(6, 30))
    elif pen.chance(0.02):
        along["expected_on"] = pen.day(-40)
    if pen.chance(0.08):
        along["public_note"] = dice.choice(NOTES)
    if pen.chance(0.1):
        along["internal_note"] = "INTERNAL: ask the head of the office."
    if pen.chance(0.15):
        along["delay_reason"] = dice.choice(("staff_shortage", "high_demand"))
    return along


def aside(pen: Pen) -> None:
    """What may happen at any step: a note, a date set or moved, an unknown code, a report that was wrong."""
    dice, code, what = pen.dice, pen.code, pen.dice.random()
    if what < 0.06:
        pen.say("case.note", {"text": dice.choice(NOTES), "audience": "public"})
    elif what < 0.1:
        pen.say("case.note", {"text": "INTERNAL: the file is in room 3."})
    elif what < 0.24 and pen.service != "claim":
        pen.status(
            code,
            expected_on=pen.day(dice.randint(4, 25)),
            **({"delay_reason": "high_demand"} if pen.chance(0.5) else {}),
        )
    elif what < 0.27:
        pen.say("case.status", {"service": pen.service, "status": "XQ7"})
        pen.waits(4)
        if pen.on:
            pen.status(code)
    elif what < 0.3:
        held = {
            "text": dice.choice(NOTES),
            "audience": "public",
            "hold_until": (pen.now + timedelta(days=2)).isoformat(),
        }
        pen.say("case.note", held)
        pen.later(3)
    elif what < 0.34:
        wrong = {"permit": ("ASSESS", "WD", "OK", "NO"), "bin": ("ROUTED", "DONE"), "claim": ("CLM2", "CLM8", "CLM9")}
        bad = dice.choice(wrong[pen.service])
        more = {"served_on": pen.day(0)} if bad in ("OK", "NO") else {}
        id_ = pen.say("case.status", {"service": pen.service, "status": bad, **more})
        pen.later(dice.uniform(0.1, 6))
        if pen.on:
            pen.say("case.correction", {"event": id_, "why": "It was another case."})
    else:
        return
    pen.waits(2)


def waiting(pen: Pen, code: str) -> bool:
    """A stage that waits for the person, with a list or without; whether the office goes on."""
    kind = pen.dice.random()
    if kind < 0.75:
        if pen.chance(0.5):
            pen.status(code)
            _ask(pen)
        else:
            _ask(pen)
            pen.status(code)
    elif kind < 0.9:
        _ask(pen)
    else:
        pen.status(code)
        pen.waits(7)
        return True
    came = _supply(pen)
    if came and pen.supplied and pen.on and pen.chance(0.15):
        pen.waits(3)
        if pen.on:
            _again(pen)
            came = _supply(pen)
    return came


def formal(pen: Pen, code: str) -> None:
    """A decision that has to be served: at once, on a day to come, or reported before and served later."""
    how = pen.dice.random()
    if how < 0.7:
        pen.status(code, served_on=pen.day(0))
    elif how < 0.85:
        pen.status(code, served_on=pen.day(2))
        pen.later(3)
    else:
        pen.status(code)
        pen.later(2)
        pen.status(code, served_on=pen.day(0))


def reopened(pen: Pen, code: str) -> bool:
    """Whether an end is taken back after a while."""
    if not pen.chance(0.14):
        return False
    pen.later(pen.dice.uniform(0.3, 12))
    if not pen.on:
        return False
    pen.code = code
    pen.say("case.reopen", {"status": code})
    pen.waits(4)
    return pen.on
