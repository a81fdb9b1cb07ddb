"""What stays out of logs, links and caches."""

from __future__ import annotations

import json
import logging
import re

import httpx
import pytest

from tests.http import OPERATOR, Site
from tests.web.reading import FACT
from tracker.web.logs import JsonLines


async def test_nobodys_details_reach_a_log_or_an_address(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "tracker")
    caplog.set_level(logging.DEBUG, "notifications")
    caplog.set_level(logging.DEBUG, "integrations")
    caplog.set_level(logging.INFO)
    reference = await site.case(known_fact="XYL0 PH0")
    for fact in ("XYL0 PH0", "Zzyzx Road"):
        await site.track(reference, fact)
        await site.page(reference, fact)
        await site.http.post("/track", data={"reference": reference, "known_fact": fact, "x": "y" * 9_000})
        await site.http.post("/api/v1/track", content=json.dumps({"reference": 7, "known_fact": fact}))
        await site.http.get("/track", params={"reference": reference, "known_fact": fact})
    await site.outbox()
    lines = [JsonLines().format(record) for record in caplog.records if not record.name.startswith("httpx")]
    assert any('"route": "/track"' in line for line in lines)
    logged = "\n".join(lines).casefold()
    for private in ("xyl0", "zzyzx", reference.casefold(), "alex@example.org", "alex morgan", "203.0.113.7"):
        assert private not in logged


async def test_no_link_of_the_page_carries_a_persons_details(site: Site) -> None:
    reference = await site.case()
    page = await site.page(reference, FACT)
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', page.text)
    assert addresses
    for address in addresses:
        assert reference not in address
        assert reference.replace("-", "") not in address
        assert "AB1" not in address
        assert address.startswith(("/", "#")), "nothing is loaded from elsewhere"
    assert FACT not in page.text
    assert "set-cookie" not in page.headers
    assert "<script" not in page.text


@pytest.mark.parametrize("path", ["/", "/track", "/outbox", "/nope", "/healthz", "/api/v1/openapi.json", "/problems/x"])
async def test_every_answer_has_safe_headers(site: Site, path: str) -> None:
    given = {"Accept": "text/html", "Authorization": f"Bearer {OPERATOR}"}
    assert_safe(await site.http.get(path, headers=given))


async def test_every_answer_about_a_request_has_safe_headers(site: Site) -> None:
    reference = await site.case()
    for answer in (
        await site.page(reference, FACT),
        await site.page(reference, "x"),
        await site.page("x", "x"),
        await site.track(reference, FACT),
        await site.track(reference, "x"),
        await site.post(site.event()),
    ):
        assert_safe(answer)


def assert_safe(answer: httpx.Response) -> None:
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "noindex" in answer.headers["x-robots-tag"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    if answer.request.url.path != "/outbox":
        assert "unsafe" not in policy
