"""Over HTTP: a person with one bad part is kept, the sender reads why, and an operator has an alert (P2, P4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http import Site
from tests.office import START
from tests.web.reading import FACT

MAIL = {"channel": "email", "address": "alex@example.org"}
TYPED = ("Brak", "n/a", "unknown", "00000", "hello")


def sms(address: object) -> dict[str, object]:
    return {"channel": "sms", "address": address}


async def party(site: Site, number: str = "P-1", **data: Any) -> dict[str, Any]:
    """The answer to a party that is taken."""
    answer = await site.party(number, **data)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def alerts(site: Site) -> list[tuple[str, str, int]]:
    rows = await site.desk.rows("SELECT kind, subject, times FROM alert ORDER BY kind, subject")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("phone", ["unknown", "n/a", "", None])
async def test_p2_a_bad_number_loses_neither_the_mailbox_nor_the_page(site: Site, phone: str | None) -> None:
    reference = str((await site.status("P-1", "REC")).json()["reference"])
    told = await party(site, channels=[sms(phone), MAIL])
    assert [each["pointer"] for each in told["notes"]] == ["/data/channels/0/address"]
    assert (await site.track(reference, FACT)).status_code == 200
    rows = await site.desk.rows("SELECT channel, normal FROM recipient")
    assert [tuple(row) for row in rows] == [("email", "alex@example.org")]
    assert await alerts(site) == [("channel_set_aside", "backoffice sms empty", 1)]


async def test_p2_what_can_be_read_is_read_and_all_being_well_there_are_no_notes(site: Site) -> None:
    await site.status("P-1", "REC")
    assert "notes" not in await party(site, channels=[sms("٠٧٧٠٠\u00a0٩٠٠١٢٣"), MAIL])
    told = await party(site, channels=[sms("07700900123 ext 2 (mum)")])
    assert len(told["notes"]) == 2 and await alerts(site) == []
    assert {row[0] for row in await site.desk.rows("SELECT normal FROM recipient WHERE channel = 'sms'")} == {
        "+447700900123"
    }


@pytest.mark.parametrize("address", ["a@x..example", "a@localhost"])
async def test_p2_an_address_that_can_never_work_is_said_at_once_and_not_tried(site: Site, address: str) -> None:
    await site.status("P-1", "REC")
    told = await party(site, channels=[{"channel": "email", "address": address}])
    assert "domain" in told["notes"][0]["note"]
    assert await site.desk.rows("SELECT 1 FROM recipient") == []


async def test_p2_a_batch_answers_each_in_its_place_with_its_own_notes(site: Site) -> None:
    opened = site.event(subject="P-1")
    events = [
        site.event(
            subject="P-1", type="case.party", data={"party": str(at), "known_fact": FACT, "channels": [sms(phone)]}
        )
        for at, phone in enumerate(("07700900123", "999", "n/a", "07700900124"))
    ]
    answer = await site.http.post(
        "/api/v1/events/batch", json=[opened, *events], headers={"Authorization": f"Bearer {site.desk.key}"}
    )
    assert [len(each.get("notes", ())) for each in answer.json()] == [0, 0, 1, 1, 0]
    assert {row[1] for row in await alerts(site)} == {"backoffice sms impossible", "backoffice sms empty"}


async def test_p2_a_second_copy_has_the_same_notes_and_raises_no_alert_again(site: Site) -> None:
    await site.status("P-1", "REC")
    event = site.event(type="case.party", data={"party": "1", "known_fact": FACT, "zone": "Mars/Base"})
    first, second = (await site.post(event)).json(), (await site.post(event)).json()
    assert (first["outcome"], second["outcome"]) == ("applied", "duplicate")
    assert first["notes"] == second["notes"] and first["notes"][0]["pointer"] == "/data/zone"
    assert await alerts(site) == [("party_part_set_aside", "backoffice zone", 1)]


@pytest.mark.parametrize("fact", TYPED)
async def test_p4_a_filler_is_answered_and_opens_no_page(site: Site, fact: str) -> None:
    """The service asks for a postcode: two people with one filler have no page that it would open."""
    references = [str((await site.status(number, "REC")).json()["reference"]) for number in ("P-1", "P-2")]
    for number in ("P-1", "P-2"):
        told = await party(site, number, known_fact=fact)
        (note,) = told["notes"]
        assert note["pointer"] == "/data/known_fact" and "cannot open the page" in note["note"]
        assert "a postcode" in note["note"] and fact not in note["note"].replace("a new event", "")
    for reference in references:
        assert (await site.track(reference, fact)).status_code == 404
    assert await alerts(site) == [("page_not_openable", "backoffice unfit", 2)]


async def test_p4_a_party_without_a_known_fact_is_answered_and_mended_by_the_next_event(site: Site) -> None:
    reference = str((await site.status("P-1", "REC")).json()["reference"])
    told = await party(site, known_fact=None)
    assert "No known_fact was sent" in told["notes"][0]["note"] and "a postcode" in told["notes"][0]["note"]
    assert await alerts(site) == [("page_not_openable", "backoffice missing", 1)]
    assert (await site.track(reference, FACT)).status_code == 404
    assert "notes" not in await party(site)
    assert (await site.track(reference, FACT)).status_code == 200


async def test_p4_a_party_that_is_taken_away_needs_no_known_fact(site: Site) -> None:
    await site.case()
    assert "notes" not in await party(site, known_fact=None, remove=True)


async def test_p4_it_is_the_same_whichever_came_first(site: Site) -> None:
    """What the service asks for is not known yet when the party comes first: then an operator hears when it is."""
    told = await party(site, known_fact="Brak", at=START)
    assert (told["outcome"], told.get("notes")) == ("parked", None)
    assert await alerts(site) == []
    reference = str((await site.status("P-1", "REC")).json()["reference"])
    assert await alerts(site) == [("page_not_openable", "backoffice unfit", 1)]
    assert (await site.track(reference, "Brak")).status_code == 404


async def test_p4_without_a_case_a_filler_and_nothing_at_all_are_answered_at_once(site: Site) -> None:
    for fact in (None, "n/a"):
        told = await party(site, known_fact=fact)
        assert told["outcome"] == "parked" and "cannot open the page" in told["notes"][0]["note"]


async def test_the_description_of_the_api_knows_the_notes(site: Site) -> None:
    described = (await site.http.get("/api/v1/openapi.json")).json()["components"]["schemas"]
    assert set(described["NoteOut"]["properties"]) == {"pointer", "note"}
    assert "notes" in described["TakenOut"]["properties"]
