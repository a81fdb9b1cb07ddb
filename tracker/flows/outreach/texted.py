"""A text came in: a wish is kept, anything else goes to staff."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from tracker.core.vocabulary import references
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.flows.outreach import stopping
from tracker.store.answers import contacts
from tracker.store.ground import alerts
from tracker.store.ground.engine import Store
from tracker.store.outreach import stops
from tracker.store.outreach.stops import Wish

LONGEST = 1600
"""As many characters as a text can have."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it came: `number` sent it (E.164), `senders` is where it went: a number, and the messaging service
    that the number belongs to, if any. `id` is the provider's own. `wish`: what its words ask for, if they are one."""

    id: str
    number: str
    senders: tuple[str, ...]
    words: str
    wish: Wish | None


async def hear(store: Store, secret: bytes, text: Text) -> int:
    """Keep a wish for every organisation that the text may be meant for, or note the words on the newest case of the
    number and alert staff; returns how many organisations heard it. A text that is told twice is heard once."""
    heard = 0
    async with store.transaction() as connection:
        for office in await stops.texted(connection, text.senders, Channel.SMS, text.number):
            id_, scope = _id(text.id, office.id), Scope(office.id, Mode.LIVE)
            if text.wish is not None:
                asked = (scope, Channel.SMS, text.number)
                heard += await stopping.heed(connection, secret, asked, text.wish, via="sms", now=office.now, id_=id_)
                continue
            case = await stops.newest_case(connection, office.id, Channel.SMS, text.number)
            if case is None:
                continue
            note = {
                **scope.columns,
                "id": id_,
                "case_id": case.id,
                "account_id": None,
                "words": _printable(text.words),
                "at": office.now,
            }
            if await contacts.add_note(connection, note):
                heard += 1
                remedy = "Read the note on the case: this person has sent us a text and may wait for an answer."
                notice = Notice("text_received", references.spell(case.reference), remedy)
                await alerts.raise_alert(connection, scope, notice, office.now)
    return heard


def _id(text: str, organisation: UUID) -> UUID:
    """The same for the same text, however often it is told."""
    return uuid5(NAMESPACE_URL, f"text:{organisation}:{text}")


def _printable(words: str) -> str:
    return "".join(each for each in words if each.isprintable() or each == "\n")[:LONGEST].strip() or "–"
