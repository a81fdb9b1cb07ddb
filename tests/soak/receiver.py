"""A process in which all that comes back arrives at once: says that it is ready, then takes in each line's job.

A job is what came from outside: a mailbox, signed reports, signed texts, and the tasks that an agent says are done.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from twilio.request_validator import RequestValidator

from notifications.bounces.mailbox import BounceMailbox, place
from tests.http import settings
from tests.office import SECRET
from tracker.core.answers.contacts import LookPurpose
from tracker.flows.desk import tasks
from tracker.flows.desk.inquiry import Inquiry
from tracker.main import create_app, put_together
from tracker.store.desk.accounts import Position, Staff
from tracker.store.ground.engine import Store, open_store

ACCOUNT, TOKEN = "AC" + "0" * 32, "a token of the soak"
KEY = b"a key of thirty-two bytes, or so"
HOME = "http://track.test"


class Receiver:
    """The application, and the job that reads the mailbox."""

    def __init__(self, store: Store, folder: Path) -> None:
        given = settings(
            folder,
            public_url=HOME,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            bounces_secret="whsec_" + base64.b64encode(KEY).decode(),
        )
        app = httpx.ASGITransport(create_app(put_together(given, store)), raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=app, base_url=HOME)
        self._store = store

    async def take(self, job: dict[str, Any]) -> None:
        """Everything side by side; what fails is left to be sent again."""
        inquiry = Inquiry(self._store, SECRET, _staff(job), LookPurpose.CASEWORK)
        coming: list[Awaitable[object]] = [
            self._mail(job["mailbox"]),
            *(self._report(each) for each in job["reports"]),
            *(self._text(each) for each in job["texts"]),
            *(tasks.finish(inquiry, UUID(case), UUID(task)) for case, task in job["tasks"]),
        ]
        await asyncio.gather(*coming, return_exceptions=True)

    async def _mail(self, url: str) -> None:
        mailbox = BounceMailbox(place(url), SECRET)
        while await mailbox.heed(self._store):
            pass

    async def _report(self, said: dict[str, str]) -> None:
        body, when = json.dumps(said).encode(), str(int(time.time()))
        seal = base64.b64encode(hmac.digest(KEY, f"m.{when}.".encode() + body, hashlib.sha256)).decode()
        headers = {"webhook-id": "m", "webhook-timestamp": when, "webhook-signature": f"v1,{seal}"}
        await self._http.post("/bounces", content=body, headers=headers)

    async def _text(self, form: dict[str, str]) -> None:
        url = f"{HOME}/twilio/inbound"
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        await self._http.post(url, data=form, headers={"X-Twilio-Signature": signature})


def _staff(job: dict[str, Any]) -> Staff:
    return Staff(UUID(job["office"]), UUID(job["account"]), "ann", "Ann", Position.AGENT, b"")


async def main(url: str) -> None:
    """Take in what comes, without an end. The log is off: a database that goes away is what is tried here."""
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="tracker-receiver-") as folder:
        receiver = Receiver(open_store(url, pool_size=6), Path(folder))
        print("ready", flush=True)
        while job := (await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)).strip():
            await receiver.take(json.loads(job))
            print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
