"""An office whose alerts are mailed to a mail server beside the test, and time that passes for what is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from notifications.email import Email, server
from notifications.operators import Operators
from tests.notifications.providers import Mailbox
from tests.office import SECRET, START, Desk
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.store.ground import alerts

OPS = "ops@northwick.example"


@dataclass
class Watch:
    """An office, a mail server, and those who are mailed."""

    desk: Desk
    mail: Mailbox
    carriers: list[Email] = field(default_factory=list)

    def operators(self, *addresses: str) -> Operators:
        """Another process that mails."""
        self.carriers.append(Email(server(self.mail.url), "https://track.example.org", SECRET))
        return Operators(self.carriers[-1], addresses or (OPS,))

    async def alert(self, kind: str = "status_unmapped", subject: str = "permit XYZ", **rest: Any) -> None:
        """Something happens."""
        scope = Scope(rest.get("office", self.desk.office.id), rest.get("mode", Mode.LIVE))
        async with self.desk.store.transaction() as connection:
            await alerts.raise_alert(connection, scope, Notice(kind, subject, "Add the code."), rest.get("at", START))

    async def brief(self, *addresses: str) -> None:
        """The job rings once, in a process of its own."""
        await self.operators(*addresses).brief(self.desk.store)

    async def later(self, **span: int) -> None:
        """So much machine time passes for what is kept."""
        minutes = span.get("minutes", 0) + 60 * span.get("hours", 0)
        change = "tell_at = tell_at - make_interval(mins => :m), tried_at = tried_at - make_interval(mins => :m)"
        async with self.desk.store.transaction() as connection:
            await connection.execute(text(f"UPDATE alert SET {change}"), {"m": minutes})

    def read(self) -> str:
        """The newest letter's words."""
        body = self.mail.letters[-1].get_body()
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    def subjects(self) -> list[str]:
        """The subject of every letter."""
        return [str(each["Subject"]) for each in self.mail.letters]
