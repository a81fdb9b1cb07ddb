"""From the sandbox into the world: what is still to do, who would be told what, and the step itself, all or nothing."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import assert_never
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.channels import CHANNELS, Unit
from tracker.core.vocabulary.errors import SetupRefused
from tracker.core.vocabulary.oversight import Audited
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.segments import segments
from tracker.core.vocabulary.words import Channel, Footing, Mode
from tracker.flows.deciding.what_if import said_at_once
from tracker.flows.organisations.countries import country_of
from tracker.flows.outreach import normal_form
from tracker.store.ground import audit
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.organisations import checking
from tracker.store.organisations.checking import Readiness
from tracker.store.services import definitions

REHEARSAL = timedelta(days=30)
"""How far back the rehearsal is looked at; also the month of the forecast."""

_SMS_FROM = re.compile(r"\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}")


@dataclass(frozen=True, slots=True)
class Offered:
    """What the installation and the operator bring: senders (None: those on record), and what the probes found."""

    email_from: str | None
    sms_from: str | None
    public_url: str
    mail_fault: str | None
    """Why no e-mail could leave, with the remedy; None when it could."""
    texts_fault: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist; `remedy` is empty when it is good. `may_be`: what it says may be as it should."""

    what: str
    remedy: str = ""
    may_be: bool = False

    @property
    def good(self) -> bool:
        """Whether nothing is to do."""
        return not self.remedy or self.may_be


@dataclass(frozen=True, slots=True)
class Said:
    """What the sandbox has caught of one purpose on one channel. `segments`: those of texts, else 0."""

    purpose: str
    channel: Channel
    messages: int
    people: int
    segments: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What people would have been told within `days`, how many open cases would be adopted in silence, and what would
    be said of them on the spot all the same, by purpose."""

    said: tuple[Said, ...]
    people: int
    days: float
    to_adopt: int
    at_once: Counter[str]

    def cost(self, prices: Mapping[Channel, Decimal]) -> Decimal:
        """What it would have cost, at the price of one unit of each channel: texts by their segments, e-mails each."""
        return sum((_units(each) * prices[each.channel] for each in self.said), Decimal(0))

    def a_month(self, amount: Decimal | int) -> Decimal:
        """The same pace for thirty days."""
        return Decimal(amount) * Decimal(REHEARSAL.days) / Decimal(str(self.days))


def _units(said: Said) -> int:
    """How much of what is paid for."""
    match CHANNELS[said.channel].unit:
        case Unit.SEGMENT:
            return said.segments
        case Unit.MESSAGE:
            return said.messages
        case other:
            assert_never(other)


async def checklist(store: Store, office: Office, offered: Offered) -> tuple[Check, ...]:
    """Everything that must be good before an organisation may go live, in the order in which to do it."""
    async with store.reading() as connection:
        return await _checklist(connection, office, offered, await checking.readiness(connection, office.id))


async def rehearsal(store: Store, office: Office) -> Rehearsal:
    """Who would have been told what within the last thirty days, and what would be said on the spot."""
    at_once = await said_at_once(store, office)
    async with store.reading() as connection:
        now = (await checking.readiness(connection, office.id)).now
        since = now - REHEARSAL
        lines, people = await checking.rehearsed(connection, office.id, since)
        counted: Counter[tuple[str, str]] = Counter()
        async for purpose, channel, words in checking.texts(connection, office.id, since):
            counted[purpose, channel] += segments(words).count
        first_at = min((line.first_at for line in lines), default=now)
        days = max(1.0, (now - first_at) / timedelta(days=1))
        said = tuple(
            Said(
                line.purpose,
                line.channel,
                line.messages,
                line.people,
                counted[line.purpose, line.channel],
            )
            for line in lines
        )
        return Rehearsal(said, people, days, await checking.to_adopt(connection, office.id), at_once)


async def go_live(store: Store, office: Office, offered: Offered) -> int:
    """Let messages leave from now on. What was open is adopted in silence, what was not said is never said; returns
    how many cases were adopted. Raises SetupRefused when something is to do; then nothing has changed."""
    async with store.transaction() as connection:
        standing = await checking.readiness(connection, office.id, locked=True)
        to_do = [each for each in await _checklist(connection, office, offered, standing) if not each.good]
        if to_do:
            said = " ".join(f"{each.what}: {each.remedy}" for each in to_do)
            raise SetupRefused(f"{office.slug} cannot go live yet; nothing has changed.", said)
        unsaid, adopted = await checking.go_live(
            connection,
            office.id,
            offered.email_from or standing.email_from,
            offered.sms_from or standing.sms_from,
            standing.now,
        )
        line = Audited("operator", "organisation.live", {"cases_adopted": adopted, "messages_withheld": unsaid})
        await audit.record(connection, Scope(office.id, Mode.LIVE), line, standing.now)
    return adopted


async def _checklist(
    connection: AsyncConnection, office: Office, offered: Offered, standing: Readiness
) -> tuple[Check, ...]:
    known = await definitions.services_of(connection, office.id)
    channels: set[Channel] = set()
    for code in known:
        current = await definitions.current(connection, office.id, code)
        channels |= set(current.definition.outreach.channels) if current else set()
    return (*_of_office(standing, office, known), *_of_installation(standing, office, offered, channels))


def _of_office(standing: Readiness, office: Office, known: list[str]) -> Iterator[Check]:
    """What the organisation itself must have done."""
    live = standing.footing is not Footing.SANDBOX
    yield Check("In sandbox", "It is live already." if live else "")
    anew = (
        "The clock of this organisation was moved: it is a rehearsal for good. Add a new organisation, connect its "
        "sources to that one, and leave its clock alone."
    )
    yield Check("The clock was never moved", anew if standing.moved and not live else "")
    yield Check(f"The country ({office.country})", _country_doubt(office), may_be=True)
    yield Check("A service", "" if known else f"tracker services apply FOLDER --organisation {office.slug}")
    if not standing.sources:
        yield Check("A source", f"tracker sources add NAME --organisation {office.slug}")
    silent = f"Not heard from in time: {', '.join(standing.silent[:10])}. Let each report with a key of mode live."
    yield Check("Every source heard from", silent if standing.silent else "")
    codes = f"No stage has: {', '.join(standing.unmapped[:10])}. Add them to a stage and apply the service."
    yield Check("Every status mapped", codes if standing.unmapped else "")
    learn = (
        "History came since dates were learned last. It is learned from when you go live; to see those dates before: "
        f"tracker organisations learn {office.slug}"
    )
    yield Check("Dates learned from what came", learn if standing.unlearned and not live else "", may_be=True)
    yield Check("No message on its way", "Try again in a minute." if standing.sending else "")


def _country_doubt(office: Office) -> str:
    """Why the country of an office may be another; empty where it is that of its zone."""
    found = country_of(office.zone)
    if found is None or found == office.country:
        return ""
    return (
        f"Its zone {office.zone} lies in {found}; telephone numbers without a prefix are read as those of "
        f"{office.country}. If that is wrong: tracker organisations country {office.slug} {found}"
    )


def _of_installation(standing: Readiness, office: Office, offered: Offered, channels: set[Channel]) -> Iterator[Check]:
    """What the installation must offer: only the channels that a service uses."""
    yield Check("The public address", _public_fault(offered.public_url))
    for channel in Channel:
        if channel in channels:
            yield from _of_channel(channel, standing, office, offered)


def _of_channel(channel: Channel, standing: Readiness, office: Office, offered: Offered) -> tuple[Check, ...]:
    """What a channel needs: what carries, and what messages come from."""
    match channel:
        case Channel.EMAIL:
            sender = offered.email_from or standing.email_from
            good = sender is not None and normal_form.is_plain_mailbox(sender)
            remedy = "" if good else "Give --email-from ADDRESS, a plain e-mail address."
            return Check("The mail server", offered.mail_fault or ""), Check("The sender of e-mails", remedy)
        case Channel.SMS:
            sender = offered.sms_from or standing.sms_from
            good = sender is not None and _SMS_FROM.fullmatch(sender) is not None
            remedy = "a number such as +447700900123, 3 to 11 letters and digits, or a service's MG... id."
            remedy = "" if good else f"Give --sms-from: {remedy}"
            return Check("The SMS provider", offered.texts_fault or ""), Check("The sender of texts", remedy)


def _public_fault(url: str) -> str:
    """Why people could not follow our links; empty when they can."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    remedy = "Set TRACKER_PUBLIC_URL to the https:// address at which people reach this service."
    if parts.scheme != "https" or not host or host == "localhost" or host.endswith(".localhost"):
        return remedy
    try:
        return "" if ipaddress.ip_address(host).is_global else remedy
    except ValueError:
        return "" if "." in host else remedy
