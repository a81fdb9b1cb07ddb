"""One permit of an office that has learned from earlier ones, its four people, and short ways to let weeks pass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.journeys.conftest import FACT, Road, until
from tests.journeys.keepsakes import save
from tests.journeys.post_office import Arrived, PostOffice, give_senders
from tests.office import DEFINITION, open_desk
from tracker.flows.promises import learn
from tracker.main import create_app, listening, web_server
from tracker.store.ground.engine import Store

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Monday; London's winter."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NUMBER = "P-2026-17"

DIGEST = DEFINITION.replace("digest_minutes = 0", "digest_minutes = 10")
"""The sample's service, with updates that wait ten minutes for others."""

PEOPLE = {
    "en": ("applicant", "Alex Morgan", "email", "alex@example.org"),
    "cy": ("joint_applicant", "Siân Llwyd", "email", "sian@example.org"),
    "es": ("joint_applicant", "Ana Silva", "sms", "+447700900123"),
    "ar": ("joint_applicant", "Nadia Rahman", "email", "nadia@example.org"),
}
"""Who is told: by language."""


@dataclass
class Story(Road):
    """The road of this permit, and the post office at its end."""

    mailroom: PostOffice = field(kw_only=True)
    reference: str = ""
    days: int = 0
    pages: int = 0

    async def heard(self, language: str = "en") -> list[Arrived]:
        """What one of the four has got by now, oldest first."""
        to = PEOPLE[language][3]
        return [each for each in await self.mailroom.arrived(self.desk) if each.to == to]

    async def expect(self, purpose: str, at: datetime, *, within: timedelta = timedelta(minutes=31)) -> list[Arrived]:
        """The newest word to each of the four: of this purpose, and come at this time."""
        newest = []
        for language in PEOPLE:
            word = (await self.heard(language))[-1]
            assert word.purpose == purpose, (language, word.purpose, word.at)
            assert at <= word.at <= at + within, (language, word.at)
            newest.append(word)
        return newest

    async def live_until(self, day: datetime) -> None:
        """Let days pass on which the office reports on other cases, as offices do."""
        while (now := await self.desk.now()) + DAY < day:
            next_day = datetime.combine((now + DAY).date(), NINE.timetz())
            await self.wait_until(next_day)
            self.days += 1
            await self.status(f"OTHER-{self.days}", "REC", at=next_day)
        await self.wait_until(day)

    async def keep(self, step: str) -> None:
        """Keep the page as it is at this step, in each language."""
        self.pages += 1
        for language in PEOPLE:
            typed = {"reference": self.reference, "known_fact": FACT, "language": language}
            page = await self.http.post("/track", data=typed, headers={"Accept": "text/html"})
            assert page.status_code == 200, page.text
            assert f'lang="{language}"' in page.text
            await save(f"page-{self.pages:02}-{step}-{language}.html", page.text)


@asynccontextmanager
async def opened(store: Store, folder: Path, post: PostOffice) -> AsyncIterator[Story]:
    """The application on a port, a worker, and an office that has learned from forty finished permits."""
    door = listening("127.0.0.1", 0)
    port = door.getsockname()[1]
    parts = post.parts(store, folder, port)
    app = create_app(parts)
    server = web_server(app, parts.settings, host="127.0.0.1", port=port)
    desk = await open_desk(store, start=NINE, definition=DIGEST)
    await give_senders(desk)
    for each in range(40):
        begun = NINE - timedelta(days=70 + each)
        await desk.status(f"H-{each}", "REC", at=begun)
        await desk.status(f"H-{each}", "ASSESS", at=begun + timedelta(days=5))
        await desk.status(f"H-{each}", "GRANTED", at=begun + timedelta(days=30 + each % 10), served_on=None)
    assert await learn.due(store, desk.office.id) == 1
    serving, working = asyncio.create_task(server.serve([door])), asyncio.create_task(parts.worker.run())
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:

            async def started() -> bool:
                return bool(server.started)

            await until(started)
            yield Story(app, http, desk, mailroom=post)
    finally:
        server.should_exit = True
        parts.worker.stop()
        await asyncio.gather(serving, working)
