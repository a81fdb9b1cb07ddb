"""Service definitions: explain every fault of a file, store a version, and move the cases that it touches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.core.services.definitions import Definition
from tracker.core.services.faults import listed, shown
from tracker.core.services.files import Fault, compare, inherit, read
from tracker.core.vocabulary.errors import DefinitionRefused
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.flows.deciding.transaction import revisited
from tracker.flows.promises import holidays
from tracker.store.case import cases, entries, locks
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.services import definitions

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
        old = await definitions.current(connection, office.id, found.service)
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

    The version is one transaction; then its cases are read again, a few in each, so that intake goes on meanwhile.
    Stopped half-way, the same command run again finishes the work.
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
        await locks.alone(connection, office.id)  # what was decided by the version before is there to be read again
        old = await definitions.current(connection, office.id, definition.service)
        merged = inherit(old.definition, definition) if old else definition
        changed = old is None or old.definition != merged
        current = (
            old
            if old and not changed
            else await definitions.add_version(connection, office.id, merged, text, office.now)
        )
    service = definition.service
    moved = await _read_again(store, office, service) + await _release_quarantine(store, office, service)
    return Applied(service, current.version, changed, moved)


async def _read_again(store: Store, office: Office, service: str) -> int:
    """Read every case of the service by its newest definition; counts those that changed their stage."""
    moved, after = 0, None
    while True:
        async with store.reading() as connection:
            batch = await cases.in_stages(connection, office.id, service, after, BATCH)
        moved += await _revisit(store, office, [(row.mode, row.register, row.number) for row in batch], all_cases=True)
        if len(batch) < BATCH:
            return moved
        after = batch[-1].id


async def _release_quarantine(store: Store, office: Office, service: str) -> int:
    """Events without a case whose status code is known by now: open the cases they open, let the others wait."""
    async with store.reading() as connection:
        numbers = await entries.quarantined_numbers(connection, office.id, service)
    return await _revisit(store, office, numbers, all_cases=False)


async def _revisit(store: Store, office: Office, found: Iterable[tuple[Mode, str, str]], *, all_cases: bool) -> int:
    """Look at numbers (mode, register, number); counts the cases that are in another stage then, or were opened."""
    numbers: dict[Mode, set[tuple[str, str]]] = {}
    for mode, register, number in found:
        numbers.setdefault(mode, set()).add((register, number))
    moved = 0
    for mode, mine in numbers.items():
        moved += (await revisited(store, Scope(office.id, mode), mine, all_cases=all_cases)).moved
    return moved
