"""The composition root: the only module that sees every part and puts them together."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from integrations import inbound
from integrations.inbound import Door
from notifications import email, outbox, receipts
from notifications import inbound as replies
from notifications.bounces import hook, mailbox
from notifications.channels import Carrier, Carriers
from notifications.deliver import Worker
from notifications.operators import Operators
from notifications.sandbox import Sandbox
from notifications.sms import Sms
from templates.environment import page
from tracker.core.vocabulary.errors import SetupRefused
from tracker.core.vocabulary.words import Channel
from tracker.flows.case import erase
from tracker.flows.deciding import sweep
from tracker.flows.outreach.release import Links
from tracker.flows.promises import learn
from tracker.scheduler.ticks import Job, Scheduler
from tracker.settings import Settings
from tracker.store.embedded import server as embedded
from tracker.store.ground.engine import Store, open_store
from tracker.store.schema import migrate
from tracker.web import answer, api, errors, health, punctuality, track
from tracker.web.desk import router as desk
from tracker.web.surroundings import Surroundings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process is made of."""

    settings: Settings
    store: Store
    secret: bytes
    worker: Worker
    scheduler: Scheduler

    async def work(self) -> None:
        """Carry messages, and do what falls due by time alone, until stopped."""
        if self.settings.operators() and self.settings.smtp_url is None:
            log.warning("alerts_have_no_mail_server")
        async with asyncio.TaskGroup() as both:
            both.create_task(self.scheduler.run())
            both.create_task(self.worker.run())

    def stop(self) -> None:
        """Finish what is in hand, then return from `work`. The scheduler first: what it decides can wait."""
        self.scheduler.stop()
        self.worker.stop()


JOBS = (
    *(Job(each.__name__, 1, each) for each in sweep.ALL),
    Job("learn", 60, learn.due),
    Job("forget", 60, erase.due),
    Job("forget_failures", 600, sweep.forget_failures),
)
"""What happens by time alone: name, seconds between two looks, flow. Safe to run twice, at once or again."""


@asynccontextmanager
async def assembled(settings: Settings, *, migrated: bool = True) -> AsyncIterator[Parts]:
    """The parts over the configured database, or the embedded one, brought to this release's schema."""
    server = None
    if settings.database_url is None:
        server = await asyncio.to_thread(embedded.start, settings.data_dir)
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    store = open_store(server.url() if server else url, pool_size=settings.pool_size)
    try:
        if migrated:
            await migrate(store)
        yield put_together(settings, store)
    finally:
        await store.close()
        if server is not None:
            await asyncio.to_thread(server.close)


def put_together(settings: Settings, store: Store) -> Parts:
    """The parts over a store."""
    secret = settings.secret_bytes()
    carriers = Carriers(Sandbox(store), carriers_of(settings, secret))
    worker = Worker(store, carriers, Links(settings.public_url.rstrip("/"), secret))
    jobs = (*JOBS, *_briefing(settings, carriers), *_bounces(settings, secret))
    return Parts(settings, store, secret, worker, Scheduler(store, jobs))


def _briefing(settings: Settings, carriers: Carriers) -> tuple[Job, ...]:
    """The job that mails operators what to look at; none when nobody is named, or nothing can be mailed."""
    mail, addresses = carriers.live.get(Channel.EMAIL), settings.operators()
    return (Job("brief", 60, Operators(mail, addresses).brief),) if mail and addresses else ()


def _bounces(settings: Settings, secret: bytes) -> tuple[Job, ...]:
    """The job that reads what comes back; none when no mailbox is named. Raises SetupRefused."""
    if settings.bounces_imap_url is None:
        return ()
    try:
        place = mailbox.place(settings.bounces_imap_url.get_secret_value())
    except ValueError as fault:
        raise SetupRefused("TRACKER_BOUNCES_IMAP_URL cannot be read.", f"Please {fault}.") from fault
    return (Job("bounces", mailbox.SECONDS_BETWEEN, mailbox.BounceMailbox(place, secret).heed),)


def _hook_key(settings: Settings) -> bytes | None:
    """What signs the reports at /bounces; None when nothing does. Raises SetupRefused."""
    if settings.bounces_secret is None:
        return None
    try:
        return hook.key_of(settings.bounces_secret.get_secret_value())
    except ValueError as fault:
        raise SetupRefused("TRACKER_BOUNCES_SECRET cannot be used.", f"Please {fault}.") from fault


def carriers_of(settings: Settings, secret: bytes) -> dict[str, Carrier]:
    """The carriers of organisations that are live, by channel, as far as they are configured. They call nobody until
    there is something to carry. Raises SetupRefused."""
    found = {channel.value: _carrier_of(channel, settings, secret) for channel in Channel}
    return {channel: carrier for channel, carrier in found.items() if carrier is not None}


def _carrier_of(channel: Channel, settings: Settings, secret: bytes) -> Carrier | None:
    """What carries on a channel; None when it is not configured."""
    match channel:
        case Channel.EMAIL:
            if settings.smtp_url is None:
                return None
            try:
                server = email.server(settings.smtp_url.get_secret_value())
            except ValueError as fault:
                raise SetupRefused("TRACKER_SMTP_URL cannot be read.", f"Please {fault}.") from fault
            return email.Email(server, settings.public_url, secret, settings.bounces_address)
        case Channel.SMS:
            account, token = settings.twilio_account_sid, settings.twilio_auth_token
            if not account or token is None:
                return None
            return Sms(account, token.get_secret_value(), settings.twilio_base_url, settings.public_url, secret)


def create_app(parts: Parts, *, outbox_open: bool = False, extra: tuple[APIRouter, ...] = ()) -> FastAPI:
    """The web application. `outbox_open` is for the demo; `extra` routers come first."""
    settings, store = parts.settings, parts.store
    app = _Described(
        title="Track my request",
        version="1",
        summary="What people who wait on a public body are told, for citizens and for back-office systems.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    token = settings.operator_token.get_secret_value() if settings.operator_token else None
    twilio = settings.twilio_auth_token.get_secret_value() if settings.twilio_auth_token else None
    door = Door(
        store,
        parts.secret,
        settings.body_limit_bytes,
        settings.batch_limit_bytes,
        settings.body_seconds,
        parts.worker.carry,
    )
    for routes in (
        *extra,
        track.router(store, parts.secret),
        answer.router(store, parts.secret),
        api.router(store, parts.secret),
        punctuality.router(store),
        desk.router(store, parts.secret, settings.public_url),
        inbound.router(door),
        receipts.router(store, parts.secret, settings.public_url, twilio),
        replies.router(store, parts.secret, settings.public_url, twilio),
        hook.router(store, parts.secret, _hook_key(settings)),
        health.router(store),
        outbox.router(store, open_to_all=outbox_open, token=token),
    ):
        app.include_router(routes)
    errors.install(app, page=_error_page)
    app.add_middleware(Surroundings)
    return app


class _Described(FastAPI):
    """The application, with a description whose example keeps its nulls: the framework would leave them out."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        described = super().openapi()
        described["components"]["schemas"]["TrackOut"]["example"] = api.EXAMPLE
        return described


def _error_page(request: Request, status: int, title: str, remedy: str) -> Response:
    spoken = track.language_of(request, request.query_params.get("language", ""))
    body = page("error.html", spoken.language, chosen=spoken.chosen, status=status, title=title, remedy=remedy)
    return HTMLResponse(body, status_code=status, headers={"Vary": "Accept-Language"})


class _WebServer(uvicorn.Server):
    """uvicorn without signal handlers of its own: `serve` and `demo` stop several things, in order."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen. What there is by now stays for good, so that the garbage collector passes it over from here on: to
        walk through all of it would hold up every request for a tenth of a second, time and again."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to `on_signals`."""
        yield


def web_server(app: FastAPI, settings: Settings, *, host: str, port: int) -> uvicorn.Server:
    """A server for the application. X-Forwarded-For is believed from the configured proxies alone."""
    proxies = settings.trusted_proxies.strip()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_graceful_shutdown=10,
    )
    return _WebServer(config)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises SetupRefused, in words; the server's own way is to end the process."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, port), family=family)
    except OSError as fault:
        why = "is in use by another program" if fault.errno == errno.EADDRINUSE else "cannot be listened on"
        raise SetupRefused(
            f"Port {port} of {host} {why}.", "Stop what uses it, or choose another port (--port or TRACKER_PORT)."
        ) from fault
    # Inherited by every connection. Without it each answer waits 40 ms for the peer's delayed acknowledgement:
    # asyncio sets it only on sockets that were made with the protocol's number, and this one is not.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` when the process is asked to end."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
