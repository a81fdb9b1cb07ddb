"""Service definitions: explain every fault of a file, store a version, and move the cases that it touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.definition_faults import listed, shown
from tracker.core.definition_files import Fault, compare, inherit, read
from tracker.core.definitions import Definition
from tracker.core.errors import DefinitionRefused
from tracker.flows import holidays
from tracker.flows import refold as folding
from tracker.flows.opening import open_waiting
from tracker.store import cases, entries, organisations, services
from tracker.store.columns import Mode
from tracker.store.engine import Store
from tracker.store.organisations import Office
from tracker.store.services import Current

BATCH = 200


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply did: the version that holds now, and how many cases it moved to another stage or opened."""

    service: str
    version: int
    changed: bool
    moved: int


async def faults(store: Store | None, office: Office | None, text: str) -> tuple[Fault, ...]:
    """Everything that is wrong with a definition file: by itself and, given an organisation, beside its cases."""
    found = read(text)
    if not isinstance(found, Definition):
        return found
    if wrong := _unknown_place(found.promise.holidays):
        return (wrong,)
    if store is None or office is None:
        return ()
    async with store.reading() as connection:
        old = await services.current(connection, office.id, found.service)
        if old is None:
            return ()
        return compare(old.definition, found, await cases.count_by_stage(connection, office.id, found.service))


def _unknown_place(place: str | None) -> Fault | None:
    """Of a country or a part of one nobody knows the holidays."""
    if place is None or place in holidays.places():
        return None
    parts = sorted(each for each in holidays.places() if each.partition("-")[0] == place.partition("-")[0])
    hint = f"Use one of: {listed(parts)}" if parts else "Write a country's code of ISO 3166, as GB"
    remedy = f"{hint}; or take the key out, then dates lie on any day from Monday to Friday."
    return Fault("promise.holidays", f'we do not know the public holidays of "{shown(place)}"', remedy)


async def apply(store: Store, office: Office, text: str) -> Applied:
    """Store a definition as the next version and read its cases again. Raises DefinitionRefused with every fault.

    The version is one transaction; then each case is read again in its own, under its lock, so that intake goes
    on meanwhile. Stopped half-way, the same command run again finishes the work.
    """
    wrong = await faults(store, office, text)
    if wrong:
        raise DefinitionRefused(
            f"The definition has {len(wrong)} fault{'s' if len(wrong) > 1 else ''}.",
            "\n".join(f"{fault.path}: {fault.problem}. {fault.remedy}" for fault in wrong),
        )
    definition = read(text)
    if not isinstance(definition, Definition):
        raise DefinitionRefused("The definition cannot be read.", "Run `tracker services validate` on it.")
    async with store.transaction() as connection:
        await organisations.lock_number(connection, office.id, Mode.LIVE, "definition", definition.service)
        old = await services.current(connection, office.id, definition.service)
        merged = inherit(old.definition, definition) if old else definition
        changed = old is None or old.definition != merged
        current = (
            old if old and not changed else await services.add_version(connection, office.id, merged, text, office.now)
        )
    moved = await _read_again(store, office, current) + await _release_quarantine(store, office, current)
    return Applied(definition.service, current.version, changed, moved)


async def _read_again(store: Store, office: Office, current: Current) -> int:
    """Fold every case of the service by its newest definition; counts those that changed their stage or words."""
    moved, after = 0, None
    while True:
        async with store.reading() as connection:
            batch = await cases.in_stages(connection, office.id, current.definition.service, after, BATCH)
        for row in batch:
            moved += await _fold_one(store, row.organisation_id, Mode(row.mode), row.id, row.register, row.number)
        if len(batch) < BATCH:
            return moved
        after = batch[-1].id


async def _fold_one(store: Store, organisation_id: UUID, mode: Mode, case_id: UUID, register: str, number: str) -> bool:
    async with store.transaction() as connection:
        await organisations.lock_number(connection, organisation_id, mode, register, number)
        office = await organisations.office(connection, organisation_id)
        row = await cases.by_id(connection, organisation_id, mode, case_id)
        if row is None:
            return False
        current = await services.current(connection, organisation_id, row.service)
        if current is None:
            return False
        await folding.refold(connection, folding.subject(office, mode, row, current))
        after = await cases.by_id(connection, organisation_id, mode, case_id)
        return after is not None and (after.stage, after.unmapped) != (row.stage, row.unmapped)


async def _release_quarantine(store: Store, office: Office, current: Current) -> int:
    """Events without a case whose status code is known by now: open the cases they open, let the others wait."""
    async with store.reading() as connection:
        numbers = await entries.quarantined_numbers(connection, office.id, current.definition.service)
    opened = 0
    for mode, register, number in numbers:
        async with store.transaction() as connection:
            await organisations.lock_number(connection, office.id, Mode(mode), register, number)
            opened += await _try_again(connection, office.id, Mode(mode), register, number, current)
    return opened


async def _try_again(
    connection: AsyncConnection, organisation_id: UUID, mode: Mode, register: str, number: str, current: Current
) -> int:
    office = await organisations.office(connection, organisation_id)
    waiting = await entries.waiting(connection, organisation_id, mode, register, number, BATCH)
    known = [row for row in waiting if row.service == current.definition.service and _mapped(row, current)]
    await entries.park(connection, organisation_id, mode, [row.id for row in known])
    return int(await open_waiting(connection, office, mode, register, number) is not None)


def _mapped(row: Row[Any], current: Current) -> bool:
    return current.definition.stage_for(row.body.get("status", "")) is not None
