"""What is used of a party that was sent, and what is set aside: one part that is of no use must not lose the person.

Each part that is set aside, or that is tried though it may not do, is answered by a note; one that an operator can do
something about raises an alert, which names the source and no person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, assert_never

from pydantic_core import PydanticCustomError

from integrations import fields, strict_json
from integrations.event_models import PartyDataIn
from tracker.core.case.events import Address, PartyReported
from tracker.core.deciding.reports import IntakeNote
from tracker.core.services.known_fact_kinds import KNOWN_FACTS, unfit_as
from tracker.core.vocabulary.addresses import AddressDoubt, AddressFault, AddressReading
from tracker.core.vocabulary.channels import CHANNELS, AddressForm
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.traits import for_each
from tracker.core.vocabulary.words import Channel

_PARTS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": fields.line,
    "organisation": fields.line,
    "language": fields.language,
    "zone": fields.zone,
}
"""The parts of a party that are texts, and how each is read."""

_FAULTS: Final[Mapping[AddressFault, str]] = for_each(
    AddressFault,
    {
        AddressFault.EMPTY: "Here stands nothing that could be {an_address}. Leave out what there is none of.",
        AddressFault.UNREADABLE: "No {address} can be read here. Send {an_address} alone, such as {example}.",
        AddressFault.SEVERAL: "Here stands more than one {address}, and the office alone knows which to use. Send one.",
        AddressFault.FILLER: "These digits only fill a field. Leave the channel out where there is no {address}.",
        AddressFault.IMPOSSIBLE: (
            "No {address} of its country has so many digits, or it cannot be dialled from elsewhere. Send the whole "
            "{address}, for another country with its prefix, such as {example}."
        ),
        AddressFault.NO_DOMAIN: "No mail can go to this domain. Look for a slip in what follows the @.",
    },
    __file__,
)
"""What the sender is answered about an address that is set aside, without the address."""

_DOUBTS: Final[Mapping[AddressDoubt, str]] = for_each(
    AddressDoubt,
    {
        AddressDoubt.EXTENSION: "The extension was left out, since no text reaches one. The number is used.",
        AddressDoubt.REMARK: "The words beside the {address} were left out. Send it alone.",
        AddressDoubt.UNASSIGNED: (
            "This number is as long as it should be, but of no range that is in use in its country. It is tried. If it "
            "is of another country, send it with its prefix, such as {example}."
        ),
        AddressDoubt.NOT_MOBILE: "This is the number of a landline or of a service. It is tried; texts may not arrive.",
        AddressDoubt.UNUSUAL: "Many mail servers take no such address. It is tried.",
        AddressDoubt.MIXED: "Its domain has letters of two alphabets, which may not be meant. It is tried.",
    },
    __file__,
)
"""What the sender is answered about an address that is used all the same."""

_AGAIN = "To mend it, send the party again in a new event."


@dataclass(frozen=True, slots=True)
class PartyReading:
    """A party `as_sent`, by which a second copy of the event is known, and its known fact (`fact`) as sent; what is
    `used` of it, with the digest of the fact and the one form of each address; and what the sender is to know."""

    as_sent: PartyReported
    fact: str | None
    used: PartyReported
    notes: tuple[IntakeNote, ...]


def party(
    data: PartyDataIn,
    source: str,
    *,
    address: Callable[[Channel, str], AddressReading],
    digest: Callable[[str], bytes],
) -> PartyReading:
    """Read a party. `source`: who sent it, for operators."""
    notes: list[IntakeNote] = []
    sent = {name: getattr(data, name) for name in _PARTS}
    good = {name: _read(name, value, source, notes) for name, value in sent.items()}
    as_sent, used = _with(data, {name: good[name] or value for name, value in sent.items()}), _with(data, good)
    used = replace(used, channels=tuple(_addresses(data, source, address, notes)))
    if data.known_fact is None:
        return PartyReading(as_sent, None, used, tuple(notes))
    fact, unfit = _fact(data.known_fact)
    if len(unfit) < len(KNOWN_FACTS):
        used = replace(used, known_fact=digest(fact))
    return PartyReading(as_sent, fact, replace(used, unfit_as=unfit), tuple(notes))


def _with(data: PartyDataIn, parts: Mapping[str, str | None]) -> PartyReported:
    """The party with these texts."""
    name, organisation, language, zone = (parts[each] for each in ("name", "organisation", "language", "zone"))
    return replace(data.body(), name=name, organisation=organisation, language=language, zone=zone)


def _read(name: str, value: str | None, source: str, notes: list[IntakeNote]) -> str | None:
    """A text of a party, or None where it was left out or set aside."""
    if value is None:
        return None
    try:
        return _PARTS[name](value)
    except PydanticCustomError as fault:
        said = fault.context or {}
        remedy = f"Have the source send {name} as docs/integration.md says; the rest of each party is used."
        notes.append(
            IntakeNote(
                _place(name),
                f"This {said['words']}, and was set aside. {said['remedy']} {_AGAIN}",
                Notice("party_part_set_aside", f"{source} {name}", remedy),
            )
        )
        return None


def _fact(value: str) -> tuple[str, tuple[str, ...]]:
    """The known fact, and the kinds of which it can be none: all of them where it cannot be read."""
    try:
        fact = fields.known_fact(value)
    except PydanticCustomError:
        return value, KNOWN_FACTS
    return fact, unfit_as(fact)


def _addresses(
    data: PartyDataIn, source: str, read: Callable[[Channel, str], AddressReading], notes: list[IntakeNote]
) -> Iterable[Address]:
    """The addresses that something can be sent to, each once, in their order."""
    good: dict[Address, None] = {}
    for place, each in enumerate(data.channels or ()):
        found = read(each.channel, each.address or "")
        if len(found.address or "") > CHANNELS[each.channel].longest:
            found = AddressReading(None, None, AddressFault.UNREADABLE)
        pointer, words = _place("channels", place, "address"), _words(each.channel)
        if found.fault is not None:
            remedy = f"Have the source send one whole {words['address']}, or leave the channel out. People are kept."
            subject = f"{source} {each.channel.value} {found.fault.value}"
            said = f"{_FAULTS[found.fault].format_map(words)} The channel was set aside. {_AGAIN}"
            notes.append(IntakeNote(pointer, said, Notice("channel_set_aside", subject, remedy)))
            continue
        notes += (IntakeNote(pointer, _DOUBTS[doubt].format_map(words)) for doubt in found.doubts)
        good[Address(each.channel, found.address or "", found.normal)] = None
    return good


def _words(channel: Channel) -> Mapping[str, str]:
    """What an address of this channel is called, and one that is good."""
    match CHANNELS[channel].form:
        case AddressForm.MAILBOX:
            return {"address": "e-mail address", "an_address": "an e-mail address", "example": "name@example.org"}
        case AddressForm.TELEPHONE:
            return {"address": "telephone number", "an_address": "a telephone number", "example": "+48 601 234 567"}
        case other:
            assert_never(other)


def _place(*steps: str | int) -> str:
    return strict_json.pointer("data", *steps)
