"""The service as it runs: a web server on a port, a worker beside it, and everything said through HTTP."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http import OPERATOR, Site, settings
from tests.office import START, Desk, open_desk
from tracker.flows.organisations.offices import NewSource
from tracker.main import create_app, listening, put_together, web_server
from tracker.store.ground.engine import Store

FACT = "AB1 2CD"


def words(page: str) -> str:
    """What a person reads on a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


@dataclass(frozen=True)
class Mail:
    """One message in the outbox."""

    purpose: str
    to: str
    text: str


@dataclass
class Road(Site):
    """From a back office to the people who wait, over real connections."""

    async def mails(self, reference: str) -> list[Mail]:
        """What was caught about one request, newest first."""
        given = {"Authorization": f"Bearer {OPERATOR}"}
        page = (await self.http.get("/outbox", params={"reference": reference}, headers=given)).text
        return [_mail(letter) for letter in page.split('<li class="letter"')[1:]]

    async def purposes(self, reference: str) -> list[str]:
        """The purposes of what was caught, newest first."""
        return [mail.purpose for mail in await self.mails(reference)]

    async def next_mail(self, reference: str, purpose: str, after: int = 0) -> Mail:
        """The newest message of this purpose, as soon as it is among those that came after the first `after`."""

        async def come() -> Mail | None:
            mails = await self.mails(reference)
            return next((mail for mail in mails[: len(mails) - after] if mail.purpose == purpose), None)

        return await until(come)

    async def reads(self, reference: str) -> str:
        """What the person reads on the page."""
        page = await self.page(reference, FACT)
        assert page.status_code == 200, page.text
        return words(page.text)

    async def told(self, reference: str) -> dict[str, Any]:
        """What a program reads."""
        answer = await self.track(reference, FACT)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def say(self, number: str, type_: str, at: datetime, **data: Any) -> httpx.Response:
        """Report something that is no status."""
        answer = await self.post(self.event(subject=number, type=type_, time=at.isoformat(), data=data))
        assert answer.status_code == 202, answer.text
        return answer

    async def wait_until(self, day: datetime) -> None:
        """Let the office's time pass."""
        given = {"Authorization": f"Bearer {self.desk.key}"}
        answer = await self.http.post("/api/v1/clock", json={"to": day.isoformat()}, headers=given)
        assert answer.status_code == 200, answer.text

    async def quiet(self) -> None:
        """Give the worker the time in which it would have spoken."""
        await asyncio.sleep(1.2)


def _mail(letter: str) -> Mail:
    def field(name: str) -> str:
        found = re.search(rf"<dt>{name}</dt><dd[^>]*>(.*?)</dd>", letter)
        assert found, letter
        return html.unescape(re.sub(r"<[^>]+>", "", found[1]))

    text = re.search(r"<pre[^>]*>(.*?)</pre>", letter, re.DOTALL) or re.search(
        r"bubble[^>]*>(.*?)</p>", letter, re.DOTALL
    )
    assert text, letter
    said = f"{field('Subject')}\n{html.unescape(text[1])}" if "<dt>Subject" in letter else html.unescape(text[1])
    return Mail(field("Why"), field("To"), " ".join(said.split()))


async def until(come: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> Any:
    """What `come` gives, as soon as it gives something."""
    async with asyncio.timeout(seconds):
        while not (found := await come()):
            await asyncio.sleep(0.02)
        return found


@pytest.fixture
async def walk(store: Store, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Road]]]:
    """Opens a road for an office; one a test."""
    parts = put_together(settings(tmp_path), store)
    door = listening("127.0.0.1", 0)
    port = door.getsockname()[1]
    app = create_app(parts)
    server = web_server(app, parts.settings, host="127.0.0.1", port=port)
    serving, working = asyncio.create_task(server.serve([door])), asyncio.create_task(parts.work())
    # Months of an office's nights pass in one call of the clock.
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:

        async def opened(**office: Any) -> Road:
            desk: Desk = await open_desk(store, **office)
            await until(lambda: _started(server))
            return Road(app, http, desk)

        yield opened
    server.should_exit = True
    parts.stop()
    await asyncio.gather(serving, working)


async def _started(server: Any) -> bool:
    return bool(server.started)


@pytest.fixture
async def road(walk: Callable[..., Awaitable[Road]]) -> Road:
    """The road of an office whose system reports live."""
    return await walk()


@pytest.fixture
async def late_road(walk: Callable[..., Awaitable[Road]]) -> Road:
    """The road of an office that went live just now: what was open before is adopted."""
    return await walk(source=NewSource("backoffice", live_from=START))
