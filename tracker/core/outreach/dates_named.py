"""Who was told which dates by messages: what a message names, and so what each person can be thought to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from tracker.core.outreach.topics import TOLD, Spoken
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.channels import Writing, traits_of
from tracker.core.vocabulary.messages import Purpose, Reason
from tracker.core.vocabulary.purpose_traits import DateTold, Ground
from tracker.core.vocabulary.purposes import PURPOSES


def names_date(purpose: Purpose, channel: str, *, sensitive: bool, closed: bool, over: bool = False) -> bool:
    """Whether a message says the date that stands, if there is one. Where a case is sensitive no message does, and
    no text where its news is that the date may not hold, or what is asked of the person, nor one whose day is over.
    Told of the templates, and a test holds them to it."""
    traits = PURPOSES[purpose]
    if sensitive or closed or traits.date is DateTold.NOTHING:
        return False
    match traits_of(channel).writing:
        case Writing.MAIL:
            return True
        case Writing.LINE:
            stale = over and traits.date is not DateTold.ANOTHER
            return not stale and not traits.doubts_date and traits.rests_on not in (Ground.ASKED, Ground.WANTED)
        case other:
            assert_never(other)


def dates_named_to(spoken: Iterable[Spoken], zone: str) -> Mapping[str, frozenset[str]]:
    """For each party the dates (ids of the ledger) that messages to them named, or to another party in whose message
    they are. What stood on the page alone is not among them: nobody knows who has read it."""
    by_message = {(each.party, each.purpose, each.cause): _named(each, zone) for each in spoken if each.state in TOLD}
    found: dict[str, frozenset[str]] = {}
    for each in spoken:
        reader = each.same_as if each.reason is Reason.SAME_ADDRESS and each.same_as else each.party
        named = by_message.get((reader, each.purpose, each.cause), frozenset())
        found[each.party] = found.get(each.party, frozenset()) | named
    return found


def _named(each: Spoken, zone: str) -> frozenset[str]:
    """The dates that the words of a message name. One that has the room names the office's own beside ours."""
    if each.promise is None or each.channel is None:
        return frozenset()
    over = bool(each.promise_on and each.told_at and each.promise_on < day_of(each.told_at, zone))
    closed = each.outcome is not None
    if not names_date(each.purpose, each.channel, sensitive=bool(each.sensitive), closed=closed, over=over):
        return frozenset()
    beside = each.beside_promise if traits_of(each.channel).writing is Writing.MAIL else None
    return frozenset(id_ for id_ in (each.promise, beside) if id_)
