"""Account for our dates: how many came true, and whether a service may go on giving them; and show it to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.answers.punctuality_facts import EarlierAimFacts, OfficePunctualityFacts, ServicePunctualityFacts
from tracker.core.promises import punctuality
from tracker.core.promises.first_dates import Population
from tracker.core.promises.punctuality import FEWEST_SHOWN, WINDOW_DAYS, PunctualityFigures, Record, Reliance
from tracker.core.services.definitions import say
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.errors import OrganisationUnknown
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Confidence, Footing, Mode
from tracker.flows.promises.wake import wake
from tracker.store.ground import alerts, organisations
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.promises import first_dates, punctuality_counts
from tracker.store.promises.punctuality_counts import Counted, StoredCount
from tracker.store.services import definitions


async def count(store: Store, organisation_id: UUID) -> None:
    """Count anew how each service of an organisation kept the first dates that people were told, and once a week, by
    all that were learned, how far its dates are relied on. Operators are told when a service falls; when it may give
    dates again its open cases get theirs. Called again at the same time it changes nothing."""
    async with store.reading() as connection:
        found = await definitions.services_of(connection, organisation_id)
    for service in found:
        async with store.transaction() as connection:
            await punctuality_counts.lock(connection, organisation_id)
            office = await organisations.office(connection, organisation_id)
            again = await _count_service(connection, office, service)
        if again:
            await wake(store, office, service)


async def _count_service(connection: AsyncConnection, office: Office, service: str) -> bool:
    """Whether the service gives dates again that gave none before."""
    current = await definitions.current(connection, office.id, service)
    if current is None:
        return False
    today, declared = day_of(office.now, office.zone), current.definition.promise.probability
    from_on, until_on = today - timedelta(days=WINDOW_DAYS), today - timedelta(days=1)
    dates = await first_dates.passed(connection, office, service, from_on, until_on)
    before = await punctuality_counts.reliance(connection, office.id, service)
    ours = [each for each in dates[Population.LEARNED] if each.probability == declared and not each.tried]
    after = punctuality.reviewed(ours, declared, before, today)
    told = dates[Population.TOLD]
    counted = []
    for level in sorted({declared} | {each.probability for each in told if each.probability is not None}):
        now = level == declared
        mine = punctuality.figures(
            each for each in told if each.probability == level or (now and each.probability is None)
        )
        counted.append(Counted(service, level, mine, after if now else Reliance(), now))
    await punctuality_counts.put(connection, office, service, counted, today)
    if after.confidence is not before.confidence:
        await _alert(connection, office, service, before.confidence, after.confidence)
    return before.confidence is Confidence.WITHDRAWN and after.confidence is not Confidence.WITHDRAWN


async def _alert(
    connection: AsyncConnection, office: Office, service: str, before: Confidence, after: Confidence
) -> None:
    """Tell operators that a service fell."""
    if after is Confidence.WIDENED and before is Confidence.TRUSTED:
        remedy = (
            "Fewer dates come true than this service says. Find out what slows it; if it stays slow, ask for less in "
            "[promise] of its definition. If they go on breaking, it gives no dates any more."
        )
        notice = Notice("dates_widened", service, remedy)
    elif after is Confidence.WITHDRAWN:
        remedy = (
            "Too few of its dates come true, so no new ones are given. Tell those who answer the phone, and find out "
            f"what slows the service. Dates are tried again after {punctuality.TRIAL_DAYS} days at the latest."
        )
        notice = Notice("dates_withdrawn", service, remedy)
    else:
        return
    await alerts.raise_alert(connection, Scope(office.id, Mode.LIVE), notice, office.now)


async def published(store: Store, slug: str, language: str) -> OfficePunctualityFacts:
    """What the public reads about an office's dates, its services named in this language where they have it. Reads
    what was stored, and counts nothing. Raises OrganisationUnknown."""
    if not (slug.isascii() and slug.isprintable()):  # no such name is ever given, and the database refuses some
        raise OrganisationUnknown
    async with store.reading() as connection:
        office = await organisations.office_by_slug(connection, slug)
        if office is None:
            raise OrganisationUnknown
        rows = await punctuality_counts.of_office(connection, office.id)
        found = [
            await _service(connection, office, service, [row for row in rows if row.service == service], language)
            for service in dict.fromkeys(row.service for row in rows)
        ]
    first = rows[0] if rows else None
    return OfficePunctualityFacts(
        office.slug,
        office.name,
        office.footing is not Footing.LIVE,
        first.from_on if first else None,
        first.until_on if first else None,
        tuple(sorted(found, key=lambda each: each.name.casefold())),
    )


async def offices(store: Store) -> list[tuple[str, str]]:
    """(slug, name) of the organisations that have such a page."""
    async with store.reading() as connection:
        return await punctuality_counts.offices(connection)


async def _service(
    connection: AsyncConnection, office: Office, service: str, rows: Sequence[StoredCount], language: str
) -> ServicePunctualityFacts:
    definition = await definitions.by_id(connection, office.id, rows[0].definition_id)
    spoken = definition.spoken(language)
    now, *earlier = rows
    return ServicePunctualityFacts(
        service,
        say(definition.name, spoken, definition.language),
        spoken,
        now.probability,
        now.confidence,
        _read(now),
        tuple(
            EarlierAimFacts(row.probability, _read(row).record)
            for row in earlier
            if row.kept + row.broken >= FEWEST_SHOWN
        ),
    )


def _read(row: StoredCount) -> PunctualityFigures:
    return PunctualityFigures(
        Record(row.kept, row.kept + row.broken),
        row.unknown,
        row.said_days,
        row.half_days,
        row.most_days,
        row.moved,
        row.told,
        Record(row.stand_ins_kept, row.stand_ins_kept + row.stand_ins_broken),
        Record(row.office_kept, row.office_kept + row.office_broken),
    )
