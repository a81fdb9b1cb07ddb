"""What staff do at the desk, on real rows: what finds a case, what is kept of a look, what is sent again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.desk_staff import PASSWORD
from tests.office import SECRET, START, Desk, open_desk
from tracker.core.answers.contacts import ContactChannel, ContactReason, LookPurpose
from tracker.core.vocabulary import addresses
from tracker.core.vocabulary.errors import CaseNotFound, TooManyRequests
from tracker.core.vocabulary.words import Mode
from tracker.flows.desk import accounts, find, identify, look, resend, write
from tracker.flows.desk.inquiry import Inquiry
from tracker.flows.desk.resend import MOST_RESENDS, Resending
from tracker.store.desk.accounts import Staff
from tracker.store.ground.engine import Store

WHY = LookPurpose.CONTACTED


def asks(store: Store, staff: Staff, why: LookPurpose = WHY) -> Inquiry:
    """Somebody of the staff asks."""
    return Inquiry(store, SECRET, staff, why)


async def agent(desk: Desk, login: str = "ann") -> Staff:
    """A member of this office's staff."""
    await accounts.add(desk.store, desk.office, login, name="Ann", password=PASSWORD)
    staff = await accounts.who(desk.store, await accounts.sign_in(desk.store, SECRET, login, PASSWORD, "192.0.2.1"))
    assert staff is not None
    return staff


async def case(desk: Desk, number: str = "BP/2026-17A", **party: object) -> tuple[UUID, str]:
    """A case with somebody in it, reached by e-mail and by phone: its id and its reference."""
    await desk.status(number, "REC")
    channels = [{"channel": "email", "address": "Alex@Example.org"}, {"channel": "sms", "address": "07700 900123"}]
    await desk.party(number, **{"name": "Alex Núñez-Morgan", "channels": channels, **party})
    row = (
        await desk.rows(
            'SELECT id, reference FROM "case" WHERE number = :number AND organisation_id = :office',
            number=number,
            office=desk.office.id,
        )
    )[0]
    return row.id, row.reference


def slips(reference: str) -> list[str]:
    """The same reference as people type and mishear it."""
    wrong = "C" if reference[0] != "C" else "D"
    return [
        reference.lower(),
        f" {reference[:4]} {reference[4:8]}.{reference[8:]}",
        wrong + reference[1:],
        reference[1:],
    ]


WAYS = [
    "BP/2026-17A",
    "bp/2026-17a",
    "07700 900 123",
    "+44 7700 900123",
    "0044 7700 900123",
    "(07700) 900-123",
    "alex@example.org",
    " ALEX@EXAMPLE.ORG ",
    "Nunez",
    "morgan alex",
    "MORGAN",
    "Núñez-Morgan, Alex",
    "Morgan AB1 2CD",
    "ab12cd morgan",
    "Alexandra Morgan AB1 2CD",
]


async def test_a_case_is_found_in_every_way_that_a_caller_may_name_it(store: Store) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    id_, reference = await case(desk)
    for typed in [*WAYS, *slips(reference)]:
        found = await find.find(asks(store, staff), typed)
        assert [hit.case for hit in found.hits] == [id_], typed
    assert found.mistyped and found.certain is None, "what was guessed is offered, not opened"
    hit = found.hits[0]
    assert (hit.names, hit.headline, hit.service) == (
        ("Alex Núñez-Morgan",),
        "We have your building plans",
        "Building permit",
    )


async def test_another_offices_staff_find_nothing_in_any_way_and_no_case_84(store: Store) -> None:
    ours, theirs = await open_desk(store), await open_desk(store, slug="southwick")
    stranger = await agent(theirs, "eve")
    id_, reference = await case(ours)
    own, _ = await case(theirs, name="Kim Other", known_fact="ZZ9 9ZZ", channels=[])
    for typed in [*WAYS, *slips(reference)]:
        found = await find.find(asks(store, stranger), typed)
        expected = [own] if typed.lower() == "bp/2026-17a" else []
        assert [hit.case for hit in found.hits] == expected, f"{typed}: the same number is another case there"
    message = (await ours.rows("SELECT id FROM message WHERE case_id = :case", case=id_))[0][0]
    said = write.Contacted(id_, ContactChannel.PHONE, ContactReason.COMPLAINT, uuid4())
    for refused in (
        look.look(asks(store, stranger), id_),
        look.page_facts(asks(store, stranger), id_, None),
        write.contact(asks(store, stranger), said),
        write.note(asks(store, stranger), id_, "words", uuid4()),
        identify.identify(asks(store, stranger), id_, "AB1 2CD"),
        resend.resend(asks(store, stranger), id_, message, 0),
        resend.resend(asks(store, stranger), own, message, 0),
    ):
        with pytest.raises(CaseNotFound):
            await refused
    assert not await ours.rows("SELECT 1 FROM contact UNION ALL SELECT 1 FROM staff_note")


async def test_test_cases_and_those_that_never_were_are_not_found(store: Store) -> None:
    desk = await open_desk(store, mode=Mode.TEST)
    staff = await agent(desk)
    id_, reference = await case(desk)
    live = await open_desk(store, slug="southwick")
    other = await agent(live, "eve")
    _, void = await case(live)
    await live.say("BP/2026-17A", "case.correction", {"event": "e1", "why": "a mistake"})
    for typed in (*WAYS, reference):
        assert not (await find.find(asks(store, staff), typed)).hits, typed
    for typed in (*WAYS, void):
        assert not (await find.find(asks(store, other), typed)).hits, typed
    with pytest.raises(CaseNotFound):
        await look.look(asks(store, staff), id_)


async def test_a_common_name_finds_the_newest_twenty(store: Store) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    for number in range(23):
        at = START - timedelta(days=number)
        await desk.status(f"N{number}", "REC", at=at)
        await desk.party(f"N{number}", at=at, name=f"Sam Smith{'son' if number == 3 else ''}", channels=[])
    found = await find.find(asks(store, staff), "smith")
    assert [hit.number for hit in found.hits] == [f"N{number}" for number in range(23) if number != 3][:20]
    assert [hit.number for hit in (await find.find(asks(store, staff), "smithson")).hits] == ["N3"]


@pytest.mark.parametrize("typed", ["", "   ", "%", "'; DROP TABLE party; --", "\0", "ॐ", "a" * 5000, "٠٧٧٠٠", "@", "+"])
async def test_odd_words_find_nothing_and_break_nothing(store: Store, typed: str) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    await case(desk)
    assert not (await find.find(asks(store, staff), typed)).hits


async def test_every_look_is_audited_with_its_purpose_and_without_what_was_typed_case_78(store: Store) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    id_, _ = await case(desk)
    await find.find(asks(store, staff), "morgan")
    await find.find(asks(store, staff, LookPurpose.CHECKING), "nobody@example.org")
    await look.look(asks(store, staff, LookPurpose.CASEWORK), id_)
    await look.page_facts(asks(store, staff), id_, None)
    await identify.identify(asks(store, staff), id_, "ab1 2cd")
    rows = await desk.rows("SELECT actor, action, detail FROM audit WHERE actor <> 'operator' ORDER BY id")
    assert {row.actor for row in rows} == {f"account:{staff.account_id}"}
    assert [(row.action, row.detail) for row in rows] == [
        ("desk.searched", {"kinds": ["name"], "hits": 1, "purpose": "contacted"}),
        ("desk.searched", {"kinds": ["address"], "hits": 0, "purpose": "checking"}),
        ("desk.opened", {"case": str(id_), "purpose": "casework"}),
        ("desk.opened", {"case": str(id_), "as": "citizen", "purpose": "contacted"}),
        ("desk.identified", {"case": str(id_), "fits": True, "purpose": "contacted"}),
    ]
    assert "morgan" not in str(rows).lower() and "example.org" not in str(rows)


async def test_a_contact_is_kept_once_with_what_they_could_see(store: Store) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    id_, _ = await case(desk)
    await desk.status("BP/2026-17A", "ASSESS", expected_on="2026-03-20")
    await desk.carry()
    await desk.move(START + timedelta(days=3, minutes=30))
    opened = await look.look(asks(store, staff), id_)
    said = write.Contacted(id_, ContactChannel.PHONE, opened.reason, opened.once[0])
    await write.contact(asks(store, staff), said)
    await write.contact(asks(store, staff), said)
    (row,) = await desk.rows("SELECT * FROM contact")
    assert (row.reason, row.demand, row.channel, row.account_id) == (
        "where_is_it",
        "failure",
        "phone",
        staff.account_id,
    )
    assert row.seen == {
        "stage": "assessing",
        "date": "2026-03-20",
        "date_state": "stands",
        "next_word_on": opened.facts.next_word_by.isoformat() if opened.facts.next_word_by else None,
        "days_since_word": 3,
    }
    assert abs(row.at - await desk.now()) < timedelta(minutes=1), "business time"
    assert len(await desk.rows("SELECT 1 FROM audit WHERE action = 'desk.contact'")) == 1
    await desk.move(START + timedelta(days=30))
    assert (await look.look(asks(store, staff), id_)).reason is ContactReason.DATE_PASSED


async def test_what_the_caller_says_fits_or_not_and_guessing_ends(store: Store) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    id_, _ = await case(desk)
    assert await identify.identify(asks(store, staff), id_, "ab12CD")
    for said in ["", "...", *map(str, range(identify.PER_CASE - 2))]:
        assert not await identify.identify(asks(store, staff), id_, said)
    with pytest.raises(TooManyRequests):
        await identify.identify(asks(store, staff), id_, "ab12CD")


async def delivered(desk: Desk, case_: UUID) -> UUID:
    """A message about the case that went out."""
    await desk.carry()
    rows = await desk.rows(
        "SELECT id FROM message WHERE state IN ('sent', 'delivered') AND case_id = :case", case=case_
    )
    found: UUID = rows[0][0]
    return found


async def test_a_message_is_sent_again_once_for_each_wish_and_not_for_ever(store: Store) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    id_, _ = await case(desk)
    message = await delivered(desk, id_)
    before = len(await desk.rows("SELECT 1 FROM caught"))
    for _ in range(2):  # the same form twice
        assert await resend.resend(asks(store, staff), id_, message, 0) is Resending.SENT
    await desk.carry()
    assert len(await desk.rows("SELECT 1 FROM caught")) == before + 1
    contents = await desk.rows(
        "SELECT a.content FROM attempt a JOIN message m ON m.id = a.message_id WHERE m.purpose = 'acknowledged'"
    )
    assert len(contents) == 2 and contents[0].content["subject"] == contents[1].content["subject"]
    for times in range(1, MOST_RESENDS):
        assert await resend.resend(asks(store, staff), id_, message, times) is Resending.SENT
    assert await resend.resend(asks(store, staff), id_, message, MOST_RESENDS) is Resending.TOO_OFTEN


async def test_what_is_no_longer_true_is_not_sent_again(store: Store) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    id_, _ = await case(desk)
    message = await delivered(desk, id_)
    await desk.status("BP/2026-17A", "WITHDRAWN")
    await desk.carry()
    assert await resend.resend(asks(store, staff), id_, message, 0) is Resending.SENT
    await desk.carry()
    rows = await desk.rows("SELECT state, reason FROM message WHERE key LIKE '%:0:1:%'")
    assert [tuple(row) for row in rows] == [("withheld", "superseded")], "the release judges, and says why"


async def test_nothing_is_sent_again_to_whoever_said_stop(store: Store) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    id_, _ = await case(desk)
    message = await delivered(desk, id_)
    digest = addresses.digest(SECRET, "email", "alex@example.org")
    async with store.transaction() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO stop (organisation_id, mode, id, channel, digest, wish, via, at) "
            "VALUES ($1, 'live', $2, 'email', $3, 'stop', 'link', clock_timestamp())",
            (desk.office.id, uuid4(), digest),
        )
    assert await resend.resend(asks(store, staff), id_, message, 0) is Resending.STOPPED
    opened = await look.look(asks(store, staff), id_)
    assert next(each for each in opened.decisions if each.id == message).refusal == "stopped"
    reached = {each.channel: each.stopped for person in opened.people for each in person.channels}
    assert reached == {"email": True, "sms": False}
    withheld = next(each for each in opened.decisions if each.state == "withheld")
    assert await resend.resend(asks(store, staff), id_, withheld.id, 0) is Resending.NEVER_SENT


async def test_nothing_sensitive_is_sent_again(store: Store) -> None:
    desk = await open_desk(store)
    staff = await agent(desk)
    await desk.status("S-1", "REC", sensitive=True)
    await desk.party("S-1", sensitive=True)
    id_ = (await desk.rows('SELECT id FROM "case"'))[0][0]
    message = await delivered(desk, id_)
    assert await resend.resend(asks(store, staff), id_, message, 0) is Resending.SENSITIVE
