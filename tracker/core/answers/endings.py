"""What is said of how a case ended: until when it can be looked at again, and an end that people were told of and that
holds no longer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from tracker.core.answers.facts import ReversedFacts
from tracker.core.outreach.topics import TOLD
from tracker.core.services.definitions import Definition, Stage, say
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.messages import MessageState, Purpose
from tracker.core.vocabulary.purposes import PURPOSES


class SaidMessage(Protocol):
    """A message of the case: by its words it stood in that stage."""

    @property
    def purpose(self) -> Purpose: ...

    @property
    def state(self) -> MessageState: ...

    @property
    def stage(self) -> str | None: ...

    @property
    def at(self) -> datetime: ...


def appeal_by(stage: Stage | None, served_on: date | None, ended_on: date | None) -> date | None:
    """The last day on which it can be asked that an end is looked at again: counted from the day on which it was
    served, or where nothing has to be served from the end. None where the service sets no such time."""
    if stage is None or stage.appeal_within is None:
        return None
    counted_from = served_on if stage.formal else ended_on
    return counted_from + stage.appeal_within if counted_from is not None else None


def reversed_end(
    said: Iterable[SaidMessage], stands_in: str | None, definition: Definition, language: str, zone: str
) -> ReversedFacts | None:
    """The end that people were told of last, if it holds no longer. `stands_in`: the stage in which the case is closed,
    or None while it is open."""
    told = max(
        (each for each in said if PURPOSES[each.purpose].ends and each.state in TOLD and each.stage),
        key=lambda each: each.at,
        default=None,
    )
    if told is None or told.stage is None:
        return None
    code = definition.moved.get(told.stage, told.stage)
    if code == stands_in:
        return None
    return ReversedFacts(words_of_end(code, definition, language), day_of(told.at, zone))


def undone(history: Iterable[Stage | None]) -> list[bool]:
    """For each stage of a history, the newest first: whether it is an end after which the case was opened again. An
    end in which the case stands again now is none."""
    newest: Stage | None = None
    opened, found = False, []
    for stage in history:
        found.append(stage is not None and stage.closes and opened and stage != newest)
        if stage is not None:
            newest = newest or stage
            opened = opened or not stage.closes
    return found


def words_of_end(code: str | None, definition: Definition, language: str) -> str:
    """The headline of the stage by which people were told that a case had ended."""
    stage = definition.stage(definition.moved.get(code, code)) if code else None
    return say(stage.headline, language, definition.language) if stage else ""
