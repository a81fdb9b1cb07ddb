"""Events on the wire: what each means once it is read."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrations.schema import EXAMPLES
from tests.integrations.sent import GOOD, event, naive, of_type, read, refusal
from tracker.core.case import events
from tracker.core.vocabulary.errors import MalformedEvent


def test_a_status_is_read() -> None:
    data = {
        "service": "parking",
        "status": "REVIEW",
        "reason": "Zone 4",
        "public_note": "First line\r\nsecond\tline ",
        "internal_note": "x",
        "expected_on": "2026-04-01",
        "served_on": "2026-03-01",
        "delay_reason": "cafe\u0301",
        "sensitive": True,
        "hold_until": "2026-03-05T08:00:00+01:00",
        "occurred_on": "2026-02-27",
    }
    assert read(event(register="main", sequence=7, data=data)).event == events.StatusEvent(
        id="e-1",
        source="permits",
        type="case.status",
        number="2026/00 17",
        time=datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
        body=events.StatusReported(
            "parking",
            "REVIEW",
            "Zone 4",
            "First line\nsecond\tline",
            "x",
            date(2026, 4, 1),
            date(2026, 3, 1),
            "caf\u00e9",
        ),
        register="main",
        sequence=7,
        occurred_on=date(2026, 2, 27),
        sensitive=True,
        hold_until=datetime(2026, 3, 5, 7, tzinfo=UTC),
    )


def test_needs_are_read() -> None:
    items = [
        {"item": "a", "text": "A photo", "due_on": "2026-04-01"},
        {"item": "b", "code": "BILL", "supplied_at": "2026-03-02T09:00:00Z"},
        {"item": "c", "supplied_at": "2026-03-02T09:00:00Z"},
        {"item": "d", "remove": True},
    ]
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert read(of_type("case.needs", items=items)).event.body == events.NeedsReported(
        (
            events.NeededItem("a", text="A photo", due_on=date(2026, 4, 1)),
            events.NeededItem("b", code="BILL", supplied_at=at),
            events.NeededItem("c", supplied_at=at),
            events.NeededItem("d", remove=True),
        )
    )


def test_a_party_is_read_and_its_known_fact_leaves_as_a_hash() -> None:
    mail = {"channel": "email", "address": " o'neil+x@exämple.org "}
    sms = {"channel": "sms", "address": "+44 (0)7700 900-123"}
    told = read(of_type("case.party", party="1", name="Zoë", channels=[mail, sms, sms], known_fact=" AB1 2CD "))
    assert told.event.body == events.PartyReported(
        "1",
        name="Zoë",
        channels=(
            events.Address(events.Channel.EMAIL, "o'neil+x@exämple.org", "o'neil+x@xn--exmple-cua.org"),
            events.Address(events.Channel.SMS, "+44 (0)7700 900-123", "+447700900123"),
        ),
        known_fact=b"digest of AB1 2CD",
        unfit_as=("date_of_birth",),
    )
    whole = read(
        of_type("case.party", party="1", role="appointee", language="zh-Hant", organisation="Ltd", remove=True)
    )
    assert whole.event.body == events.PartyReported("1", events.Role.APPOINTEE, None, "Ltd", "zh-Hant", remove=True)


def test_notes_corrections_and_reopenings_are_read() -> None:
    assert read(of_type("case.note", text="x")).event.body == events.NoteReported("x")
    public = read(of_type("case.note", text="x", audience="public"))
    assert public.event.body == events.NoteReported("x", events.Audience.PUBLIC)
    correction = read(of_type("case.correction", event="e-0", why="mistake"))
    assert correction.event.body == events.CorrectionReported("e-0", "mistake")
    assert read(event(type="case.reopen", data=...)).event.body == events.ReopenReported()
    assert read(of_type("case.reopen", status="REVIEW")).event.body == events.ReopenReported("REVIEW")


def test_the_wire_knows_the_types_that_the_core_knows() -> None:
    assert {each["type"] for each in EXAMPLES} == set(events.TYPES)
    for each in EXAMPLES:
        assert isinstance(read(each).event.body, events.TYPES[each["type"]])


def test_a_local_time_needs_a_declared_zone() -> None:
    error = refusal(event(time="2026-03-02T10:15:00"))
    assert error.pointer == "/time"
    assert "2026-03-02T10:15:00+01:00" in error.remedy
    assert read(event(time="2026-03-02T10:15:00"), zone="Europe/Berlin").event.time == datetime(
        2026, 3, 2, 9, 15, tzinfo=UTC
    )
    # An offset that is sent counts, whatever was declared.
    assert read(GOOD, zone="Asia/Tokyo").event.time == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/London", "2026-03-29T00:59:59", "2026-03-29T00:59:59+00:00"),
        ("Europe/London", "2026-03-29T01:30:00", "2026-03-29T01:30:00+00:00"),  # does not exist: 02:30 summer time
        ("Europe/London", "2026-03-29T02:00:00", "2026-03-29T01:00:00+00:00"),
        ("Europe/London", "2026-10-25T01:30:00", "2026-10-25T00:30:00+00:00"),  # comes twice: the first
        ("Europe/London", "2026-10-25T02:00:00", "2026-10-25T02:00:00+00:00"),
        ("Australia/Lord_Howe", "2036-10-05T01:59:59", "2036-10-04T15:29:59+00:00"),
        ("Australia/Lord_Howe", "2036-10-05T02:00:00", "2036-10-04T15:30:00+00:00"),  # a gap of half an hour: 02:30
        ("Australia/Lord_Howe", "2036-10-05T02:30:00", "2036-10-04T15:30:00+00:00"),
        ("Australia/Lord_Howe", "2036-04-06T01:30:00", "2036-04-05T14:30:00+00:00"),  # comes twice: the first
        ("Australia/Lord_Howe", "2036-04-06T02:00:00", "2036-04-05T15:30:00+00:00"),
    ],
)
def test_case_43_local_times_around_the_change_of_clocks(zone: str, local: str, utc: str) -> None:
    assert read(event(time=local), zone=zone).event.time.isoformat() == utc


@given(st.datetimes(naive(2), naive(9998)), st.integers(-23 * 60, 23 * 60))
def test_every_instant_keeps_its_microseconds(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=UTC)
    hours, rest = divmod(abs(minutes), 60)
    local = (aware + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat()
    told = read(event(time=f"{local}{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}")).event
    assert told.time == aware
    assert told.time.tzinfo is UTC


@given(
    st.datetimes(naive(2020), naive(2040)),
    st.sampled_from(["Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tehran", "Africa/Casablanca"]),
)
@example(naive(2036).replace(month=10, day=5, hour=2, fold=1), "Australia/Lord_Howe")  # does not exist
@example(naive(2036).replace(month=4, day=6, hour=1, minute=45, fold=1), "Australia/Lord_Howe")  # comes twice
def test_local_times_are_read_as_the_zone_says(moment: datetime, zone: str) -> None:
    told = read(event(time=moment.isoformat()), zone=zone).event.time
    assert told.tzinfo is UTC
    # Hypothesis draws a fold, too; what is sent has none, and means the first.
    assert told == moment.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Zoe\u0308", "Zoë"),
        ("  Ann  Lee ", "Ann  Lee"),
        ("\u202eAnn\u202c", "Ann"),
        ("A\u2066n\u2069n", "Ann"),
        ("An\u200bn\ufeff\u2060", "Ann"),
        ("co\u00adoperate", "cooperate"),
        ("An\u200dn", "Ann"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("עברית", "עברית"),
        ("李小龍 🙂", "李小龍 🙂"),
        ("Ａ１", "Ａ１"),
        ("A\r\nB\rC\u2028D\nE\tF", "A\nB\nC\nD\nE\tF"),
    ],
)
def test_case_58_text_is_normalised_and_nothing_invisible_stays(sent: str, kept: str) -> None:
    body = read(of_type("case.note", text=sent)).event.body
    assert body == events.NoteReported(kept)


@given(st.text(min_size=1, max_size=60))
def test_case_58_every_note_is_safe_or_refused(text: str) -> None:
    try:
        body = read(of_type("case.note", text=text)).event.body
    except MalformedEvent:
        return
    assert isinstance(body, events.NoteReported)
    assert unicodedata.is_normalized("NFC", body.text)
    assert not set(body.text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\0\r")
