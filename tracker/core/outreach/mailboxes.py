"""One mailbox, one mail: parties of a case who are reached at the same address are told of a thing once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracker.core.case.events import Address, PartyReported
from tracker.core.case.timeline import Folded
from tracker.core.outreach.topics import TOLD, Spoken, Topic
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.messages import Purpose, Reason
from tracker.core.vocabulary.words import Role

Reached = tuple[PartyReported, Address | None]
"""A party, and where they are reached."""

Told = frozenset[tuple[str, Purpose, str]]
"""Who (party) was told of what (purpose, cause)."""

_ORDER = {role: place for place, role in enumerate(Role)}


def hearers_of(case: Folded, definition: Definition) -> tuple[Reached, ...]:
    """The parties whom the service tells, and where each is reached."""
    told = definition.outreach.tell
    return tuple(
        (party, _reached(party, definition)) for _, party in sorted(case.parties.items()) if party.role in told
    )


def _reached(party: PartyReported, definition: Definition) -> Address | None:
    """Where a party is reached first: by the channel they chose, else in the service's order."""
    by_channel: Mapping[str, Address] = {address.channel: address for address in reversed(party.channels)}
    chosen = (party.prefers,) if party.prefers in definition.outreach.channels else ()
    ladder = (*chosen, *definition.outreach.channels)
    return next((by_channel[each] for each in ladder if each in by_channel), None)


def sharing(reached: Iterable[Reached]) -> tuple[tuple[str, ...], ...]:
    """The parties by mailbox: those of each with who is told there first, by role (the applicant before all) and id.
    What is no address is nobody else's."""
    boxes: dict[object, list[PartyReported]] = {}
    for party, address in reached:
        usable = address is not None and address.normal is not None
        at = (address.channel, address.normal) if address is not None and usable else party.party
        boxes.setdefault(at, []).append(party)
    return tuple(
        tuple(each.party for each in sorted(box, key=lambda party: (_ORDER[party.role], party.party)))
        for box in boxes.values()
    )


def heard_by_all(spoken: Iterable[Spoken]) -> Told:
    """Who was told of what: also by a message that went to the same mailbox for somebody else."""
    themselves = {(each.party, each.purpose, each.cause) for each in spoken if each.state in TOLD}
    by_others = {
        (each.party, each.purpose, each.cause)
        for each in spoken
        if each.reason is Reason.SAME_ADDRESS and (each.same_as, each.purpose, each.cause) in themselves
    }
    return frozenset(themselves | by_others)


def in_place_of(boxes: Sequence[Sequence[str]], topic: Topic, spoken: Sequence[Spoken], heard: Told) -> dict[str, str]:
    """For each party who is not to be told of this themselves: in whose message it is, or was.

    Whoever was told first stays the one, so that nobody who joins brings the same mail again; and who was told by the
    message of another is not told again when that one leaves, or is reached elsewhere.
    """
    found: dict[str, str] = {}
    for box in boxes:
        first = next((party for party in box if (party, topic.purpose, topic.cause) in heard), None)
        if first is not None:
            teller = _in_message_of(topic, spoken).get(first, first)
        elif len(box) > 1:
            teller = box[0]
        else:
            continue
        found |= {party: teller for party in box if party != teller}
    return found


def _in_message_of(topic: Topic, spoken: Iterable[Spoken]) -> Mapping[str, str]:
    """In whose message it is on record that parties were told of this."""
    return {
        each.party: each.same_as
        for each in spoken
        if each.reason is Reason.SAME_ADDRESS and each.same_as
        if (each.purpose, each.cause) == (topic.purpose, topic.cause)
    }
