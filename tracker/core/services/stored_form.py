"""The stored form of a definition: plain JSON that reads back to exactly the same definition.

Reading is lenient on purpose: what was valid when it was stored stays readable after the rules for new files
tighten; keys unknown here are passed over and keys not yet known then take their defaults, so that two
releases can share rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from tracker.core.services.definitions import (
    Definition,
    FeedbackPolicy,
    KnownFact,
    NeedWords,
    OutreachPolicy,
    PromisePolicy,
    QuietHours,
    RetentionPolicy,
    Stage,
    Statutory,
)
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.words import Channel, Clock, Outcome, Role, WaitingOn

Json = dict[str, Any]


def to_json(definition: Definition) -> Json:
    """The definition as JSON values; durations in seconds."""
    limit, quiet = definition.statutory, definition.outreach.quiet
    return {
        "service": definition.service,
        "languages": list(definition.languages),
        "sensitive": definition.sensitive,
        "closed_days": [day.isoformat() for day in sorted(definition.closed_days)],
        "domains": list(definition.domains),
        "name": dict(definition.name),
        "known_fact": {
            "kind": definition.known_fact.kind,
            "label": dict(definition.known_fact.label),
            "hint": dict(definition.known_fact.hint),
        },
        "stages": [_stage_to_json(stage) for stage in definition.stages],
        "mapping": dict(definition.mapping),
        "help": dict(definition.help),
        "complaint": dict(definition.complaint),
        "appeal": dict(definition.appeal),
        "needs": {code: _need_to_json(words) for code, words in definition.needs.items()},
        "delay_reasons": {code: dict(words) for code, words in definition.delay_reasons.items()},
        "moved": dict(definition.moved),
        "promise": {
            "probability": definition.promise.probability,
            "fallback_days": definition.promise.fallback_days,
            "holidays": definition.promise.holidays,
            "warn": definition.promise.warn,
            "warn_near": definition.promise.warn_near,
            "warn_last": definition.promise.warn_last,
            "move": definition.promise.move,
        },
        "outreach": {
            "tell": [role.value for role in definition.outreach.tell],
            "channels": [channel.value for channel in definition.outreach.channels],
            "silence_seconds": definition.outreach.silence.total_seconds(),
            "longest_silence_seconds": definition.outreach.longest_silence.total_seconds(),
            "messages_per_case": definition.outreach.messages_per_case,
            "purposes": sorted(purpose.value for purpose in definition.outreach.purposes),
            "quiet": quiet and [quiet.begins.isoformat(), quiet.ends.isoformat()],
            "digest_seconds": definition.outreach.digest.total_seconds(),
            "remind_before_seconds": definition.outreach.remind_before.total_seconds(),
            "remind_after_seconds": definition.outreach.remind_after.total_seconds(),
            "news_within_seconds": definition.outreach.news_within.total_seconds(),
        },
        "feedback": {
            "ask": definition.feedback.ask,
            "after_seconds": definition.feedback.after.total_seconds(),
        },
        "retention": {"after_close_seconds": definition.retention.after_close.total_seconds()},
        "statutory": limit and _statutory_to_json(limit),
    }


def from_json(stored: Mapping[str, Any]) -> Definition:
    """The definition that `to_json` wrote. KeyError or ValueError when it is not one."""
    fact, limit = stored["known_fact"], stored.get("statutory")
    return Definition(
        service=stored["service"],
        languages=tuple(stored["languages"]),
        name=dict(stored["name"]),
        known_fact=KnownFact(fact["kind"], dict(fact["label"]), dict(fact.get("hint", {}))),
        stages=tuple(_stage_from_json(stage) for stage in stored["stages"]),
        mapping=dict(stored["mapping"]),
        help=dict(stored["help"]),
        complaint=dict(stored["complaint"]),
        appeal=dict(stored.get("appeal", {})),
        needs={code: _need_from_json(words) for code, words in stored.get("needs", {}).items()},
        delay_reasons={code: dict(words) for code, words in stored.get("delay_reasons", {}).items()},
        moved=dict(stored.get("moved", {})),
        promise=_promise_from_json(stored.get("promise", {})),
        outreach=_outreach_from_json(stored.get("outreach", {})),
        feedback=_feedback_from_json(stored.get("feedback", {})),
        retention=_retention_from_json(stored.get("retention", {})),
        statutory=limit and _statutory_from_json(limit),
        sensitive=stored.get("sensitive", False),
        closed_days=frozenset(date.fromisoformat(day) for day in stored.get("closed_days", ())),
        domains=tuple(stored.get("domains", ())),
    )


def _need_to_json(words: NeedWords) -> Json:
    return {
        "what": dict(words.what),
        "why": dict(words.why),
        "send_to": dict(words.send_to),
        "if_not": dict(words.if_not),
    }


def _need_from_json(stored: Mapping[str, Any]) -> NeedWords:
    """Earlier releases kept the words of what is asked for alone."""
    if "what" not in stored:
        return NeedWords(dict(stored))
    return NeedWords(
        dict(stored["what"]),
        dict(stored.get("why", {})),
        dict(stored.get("send_to", {})),
        dict(stored.get("if_not", {})),
    )


def _stage_to_json(stage: Stage) -> Json:
    return {
        "code": stage.code,
        "headline": dict(stage.headline),
        "meaning": dict(stage.meaning),
        "next": dict(stage.next),
        "waiting_on": stage.waiting_on.value,
        "other": dict(stage.other),
        "clock": stage.clock.value,
        "opens": stage.opens,
        "closes": stage.closes,
        "outcome": stage.outcome and stage.outcome.value,
        "formal": stage.formal,
        "tell": stage.tell,
        "leads_to": list(stage.leads_to),
        "you_can": dict(stage.you_can),
        "if_late": dict(stage.if_late),
        "appeal_within_seconds": stage.appeal_within and stage.appeal_within.total_seconds(),
    }


def _stage_from_json(stored: Mapping[str, Any]) -> Stage:
    outcome, within = stored.get("outcome"), stored.get("appeal_within_seconds")
    return Stage(
        code=stored["code"],
        headline=dict(stored["headline"]),
        meaning=dict(stored["meaning"]),
        next=dict(stored["next"]),
        waiting_on=WaitingOn(stored.get("waiting_on", WaitingOn.US)),
        other=dict(stored.get("other", {})),
        clock=Clock(stored.get("clock", Clock.RUNNING)),
        opens=stored.get("opens", False),
        closes=stored.get("closes", False),
        outcome=Outcome(outcome) if outcome else None,
        formal=stored.get("formal", False),
        tell=stored.get("tell", True),
        leads_to=tuple(stored.get("leads_to", ())),
        you_can=dict(stored.get("you_can", {})),
        if_late=dict(stored.get("if_late", {})),
        appeal_within=timedelta(seconds=within) if within else None,
    )


def _promise_from_json(stored: Mapping[str, Any]) -> PromisePolicy:
    usual = PromisePolicy()
    return PromisePolicy(
        probability=stored.get("probability", usual.probability),
        fallback_days=stored.get("fallback_days"),
        holidays=stored.get("holidays"),
        warn=stored.get("warn", usual.warn),
        warn_near=stored.get("warn_near", usual.warn_near),
        warn_last=stored.get("warn_last", usual.warn_last),
        move=stored.get("move", usual.move),
    )


def _outreach_from_json(stored: Mapping[str, Any]) -> OutreachPolicy:
    usual, quiet, old = OutreachPolicy(), stored.get("quiet"), "quiet" not in stored
    return OutreachPolicy(
        tell=tuple(Role(role) for role in stored.get("tell", usual.tell)),
        channels=tuple(Channel(channel) for channel in stored.get("channels", usual.channels)),
        silence=_seconds(stored.get("silence_seconds"), usual.silence),
        longest_silence=_seconds(stored.get("longest_silence_seconds"), usual.longest_silence),
        messages_per_case=stored.get("messages_per_case", usual.messages_per_case),
        purposes=frozenset(Purpose(purpose) for purpose in stored.get("purposes", usual.purposes)),
        quiet=QuietHours(*(time.fromisoformat(each) for each in quiet)) if quiet else (usual.quiet if old else None),
        digest=_seconds(stored.get("digest_seconds"), usual.digest),
        remind_before=_seconds(stored.get("remind_before_seconds"), usual.remind_before),
        remind_after=_seconds(stored.get("remind_after_seconds"), usual.remind_after),
        news_within=_seconds(stored.get("news_within_seconds"), usual.news_within),
    )


def _feedback_from_json(stored: Mapping[str, Any]) -> FeedbackPolicy:
    usual = FeedbackPolicy()
    return FeedbackPolicy(stored.get("ask", usual.ask), _seconds(stored.get("after_seconds"), usual.after))


def _retention_from_json(stored: Mapping[str, Any]) -> RetentionPolicy:
    usual = RetentionPolicy()
    return RetentionPolicy(_seconds(stored.get("after_close_seconds"), usual.after_close))


def _statutory_to_json(limit: Statutory) -> Json:
    return {"limit_seconds": limit.limit.total_seconds(), "words": dict(limit.words), "pauses": limit.pauses}


def _statutory_from_json(stored: Mapping[str, Any]) -> Statutory:
    limit = timedelta(seconds=stored["limit_seconds"])
    return Statutory(limit, dict(stored["words"]), stored.get("pauses", False))


def _seconds(stored: float | None, usual: timedelta) -> timedelta:
    return usual if stored is None else timedelta(seconds=stored)
