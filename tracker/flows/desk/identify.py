"""Is it them? Staff ask for the known fact; the answer is that it fits or not, and never what it is."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from tracker.core.vocabulary import known_facts
from tracker.core.vocabulary.errors import AmbiguousDate, CaseNotFound, TooManyRequests
from tracker.flows.desk import audit
from tracker.flows.desk.inquiry import Inquiry
from tracker.store.case import cases
from tracker.store.ground import limits, organisations
from tracker.store.services import definitions

WINDOW_SECONDS = 900
PER_CASE, PER_ACCOUNT = 10, 40
"""Answers that did not fit in a window after which no more are compared: for one case, by one account."""


async def identify(asked: Inquiry, case: UUID, said: str) -> bool:
    """Whether what the caller says is a known fact of the case, compared as on the page. Audited.

    Raises CaseNotFound, TooManyRequests; AmbiguousDate where two birthdays can be read: that is no answer that did not
    fit, and nothing was compared.
    """
    secret, staff = asked.secret, asked.staff
    buckets = {
        _bucket(secret, f"case\0{case}"): PER_CASE,
        _bucket(secret, f"account\0{staff.account_id}"): PER_ACCOUNT,
    }
    async with asked.store.transaction() as connection:
        row = await cases.by_id(connection, staff.scope, case)
        if row is None or row.void:
            raise CaseNotFound
        counts = await limits.counts(connection, list(buckets), WINDOW_SECONDS)
        if any(counts.get(bucket, 0) >= most for bucket, most in buckets.items()):
            raise TooManyRequests(
                "Too many answers that did not fit.",
                "Ask in another way who is calling, or wait fifteen minutes.",
                retry_after_seconds=WINDOW_SECONDS,
            )
        current = await definitions.current(connection, staff.organisation_id, row.service)
        kind = current.definition.known_fact.kind if current else known_facts.OTHER
        office = await organisations.office(connection, staff.organisation_id)
        offered = known_facts.offers(secret, str(staff.organisation_id), said, office.now.date())
        if len(offered.births) > 1 and kind == known_facts.DATE_OF_BIRTH:
            raise AmbiguousDate(offered.births)
        fits = offered.fit(row.known_facts, kind)
        if not fits:
            await limits.add(connection, list(buckets), WINDOW_SECONDS)
        await audit.note(connection, asked, "desk.identified", {"case": str(case), "fits": fits})
    return fits


def _bucket(secret: bytes, value: str) -> bytes:
    return hmac.digest(secret, f"limit\0desk-identity\0{value}".encode(), hashlib.sha256)[:16]
