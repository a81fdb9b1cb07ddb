"""All that is known of some case numbers, in one query: see `core.deciding.dossier`.

Definitions and curves never change, so the query brings their ids, and the process keeps what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.case.survivor import Survivor
from tracker.core.deciding.dossier import (
    CaseKnown,
    CaseRecord,
    Dossier,
    Dossiers,
    Entered,
    EntryPlace,
    Number,
    RecipientRecord,
    SeenEvent,
    ServiceKnown,
    SourceKnown,
)
from tracker.core.outreach.topics import Spoken
from tracker.core.promises.punctuality import NONE, Record
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary.calendars import WorkingDays
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Confidence, Rhythm
from tracker.store.case import survivors
from tracker.store.case.bodies import event_of
from tracker.store.ground.json_rows import reader
from tracker.store.ground.prepared import PreparedStatement
from tracker.store.promises import curves
from tracker.store.services import definitions

MOST_WAITING, MOST_EPOCHS = 2_000, 50
"""So many waiting entries and cases of one number are read at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of what a dossier is wanted: the numbers, and where events arrive their source, their ids and the services that
    they name."""

    scope: Scope
    numbers: Sequence[Number]
    source_id: UUID | None = None
    event_ids: Sequence[str] = ()
    services: Collection[str] = ()


Working = Callable[[str | None], WorkingDays]
"""The days on which a place works."""

Normal = Callable[[Channel, str, str], str | None]
"""The one form of an address, by channel and country."""


_ENTRY = """e.id, e.case_id, e.source_id, e.source, e.event_id, e.type, e.register, e.number, e.occurred_at,
        e.occurred_on, e.sequence, e.sensitive, e.hold_until, e.body, e.words, e.position_at, e.rank, e.placement,
        e.stage, e.shown, e.parked_until, p.party, p.role, p.name, p.organisation, p.language, p.channels,
        p.known_fact, p.removed, p.prefers, p.zone AS party_zone, p.unfit_as"""
_PARTY = "LEFT JOIN party p ON p.organisation_id = e.organisation_id AND p.mode = e.mode AND p.entry_id = e.id"

# What is asked of each row stands as a subquery of its own, so that it is looked up by an index whatever the database
# believes of the sizes of its tables.
_READ = PreparedStatement(
    f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:registers AS text[]), CAST(:numbers AS text[])) AS a (register, number)
    ), found AS MATERIALIZED (
        SELECT c.* FROM asked a CROSS JOIN LATERAL (
            SELECT * FROM "case" x WHERE x.organisation_id = :organisation AND x.mode = :mode
                AND x.register = a.register AND x.number = a.number ORDER BY x.epoch LIMIT {MOST_EPOCHS}
        ) c
    ), waiting AS MATERIALIZED (
        SELECT w.* FROM asked a CROSS JOIN LATERAL (
            SELECT {_ENTRY} FROM entry e {_PARTY}
            WHERE e.organisation_id = :organisation AND e.mode = :mode AND e.register = a.register
                AND e.number = a.number AND e.case_id IS NULL AND e.placement <> 'expired'
            ORDER BY e.occurred_at LIMIT {MOST_WAITING}
        ) w
    ), concerned AS MATERIALIZED (
        SELECT unnest(CAST(:services AS text[])) AS service UNION SELECT service FROM found
        UNION SELECT body->>'service' FROM waiting WHERE body ? 'service'
    )
    SELECT (
        SELECT json_build_object('zone', o.zone, 'country', o.country, 'now', clock_timestamp() + o.clock_offset)
        FROM organisation o WHERE o.id = :organisation
    ) AS office, (
        SELECT json_agg(json_build_object(
            'case', f, 'entries', (
                SELECT json_agg(e) FROM (
                    SELECT {_ENTRY} FROM entry e {_PARTY}
                    WHERE e.organisation_id = f.organisation_id AND e.mode = f.mode AND e.case_id = f.id
                ) e
            ), 'messages', (
                SELECT json_agg(m) FROM (
                    SELECT m.key, m.purpose, m.party, m.cause, m.state, m.reason, m.due_at, m.facts->'stage' AS stage,
                        m.facts->'sensitive' AS sensitive, m.facts->'news' AS news,
                        coalesce(m.settled_at, m.due_at) AS told_at, m.facts->>'same_as' AS same_as, m.channel,
                        m.facts->>'outcome' AS outcome, m.facts->>'promise' AS promise,
                        m.facts->>'beside_promise' AS beside_promise, m.facts->'promise_on' AS promise_on
                    FROM message m
                    WHERE m.organisation_id = f.organisation_id AND m.mode = f.mode AND m.case_id = f.id
                ) m
            ), 'promises', (
                SELECT json_agg(p ORDER BY p.made_at, p.id) FROM (
                    SELECT p.*, (
                        SELECT min(t.told_at) FROM telling t WHERE t.organisation_id = p.organisation_id
                            AND t.mode = p.mode AND t.promise_id = p.id AND t.audience <> 'staff'
                    ) AS told_at FROM promise p
                    WHERE p.organisation_id = f.organisation_id AND p.mode = f.mode AND p.case_id = f.id
                ) p
            ), 'recipients', (
                SELECT json_agg(r) FROM (
                    SELECT r.id, r.case_id, r.party, r.channel, r.address, r.normal, r.confirmed_at, r.current
                    FROM recipient r
                    WHERE r.organisation_id = f.organisation_id AND r.mode = f.mode AND r.case_id = f.id
                ) r
            )) ORDER BY f.epoch) FROM found f
    ) AS cases, (
        SELECT json_agg(w ORDER BY w.occurred_at) FROM waiting w
    ) AS waiting, (
        SELECT json_agg(json_build_object('event', i.event_id, 'entry', e.id, 'fingerprint', e.fingerprint,
            'reference', (SELECT c.reference FROM "case" c WHERE c.organisation_id = :organisation AND c.mode = :mode
                AND c.id = e.case_id)))
        FROM unnest(CAST(:event_ids AS text[])) AS i (event_id) CROSS JOIN LATERAL (
            SELECT x.id, x.fingerprint, x.case_id FROM entry x WHERE x.organisation_id = :organisation
                AND x.mode = :mode AND x.source_id = CAST(:source AS uuid) AND x.event_id = i.event_id LIMIT 1
        ) e
    ) AS seen, (
        SELECT json_agg(json_build_object('service', n.service, 'definition', (
                SELECT d.id FROM definition d WHERE d.organisation_id = :organisation AND d.service = n.service
                ORDER BY d.version DESC LIMIT 1
            ), 'curve', (
                SELECT v.id FROM curve v WHERE v.organisation_id = :organisation AND v.service = n.service
                ORDER BY v.learned_at DESC LIMIT 1
            ), 'word', (
                SELECT json_build_object('confidence', w.confidence, 'since_on', w.since_on,
                    'kept', w.kept, 'broken', w.broken) FROM word w
                WHERE w.organisation_id = :organisation AND w.service = n.service AND w.current LIMIT 1
            ))) FROM concerned n
    ) AS services, (
        SELECT json_agg(json_build_object('id', s.id, 'rhythm', s.rhythm, 'live_from', s.live_from,
            'patience', extract(epoch FROM s.patience), 'heard_at', (
                SELECT h.heard_at FROM heard h WHERE h.organisation_id = s.organisation_id AND h.mode = :mode
                    AND h.source_id = s.id
            ))) FROM source s WHERE s.organisation_id = :organisation AND s.id IN (
                SELECT CAST(:source AS uuid) UNION SELECT source_id FROM found UNION SELECT source_id FROM waiting)
    ) AS sources, CASE WHEN EXISTS (
        SELECT 1 FROM unnest(CAST(:services AS text[])) AS n (service) WHERE NOT EXISTS (
            SELECT 1 FROM definition d WHERE d.organisation_id = :organisation AND d.service = n.service)
    ) THEN (
        SELECT json_agg(DISTINCT d.service ORDER BY d.service) FROM definition d
        WHERE d.organisation_id = :organisation
    ) END AS services_known
    """
)

_case, _given, _spoken = reader(CaseRecord), reader(PromiseRecord), reader(Spoken)
_recipient, _spot = reader(RecipientRecord), reader(EntryPlace)


async def read(connection: AsyncConnection, wanted: Wanted, working: Working, normal: Normal) -> Dossiers:
    """The dossiers of these numbers, in one query, and a second where one of their cases was merged. `working`: the
    days on which a place works.

    The caller holds the locks of the numbers: see `store.case.locks`.
    """
    asked = {
        **wanted.scope.values,
        "registers": [register for register, _ in wanted.numbers],
        "numbers": [number for _, number in wanted.numbers],
        "source": wanted.source_id,
        "event_ids": list(wanted.event_ids),
        "services": sorted(wanted.services),
    }
    row = await _READ.row(connection, asked)
    merged = [UUID(each["case"]["id"]) for each in row["cases"] or () if each["case"]["merged_into"] is not None]
    others = await survivors.of_merged(connection, wanted.scope, merged) if merged else {}
    office = row["office"]

    def entered(each: Mapping[str, Any]) -> Entered:
        event = event_of(each, lambda channel, address: normal(channel, address, office["country"]))
        return Entered(UUID(each["id"]), event, each["register"], UUID(each["source_id"]), _spot(each))

    return Dossiers(
        wanted.scope,
        office["zone"],
        datetime.fromisoformat(office["now"]),
        _numbers(wanted.numbers, row, entered, others),
        _seen(wanted, row),
        await _services(connection, wanted.scope.organisation_id, row["services"] or (), working),
        _sources(row),
        tuple(row["services_known"] or ()),
    )


def _numbers(
    numbers: Sequence[Number],
    row: Mapping[str, Any],
    entered: Callable[[Any], Entered],
    others: Mapping[UUID, Survivor],
) -> dict[Number, Dossier]:
    """The dossiers by number. Of one that cannot be read the fault is kept, and the others are read all the same."""
    cases: dict[Number, list[Any]] = {}
    waiting: dict[Number, list[Any]] = {}
    for each in row["cases"] or ():
        cases.setdefault((each["case"]["register"], each["case"]["number"]), []).append(each)
    for each in row["waiting"] or ():
        waiting.setdefault((each["register"], each["number"]), []).append(each)
    found = {}
    for number in numbers:
        try:
            known = tuple(_known(each, entered, others) for each in cases.get(number, ()))
            found[number] = Dossier(number, known, tuple(map(entered, waiting.get(number, ()))))
        except (ValueError, KeyError, TypeError) as fault:  # a word or a form that this release does not know
            found[number] = Dossier(number, fault=fault)
    return found


def _known(each: Mapping[str, Any], entered: Callable[[Any], Entered], others: Mapping[UUID, Survivor]) -> CaseKnown:
    spoken = [_spoken(message) for message in each["messages"] or ()]
    recipients = [_recipient(recipient) for recipient in each["recipients"] or ()]
    return CaseKnown(
        record := _case(each["case"]),
        tuple(map(entered, each["entries"] or ())),
        {message.key: message for message in spoken},
        tuple(map(_given, each["promises"] or ())),
        {(one.party, one.channel): one for one in recipients},
        others.get(record.id),
    )


def _seen(wanted: Wanted, row: Mapping[str, Any]) -> dict[tuple[UUID, str], SeenEvent]:
    if wanted.source_id is None:
        return {}
    return {
        (wanted.source_id, each["event"]): SeenEvent(
            UUID(each["entry"]), bytes.fromhex(each["fingerprint"][2:]), each["reference"]
        )
        for each in row["seen"] or ()
    }


async def _services(
    connection: AsyncConnection,
    organisation_id: UUID,
    found: Sequence[Any],
    working: Callable[[str | None], WorkingDays],
) -> dict[str, ServiceKnown]:
    """The services that are defined, with what their newest definition and curve say."""
    known = {}
    for each in found:
        if each["definition"] is None:
            continue
        definition_id = UUID(each["definition"])
        definition = await definitions.by_id(connection, organisation_id, definition_id)
        curve_id = UUID(each["curve"]) if each["curve"] else None
        curve = await curves.by_id(connection, organisation_id, curve_id) if curve_id else None
        word = each["word"] or {}
        since_on = word.get("since_on")
        known[each["service"]] = ServiceKnown(
            definition_id,
            definition,
            curve_id,
            curve,
            working(definition.promise.holidays),
            Confidence(word["confidence"]) if word else None,
            datetime.fromisoformat(since_on).date() if since_on else None,
            Record(word["kept"], word["kept"] + word["broken"]) if word else NONE,
        )
    return known


def _sources(row: Mapping[str, Any]) -> dict[UUID, SourceKnown]:
    return {
        UUID(each["id"]): SourceKnown(
            Rhythm(each["rhythm"]),
            timedelta(seconds=float(each["patience"])),
            datetime.fromisoformat(each["live_from"]) if each["live_from"] else None,
            datetime.fromisoformat(each["heard_at"]) if each["heard_at"] else None,
        )
        for each in row["sources"] or ()
    }
