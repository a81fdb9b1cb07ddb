"""What people did about the demo's requests: how they answered the question, when they called, what they were sent."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from notifications.render import as_json, render
from tracker.core.answers.contacts import ContactChannel, ContactReason, DateState, demand
from tracker.core.answers.tellings import Listener, Way
from tracker.core.deciding.dossier import MessageRecord
from tracker.core.promises.first_dates import Background, Dated, FirstDate, leading
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.messages import MessageState
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Basis, CaseState, Mode, PromiseOutcome
from tracker.demo.history import Past, Row, date_named
from tracker.demo.lives import in_office_hours
from tracker.flows.outreach import ask
from tracker.flows.outreach.release import Links, outreach_facts
from tracker.store.answers.feedback import PromiseKept
from tracker.store.ground.columns import new_id

NEWEST = 300
"""So many of the newest messages lie in the outbox with their words; of older ones the words are gone."""

COMMENTS = {
    "en": (
        ("I always knew what was going on. Thank you.", "Clear letters, no need to call."),
        ("You gave me a date and it passed.", "It took much longer than you said."),
    ),
    "cy": (("Diolch, roedd popeth yn glir.",), ("Cymerodd fwy o amser nag a ddywedoch.",)),
    "es": (("Siempre supe qué pasaba. Gracias.",), ("Tardó más de lo que dijeron.",)),
    "ar": (("كنت أعرف دائمًا ما يحدث. شكرًا.",), ("استغرق الأمر وقتًا أطول مما قلتم.",)),
}
"""By language: what people write who were served on time, and who were not."""


LOOK = 0.7
"""In so many requests somebody opens the page, mostly within two days: sensitive ones are told of there alone."""


def looks(told: Past, until: datetime) -> list[Row]:
    """That somebody opened the page of a request and saw its dates: a row for each date that stood then."""
    dice, opened_at = dice_of(told.office.slug, f"looks {told.number}"), told.case.case.opened_at
    if opened_at is None or dice.random() > LOOK:
        return []
    at = opened_at + timedelta(hours=dice.expovariate(1 / 30))
    if at >= until:
        return []
    return [
        {
            "organisation_id": told.office.id,
            "mode": Mode.LIVE.value,
            "promise_id": each.id,
            "audience": Listener.PUBLIC.value,
            "channel": Way.PAGE.value,
            "told_at": at,
            "message_id": None,
        }
        for each in told.case.given
        if each.made_at <= at < (each.superseded_at or each.judged_at or until)
        and calendars.day_of(at, told.office.zone) <= each.latest_on
    ]


def first_told(told: Past, until: datetime) -> FirstDate | None:
    """The first date that people were told in a case that is over."""
    said = {row["promise_id"]: row["told_at"] for row in looks(told, until)}
    for each in told.case.messages.values():
        date_ = date_named(each)
        if date_ is not None and each.state is MessageState.DELIVERED:
            said[date_] = min(each.due_at, said.get(date_, each.due_at))
    case, zone = told.case.case, told.office.zone
    opened_on = case.opened.on or calendars.day_of(case.opened_at or until, zone)
    of = Background(
        zone,
        calendars.start_of(opened_on + timedelta(days=1), zone),
        case.outcome,
        case.since.on or calendars.day_of(case.since.at or until, zone),
    )
    return leading([_dated(each, said.get(each.id)) for each in told.case.given], of, until)


def _dated(given: PromiseRecord, told_at: datetime | None) -> Dated:
    return Dated(
        given.made_at,
        given.latest_on,
        given.passes_at,
        given.basis is Basis.OFFICE,
        given.basis is Basis.HISTORY,
        given.probability,
        given.reason,
        not given.stands,
        given.judged_at if given.outcome is PromiseOutcome.KEPT else None,
        given.outcome is PromiseOutcome.COULD_NOT_TELL,
        told_at,
    )


def feedback(told: Past, until: datetime) -> list[Row]:
    """The answer to the question how it went, if it was asked and answered: by about a third."""
    asked = next(
        (
            each
            for each in told.case.messages.values()
            if PURPOSES[each.purpose].asks and each.state is MessageState.DELIVERED
        ),
        None,
    )
    if asked is None or told.dice.random() > 0.34:
        return []
    at = asked.due_at + timedelta(hours=told.dice.expovariate(1 / 20))
    if at >= until:
        return []
    kept, case = ask.kept(first_told(told, until)), told.case.case
    late = kept is PromiseKept.MISSED
    score = told.dice.choices((1, 2, 3, 4, 5), (22, 28, 27, 15, 8) if late else (3, 5, 14, 38, 40))[0]
    comment = None
    if told.dice.random() < 0.25:
        comment = told.dice.choice(COMMENTS[asked.language][1 if score < 3 else 0])
    return [
        {
            **_of(told),
            "id": new_id(),
            "party": asked.party,
            "score": score,
            "comment": comment,
            "language": asked.language,
            "service": told.definition.service,
            "stage": case.stage,
            "outcome": case.outcome.value if case.outcome else None,
            "promise": kept.value,
            "answered_at": at,
        }
    ]


def contacts(told: Past, until: datetime, account: UUID) -> list[Row]:
    """When somebody called or wrote: more often where a date had passed, or nothing was heard for long."""
    case = told.case.case
    opened, ended = case.opened_at, case.last_at
    if opened is None or ended is None:
        return []
    first, dice, found = next((each for each in told.case.given if each.ours), None), told.dice, []
    zone = told.office.zone
    passed = first is not None and first.passes_at is not None and first.passes_at < min(ended, until)
    if first is not None and passed and dice.random() < 0.45:
        day = calendars.start_of(first.latest_on + timedelta(days=dice.randrange(1, 6)), zone)
        found.append((ContactReason.DATE_PASSED, day))
    days = max((ended - opened).days, 1)
    for reason, chance in _CALLS:
        if dice.random() < chance * min(days / 30, 2):
            found.append((reason, opened + timedelta(days=dice.uniform(0.3, 1) * days)))
    if case.state is CaseState.CLOSED and dice.random() < 0.04:
        found.append((ContactReason.WHAT_DOES_IT_MEAN, ended + timedelta(days=dice.randrange(1, 4))))
    times = [(reason, in_office_hours(at, dice.randrange(440))) for reason, at in found]
    return [_contact(told, reason, at, account) for reason, at in times if opened < at < until]


_CALLS = (
    (ContactReason.WHERE_IS_IT, 0.14),
    (ContactReason.SENT_SOMETHING, 0.05),
    (ContactReason.CHANGE_DETAILS, 0.04),
    (ContactReason.COMPLAINT, 0.015),
)
"""Why people call within thirty days, and how likely it is."""


def _contact(told: Past, reason: ContactReason, at: datetime, account: UUID) -> Row:
    zone = told.office.zone
    given = [each for each in told.case.given if each.made_at <= at]
    words = [each.due_at for each in told.case.messages.values() if each.settled_at and each.due_at <= at]
    stages = [line.stage for line in told.case.case.lines if line.stage and line.position and line.position <= at]
    on = given[-1].latest_on if given else None
    state = DateState.NONE
    if on is not None:
        state = DateState.PASSED if on < calendars.day_of(at, zone) else DateState.STANDS
    word_on = None
    if words:
        word_on = calendars.next_word_on(max(words), told.definition.outreach.silence, zone)
    channel = told.dice.choices(list(ContactChannel), (70, 15, 7, 3, 5))[0]
    return {
        **_of(told),
        "id": new_id(),
        "account_id": account,
        "channel": channel.value,
        "reason": reason.value,
        "demand": demand(reason).value,
        "at": at,
        "seen": {
            "stage": stages[-1] if stages else None,
            "date": on.isoformat() if on else None,
            "date_state": state.value,
            "next_word_on": word_on.isoformat() if word_on else None,
            "days_since_word": (at - max(words)).days if words else None,
        },
    }


def letters(all_told: list[Past], attempts: list[Row], links: Links) -> list[Row]:
    """The newest messages as the sandbox caught them; their words are written into `attempts`, oldest first."""
    whose = {each.id: (told, each) for told in all_told for each in told.case.messages.values()}
    caught = []
    for attempt in sorted(attempts, key=lambda each: each["started_at"])[-NEWEST:]:
        told, message = whose[attempt["message_id"]]
        channel = message.channel or ""
        reached = told.case.recipients[message.party, channel]
        facts = outreach_facts(_as_claimed(told, message), told.definition, links)
        content, _ = render(facts, channel, f"no-reply@{told.office.slug}.example")
        id_ = new_id()  # in order of time: the outbox shows the newest first
        attempt |= {"content": json.loads(as_json(content)), "id": id_, "provider_id": f"caught-{id_}"}
        caught.append(
            {
                "organisation_id": told.office.id,
                "mode": Mode.LIVE.value,
                "id": id_,
                "message_id": message.id,
                "address": reached.address,
                "caught_at": attempt["started_at"],
            }
        )
    return caught


def _as_claimed(told: Past, message: MessageRecord) -> Any:
    """A message as a worker claims it."""
    silence = told.definition.outreach.silence
    at = message.due_at
    return SimpleNamespace(
        **{
            name: getattr(message, name)
            for name in (
                "id",
                "attempt_number",
                "facts",
                "language",
                "purpose",
                "channel",
                "party",
            )
        },
        scope=Scope(told.office.id, Mode.LIVE),
        email_from=None,
        sms_from=None,
        survivor=None,
        survivor_end=None,
        now=at,
        organisation=told.office.name,
        reference=told.reference,
        zone=told.office.zone,
        next_word_on=calendars.next_word_on(at, silence, told.office.zone),
        case_state=PURPOSES[message.purpose].holds_while or CaseState.OPEN,
    )


def _of(told: Past) -> Row:
    return {"organisation_id": told.office.id, "mode": Mode.LIVE.value, "case_id": told.case.id}


def dice_of(slug: str, what: str) -> random.Random:
    """Dice that fall the same in every demo."""
    return random.Random(f"{slug} {what}")  # noqa: S311 - the same demo every time
