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
from tracker.core.errors import SetupRefused
from tracker.demo.stories import ZONE, Told, kept, seed
from tracker.flows import offices
from tracker.main import assembled, create_app, listening, on_signals, web_server
from tracker.settings import Settings

MARK = "made-by-the-demo"
"""The file that says that a data directory holds nothing but a demo."""


def _make_room(folder: Path, fresh: bool) -> None:
    """A directory for the demo: emptied for a fresh start, or after a first start that was cut short.

    Raises SetupRefused rather than delete what no demo made.
    """
    mark = folder / MARK
    if (fresh or (mark.exists() and not kept(folder).exists())) and folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            raise SetupRefused(
                f"{folder} holds data that no demo has made, so it is not deleted.",
                "Name another directory with --data-dir, or start without --fresh.",
            )
        shutil.rmtree(folder)
    if not folder.exists() or not any(folder.iterdir()):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.touch(mode=0o600)


async def run(settings: Settings, *, cases: int, fresh: bool, as_json: bool, say: Callable[[str], None]) -> None:
    """Run the demo until it is stopped, on the embedded database whatever else is configured."""
    settings = settings.model_copy(update={"database_url": None})
    door = listening(settings.host, settings.port)
    await asyncio.to_thread(_make_room, settings.data_dir, fresh)
    async with assembled(settings) as parts:
        told = await seed(parts, cases)
        url = f"http://127.0.0.1:{settings.port}"
        app = create_app(parts, outbox_open=True, extra=(_start_page(url, told),))
        server = web_server(app, settings, host=settings.host, port=settings.port)
        working = asyncio.create_task(parts.worker.run())
        serving = asyncio.create_task(server.serve(sockets=[door]))

        def stop() -> None:
            server.should_exit = True
            parts.worker.stop()

        on_signals(stop)
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells by a flag
            await asyncio.sleep(0.02)
        if server.started:
            now = (await offices.organisation(parts.store, "northwick")).now
            say(_as_json(url, told, now) if as_json else _as_text(url, told, now))
        await serving
        parts.worker.stop()
        with suppress(asyncio.CancelledError):
            await working


def _start_page(url: str, told: Told) -> APIRouter:
    """`/demo`: a link and a thing to try for each kind of user."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/demo")
    async def start() -> HTMLResponse:
        links = [{"who": who, "title": title, "url": link, "try": what} for who, title, link, what in _links(url, told)]
        return HTMLResponse(page("demo.html", "en", links=links))

    return routes


def _links(url: str, told: Told) -> list[tuple[str, str, str, str]]:
    first = told.cases[0]
    return [
        (
            "Citizen", "Track a request", f"{url}/track?reference={first['reference']}",
            f"The reference is {first['reference']} and the second detail is {first['known_fact']}.",
        ),
        ("Recipient", "Read the messages", f"{url}/outbox", "See each e-mail and text as it would have arrived."),
        (
            "Integrator", "Send an event", f"{url}/api/v1/openapi.json",
            f"Report a new status of case {first['number']}: the terminal that runs the demo shows the command.",
        ),
        ("Operator", "See that all is well", f"{url}/healthz", "The health check that a load balancer asks."),
    ]  # fmt: skip


def _curl(url: str, told: Told, now: datetime) -> str:
    source, first = told.source, told.cases[0]
    body = {
        "id": f"try-{now:%H%M%S}", "source": source["source"], "type": "case.status", "subject": first["number"],
        "time": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": {"service": source["service"], "status": "ASSESS"},
    }  # fmt: skip
    return (
        f"curl -X POST {url}/api/v1/events -H 'Authorization: Bearer {source['key']}' "
        f"-H 'Content-Type: application/json' -d '{json.dumps(body)}'"
    )


def _as_json(url: str, told: Told, now: datetime) -> str:
    return json.dumps(
        {
            "url": url, "outbox_url": f"{url}/outbox", "source": told.source, "cases": told.cases,
            "now": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
    )  # fmt: skip


def _as_text(url: str, told: Told, now: datetime) -> str:
    lines = [
        "",
        f"The demo is running: {url}/demo",
        f"Its clock shows {now.astimezone(ZoneInfo(ZONE)):%A %d %B %Y %H:%M}.",
    ]
    for who, title, link, what in _links(url, told):
        lines += ["", f"{who}: {title}", f"  {link}", f"  {what}"]
    lines += ["", "Send an event, then look at the page and the outbox again:", f"  {_curl(url, told, now)}"]
    return "\n".join([*lines, "", "Stop it with Ctrl-C; the next start keeps its data, --fresh begins anew."])
