"""Whose finished requests a date was learned from is said as it is: of the same kind, or of all kinds at the office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.desk_staff import case_id, signed_in
from tests.flows.promises.test_learn import finish
from tests.http import Site
from tests.office import DEFINITION, SERVICE, START
from tests.web.desk.test_case import read_out
from tests.web.reading import FACT, words
from tests.web.test_late import caught
from tracker.flows.promises import learn
from tracker.flows.services import versions

LIKE_YOURS = "9 in 10 requests like yours are finished by"
AT_THE_OFFICE = "9 in 10 requests at Northwick Council are finished by"


async def loft(site: Site, number: str = "L-1") -> str:
    """A request of a service that has finished none of its own and has no stand-in, at an office that knows others."""
    lines = DEFINITION.replace(f'service = "{SERVICE}"', 'service = "loft"').splitlines()
    plain = "\n".join(line for line in lines if not line.startswith("fallback_days"))
    await versions.apply(site.desk.store, site.desk.office, plain)
    await finish(site.desk, 40)
    await learn.due(site.desk.store)
    answer = await site.post(site.event(subject=number, data={"service": "loft", "status": "REC"}))
    assert (await site.party(number)).status_code == 202
    return str(answer.json()["reference"])


async def told(site: Site, reference: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await site.track(reference, FACT)).json()
    return answer


async def test_a_date_learned_from_other_services_is_not_said_to_be_of_requests_like_yours(site: Site) -> None:
    reference = await loft(site)
    page = words((await site.page(reference, FACT)).text)
    assert AT_THE_OFFICE in page and LIKE_YOURS not in page
    assert "We have not finished many requests of this kind yet. So we looked at 40 requests of all kinds at" in page
    assert "We looked at 40 requests that were finished" not in page
    promise = (await told(site, reference))["promise"]
    assert (promise["basis"], promise["base"], promise["cases"]) == ("history", "office", 40)
    async with signed_in(site.app, site.desk) as agent:
        await agent.open(await case_id(site.desk, "L-1"))
        assert AT_THE_OFFICE in read_out(agent) and LIKE_YOURS not in read_out(agent)
        assert "Learned from finished requests of all kinds." in agent.words


async def test_a_message_says_of_whose_requests_its_date_was_learned(site: Site) -> None:
    await loft(site)
    said = await caught(site.desk, "acknowledged")
    assert "9 in 10 requests at this office are finished by then." in said
    assert "like yours" not in said


async def test_a_date_learned_from_the_services_own_is_said_to_be_of_requests_like_yours(site: Site) -> None:
    await finish(site.desk, 40)
    await learn.due(site.desk.store)
    reference = await site.case()
    page = words((await site.page(reference, FACT)).text)
    assert LIKE_YOURS in page and "of all kinds" not in page and AT_THE_OFFICE not in page
    assert (await told(site, reference))["promise"]["base"] == "service"
    assert LIKE_YOURS in await caught(site.desk, "acknowledged")


async def test_a_date_keeps_its_word_when_its_days_of_waiting_are_added(site: Site) -> None:
    reference = await loft(site)
    for day, status in ((1, "RFI"), (4, "RFI-IN")):
        await site.desk.move(START + timedelta(days=day))
        await site.desk.status("L-1", status, service="loft")
    promises = (await told(site, reference))["promises"]
    assert promises[1]["reason"] == "clock_paused"
    assert [each["base"] for each in promises] == ["office", "office"]


async def test_what_was_not_learned_rests_on_nobodys_requests(site: Site) -> None:
    reference = await site.case()
    assert (await told(site, reference))["promise"]["base"] is None
    with pytest.raises(IntegrityError, match="base_word"):
        async with site.desk.store.transaction() as connection:
            await connection.execute(text("UPDATE promise SET base = 'nobody'"))


async def test_where_no_date_can_be_told_nothing_is_said_of_requests_that_nobody_saw(site: Site) -> None:
    reference = await loft(site)
    async with site.desk.store.transaction() as connection:
        await connection.execute(
            text("UPDATE promise SET outcome = 'withdrawn', reason = 'too_uncertain', judged_at = made_at")
        )
    page = words((await site.page(reference, FACT)).text)
    assert "We cannot give you a date yet." in page and "like yours" not in page
