"""Going live: refused while anything is to do, whole or not at all, and no stampede on the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from tests.office import DEFINITION, SECRET, Desk, open_desk
from tracker.core.deciding.decide import decide
from tracker.core.vocabulary.errors import OnlyInSandbox, SetupRefused
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.flows.deciding.sweep import sweep
from tracker.flows.deciding.transaction import FRESH
from tracker.flows.organisations import going_live, offices
from tracker.flows.organisations.clock import advance
from tracker.flows.organisations.going_live import Offered
from tracker.flows.organisations.offices import NewSource
from tracker.flows.outreach import normal_form, release
from tracker.flows.outreach.release import Links, Released
from tracker.flows.promises import holidays
from tracker.flows.services import versions
from tracker.store.deciding import dossier
from tracker.store.deciding.dossier import Wanted
from tracker.store.ground.engine import Store

GOOD = Offered("news@northwick.example", "Northwick", "https://track.northwick.example", None, None)
AT_ALL_HOURS = DEFINITION.replace("silence_days = 14", "silence_days = 14\nquiet_hours = []")
PHONE = [{"channel": "sms", "address": "+447700900123"}]


@pytest.fixture
async def desk(store: Store) -> Desk:
    """An office whose clock shows real time, as one that is to go live has to."""
    opened = await open_desk(store, start=datetime.now(UTC), definition=AT_ALL_HOURS)
    await later(opened, timedelta(0))
    return opened


async def later(desk: Desk, span: timedelta) -> None:
    """Let time pass, also for an organisation that is live and cannot be moved otherwise."""
    await change(desk, "UPDATE organisation SET clock_offset = :span WHERE id = :id", span=span, id=desk.office.id)


async def change(desk: Desk, sql: str, **values: Any) -> None:
    async with desk.store.transaction() as connection:
        await connection.execute(text(sql), values)


async def to_do(desk: Desk, offered: Offered = GOOD) -> list[str]:
    """What the checklist says is to do."""
    return [each.what for each in await going_live.checklist(desk.store, desk.office, offered) if not each.good]


async def released(desk: Desk) -> list[Released]:
    """What would be handed to a carrier now."""
    found = await release.claim(desk.store, 50, desk.office.id, Links("https://track.example", SECRET))
    return [each for each in found if isinstance(each, Released)]


async def state(desk: Desk) -> list[Any]:
    """Everything that going live touches."""
    found = []
    for table in ("organisation", "source", '"case"', "message", "audit"):
        found += [row[0] for row in await desk.rows(f"SELECT row_to_json(t)::text FROM {table} t ORDER BY 1")]
    return found


async def test_nothing_is_to_do_for_an_office_that_has_rehearsed(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    assert await to_do(desk) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"public_url": "http://track.northwick.example"}, "The public address"),
        ({"public_url": "https://localhost"}, "The public address"),
        ({"public_url": "https://127.0.0.1"}, "The public address"),
        ({"public_url": "https://[::1]:8000"}, "The public address"),
        ({"public_url": "https://10.1.2.3"}, "The public address"),
        ({"public_url": "https://tracker"}, "The public address"),
        ({"mail_fault": "No server."}, "The mail server"),
        ({"texts_fault": "No account."}, "The SMS provider"),
        ({"email_from": None}, "The sender of e-mails"),
        ({"email_from": "Northwick <news@northwick.example>"}, "The sender of e-mails"),
        ({"email_from": "news"}, "The sender of e-mails"),
        ({"email_from": "news@localhost"}, "The sender of e-mails"),
        ({"email_from": "żółw@northwick.example"}, "The sender of e-mails"),
        ({"sms_from": None}, "The sender of texts"),
        ({"sms_from": "12345"}, "The sender of texts"),
        ({"sms_from": "Northwick Council"}, "The sender of texts"),
        ({"sms_from": "07700900123"}, "The sender of texts"),
    ],
)
async def test_what_the_installation_lacks_is_to_do(desk: Desk, changed: dict[str, Any], what: str) -> None:
    await desk.status("P-1", "REC")
    offered = replace(GOOD, **changed)
    assert await to_do(desk, offered) == [what]
    before = await state(desk)
    with pytest.raises(SetupRefused, match="nothing has changed") as refused:
        await going_live.go_live(desk.store, desk.office, offered)
    assert what in refused.value.remedy
    assert await state(desk) == before


@pytest.mark.parametrize("sms_from", ["+447700900123", "Northwick", "3 Towns", "MG" + "0a" * 16])
async def test_every_kind_of_sender_of_texts_is_taken(desk: Desk, sms_from: str) -> None:
    await desk.status("P-1", "REC")
    assert await to_do(desk, replace(GOOD, sms_from=sms_from)) == []


async def test_only_channels_that_a_service_uses_are_asked_for(store: Store) -> None:
    by_mail = AT_ALL_HOURS.replace('channels = ["email", "sms"]', 'channels = ["email"]')
    desk = await open_desk(store, start=datetime.now(UTC), definition=by_mail)
    await later(desk, timedelta(0))
    await desk.status("P-1", "REC")
    assert await to_do(desk, replace(GOOD, sms_from=None, texts_fault="No account.")) == []


async def test_what_the_office_has_not_done_is_to_do(desk: Desk, store: Store) -> None:
    assert await to_do(desk) == ["Every source heard from"]
    await desk.status("P-1", "NEW CODE")
    assert await to_do(desk) == ["Every status mapped"]
    await offices.add_source(store, desk.office, NewSource("second"))
    assert await to_do(desk) == ["Every source heard from", "Every status mapped"]
    empty = await offices.add_organisation(store, slug="southwick", name="Southwick", zone="Europe/London")
    found = await going_live.checklist(store, empty, GOOD)
    assert [each.what for each in found if not each.good] == ["A service", "A source"]


async def test_a_source_that_has_fallen_silent_is_to_do(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await change(desk, "UPDATE heard SET heard_at = heard_at - interval '5 days'")
    assert await to_do(desk) == ["Every source heard from"]


async def test_an_office_whose_clock_was_moved_is_a_rehearsal_for_good(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.move(await desk.now() + timedelta(hours=1))
    assert await to_do(desk) == ["The clock was never moved"]
    with pytest.raises(SetupRefused, match="northwick"):
        await going_live.go_live(desk.store, desk.office, GOOD)


async def test_a_message_on_its_way_is_waited_for(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    assert [each.sandbox for each in await released(desk)] == [True]
    assert await to_do(desk) == ["No message on its way"]


async def test_nothing_is_told_of_what_was_open_and_all_of_what_is_new(desk: Desk) -> None:
    await desk.status("OLD", "REC")
    await desk.party("OLD")
    await desk.carry()
    await desk.status("OLD", "ASSESS")  # decided, and not carried yet
    await desk.status("OLDER", "REC")
    await desk.party("OLDER")
    assert {row[1] for row in await desk.messages()} >= {"due", "delivered"}
    adopted = await going_live.go_live(desk.store, desk.office, GOOD)
    assert adopted == 2
    await sweep(desk.store)
    assert {row[1:] for row in await desk.messages() if row[2] != "superseded"} <= {
        ("withheld", "adopted"),
        ("withheld", "no_recipient"),
    }
    assert await released(desk) == []

    await later(desk, timedelta(days=3))  # the back office reports on, but nothing of these
    await desk.status("NEW", "REC")
    await desk.party("NEW")
    for _ in range(3):
        await sweep(desk.store)
    out = await released(desk)
    assert [(each.sandbox, each.sender, each.facts.purpose) for each in out] == [
        (False, "news@northwick.example", "acknowledged")
    ]
    await change(desk, "UPDATE message SET state = 'sent', settled_at = now() WHERE state = 'sending'")
    await later(desk, timedelta(days=6))
    await desk.status("OTHER", "REC", id="other-6")
    await sweep(desk.store)
    assert await released(desk) == [], "no overdue word, and no alarm, of what was adopted"
    for day in (9, 12, 14.5):  # past the silence limit of the old ones, and not of the new one
        await later(desk, timedelta(days=day))
        await desk.status("OTHER", "REC", id=f"other-{day}")
        await sweep(desk.store)
    words = await released(desk)
    assert [each.facts.purpose for each in words] == ["still_working"] * 2, "one to each who waits (T19)"
    await change(desk, "UPDATE message SET state = 'sent', settled_at = now() WHERE state = 'sending'")

    await desk.status("OLD", "GRANTED")
    assert [(each.sandbox, each.facts.purpose) for each in await released(desk)] == [(False, "finished")]


async def test_an_event_that_comes_in_the_very_moment_of_going_live_tells_nobody(desk: Desk) -> None:
    await desk.status("OLD", "REC")
    await desk.party("OLD")
    await going_live.go_live(desk.store, desk.office, GOOD)
    # As its transaction leaves it that had read what the case was before, and wrote after.
    await change(desk, "UPDATE message SET state = 'due', reason = NULL, settled_at = NULL WHERE party = '1'")
    assert await released(desk) == []
    assert await desk.rows("SELECT 1 FROM message WHERE state = 'sending'"), "it was claimed, and stopped there"


async def test_what_the_sandbox_caught_does_not_count_as_said(desk: Desk) -> None:
    await desk.status("P-1", "REC", id="opened")
    await desk.party("P-1")
    await desk.status("P-1", "VAL", id="wrong")
    await desk.carry()
    assert ("updated", "delivered", None) in await desk.messages()
    await going_live.go_live(desk.store, desk.office, GOOD)
    await desk.say("P-1", "case.correction", {"event": "wrong", "why": "another request"})
    assert [each.facts.purpose for each in await released(desk)] != ["corrected"], "nobody heard what is taken back"
    assert not await desk.rows("SELECT 1 FROM message WHERE purpose = 'corrected'")


async def test_the_step_is_written_down_and_there_is_no_way_back(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    before = await desk.now()
    await going_live.go_live(desk.store, desk.office, GOOD)
    [row] = await desk.rows("SELECT * FROM organisation")
    assert (row.footing, row.email_from, row.sms_from) == ("live", "news@northwick.example", "Northwick")
    assert before <= row.live_at <= await desk.now()
    assert {each[0] for each in await desk.rows('SELECT live_from FROM source UNION SELECT live_from FROM "case"')} == {
        row.live_at
    }
    [line] = await desk.rows("SELECT actor, action, detail FROM audit")
    assert (line.actor, line.action, line.detail["cases_adopted"]) == ("operator", "organisation.live", 1)
    assert await to_do(desk) == ["In sandbox"]
    with pytest.raises(SetupRefused):
        await going_live.go_live(desk.store, desk.office, GOOD)
    with pytest.raises(OnlyInSandbox):
        await advance(desk.store, desk.office.id, await desk.now() + timedelta(days=1), desk.worker().carry)


async def test_the_rehearsal_says_who_would_have_been_told_what_and_what_it_costs(desk: Desk) -> None:
    for number in ("P-1", "P-2"):
        await desk.status(number, "REC")
        await desk.party(number)
    await desk.status("P-3", "REC")
    await desk.party("P-3", channels=PHONE)
    await desk.carry()
    await desk.status("P-1", "GRANTED")
    await desk.carry()
    told = await going_live.rehearsal(desk.store, desk.office)
    found = {(each.purpose, each.channel): (each.messages, each.people) for each in told.said}
    assert found == {("acknowledged", "email"): (2, 2), ("acknowledged", "sms"): (1, 1), ("finished", "email"): (1, 1)}
    assert (told.people, told.to_adopt, told.days) == (3, 2, 1.0)
    assert not told.at_once, "what is open is adopted in silence"
    segments = next(each.segments for each in told.said if each.channel == "sms")
    assert segments >= 1
    cost = told.cost({Channel.SMS: Decimal("0.04"), Channel.EMAIL: Decimal("0.001")})
    assert cost == segments * Decimal("0.04") + 3 * Decimal("0.001")
    assert told.a_month(cost) == 30 * cost
    await change(desk, "UPDATE caught SET caught_at = caught_at - interval '15 days'")
    assert 14.9 < (await going_live.rehearsal(desk.store, desk.office)).days < 15.1
    await change(desk, "UPDATE caught SET caught_at = caught_at - interval '16 days'")
    assert (await going_live.rehearsal(desk.store, desk.office)).said == ()


async def test_what_would_be_said_on_the_spot_is_what_is_said_once_it_is_live(desk: Desk) -> None:
    """A decision that is not written: going live says nothing that the what-if did not say."""
    for each in range(3):
        await desk.status(f"P-{each}", "REC")
        await desk.party(f"P-{each}")
    await desk.status("P-1", "RFI")
    await desk.say("P-1", "case.needs", {"items": [{"item": "plan", "text": "A plan"}]})
    await desk.status("P-3", "REC", at=await desk.now() + timedelta(minutes=3))  # its clock is ahead of ours
    await desk.party("P-3")
    before = await state(desk)
    told = (await going_live.rehearsal(desk.store, desk.office)).at_once
    assert dict(told) == {"acknowledged": 1}, "what happens after going live is news"
    assert await state(desk) == before, "it writes nothing"
    await going_live.go_live(desk.store, desk.office, GOOD)
    await versions.apply(desk.store, desk.office, AT_ALL_HOURS)  # reads every case again
    due = await desk.rows("SELECT purpose, count(*) FROM message WHERE state = 'due' GROUP BY 1")
    assert {row[0]: row[1] for row in due} == dict(told)


async def test_a_what_if_is_no_empty_word(desk: Desk) -> None:
    """Without the adoption all that was caught would be said again."""
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    wanted = Wanted(Scope(desk.office.id, Mode.LIVE), [("backoffice", "P-1")])
    async with desk.store.reading() as connection:
        known = await dossier.read(connection, wanted, holidays.working_days, normal_form.normal)
    unsaid = {
        number: replace(found, cases=tuple(replace(each, spoken={}) for each in found.cases))
        for number, found in known.numbers.items()
    }
    made = decide(replace(known, numbers=unsaid), (), FRESH, known.now, all_cases=True).changes
    assert [each.purpose for each in made.messages] == [Purpose.ACKNOWLEDGED]
