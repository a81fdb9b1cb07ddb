"""One mailbox, one mail, and no row that looks like a failure where nothing failed (T14, T15)."""

from __future__ import annotations

from typing import Any

from tests.desk_staff import case_id, signed_in
from tests.http import Site
from tests.web.reading import FACT, words

SAME = "Not sent: somebody else in this request has the same address, and is told there. (Alex Morgan)"


def told_at(*addresses: str) -> dict[str, Any]:
    """Where somebody is reached by e-mail."""
    return {"channels": [{"channel": "email", "address": each} for each in addresses]}


async def test_people_with_one_address_get_one_mail_and_the_desk_says_why_case_t15(site: Site) -> None:
    desk = site.desk
    reference = await site.case()
    await desk.party("P-1", party="1", name="Alex Morgan", **told_at("same@example.org"))
    for number in range(2, 6):
        joint = {"role": "joint_applicant", "name": f"Person {number}", "known_fact": f"AB{number} 2CD"}
        await desk.party("P-1", party=str(number), **joint, **told_at("SAME@Example.org"))
    await desk.carry()
    caught = await desk.rows("SELECT address FROM caught")
    assert [row[0].lower() for row in caught] == ["same@example.org"]
    async with signed_in(site.app, desk) as ann:
        await ann.open(await case_id(desk))
        assert (
            ann.words.count(
                "Not sent: somebody else in this request has the same address, and is told there. (Alex Morgan)"
            )
            == 4
        )
    assert words((await site.page(reference, FACT)).text).count("We have your request (e-mail)") == 1


async def test_what_had_nobody_to_hear_it_yet_is_no_failure_case_t14(site: Site) -> None:
    reference = await site.case()
    await site.desk.carry()
    page, told = words((await site.page(reference, FACT)).text), (await site.track(reference, FACT)).json()
    assert page.count("We have your request (e-mail)") == 1 and "Not sent" not in page and "took its place" not in page
    assert [each["state"] for each in told["messages"]] == ["delivered"]
    async with signed_in(site.app, site.desk) as ann:
        await ann.search(reference)
        assert "There was nobody to tell when it was decided." in ann.words.replace("Not sent: there", "There")
        assert "another message took its place" not in ann.words


async def test_a_helper_who_is_never_told_has_a_row_that_says_so_case_t14(site: Site) -> None:
    await site.case()
    await site.desk.party("P-1", party="9", role="helper", name="Robin Helper", **told_at("robin@example.org"))
    await site.desk.carry()
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(await case_id(site.desk))
        assert "We have your request to Robin Helper Not sent: this service tells nobody of this role." in ann.words
