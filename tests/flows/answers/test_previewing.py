"""What could be said of a real request, without saying it."""

from __future__ import annotations

import pytest

from tests.office import Desk, open_desk
from tracker.core.answers.examples import Letterhead
from tracker.core.vocabulary.errors import CaseNotFound
from tracker.flows.answers import previewing
from tracker.store.ground.engine import Store

HEAD = Letterhead("nobody", base="https://track.example")


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def reference(desk: Desk) -> str:
    """The reference of the one case."""
    return str((await desk.rows('SELECT reference FROM "case"'))[0][0])


async def test_what_could_be_said_of_a_case_is_shown_and_nothing_is_written(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.status("P-1", "RFI", expected_on="2026-04-27", public_note="Bring form P.45/1.")
    before = await desk.messages()
    typed = (await reference(desk)).lower()
    definition, found = await previewing.of_case(desk.store, typed, HEAD, ("en", "cy"))
    facts = [each.facts for each in found]
    assert {each.language for each in facts} == {"en", "cy"} <= set(definition.languages)
    purposes = {each.purpose for each in facts}
    assert "updated" in purposes and not purposes & {"finished", "feedback"}, "it has not ended"
    first = facts[0]
    assert (first.organisation, first.note, first.waiting_on) == ("Northwick Council", "Bring form P.45/1.", "you")
    assert str(first.promise_on) == "2026-04-27" and first.promise_basis == "office"
    assert first.stop_url == "https://track.example/stop/" + "-" * 59, "no link of theirs is in it"
    assert await desk.messages() == before
    await desk.status("P-1", "WITHDRAWN")
    _, ended = await previewing.of_case(desk.store, typed, HEAD, ("en",))
    assert {each.facts.purpose for each in ended} >= {"finished", "corrected"}
    assert not {each.facts.purpose for each in ended} & {"updated", "delayed"}


async def test_the_services_of_an_office_are_shown_as_they_are(desk: Desk) -> None:
    assert [each.service for each in await previewing.services(desk.store, desk.office)] == ["building-permit"]


@pytest.mark.parametrize("typed", ["", "nonsense", "CDFG-HJKM-NPRX"])
async def test_no_such_request(desk: Desk, typed: str) -> None:
    with pytest.raises(CaseNotFound):
        await previewing.of_case(desk.store, typed, HEAD, ())
