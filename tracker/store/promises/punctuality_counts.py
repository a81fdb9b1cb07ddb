"""How each service kept its first dates: counted at night, so that the public page counts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.promises.punctuality import WINDOW_DAYS, PunctualityFigures, Reliance
from tracker.core.vocabulary.words import Confidence
from tracker.store.ground.columns import Instant, one_of, table
from tracker.store.ground.organisations import Office
from tracker.store.ground.personal import Code
from tracker.store.ground.rows import rows_of


class Punctuality(SQLModel, table=True):
    """What became of the dates that a service gave at one level: see `core.promises.punctuality.PunctualityFigures`.

    `current`: it is the level that the service declares now; only there `confidence` and what belongs to it
    (`core.promises.punctuality.Reliance`) mean anything; dates that stood in for learned ones, which have no level, and
    the office's own are counted there, too. Dates that passed from `from_on` to `until_on` were counted. `kept` and
    `broken`: dates of ours, those that stood in among them; the office's are apart.
    """

    __tablename__ = "word"
    __table_args__ = (one_of("confidence", Confidence),)
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    service: str = Field(primary_key=True, sa_type=Code)
    probability: float = Field(primary_key=True)
    current: bool
    counted_at: datetime = Field(sa_type=Instant)
    from_on: date
    until_on: date
    kept: int
    broken: int
    unknown: int
    said_days: int | None = None
    half_days: int | None = None
    most_days: int | None = None
    moved: int
    told: int
    stand_ins_kept: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    stand_ins_broken: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    office_kept: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    office_broken: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    confidence: str = Field(sa_type=String)
    since_on: date | None = None
    looked_on: date | None = None
    given_from: date | None = None


PUNCTUALITY = table(Punctuality)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is stored of one level of a service."""

    service: str
    probability: float
    figures: PunctualityFigures
    reliance: Reliance
    current: bool


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('word ' || CAST(:organisation AS text), 0))")


async def lock(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Let nobody else count this organisation's dates until the transaction ends."""
    await connection.execute(_LOCK, {"organisation": str(organisation_id)})


_STANDING = text(
    """
    SELECT confidence, since_on, looked_on, given_from, probability FROM word
    WHERE organisation_id = :organisation AND service = :service AND current
    """
)


async def reliance(connection: AsyncConnection, organisation_id: UUID, service: str) -> Reliance:
    """How far a service's dates are relied on, at whatever level it declared when it was last looked at."""
    row = (await connection.execute(_STANDING, {"organisation": organisation_id, "service": service})).one_or_none()
    return Reliance() if row is None else Reliance(Confidence(row[0]), *row[1:])


async def withdrawn(connection: AsyncConnection, organisation_id: UUID, service: str) -> bool:
    """Whether the service keeps its dates so badly that no new ones are given."""
    return (await reliance(connection, organisation_id, service)).confidence is Confidence.WITHDRAWN


_TIDY = text("DELETE FROM word WHERE organisation_id = :organisation AND service = :service")


async def put(connection: AsyncConnection, office: Office, service: str, counted: list[Counted], today: date) -> None:
    """Store the account of a service, one for each level, in the place of the last one. The caller holds `lock`."""
    await connection.execute(_TIDY, {"organisation": office.id, "service": service})
    rows = [_row(office, each, today) for each in counted]
    await connection.execute(insert(PUNCTUALITY), rows)


def _row(office: Office, counted: Counted, today: date) -> dict[str, Any]:
    told, reliance = counted.figures, counted.reliance
    return {
        "organisation_id": office.id,
        "service": counted.service,
        "probability": counted.probability,
        "current": counted.current,
        "counted_at": office.now,
        "from_on": today - timedelta(days=WINDOW_DAYS),
        "until_on": today - timedelta(days=1),
        "kept": told.record.kept,
        "broken": told.broken,
        "unknown": told.unknown,
        "said_days": told.said_days,
        "half_days": told.half_days,
        "most_days": told.most_days,
        "moved": told.moved,
        "told": told.told,
        "stand_ins_kept": told.stand_ins.kept,
        "stand_ins_broken": told.stand_ins.total - told.stand_ins.kept,
        "office_kept": told.office.kept,
        "office_broken": told.office.total - told.office.kept,
        "confidence": reliance.confidence.value,
        "since_on": reliance.since_on,
        "looked_on": reliance.looked_on,
        "given_from": reliance.given_from,
    }


_OF_OFFICE = text(
    """
    SELECT w.service, w.probability, w.from_on, w.until_on, w.kept, w.broken, w.unknown, w.said_days, w.half_days,
        w.most_days, w.moved, w.told, w.stand_ins_kept, w.stand_ins_broken, w.office_kept, w.office_broken,
        w.confidence, d.id AS definition_id
    FROM word w
    JOIN LATERAL (SELECT id FROM definition WHERE organisation_id = w.organisation_id AND service = w.service
        ORDER BY version DESC LIMIT 1) d ON true
    WHERE w.organisation_id = :organisation ORDER BY w.service, w.current DESC, w.counted_at DESC, w.probability DESC
    """
)


@dataclass(frozen=True, slots=True)
class StoredCount:
    """What was stored of one level of a service (see `Word`), and the newest definition of the service."""

    service: str
    probability: float
    from_on: date
    until_on: date
    kept: int
    broken: int
    unknown: int
    said_days: int | None
    half_days: int | None
    most_days: int | None
    moved: int
    told: int
    stand_ins_kept: int
    stand_ins_broken: int
    office_kept: int
    office_broken: int
    confidence: Confidence
    definition_id: UUID


async def of_office(connection: AsyncConnection, organisation_id: UUID) -> list[StoredCount]:
    """Everything that was stored for an organisation, by service; the level that is declared now comes first."""
    return rows_of(StoredCount, await connection.execute(_OF_OFFICE, {"organisation": organisation_id}))


_OFFICES = text(
    """
    SELECT o.slug, o.name FROM organisation o
    WHERE EXISTS (SELECT 1 FROM word w WHERE w.organisation_id = o.id)
      AND (o.footing = 'live' OR NOT EXISTS (SELECT 1 FROM organisation WHERE footing = 'live'))
    ORDER BY o.name, o.slug LIMIT :most
    """
)


async def offices(connection: AsyncConnection, most: int = 500) -> list[tuple[str, str]]:
    """(slug, name) of the organisations whose dates were counted: those that are live; where none is yet, those that
    try it out."""
    rows = (await connection.execute(_OFFICES, {"most": most})).all()
    return [(row[0], row[1]) for row in rows]
