"""Guessing is slow, whoever does it."""

from __future__ import annotations

import httpx
import pytest

from tests.http import Site, calling
from tests.web.reading import FACT, invented, words
from tracker.flows.answers.tries import IN_ALL, PER_ADDRESS, PER_REFERENCE

pytestmark = pytest.mark.usefixtures("one_window")


async def tries(site: Site, count: int, reference: str | None = None) -> list[int]:
    """The statuses of so many failing tries, of one reference or of others each time."""
    return [(await site.track(reference or invented(), "ZZ9 9ZZ")).status_code for _ in range(count)]


def assert_limited(answer: httpx.Response) -> None:
    assert answer.status_code == 429
    assert answer.json()["type"] == "/problems/too-many-requests"
    assert 0 < int(answer.headers["retry-after"]) <= 3600


async def test_a_reference_is_tried_so_many_times_at_most_case_73(site: Site) -> None:
    reference = await site.case()
    assert await tries(site, PER_REFERENCE, reference) == [404] * PER_REFERENCE
    assert_limited(await site.track(reference, "ZZ9 9ZZ"))
    page = await site.page(reference, "ZZ9 9ZZ")
    assert page.status_code == 429
    assert "Wait fifteen minutes" in words(page.text)
    assert int(page.headers["retry-after"]) > 0
    assert (await site.track(await site.case("P-2"), FACT)).status_code == 200


async def test_a_reference_that_nobody_has_is_limited_alike(site: Site) -> None:
    reference = invented()
    assert await tries(site, PER_REFERENCE, reference) == [404] * PER_REFERENCE
    assert_limited(await site.track(reference, "ZZ9 9ZZ"))


async def test_an_address_tries_so_many_times_at_most_and_others_go_on(site: Site) -> None:
    reference = await site.case()
    assert await tries(site, PER_ADDRESS) == [404] * PER_ADDRESS
    assert_limited(await site.track(reference, FACT))
    async with calling(site.app, "198.51.100.4") as elsewhere:
        answer = await elsewhere.post("/api/v1/track", json={"reference": reference, "known_fact": FACT})
        assert answer.status_code == 200


async def test_a_forged_forwarding_header_moves_nobody_case_77(site: Site) -> None:
    for place in range(PER_ADDRESS):
        forged = {"X-Forwarded-For": f"192.0.2.{place}", "Forwarded": f"for=192.0.2.{place}", "X-Real-IP": "192.0.2.9"}
        asked = {"reference": invented(), "known_fact": "x"}
        assert (await site.http.post("/api/v1/track", json=asked, headers=forged)).status_code == 404
    asked = {"reference": invented(), "known_fact": "x"}
    assert_limited(await site.http.post("/api/v1/track", json=asked, headers={"X-Forwarded-For": "192.0.2.99"}))


async def test_there_is_a_limit_for_everybody_together(site: Site) -> None:
    reference = await site.case()
    await tries(site, 1)
    async with site.desk.store.transaction() as connection:
        await connection.exec_driver_sql(f"UPDATE failure SET times = {IN_ALL}")
    async with calling(site.app, "198.51.100.4") as elsewhere:
        answer = await elsewhere.post("/api/v1/track", json={"reference": reference, "known_fact": FACT})
        assert_limited(answer)


async def test_looking_at_ones_own_request_is_never_limited(site: Site) -> None:
    reference = await site.case()
    assert {(await site.track(reference, FACT)).status_code for _ in range(40)} == {200}
