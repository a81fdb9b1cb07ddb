"""A definition is applied: its faults told, its cases moved, its quarantine released."""

from __future__ import annotations

import pytest

from tests.office import DEFINITION, Desk, open_desk
from tracker.core.vocabulary.errors import DefinitionRefused
from tracker.flows.services import versions
from tracker.store.ground.engine import Store


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def stages(desk: Desk) -> list[str]:
    return [row.stage for row in await desk.rows('SELECT stage FROM "case" ORDER BY number')]


async def test_the_same_text_again_changes_nothing(desk: Desk) -> None:
    again = await versions.apply(desk.store, desk.office, DEFINITION)
    assert (again.version, again.changed, again.moved) == (1, False, 0)


async def test_a_code_that_becomes_known_moves_the_case_that_waited_for_it(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.status("P-1", "VALID-2")
    assert await stages(desk) == ["received"]
    widened = DEFINITION.replace('codes = ["VAL", ', 'codes = ["VAL", "VALID-2", ')
    assert widened != DEFINITION
    assert (await versions.apply(desk.store, desk.office, widened)).moved == 1
    assert await stages(desk) == ["checking"]
    assert [row.unmapped for row in await desk.rows('SELECT unmapped FROM "case"')] == [False]


async def test_a_code_that_becomes_known_opens_the_case_that_it_begins(desk: Desk) -> None:
    assert (await desk.status("P-1", "NEW")).outcome == "quarantined"
    await desk.party("P-1")
    widened = DEFINITION.replace('codes = ["REC"]', 'codes = ["REC", "NEW"]')
    assert widened != DEFINITION
    assert (await versions.apply(desk.store, desk.office, widened)).moved == 1
    assert await stages(desk) == ["received"]
    await desk.carry()
    assert ("acknowledged", "delivered", None) in await desk.messages()


async def test_a_stage_with_cases_is_not_removed_without_saying_where_they_go(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    renamed = DEFINITION.replace('code = "received"', 'code = "arrived"').replace('"received"', '"arrived"')
    with pytest.raises(DefinitionRefused, match="fault"):
        await versions.apply(desk.store, desk.office, renamed)
    told = renamed + '\n[moved]\nreceived = "arrived"\n'
    await versions.apply(desk.store, desk.office, told)
    assert await stages(desk) == ["arrived"]


async def test_an_old_code_keeps_its_meaning_when_a_new_version_no_longer_names_it(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.status("P-1", "VAL")
    renamed = DEFINITION.replace('codes = ["VAL", ', 'codes = ["VALIDATED", ')
    await versions.apply(desk.store, desk.office, renamed)
    assert await stages(desk) == ["checking"]
    assert (await desk.status("P-1", "VAL")).outcome == "applied"


async def test_every_fault_is_told_at_once(desk: Desk) -> None:
    broken = DEFINITION.replace('languages = ["en", ', 'languages = ["en", "tlh", ')
    with pytest.raises(DefinitionRefused) as refused:
        await versions.apply(desk.store, desk.office, broken)
    assert "stages[0].headline.tlh" in refused.value.remedy
    assert "name.tlh" in refused.value.remedy
