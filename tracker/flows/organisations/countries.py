"""Which country an organisation is in: by it telephone numbers without a prefix are read."""

from __future__ import annotations

import phonenumbers
from babel.core import get_global

from tracker.core.vocabulary.errors import SetupRefused
from tracker.core.vocabulary.oversight import Audited
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.store.ground import audit, organisations
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office


def country_of(zone: str) -> str | None:
    """The country in which a time zone lies (ISO 3166), as Unicode's CLDR has it, former names of zones included. None
    for a zone of no country (UTC), of several (CET, EST), or of one without telephones of its own (Antarctica)."""
    if "/" not in zone:
        return None
    named = get_global("zone_aliases").get(zone, zone)
    found: str | None = get_global("zone_territories").get(named)
    return found if found in phonenumbers.SUPPORTED_REGIONS else None


def country_for(zone: str, given: str | None) -> str:
    """The country that was given, or else that of the zone. Raises SetupRefused where there is none."""
    if given is None:
        found = country_of(zone)
        if found is None:
            raise SetupRefused(
                f"The time zone '{zone}' belongs to no one country.",
                "Give --country, two letters of ISO 3166 such as PL: telephone numbers are read by it.",
            )
        return found
    country = given.strip().upper()
    if country not in phonenumbers.SUPPORTED_REGIONS:
        hint = "The United Kingdom is GB." if country == "UK" else "Poland is PL, Ireland IE, the United Kingdom GB."
        raise SetupRefused(f"'{given[:20]}' is not the code of a country.", f"Use two letters of ISO 3166. {hint}")
    return country


async def set_country(store: Store, office: Office, given: str) -> str:
    """Read telephone numbers as those of another country from now on; numbers that were read before stay as they are.
    Returns its code. Raises SetupRefused."""
    country = country_for(office.zone, given)
    async with store.transaction() as connection:
        await organisations.set_country(connection, office.id, country)
        line = Audited("operator", "organisation.country", {"from": office.country, "to": country})
        await audit.record(connection, Scope(office.id, Mode.LIVE), line, office.now)
    return country
