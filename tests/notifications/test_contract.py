"""What every channel does alike: the sandbox, SMTP against a real server, Twilio against its stand-in over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from notifications.channels import Absent, Accepted, Carrier, Content, Later, Outgoing, Refused, Unsure
from notifications.sandbox import Sandbox
from tests.notifications.conftest import Ends, Post, carrier_of, ours, theirs
from tests.office import open_desk
from tracker.core.outreach.attempts import Ending
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.demo.standin import Standin
from tracker.store.ground.engine import Store
from tracker.store.outreach import carrying


def outgoing(channel: str) -> Outgoing:
    """A message on a channel."""
    word = Channel(channel)
    return Outgoing(
        Scope(uuid4(), Mode.LIVE),
        uuid4(),
        uuid4(),
        1,
        word.value,
        theirs(word),
        Content("Northwick", "Your request is done.", "News", "<p>Done.</p>"),
        datetime.now(UTC),
        ours(word),
        "Northwick Council",
        "en",
    )


Made = tuple[Carrier, Outgoing]


@pytest.fixture
async def made(request: pytest.FixtureRequest, store: Store, ends: Ends) -> AsyncIterator[Made]:
    """A carrier and something that it may carry; None: the sandbox."""
    sent = outgoing(request.param or Channel.EMAIL)
    if request.param is not None:
        yield ends.carriers[request.param], sent
        return
    desk = await open_desk(store)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    async with store.transaction() as connection:
        row = next(row for row in await carrying.claim(connection, 10) if row.address)
        whose = (row.scope, row.id, row.attempt_number)
        await carrying.begin_attempts(
            connection, [carrying.Beginning(*whose, sent.attempt_id, "sandbox", "{}", row.now)]
        )
    yield Sandbox(store), replace(sent, scope=row.scope, message_id=row.id, number=row.attempt_number)


EVERY = pytest.mark.parametrize("made", [None, *Channel], indirect=True, ids=["sandbox", *Channel])


@EVERY
async def test_what_is_accepted_has_the_provider_s_name_for_it(made: Made) -> None:
    carrier, sent = made
    answer = await carrier.send(sent)
    assert isinstance(answer, Accepted) and answer.provider_id
    assert answer.delivered is (carrier.name == "sandbox")
    assert carrier.rest() is None


@EVERY
async def test_asked_about_what_it_took_no_channel_says_that_it_is_not_there(made: Made) -> None:
    carrier, sent = made
    await carrier.send(sent)
    assert not isinstance(await carrier.ask(sent), Absent)


@EVERY
async def test_asked_about_what_it_never_got_it_says_so_or_that_it_cannot_know(made: Made) -> None:
    carrier, sent = made
    assert await carrier.ask(sent) == (Unsure() if carrier.repeatable else Absent())


@EVERY
async def test_hanging_up_twice_is_fine(made: Made) -> None:
    carrier, sent = made
    await carrier.send(sent)
    await carrier.close()
    await carrier.close()


@pytest.mark.parametrize("channel", Channel)
async def test_what_is_no_address_is_refused_and_nothing_is_sent_case_60(ends: Ends, channel: Channel) -> None:
    for address in ("", "nobody", "alex@exam ple.org", "alex@example.org\r\nBcc: x@example.org", "a\0@example.org"):
        answer = await ends.carriers[channel].send(replace(outgoing(channel), address=address))
        assert answer == Refused(Ending.BAD_ADDRESS), address
    assert not ends.mail.letters and not ends.phones.texts


@pytest.mark.parametrize("channel", Channel)
async def test_a_provider_that_is_away_is_left_alone_for_a_while_case_47(channel: Channel) -> None:
    away = carrier_of(channel, "smtp://127.0.0.1:9", "http://127.0.0.1:9", Standin())
    answer = await away.send(outgoing(channel))
    assert isinstance(answer, Later) and answer.ending is Ending.PROVIDER_DOWN
    assert timedelta() < answer.after < timedelta(seconds=10)
    assert away.rest() is not None
    await away.close()


async def test_every_channel_has_a_carrier_in_these_tests(ends: Ends, post: Post) -> None:
    assert set(ends.carriers) == set(post.carriers.live) == set(Channel)
