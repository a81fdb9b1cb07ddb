"""Set up who uses the service: organisations, their back-office systems, and keys for them."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker.core.vocabulary.errors import SetupRefused
from tracker.core.vocabulary.oversight import Audited
from tracker.core.vocabulary.rhythm import PATIENCE
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Footing, Mode, Rhythm
from tracker.flows.organisations.countries import country_for
from tracker.store.ground import alerts, audit, organisations
from tracker.store.ground.alerts import RaisedAlert
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.organisations import keys as stored_keys
from tracker.store.organisations.keys import GoodKey

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


@dataclass(frozen=True, slots=True)
class NewSource:
    """A back-office system to set up. `registers` beside its own; `live_from` None means from now on, and one without
    an offset is a local time of the source's zone, or of the organisation's where the source declares none."""

    name: str
    rhythm: Rhythm = Rhythm.LIVE
    zone: str | None = None
    registers: tuple[str, ...] = ()
    live_from: datetime | None = None
    patience: timedelta | None = None


async def add_organisation(
    store: Store,
    *,
    slug: str,
    name: str,
    zone: str,
    country: str | None = None,
    language: str = "en",
    clock_offset: timedelta = timedelta(0),
) -> Office:
    """A new organisation, in sandbox: nothing leaves until it goes live. `country` None: that of its zone. Raises
    SetupRefused."""
    _named(slug)
    _zoned(zone)
    country = country_for(zone, country)
    if not 0 < len(name.strip()) <= 60:
        raise SetupRefused("The organisation's name is missing or too long.", "Give a name of at most 60 characters.")
    async with store.transaction() as connection:
        if await organisations.office_by_slug(connection, slug) is not None:
            raise SetupRefused(f"There is an organisation '{slug}' already.", "Choose another short name.")
        id_ = new_id()
        values = {
            "id": id_,
            "slug": slug,
            "name": name.strip(),
            "zone": zone,
            "country": country,
            "language": language,
            "footing": Footing.SANDBOX.value,
            "clock_offset": clock_offset,
        }
        await organisations.add(connection, values)
        return await organisations.office(connection, id_)


async def organisation(store: Store, slug: str) -> Office:
    """The organisation of this short name. Raises SetupRefused."""
    async with store.reading() as connection:
        found = await organisations.office_by_slug(connection, slug)
    if found is None:
        raise SetupRefused(f"There is no organisation '{slug}'.", "Add it with `tracker organisations add`.")
    return found


async def add_source(store: Store, office: Office, source: NewSource) -> UUID:
    """A new source of an organisation; its own register comes first. Raises SetupRefused."""
    for name in (source.name, *source.registers):
        _named(name)
    if source.zone is not None:
        _zoned(source.zone)
    live_from = source.live_from and _aware(source.live_from, source.zone or office.zone)
    async with store.transaction() as connection:
        if await organisations.source_id(connection, office.id, source.name) is not None:
            raise SetupRefused(f"There is a source '{source.name}' already.", "Choose another name.")
        id_ = new_id()
        values = {
            "organisation_id": office.id,
            "id": id_,
            "name": source.name,
            "rhythm": source.rhythm.value,
            "patience": source.patience or PATIENCE[source.rhythm],
            "zone": source.zone,
            "registers": list(dict.fromkeys((source.name, *source.registers))),
            "live_from": live_from or office.now,
        }
        await organisations.add_source(connection, values)
    return id_


async def add_key(store: Store, office: Office, source: str, mode: Mode) -> str:
    """A new key for a source. It is returned this once and kept only as a hash. Raises SetupRefused."""
    token = f"tk_{mode.value}_{secrets.token_urlsafe(32)}"
    async with store.transaction() as connection:
        source_id = await organisations.source_id(connection, office.id, source)
        if source_id is None:
            raise SetupRefused(f"There is no source '{source}'.", "Add it with `tracker sources add`.")
        values = {
            "organisation_id": office.id,
            "id": new_id(),
            "mode": mode.value,
            "source_id": source_id,
            "hint": token[-4:],
            "digest": hashlib.sha256(token.encode()).digest(),
            "revoked_at": None,
        }
        await stored_keys.add(connection, values)
    return token


async def keys(store: Store, office: Office) -> list[GoodKey]:
    """The keys that are good."""
    async with store.reading() as connection:
        return await stored_keys.good(connection, office.id)


async def revoke_key(store: Store, office: Office, source: str, ending: str) -> None:
    """Make a key unknown from now on, named by its source and its last four characters. Raises SetupRefused."""
    async with store.transaction() as connection:
        good = await stored_keys.good(connection, office.id)
        meant = [key for key in good if key.source == source and key.hint == ending[-4:]]
        if len(meant) != 1:
            raise SetupRefused(
                f"{len(meant) or 'No'} keys of '{source}' end like that.",
                "See them with `tracker keys list`; add a new key before you revoke one that is in use.",
            )
        await stored_keys.revoke(connection, office.id, meant[0].id)
        line = Audited("operator", "key.revoked", {"source": source, "ending": ending[-4:]})
        await audit.record(connection, Scope(office.id, meant[0].mode), line, office.now)


async def raised_alerts(store: Store, office: Office) -> list[RaisedAlert]:
    """What operators should do for an organisation, the newest first."""
    async with store.reading() as connection:
        return await alerts.newest(connection, office.id)


def _named(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise SetupRefused(
            f"'{name[:60]}' is not a name that can be used here.",
            "Use letters, digits, dots, dashes and underscores, at most 60, and begin with a letter or digit.",
        )


def _zoned(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise SetupRefused(f"'{zone[:60]}' is not a time zone.", "Use an IANA name such as Europe/London.") from fault


def _aware(at: datetime, zone: str) -> datetime:
    """A time with its own offset, or else that of the zone, whatever zone this machine is in: of an hour that comes
    twice the first, and forward by the gap where there is none, as for the times of events."""
    try:
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except OverflowError as fault:
        raise SetupRefused(f"{at.isoformat()} is no time of the calendar.", "Give a time of this century.") from fault
