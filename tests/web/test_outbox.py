"""The outbox opens to operators alone."""

from __future__ import annotations

from pathlib import Path

from tests.http import OPERATOR, Site, calling, open_site, settings
from tracker.main import create_app, put_together
from tracker.store.ground.engine import Store


async def test_the_outbox_is_closed_without_the_token(site: Site, store: Store, tmp_path: Path) -> None:
    await site.case()
    refused = []
    for header in ("", "Bearer", "Bearer x", f"Bearer {OPERATOR}x", f"Bearer {site.desk.key}", f"Basic {OPERATOR}"):
        answer = await site.http.get("/outbox", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401
        assert "alex@example.org" not in answer.text
        refused.append(answer.content)
    assert len(set(refused)) == 1
    assert "alex@example.org" in await site.outbox()
    async with open_site(store, tmp_path / "demo", slug="southwick", outbox_open=True) as demo:
        assert "alex@example.org" in (await demo.http.get("/outbox")).text


async def test_the_outbox_stays_closed_where_no_token_is_set(store: Store, tmp_path: Path) -> None:
    app = create_app(put_together(settings(tmp_path, operator_token=None), store))
    async with calling(app) as http:
        for header in ("Bearer ", "Bearer None", "None", ""):
            assert (await http.get("/outbox", headers={"Authorization": header})).status_code == 401


async def test_the_outbox_can_be_narrowed(site: Site) -> None:
    first, second = await site.case("P-1"), await site.case("P-2")
    assert first in await site.outbox(reference=first.lower())
    assert second not in await site.outbox(reference=first)
    for nothing in ({"reference": "nonsense"}, {"organisation": "Nobody"}, {"reference": "\0", "organisation": "\0"}):
        caught = await site.outbox(**nothing)
        assert first not in caught
