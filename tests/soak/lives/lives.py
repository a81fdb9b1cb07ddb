"""True histories, from a seed: what happened at an office in three months, whatever was reported of it and when.

A history is legal: no move that the office could not make, so that nothing of it is set aside. All the rest happens:
needs asked, asked anew, supplied in parts, too late or never; dates that the office sets, moves and breaks; reopenings,
corrections, ends that never were, merged and withdrawn requests, codes that nobody knows, decisions served later.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, timedelta

from tests.soak.lives.happened import BEGIN, Life, postcode
from tests.soak.lives.pen import Pen, aside, dated, formal, people, reopened, waiting

DAYS = 91


def permit(pen: Pen, others: list[str]) -> None:
    """A garden permit."""
    dice = pen.dice
    pen.status("REC", **dated(pen, 0.15))
    people(pen, int(pen.number[1:]))
    while pen.on:
        pen.waits(5)
        for code in dice.choice(
            (["VAL"], ["VAL", "ASSESS"], ["VAL", "RFI", "ASSESS"], ["RFI", "VAL", "CONSULT", "ASSESS"])
        ):
            if not pen.on:
                return
            aside(pen)
            if not pen.on:
                return
            if code == "RFI" and not waiting(pen, code):
                if pen.on and pen.chance(0.7):
                    pen.status("LAPSED")
                return
            if code != "RFI" and pen.on:
                pen.status(code, **dated(pen, 0.25))
            pen.waits(6)
        if not pen.on:
            return
        end = dice.random()
        if end < 0.1:
            pen.status("WD")
        elif end < 0.16 and others:
            pen.status("MERGE", merged_into=dice.choice(others))
        else:
            formal(pen, "OK" if end < 0.75 else "NO")
        if not reopened(pen, "ASSESS"):
            return


def bin_(pen: Pen, others: list[str]) -> None:
    """A missed bin."""
    pen.status("LOGGED", **dated(pen, 0.1))
    people(pen, int(pen.number[1:]))
    while pen.on:
        pen.waits(1.5)
        if pen.on and pen.chance(0.8):
            pen.status("ROUTED", **dated(pen, 0.2))
            pen.waits(1.5)
        if pen.on:
            aside(pen)
        if pen.on and pen.chance(0.3) and not waiting(pen, "NOACCESS"):
            return
        pen.waits(1)
        if not pen.on or pen.chance(0.06):
            return
        pen.status("CANCEL" if pen.chance(0.1) else "DONE")
        if not reopened(pen, "ROUTED"):
            return


def claim(pen: Pen, others: list[str]) -> None:
    """A claim, of which messages say no detail."""
    pen.status("CLM1")
    people(pen, int(pen.number[1:]))
    while pen.on:
        pen.waits(6)
        if pen.on:
            pen.status("CLM2")
        pen.waits(6)
        if pen.on:
            aside(pen)
        if pen.on and pen.chance(0.5) and not waiting(pen, "CLM3"):
            return
        pen.waits(6)
        if not pen.on:
            return
        pen.status("CLM8" if pen.chance(0.6) else "CLM9")
        if not reopened(pen, "CLM2"):
            return


WRITERS: dict[str, Callable[[Pen, list[str]], None]] = {"permit": permit, "bin": bin_, "claim": claim}


def live(seed: int, count: int, days: int = DAYS) -> list[Life]:
    """So many lives: three in five permits, three in ten bins, the rest claims. The same for the same seed."""
    dice, made, permits = random.Random(seed), list[Life](), list[str]()
    end = BEGIN + timedelta(days=days)
    for place in range(1, count + 1):
        service = dice.choices(("permit", "bin", "claim"), (6, 3, 1))[0]
        number = f"{service[0].upper()}{place}"
        start = BEGIN + timedelta(days=dice.uniform(0, days * (0.45 if service != "bin" else 0.85)))
        pen = Pen(random.Random(dice.random()), number, service, BEGIN.astimezone(UTC), end)
        pen.later((start - BEGIN) / timedelta(days=1))
        WRITERS[service](pen, permits[-20:])
        if service == "permit":
            permits.append(number)
        events = tuple(sorted((each for each in pen.events if each.at < end), key=lambda each: each.at))
        made.append(Life(number, service, postcode(place), dice.random() < 0.5, events))
    return made
