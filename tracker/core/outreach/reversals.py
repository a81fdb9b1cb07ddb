"""What people were told of how a case ended and that holds no longer: it is taken back from whoever heard it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tracker.core.case.timeline import Folded
from tracker.core.outreach.topics import TOLD, Spoken, Topic, news_along
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import CaseState


def ends_heard(spoken: Iterable[Spoken]) -> Mapping[str, Spoken]:
    """For each party who was told how the case ended: the last message by which they were."""
    ends = [each for each in spoken if PURPOSES[each.purpose].ends and each.state in TOLD]
    ends.sort(key=lambda each: (each.told_at is not None, each.told_at, each.key))
    return {each.party: each for each in ends}


def fallen_end(case: Folded, definition: Definition, told: Spoken | None) -> Spoken | None:
    """The message `told`, where the end that it told of holds no longer: the case is open, or ended otherwise."""
    if told is None or told.stage is None:
        return None
    stage = definition.moved.get(told.stage, told.stage)
    return None if case.state is CaseState.CLOSED and case.stage == stage else told


def times_taken_back(topic: Topic, party: str, spoken: Iterable[Spoken], end: Spoken | None) -> int:
    """How often an end was taken back from a party before this is said of it: an end that is back is told again, and
    may be taken back again. 0 for whatever says nothing of an end. `end`: by which they last heard of one."""
    ends = PURPOSES[topic.purpose].ends
    if not ends and topic.to is None:
        return 0
    of_it = [each for each in spoken if (each.party, each.cause) == (party, topic.cause) and each.state in TOLD]
    taken = [each for each in of_it if PURPOSES[each.purpose].takes_back]
    if ends or not taken or end is None or end.told_at is None:
        return len(taken)
    since = [each for each in taken if each.told_at is not None and each.told_at >= end.told_at]
    return len(taken) - bool(since)


def reversals(case: Folded, definition: Definition, ends: Mapping[str, Spoken]) -> list[Topic]:
    """Who was told how it ended must hear that it has not, once for each end; what it ended as instead, the message of
    that end says. Of a case that never was there is no more to say than this."""
    if case.state is CaseState.CLOSED:
        return []
    note, news = news_along(case)
    found = []
    for party, end in sorted(ends.items()):
        told = fallen_end(case, definition, end)
        if told is not None:
            quiet = bool(told.sensitive) or (case.news is not None and case.news.sensitive)
            entry = case.news.entry if case.news is not None else None
            found.append(
                Topic(Purpose.REVERSED, told.cause, entry, note, quiet, after=(told.cause,), to=party, news=news)
            )
    return found
