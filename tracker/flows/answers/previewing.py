"""What an office reads before anybody else does: the messages of its services, or of one case as it stands now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from tracker.core.answers import examples
from tracker.core.answers.examples import Example, Letterhead
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import references
from tracker.core.vocabulary.errors import CaseNotFound
from tracker.flows.answers import lookup
from tracker.store.answers import pages
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.services import definitions


async def services(store: Store, office: Office) -> list[Definition]:
    """The services of an organisation, each as it is now."""
    async with store.reading() as connection:
        found = [
            await definitions.current(connection, office.id, service)
            for service in await definitions.services_of(connection, office.id)
        ]
    return [each.definition for each in found if each is not None]


async def of_case(
    store: Store, reference: str, head: Letterhead, languages: Collection[str]
) -> tuple[Definition, list[Example]]:
    """The messages that could be said of a case, in the languages of its service, or those of them that are asked for.
    Nothing is written. Raises CaseNotFound."""
    symbols = references.read(reference)
    async with store.reading() as connection:
        row = await pages.page(connection, symbols) if symbols else None
        if row is None:
            raise CaseNotFound
        definition = await definitions.by_id(connection, row.organisation_id, row.definition_id)
    known = [lookup.case_facts(row, definition, each) for each in spoken(definition, languages)]
    head = replace(head, organisation=row.organisation, zone=row.zone)
    return definition, [each for facts in known for each in examples.of_case(facts, definition, head)]


def spoken(definition: Definition, languages: Collection[str]) -> Iterator[str]:
    """The languages of a service, or those of them that are asked for."""
    return (each for each in definition.languages if not languages or each in languages)
