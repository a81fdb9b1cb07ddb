"""Runs the demo: database, web and worker in one process, and a start page for each kind of user."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from templates.environment import page
from tracker.core.vocabulary.errors import SetupRefused
from tracker.demo.guide import DemoGuide, guide_file, save, started
from tracker.demo.lives import ZONE
from tracker.demo.seed import OFFICES, Progress, seed
from tracker.flows.organisations import offices
from tracker.main import Parts, assembled, create_app, listening, on_signals, web_server
from tracker.settings import Settings
from tracker.store.desk.accounts import Position

MARK = "made-by-the-demo"
"""The file that says that a data directory holds nothing but a demo."""


def _make_room(folder: Path, fresh: bool) -> None:
    """A directory for the demo: emptied for a fresh start, or after a first start that was cut short.

    Raises SetupRefused rather than delete what no demo made.
    """
    mark = folder / MARK
    if (fresh or (mark.exists() and not guide_file(folder).exists())) and folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            raise SetupRefused(
                f"{folder} holds data that no demo has made, so it is not deleted.",
                "Name another directory with --data-dir, or start without --fresh.",
            )
        shutil.rmtree(folder)
    if not folder.exists() or not any(folder.iterdir()):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.touch(mode=0o600)


async def run(
    settings: Settings, *, cases: int, fresh: bool, as_json: bool, say: Callable[[str], None], progress: Progress
) -> None:
    """Run the demo until it is stopped, on the embedded database whatever else is configured.

    `say` is given what it says of itself once it is ready, `progress` how far it is with its first start.
    """
    settings = settings.model_copy(update={"database_url": None})
    door = listening(settings.host, settings.port)
    await asyncio.to_thread(_make_room, settings.data_dir, fresh)
    async with assembled(settings) as parts:
        url = f"http://127.0.0.1:{settings.port}"
        told = started(await seed(parts, cases, progress), url)
        save(settings.data_dir, told)
        app = create_app(parts, outbox_open=True, extra=(_start_page(parts, url, told),))
        server = web_server(app, settings, host=settings.host, port=settings.port)
        working = asyncio.create_task(parts.work())
        serving = asyncio.create_task(server.serve(sockets=[door]))

        def stop() -> None:
            server.should_exit = True
            parts.stop()

        on_signals(stop)
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells by a flag
            await asyncio.sleep(0.02)
        if server.started:
            now = await _now(parts)
            say(_as_json(url, told, now) if as_json else _as_text(url, told, now))
        await serving
        parts.stop()
        with suppress(asyncio.CancelledError):
            await working


async def _now(parts: Parts) -> datetime:
    """What the demo's clock shows."""
    return (await offices.organisation(parts.store, next(iter(OFFICES)))).now


def _start_page(parts: Parts, url: str, told: DemoGuide) -> APIRouter:
    """`/demo`: a link and a thing to try for each kind of user."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/demo")
    async def start() -> HTMLResponse:
        links = [
            {"who": who, "title": title, "url": link, "try": what, "code": code}
            for who, title, link, what, code in _links(url, told, await _now(parts))
        ]
        return HTMLResponse(page("demo.html", "en", links=links, clock=_clock(await _now(parts))))

    return routes


def _clock(now: datetime) -> str:
    return f"{now.astimezone(ZoneInfo(ZONE)):%A %d %B %Y %H:%M}"


def _links(url: str, told: DemoGuide, now: datetime) -> list[tuple[str, str, str, str, str]]:
    """Who, a title, a link, what to try there, and something to type where it needs that."""
    first, agent = told.cases[0], told.desk[0]
    manager = next(each for each in told.desk if each["position"] == Position.MANAGER)
    return [
        (
            "Somebody who waits", "Track a request", f"{url}/track?reference={first['reference']}",
            f"The reference is {first['reference']} and the second detail is {first['known_fact']}.", "",
        ),
        (
            "Somebody who gets the messages", "Read the messages", f"{url}/outbox",
            "See each e-mail and text as it would have arrived. Click on the link in one of them.", "",
        ),
        (
            "Staff", "Sign in at the desk", f"{url}/desk",
            f"The user is {agent['user']} and the password is {agent['password']}. Somebody calls and gives the name "
            f"{first['name']}: find the request, read what they can see, and note why they called.", "",
        ),
        (
            "A manager", "Sign in as a manager", f"{url}/desk",
            f"The user is {manager['user']} and the password is {manager['password']}. Sign out as staff first.", "",
        ),
        (
            "Anybody", "How well an office keeps its word", f"{url}/o/{next(iter(OFFICES))}/word",
            "See how many of the dates that were given came true, and how long it took.", "",
        ),
        (
            "A back office", "Send an event", f"{url}/api/v1/openapi.json",
            f"Report a new status of case {first['number']}, then look at the page and the messages again:",
            _curl(url, told, now),
        ),
        (
            "Somebody who keeps it running", "See that all is well", f"{url}/healthz",
            "A load balancer asks this page. What an operator should do is listed by:",
            "tracker alerts --organisation northwick",
        ),
        (
            "Everybody", "Let time pass", f"{url}/outbox",
            "Type this in another terminal, then read what people were told in the week:", "tracker demo advance 7d",
        ),
    ]  # fmt: skip


def _curl(url: str, told: DemoGuide, now: datetime) -> str:
    source, first = told.source, told.cases[0]
    body = {
        "id": f"try-{now:%j%H%M%S}", "source": source["source"], "type": "case.status", "subject": first["number"],
        "time": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": {"service": source["service"], "status": "ASSESS"},
    }  # fmt: skip
    return (
        f"curl -X POST {url}/api/v1/events -H 'Authorization: Bearer {source['key']}' "
        f"-H 'Content-Type: application/json' -d '{json.dumps(body)}'"
    )


def _as_json(url: str, told: DemoGuide, now: datetime) -> str:
    agent = told.desk[0]
    return json.dumps(
        {
            "url": url, "outbox_url": f"{url}/outbox", "source": told.source, "cases": told.cases,
            "desk": {"url": f"{url}/desk", "user": agent["user"], "password": agent["password"]},
            "accounts": told.desk, "now": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
    )  # fmt: skip


def _as_text(url: str, told: DemoGuide, now: datetime) -> str:
    lines = ["", f"The demo is running: {url}/demo", f"Its clock shows {_clock(now)}."]
    for who, title, link, what, code in _links(url, told, now):
        lines += ["", f"{who}: {title}", f"  {link}", f"  {what}", *([f"  {code}"] if code else [])]
    return "\n".join([*lines, "", "Stop it with Ctrl-C; the next start keeps its data, --fresh begins anew."])
