"""What those hear whose case was joined to another: that this one has ended, and that it has not after all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tracker.core.case.timeline import Folded
from tracker.core.outreach.topics import Setting, Spoken, Topic
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.purpose_traits import Ground
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import CaseState


def of_survivor(case: Folded, setting: Setting, ends: Mapping[str, Spoken]) -> list[Topic]:
    """That the case which goes on in place of this one has ended; or, to whoever was told so, that it has not. `ends`:
    by which message each party last heard of an end."""
    news, survivor = case.news, setting.survivor
    if case.state is not CaseState.CLOSED or case.merged_into is None or news is None:
        return []
    if survivor is not None and survivor.end is not None:
        at = survivor.ended_at
        old = setting.before_live(case, at) if at is not None else None
        return [
            Topic(Purpose.SURVIVOR_ENDED, str(survivor.end), news.entry, "", news.sensitive, old, at=at),
        ]
    found = []
    for party, end in sorted(ends.items()):
        told = fallen_survivor(case, setting, end)
        cause = _end_cause(told)
        if told is not None and cause is not None:
            quiet = news.sensitive or bool(told.sensitive)
            found.append(Topic(Purpose.REVERSED, cause, news.entry, "", quiet, after=(told.cause,), to=party))
    return found


def fallen_survivor(case: Folded, setting: Setting, told: Spoken | None) -> Spoken | None:
    """The message `told`, where the end of the other case that it told of holds no longer. It names no stage: how the
    other one stood is not known here."""
    if case.merged_into is None:
        return None
    cause, survivor = _end_cause(told), setting.survivor
    if told is None or cause is None or (survivor is not None and cause == str(survivor.end)):
        return None
    return replace(told, stage=None)


def _end_cause(told: Spoken | None) -> str | None:
    """The entry of the other case by which it had ended, by this message; None where it said no such thing."""
    if told is None:
        return None
    return told.cause if PURPOSES[told.purpose].rests_on is Ground.SURVIVOR else told.news
