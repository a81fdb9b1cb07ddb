"""Mail to those who keep the service running: what they should look at, over all organisations, in one letter.

It is no message to a citizen: nothing of it is in the outbox, and it leaves whether an organisation is live or not.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from notifications.channels import Accepted, Answer, Carrier, Content, Later, Outgoing, PutOff, Refused
from templates import wording
from templates.environment import environment
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.flows.organisations import brief
from tracker.flows.organisations.brief import Briefing
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store

log = logging.getLogger(__name__)

SENDER = "Track my request"


class Operators:
    """Mails what is new to the addresses of the operators. Safe to be called by several at once."""

    def __init__(self, carrier: Carrier, addresses: Sequence[str]) -> None:
        self._carrier = carrier
        self._addresses = tuple(addresses)

    async def brief(self, store: Store) -> None:
        """Mail what is due, if anything is and the mail server is not being left alone. What the server does not
        take is due again a quarter of an hour later."""
        if self._carrier.rest() is not None:
            return
        briefing = await brief.take(store)
        if briefing is None:
            return
        told = {"alerts": len(briefing.alerts), "more": briefing.more}
        if await self._send(briefing):
            await brief.heard(store, briefing)
            log.info("alerts_mailed", extra=told)
        else:
            log.warning("alerts_not_mailed", extra=told)

    async def _send(self, briefing: Briefing) -> bool:
        """Whether the server took it for one of the addresses at least: telling the others later would tell that one
        twice. The log says, by its place in the setting, for which address it was not taken."""
        content, taken = words(briefing), False
        for place, address in enumerate(self._addresses, 1):
            answer = await self._carrier.send(_letter(briefing, address, content))
            if isinstance(answer, Accepted):
                taken = True
                continue
            log.warning("operator_not_reached", extra={"place": place, "ending": _ending(answer)})
            if isinstance(answer, Later):  # it is about the server, or about us
                break
        return taken


def words(briefing: Briefing) -> Content:
    """The letter: whatever a back office sent stands on one line, shortened, and leads nowhere."""
    # In English alone, as everything is that operators read.
    given = {"language": "en", "alerts": briefing.alerts, "more": briefing.more}
    subject, body = (environment().get_template(f"operators/{part}.txt") for part in ("subject", "alerts"))
    return Content(SENDER, wording.paragraphs(body.render(given)), wording.one_line(subject.render(given)))


def _letter(briefing: Briefing, address: str, content: Content) -> Outgoing:
    """It belongs to no organisation: it comes from the installation's own address."""
    return Outgoing(
        Scope(UUID(int=0), Mode.LIVE),
        briefing.id,
        new_id(),
        1,
        Channel.EMAIL.value,
        address,
        content,
        briefing.at,
        organisation=SENDER,
    )


def _ending(answer: Answer) -> str:
    return answer.ending if isinstance(answer, Refused | PutOff | Later) else "unsure"
