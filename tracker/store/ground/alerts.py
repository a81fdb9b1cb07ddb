"""What operators should do: alerts, each once and counted.

Operators are told of an alert when it is new and when it comes again. When that is due is in the alert itself, in
machine time: their day passes as it does, also where an organisation's clock is moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Footing, Mode
from tracker.store.ground.columns import Instant, new_id, one_of, table
from tracker.store.ground.json_rows import written
from tracker.store.ground.personal import Code, plain
from tracker.store.ground.rows import ScopedRow, rows_of

SUBJECT_CHARACTERS: Final = 500
"""A longer subject is cut: it may be what a back office sent, and it is part of a key."""

PAUSE: Final = "interval '15 minutes'"
"""Between two mails to operators, and before one that failed or whose sender died is tried again. Longer than a job
may run, so that it is also the lease of a claim."""

AGAIN_AFTER: Final = "interval '1 day'"
"""How often operators hear of one alert that keeps coming."""


class Alert(SQLModel, table=True):
    """Something an operator should do. The same thing again raises the count, not another alert.

    `tell_at`: when operators are to be told of it, none when they know all of it. `tried_at`: when a mail that names
    it was last begun; it has arrived when nothing is left to tell. Both are machine time.
    """

    __table_args__ = (
        one_of("mode", Mode),
        UniqueConstraint("organisation_id", "mode", "kind", "subject"),
        Index("alert_untold", "tell_at", postgresql_where="tell_at IS NOT NULL"),
        Index("alert_tried", "tried_at", postgresql_where="tried_at IS NOT NULL"),
    )
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Code)
    subject: str = Field(sa_type=Text, sa_column_kwargs=plain("codes and ids"))
    remedy: str = Field(sa_type=Text, sa_column_kwargs=plain("words of ours"))
    times: int = 1
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)
    tell_at: datetime | None = Field(default=None, sa_type=Instant)
    tried_at: datetime | None = Field(default=None, sa_type=Instant)


ALERT = table(Alert)


ALERTED: Final = f"""
    INSERT INTO alert (organisation_id, mode, id, kind, subject, remedy, times, first_at, last_at, tell_at)
    SELECT CAST(:organisation AS uuid), CAST(:mode AS text), id, kind, subject, remedy, times, at, at,
        CASE WHEN live THEN clock_timestamp() END
    FROM json_to_recordset(CAST(:alerts AS json)) AS a (id uuid, kind text, subject text, remedy text, times int,
        at timestamptz, live boolean)
    ON CONFLICT (organisation_id, mode, kind, subject) DO UPDATE SET
        times = alert.times + excluded.times, last_at = excluded.last_at, remedy = excluded.remedy,
        tell_at = CASE WHEN excluded.tell_at IS NOT NULL
            THEN coalesce(alert.tell_at, greatest(clock_timestamp(), alert.tried_at + {AGAIN_AFTER})) END
    """
"""Tell operators of situations, each once: a part of the statement that writes a decision."""


_ALERT: Final = text(ALERTED)


def alert_row(mode: Mode, notice: Notice, times: int, now: datetime) -> dict[str, Any]:
    """One situation that operators are told of, seen so many times. They are not sent what happens in test mode."""
    return {
        "id": new_id(),
        "kind": notice.kind,
        "subject": notice.subject[:SUBJECT_CHARACTERS],
        "remedy": notice.remedy,
        "times": times,
        "at": now,
        "live": mode is Mode.LIVE,
    }


async def raise_alert(connection: AsyncConnection, scope: Scope, notice: Notice, now: datetime) -> None:
    """Tell operators of a situation, once. It is for those who keep the service running: codes and ids, no personal
    data."""
    row = alert_row(scope.mode, notice, 1, now)
    await connection.execute(_ALERT, {**scope.values, "alerts": written([row])})


_CLAIMING: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('untold alerts', 0))")

_CLAIM: Final = text(
    f"""
    WITH moment AS MATERIALIZED (
        SELECT clock_timestamp() AS at
    ), due AS MATERIALIZED (
        SELECT organisation_id, mode, id FROM alert WHERE tell_at <= (SELECT at FROM moment)
            AND coalesce((SELECT max(tried_at) FROM alert) <= (SELECT at FROM moment) - {PAUSE}, true)
        ORDER BY tell_at LIMIT :limit FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE alert a SET tried_at = moment.at, tell_at = moment.at + {PAUSE} FROM due, moment
        WHERE a.organisation_id = due.organisation_id AND a.mode = due.mode AND a.id = due.id
        RETURNING a.*
    )
    SELECT t.organisation_id, t.mode, t.id, t.kind, t.subject, t.remedy, t.times, t.first_at, t.last_at, t.tried_at,
        o.slug, o.name, o.zone, o.footing, t.tried_at + o.clock_offset AS now
    FROM taken t JOIN organisation o ON o.id = t.organisation_id ORDER BY o.slug, t.kind, t.first_at, t.id
    """
)

_MORE: Final = text("SELECT count(*) FROM alert WHERE tell_at <= (SELECT clock_timestamp())")


@dataclass(frozen=True, slots=True)
class UntoldAlert(ScopedRow):
    """An alert of which operators are to be told now, and its organisation (`slug` to `now`, its business time).
    `tried_at`: machine time, when it was claimed."""

    id: UUID
    kind: str
    subject: str
    remedy: str
    times: int
    first_at: datetime
    last_at: datetime
    tried_at: datetime
    slug: str
    name: str
    zone: str
    footing: Footing
    now: datetime


async def claim_untold(connection: AsyncConnection, limit: int) -> tuple[list[UntoldAlert], int]:
    """Claim the alerts of which operators are to be told now, those that wait longest first, and how many more there
    are. None while another claims, or shortly after it has.

    What is claimed is due again after the pause, unless `told` says by then that the mail was taken.
    """
    # Two statements: the second sees what another claimed before it let the lock go.
    if not (await connection.execute(_CLAIMING)).scalar_one():
        return [], 0
    rows = rows_of(UntoldAlert, await connection.execute(_CLAIM, {"limit": limit}))
    more = int((await connection.execute(_MORE)).scalar_one()) if len(rows) == limit else 0
    return rows, more


_TOLD: Final = text(
    f"""
    UPDATE alert SET tell_at = CASE WHEN times > :times THEN tried_at + {AGAIN_AFTER} END
    WHERE organisation_id = :organisation_id AND mode = :mode AND id = :id AND tried_at = :tried_at
    """
).bindparams(bindparam("tried_at", type_=Instant))


async def mailed(connection: AsyncConnection, claimed: UntoldAlert) -> None:
    """A mail that names this alert, as it was claimed, was taken. What came meanwhile is told a day later; a claim that
    another has taken over since is left to it."""
    named = {**claimed.scope.columns, "id": claimed.id}
    await connection.execute(_TOLD, {**named, "times": claimed.times, "tried_at": claimed.tried_at})


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An alert as it stands; `last_at` is business time."""

    kind: str
    subject: str
    remedy: str
    times: int
    last_at: datetime


async def newest(connection: AsyncConnection, organisation_id: UUID, limit: int = 100) -> list[RaisedAlert]:
    """The newest alerts of an organisation."""
    columns = (ALERT.c[name] for name in ("kind", "subject", "remedy", "times", "last_at"))
    query = select(*columns).where(ALERT.c.organisation_id == organisation_id)
    return rows_of(RaisedAlert, await connection.execute(query.order_by(ALERT.c.last_at.desc()).limit(limit)))
