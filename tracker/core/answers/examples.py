"""What a service would say: facts of every message that its definition can lead to, as if a request stood there today.

For offices that read their words before anybody else does. The links in them lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tracker.core.answers.facts import CaseFacts, NeedFacts
from tracker.core.answers.message_facts import OutreachFacts
from tracker.core.answers.needs import need_facts
from tracker.core.answers.stages import ARRIVED
from tracker.core.services.definitions import Definition, Stage, say
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.purpose_traits import Ground
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import Basis, CaseState, Outcome, WaitingOn

REFERENCE = "CDFGHJKMNPRW"
"""A reference that is none: its check character is wrong."""

_TOKEN = "-" * 59
"""As long as what stands in a link, and good for nothing."""

_PROBABLE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose messages they are: the name and the domains of the office, its zone, and where its pages are."""

    organisation: str
    zone: str = "Europe/London"
    base: str = "https://track.example"
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """One message that may be said: in which stage (its code, empty for none in particular), and its facts."""

    stage: str
    facts: OutreachFacts


def of_definition(definition: Definition, head: Letterhead, language: str, today: date) -> Iterator[Example]:
    """Every purpose that the service says, with each stage of which it would be said."""
    for purpose in Purpose:
        if purpose not in definition.outreach.purposes or (PURPOSES[purpose].asks and not definition.feedback.ask):
            continue
        for stage in _stages(purpose, definition):
            yield Example(stage.code, _of_stage(purpose, stage, definition, head, language=language, today=today))


def of_case(facts: CaseFacts, definition: Definition, head: Letterhead) -> Iterator[Example]:
    """Every purpose that could be said of a case as it stands now."""
    closed = facts.state == CaseState.CLOSED
    for purpose in Purpose:
        traits = PURPOSES[purpose]
        if purpose not in definition.outreach.purposes or (traits.asks and not definition.feedback.ask):
            continue
        if traits.holds_while is not None and closed is not (traits.holds_while is CaseState.CLOSED):
            continue
        match purpose:
            case Purpose.SURVIVOR_ENDED if not facts.survivor_ended:
                continue
            case _:
                yield Example(facts.stage.code or "", _of_case(purpose, facts, definition, head))


def _stages(purpose: Purpose, definition: Definition) -> list[Stage]:
    """The stages of which a message of this purpose would be said: of news each, of the rest one that is usual."""
    told = [each for each in definition.stages if each.tell] or list(definition.stages)
    opened = [each for each in told if not each.closes]
    asking = [each for each in opened if each.waiting_on is WaitingOn.YOU]
    working = [each for each in opened if not each.opens and each not in asking] or opened or told
    match purpose:
        case Purpose.LIMIT_PASSED if definition.statutory is None:
            return []
        case Purpose.ACKNOWLEDGED:
            return [each for each in opened if each.opens] or opened[:1]
        case Purpose.UPDATED:
            return working
        case Purpose.ACTION_NEEDED:
            return asking or working[:1]
        case Purpose.REMINDER | Purpose.DEADLINE_PASSED | Purpose.SUPPLIED:
            return (asking or working)[:1]
        case Purpose.FINISHED:
            return [each for each in told if each.closes]
        case Purpose.SURVIVOR_ENDED:
            return [each for each in told if each.outcome is Outcome.MERGED]
        case Purpose.FEEDBACK:
            return [each for each in told if each.closes][:1]
        case _:
            return working[:1]


def _of_stage(
    purpose: Purpose, stage: Stage, definition: Definition, head: Letterhead, *, language: str, today: date
) -> OutreachFacts:
    asks = PURPOSES[purpose].rests_on in (Ground.ASKED, Ground.WANTED)
    arrived = ARRIVED if PURPOSES[purpose].rests_on is Ground.ARRIVED else ""
    ended = next((each for each in definition.stages if each.closes), stage)
    reason, said = next(iter(definition.delay_reasons.items()), ("usual_spread", {}))
    days = definition.promise.fallback_days
    latest_on = today + (timedelta(days=days) if days else _PROBABLE)

    def words(of: object) -> str:
        return say(of, language, definition.language)  # type: ignore[arg-type]  # each is words

    facts = OutreachFacts(
        purpose=purpose.value,
        organisation=head.organisation,
        service=words(definition.name),
        reference=REFERENCE,
        headline="" if arrived else words(stage.headline),
        meaning="" if arrived else words(stage.meaning),
        next="" if arrived else words(stage.next),
        waiting_on=(WaitingOn.YOU if asks else WaitingOn.US if arrived else stage.waiting_on).value,
        needs=_needs(definition, language, today) if asks else (),
        note="",
        promise_on=latest_on,
        promise_basis=Basis.HISTORY.value,
        next_word_by=None if stage.closes else today + definition.outreach.silence,
        outcome=stage.outcome.value if stage.outcome else None,
        appeal=words(definition.appeal),
        help=words(definition.help),
        track_url=f"{head.base}/track",
        sensitive=definition.sensitive,
        language=language,
        zone=head.zone,
        today=today,
        old_on=today + (latest_on - today) // 2 if PURPOSES[purpose].moves_date else None,
        half_by_on=today + (latest_on - today) // 2,
        probability=definition.promise.probability,
        promise_base="service",
        if_late=words(stage.if_late),
        delay_reason=words(said),
        delay_code=reason,
        complaint=words(definition.complaint),
        feedback_url=f"{head.base}/feedback/{_TOKEN}" if PURPOSES[purpose].asks else "",
        stop_url=f"{head.base}/stop/{_TOKEN}",
        domains=(*definition.domains, *head.domains),
        ours=arrived,
        you_can=words(stage.you_can),
        heard_on=today - timedelta(days=5),
        statutory=words(definition.statutory.words) if definition.statutory else "",
    )
    return _with_news(purpose, facts, words(ended.headline))


def _with_news(purpose: Purpose, facts: OutreachFacts, ended: str) -> OutreachFacts:
    """The facts with what a message of this purpose is about. `ended`: the headline of an end."""
    today = facts.today
    match purpose:
        case Purpose.DEADLINE_PASSED:
            return replace(facts, today=today + timedelta(days=15))
        case Purpose.REVERSED:
            return replace(facts, told_headline=ended, told_on=today - timedelta(days=9))
        case Purpose.SURVIVOR_ENDED:
            return replace(facts, next="", survivor=REFERENCE, survivor_ended=True, survivor_outcome=Outcome.DONE.value)
        case Purpose.LIMIT_PASSED:
            return replace(facts, statutory_on=today - timedelta(days=1))
        case _:
            return facts


def _needs(definition: Definition, language: str, today: date) -> tuple[NeedFacts, ...]:
    """The first two things that the service asks people for, or one that it has no words for."""
    known = list(definition.needs)[:2] or [""]
    stored = ({"item": code, "text": None, "code": code, "due_on": None, "supplied_at": None} for code in known)
    first, *others = need_facts(stored, definition, language)
    return (replace(first, due_on=today + timedelta(days=14)), *others)


def _of_case(purpose: Purpose, facts: CaseFacts, definition: Definition, head: Letterhead) -> OutreachFacts:
    dated, stage = facts.promise, facts.stage
    old = next((each for each in facts.promises if each.superseded_at is not None), None)
    return OutreachFacts(
        purpose=purpose.value,
        organisation=facts.organisation,
        service=facts.service,
        reference=facts.reference,
        headline=stage.headline,
        meaning=stage.meaning,
        next=stage.next,
        waiting_on=facts.waiting_on,
        needs=tuple(each for each in facts.needs if each.supplied_at is None),
        note=facts.history[0].note if facts.history else "",
        promise_on=dated.latest_on if dated else None,
        promise_basis=dated.basis.value if dated else None,
        next_word_by=facts.next_word_by,
        outcome=facts.outcome,
        appeal=facts.appeal,
        help=facts.help,
        track_url=f"{head.base}/track",
        sensitive=definition.sensitive,
        language=facts.language,
        zone=facts.zone,
        today=day_of(facts.now, facts.zone),
        old_on=old.latest_on if old else None,
        half_by_on=dated.half_by_on if dated else None,
        probability=dated.probability if dated else None,
        promise_base=dated.base.value if dated and dated.base else None,
        sooner=facts.sooner,
        if_late=stage.if_late,
        delay_reason=facts.delay.text if facts.delay else "",
        delay_code=facts.delay.reason if facts.delay else "",
        complaint=facts.complaint,
        feedback_url=f"{head.base}/feedback/{_TOKEN}" if PURPOSES[purpose].asks else "",
        stop_url=f"{head.base}/stop/{_TOKEN}",
        domains=(*definition.domains, *head.domains),
        ours=stage.ours,
        you_can=stage.you_can,
        heard_on=day_of(facts.last_reported_at, facts.zone),
        told_headline=facts.reversed.headline if facts.reversed else "",
        told_on=facts.reversed.on if facts.reversed else None,
        appeal_by=facts.appeal_by,
        survivor=facts.survivor,
        survivor_ended=facts.survivor_ended,
        survivor_outcome=facts.survivor_outcome,
        end_in_doubt=facts.end_in_doubt,
        statutory=facts.statutory,
        statutory_on=facts.statutory_on,
    )
