"""A text came in: a wish is kept, a call for help answered, anything else goes to staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.outreach.replies import Meaning, Reply
from tracker.core.outreach.wishes import Wish
from tracker.core.vocabulary import addresses, references
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.flows.outreach import stopping
from tracker.store.answers import contacts
from tracker.store.ground import alerts
from tracker.store.ground.engine import Store
from tracker.store.outreach import stops, texted
from tracker.store.outreach.texted import TextedCase, TextedOffice

LONGEST = 1600
"""As many characters as a text can have."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it came: `number` sent it (E.164), `senders` is where it went: a number, and the messaging service
    that the number belongs to, if any. `id` is the provider's own. `reply`: what its words ask for. `answered`: the
    provider has answered it already."""

    id: str
    number: str
    senders: tuple[str, ...]
    words: str
    reply: Reply
    answered: bool = False


class AnswerText(StrEnum):
    """What is texted back."""

    HELP = "help"
    """Who we are, how to stop, where there is help."""
    ASK = "ask"
    """Whether they want to hear no more; once."""


@dataclass(frozen=True, slots=True)
class HeardText:
    """What came of a text: how many organisations heard it, and what is texted back, in whose name and language."""

    offices: int = 0
    answer: AnswerText | None = None
    organisation: str = ""
    language: str = ""


_WISHES = {Meaning.STOP: Wish.STOP, Meaning.START: Wish.START, Meaning.WRONG_PERSON: Wish.WRONG_PERSON}


async def hear(store: Store, secret: bytes, text: Text) -> HeardText:
    """Keep a wish for every organisation that the text may be meant for, or note the words on the newest case of the
    number and alert staff. A text that is told twice is heard once, and answered alike."""
    heard = HeardText()
    async with store.transaction() as connection:
        for office in await texted.texted(connection, text.senders, Channel.SMS, text.number):
            found = await texted.cases(connection, Scope(office.id, Mode.LIVE), Channel.SMS, text.number)
            one = await _Hearing(connection, secret, text, office, found).heed()
            first = one if heard.answer is None else heard
            answer = None if text.answered else first.answer
            heard = HeardText(heard.offices + one.offices, answer, first.organisation, first.language)
    return heard


@dataclass(frozen=True, slots=True)
class _Hearing:
    """A text, and an organisation that it may be meant for, with the cases of the number there."""

    connection: AsyncConnection
    secret: bytes
    text: Text
    office: TextedOffice
    cases: Sequence[TextedCase]

    @property
    def scope(self) -> Scope:
        """Texts are about live cases."""
        return Scope(self.office.id, Mode.LIVE)

    @property
    def id(self) -> UUID:
        """The same for the same text, however often it is told."""
        return uuid5(NAMESPACE_URL, f"text:{self.office.id}:{self.text.id}")

    async def heed(self) -> HeardText:
        """Do what the text asks for."""
        reply = self.text.reply
        named = next((each for each in self.cases if each.reference in reply.references), None)
        match reply.meaning:
            case Meaning.STOP | Meaning.START | Meaning.WRONG_PERSON:
                if reply.of_one and named is None and reply.meaning is not Meaning.WRONG_PERSON:
                    # It names no request of theirs: which one do they mean?
                    return await self._ask() if reply.meaning is Meaning.STOP else HeardText(await self._note())
                case = named.id if named is not None and reply.meaning is not Meaning.WRONG_PERSON else None
                return HeardText(int(await self._record(_WISHES[reply.meaning], case)))
            case Meaning.HELP:
                return self._answer(AnswerText.HELP, 1)
            case Meaning.UNCLEAR:
                return await self._ask()
            case Meaning.OTHER:
                return HeardText(await self._note())

    async def _ask(self) -> HeardText:
        """Routine messages wait, and the person is asked, once, whether they want to hear no more; staff read it."""
        noted = await self._note()
        if not self.cases:
            return HeardText()
        digest = addresses.digest(self.secret, Channel.SMS, self.text.number)
        under = (self.scope, Channel.SMS.value, digest, None)
        if not await stops.is_recorded(self.connection, self.scope, self.id):
            if under in await stops.in_force(self.connection, [under]):
                return HeardText(noted)
            await self._record(Wish.PAUSE, None)
        return self._answer(AnswerText.ASK, noted)

    async def _record(self, wish: Wish, case: UUID | None) -> bool:
        asked = (self.scope, Channel.SMS, self.text.number)
        now = self.office.now
        return await stopping.heed(
            self.connection, self.secret, asked, wish, via="sms", now=now, id_=self.id, case=case
        )

    def _answer(self, answer: AnswerText, offices: int) -> HeardText:
        known = next((each.language for each in self.cases if each.language), None)
        return HeardText(offices, answer, self.office.name, known or self.office.language)

    async def _note(self) -> int:
        """The words on the newest case, for staff; 0 when there is none, or they were noted before."""
        if not self.cases:
            return 0
        case = self.cases[0]
        note = {
            **self.scope.columns,
            "id": self.id,
            "case_id": case.id,
            "account_id": None,
            "words": _printable(self.text.words),
            "at": self.office.now,
        }
        if not await contacts.add_note(self.connection, note):
            return 0
        await _alert(self.connection, self.scope, case, self.office.now)
        return 1


async def _alert(connection: AsyncConnection, scope: Scope, case: TextedCase, now: datetime) -> None:
    remedy = "Read the note on the case: this person has sent us a text and may wait for an answer."
    await alerts.raise_alert(connection, scope, Notice("text_received", references.spell(case.reference), remedy), now)


def _printable(words: str) -> str:
    return "".join(each for each in words if each.isprintable() or each == "\n")[:LONGEST].strip() or "–"
