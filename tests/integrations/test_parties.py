"""What is used of a party and what is set aside (P2, P3, P4): a bad part loses no person, and its sender hears so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integrations.sent import of_type, read
from tracker.core.case.events import Address, PartyReported
from tracker.core.deciding.reports import IntakeNote, Report
from tracker.core.services.known_fact_kinds import KNOWN_FACTS
from tracker.core.vocabulary.channels import CHANNELS
from tracker.core.vocabulary.errors import MalformedEvent
from tracker.core.vocabulary.words import Channel

MAIL = {"channel": "email", "address": "alex@example.org"}
KEPT = Address(Channel.EMAIL, "alex@example.org", "alex@example.org")


def sms(address: object) -> dict[str, object]:
    return {"channel": "sms", "address": address}


def sent(**data: Any) -> tuple[PartyReported, Report]:
    """What is used of a party, and the whole report."""
    report = read(of_type("case.party", **{"party": "1", "name": "Alex Morgan", "known_fact": "AB1 2CD", **data}))
    assert isinstance(report.event.body, PartyReported)
    return report.event.body, report


def pointers(notes: tuple[IntakeNote, ...]) -> list[str]:
    return [each.pointer for each in notes]


@pytest.mark.parametrize(
    "phone", ["unknown", "n/a", "", None, "-", "999", "mum", "07700900123 / 07700900124", "a@b", "0" * 41]
)
def test_p2_a_bad_number_beside_a_good_mailbox_loses_neither_the_person_nor_the_mailbox(phone: str | None) -> None:
    body, report = sent(channels=[sms(phone), MAIL])
    assert (body.name, body.channels) == ("Alex Morgan", (KEPT,))
    (note,) = report.notes
    assert note.pointer == "/data/channels/0/address" and "set aside" in note.note and "new event" in note.note
    assert note.notice is not None and note.notice.kind == "channel_set_aside"
    assert note.notice.subject.startswith("permits sms ")


@pytest.mark.parametrize(
    "address", ["a@x..example", "a@localhost", "a@192.0.2.1", "nobody", "a@x.example; b@x.example", ""]
)
def test_p2_a_bad_mailbox_beside_a_good_number(address: str) -> None:
    body, report = sent(channels=[{"channel": "email", "address": address}, sms("07700900123")])
    assert [each.normal for each in body.channels] == ["+447700900123"]
    assert pointers(report.notes) == ["/data/channels/0/address"]


def test_p2_what_was_left_out_of_a_good_number_is_answered_and_no_operator_is_bothered() -> None:
    body, report = sent(channels=[sms("07700900123 ext 2 (mum)"), MAIL])
    assert body.channels == (Address(Channel.SMS, "07700900123", "+447700900123"), KEPT)
    assert [each.note.split(".")[0] for each in report.notes] == [
        "The extension was left out, since no text reaches one",
        "The words beside the telephone number were left out",
    ]
    assert not any(each.notice for each in report.notes)


def test_p1_a_number_of_no_range_is_used_and_the_answer_says_how_to_send_a_foreign_one() -> None:
    body, report = sent(channels=[sms("601234567")])
    assert [each.normal for each in body.channels] == ["+44601234567"]
    assert pointers(report.notes) == ["/data/channels/0/address"] and "+48 601 234 567" in report.notes[0].note


def test_p2_the_same_address_twice_counts_once_however_it_is_written() -> None:
    body, report = sent(channels=[sms("07700 900123"), sms("\u200e07700 900123"), MAIL, MAIL])
    assert len(body.channels) == 2 and report.notes == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("language", each) for each in ("", "English (UK)", "none known", "e", "en-", "x" * 40)),
        *(("zone", each) for each in ("", "Mars/Base", "CEST+1", "../../etc/passwd", "Europe/Nowhere", "x" * 300)),
        *(("name", each) for each in ("", "  ", "\u200b", "A\nBcc: b@example.org", "A\u2028B", "A\tB", "x" * 201)),
        *(("organisation", each) for each in ("", "\u202e ", "x" * 201)),
    ],
)
def test_p2_another_part_that_is_of_no_use_is_set_aside_alone(name: str, value: str) -> None:
    body, report = sent(channels=[MAIL], **{name: value})
    assert getattr(body, name) is None and body.channels == (KEPT,) and body.known_fact is not None
    (note,) = report.notes
    assert note.pointer == f"/data/{name}" and "set aside" in note.note
    assert note.notice is not None
    assert (note.notice.kind, note.notice.subject) == ("party_part_set_aside", f"permits {name}")


@pytest.mark.parametrize(("written", "tag"), [("en_GB", "en-GB"), (" cy ", "cy"), ("zh_Hant_HK", "zh-Hant-HK")])
def test_p2_a_language_tag_that_can_be_read_is_read(written: str, tag: str) -> None:
    body, report = sent(language=written)
    assert (body.language, report.notes) == (tag, ())


@pytest.mark.parametrize("fact", ["n/a", "unknown", "00000", "-", "", "-- --", "x" * 201, "a\nb"])
def test_p4_a_known_fact_that_opens_no_page_is_not_even_hashed(fact: str) -> None:
    body, report = sent(known_fact=fact)
    assert (body.known_fact, body.unfit_as) == (None, KNOWN_FACTS)
    assert report.notes == (), "the decision answers it, which knows what the service asks for"


def test_p4_a_known_fact_that_may_be_one_says_what_it_is_not() -> None:
    body, _ = sent(known_fact="Brak")
    assert body.known_fact == b"digest of Brak"
    assert body.unfit_as == ("postcode", "date_of_birth", "other")


@pytest.mark.parametrize(
    "data", [{"party": ""}, {"party": None}, {"role": "boss"}, {"channels": "n/a"}, {"channels": [7]}]
)
@pytest.mark.parametrize("more", [{}, {"name": ""}])
def test_what_makes_the_event_meaningless_is_refused_still(data: dict[str, Any], more: dict[str, Any]) -> None:
    with pytest.raises(MalformedEvent):
        sent(**data, **more)


def test_no_note_and_no_alert_repeats_what_was_sent() -> None:
    secrets = ["Marguerite\n", "m.duval@@example.org", "07000 secret", "Langue", "Chez/Moi", "SW1A"]
    data = {"name": secrets[0], "language": secrets[3] * 9, "zone": secrets[4], "known_fact": secrets[5]}
    _, report = sent(**data, channels=[{"channel": "email", "address": secrets[1]}, sms(secrets[2])])
    assert len(report.notes) == 5
    said = " ".join(f"{each.note} {each.notice}" for each in report.notes)
    assert not [each for each in secrets if each.strip() in said]


def test_a_second_copy_is_known_and_another_address_is_another_event() -> None:
    """What was set aside is part of what an id stands for."""
    prints = [sent(channels=[sms(each), MAIL])[1].fingerprint for each in ("n/a", "n/a", "unknown", "07700900123")]
    assert prints[0] == prints[1] and len(set(prints)) == 3
    assert sent(zone="Mars/Base")[1].fingerprint != sent()[1].fingerprint


def test_the_fingerprint_of_a_party_stays_what_it_was() -> None:
    """Fingerprints are stored for years: one from before parts were set aside."""
    whole = {"party": "1", "name": " Zoe\u0308 ", "language": "cy", "zone": "Asia/Tokyo", "known_fact": " AB1 2CD "}
    channels = [{"channel": "email", "address": " o'neil+x@ex\u00e4mple.org "}, sms("+44 (0)7700 900-123")]
    made = read(of_type("case.party", **whole, channels=channels)).fingerprint.hex()
    assert made == "f31f85d2c2a14f3f5237e39af50d87169747983541c1efea885899536466d794"


@pytest.mark.parametrize("channel", Channel)
def test_the_longest_address_of_a_channel_is_used_and_none_that_is_longer(channel: Channel) -> None:
    longest, good = CHANNELS[channel].longest, {"email": "alex@example.org", "sms": "+44 7700 900123"}[channel.value]
    padded = {"email": f"{'a' * 64}@{'.'.join(['b' * 57] * 3)}", "sms": "+44 7700 900123"}[channel.value]
    for length in (longest, longest + 1):
        if channel is Channel.EMAIL:
            address = f"{padded}.".ljust(length - len(".example"), "c") + ".example"
        else:
            address = good.replace(" 7700", " " * (length - len(good) + 1) + "7700")
        assert len(address) == length
        body, _ = sent(channels=[{"channel": channel.value, "address": address}])
        assert len(body.channels) == (length == longest)


ODD = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=40),
    st.sampled_from(["n/a", "07700 900123", "a@x.example", "en", "UTC"]),
)


@given(ODD, ODD, ODD, ODD, st.lists(st.tuples(st.sampled_from(["email", "sms"]), ODD), max_size=4))
def test_whatever_stands_in_the_texts_of_a_party_it_is_somebody(
    name: str | None, language: str | None, zone: str | None, fact: str | None, channels: list[tuple[str, str | None]]
) -> None:
    listed = [{"channel": channel, "address": address} for channel, address in channels]
    body, report = sent(name=name, language=language, zone=zone, known_fact=fact, channels=listed)
    assert body.party == "1" and all(each.normal for each in body.channels)
    dropped = [each for each in report.notes if each.notice]
    good = [each for each in (name, language, zone) if each is not None]
    assert len(dropped) <= len(good) + len(channels)
