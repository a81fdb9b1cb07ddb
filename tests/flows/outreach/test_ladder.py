"""In which order the channels are tried: the service's own, whatever the channels are called."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any, assert_never
from uuid import UUID

import pytest

from tests.office import DEFINITION, SECRET, open_desk
from tracker.core.outreach.timing import by_hand_on
from tracker.core.vocabulary.channels import CHANNELS, AddressForm
from tracker.core.vocabulary.words import Channel
from tracker.flows.outreach import ladder
from tracker.store.ground.engine import Store
from tracker.store.outreach.rungs import OtherAddress

ORDERS = [pytest.param(order, id=" ".join(order)) for order in permutations(Channel)]


def address(channel: Channel) -> str:
    """Where a person is reached on a channel."""
    match CHANNELS[channel].form:
        case AddressForm.MAILBOX:
            return "alex@example.org"
        case AddressForm.TELEPHONE:
            return "+447700900123"
        case other:
            assert_never(other)


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_left_is_tried_in_the_order_of_the_service(order: tuple[Channel, ...]) -> None:
    found = [OtherAddress(UUID(int=place), each, address(each), None) for place, each in enumerate(Channel)]
    assert [each.channel for each in ladder.in_order(found, order)] == list(order)
    assert [each.channel for each in ladder.in_order(found, order[1:])] == list(order[1:])


@pytest.mark.parametrize("order", ORDERS)
async def test_rung_by_rung_every_channel_is_tried_as_the_service_lists_them(
    store: Store, order: tuple[Channel, ...]
) -> None:
    listed = ", ".join(f'"{each}"' for each in order)
    definition = DEFINITION.replace('channels = ["email", "sms"]', f"channels = [{listed}]")
    assert order == (Channel.EMAIL, Channel.SMS) or definition != DEFINITION
    desk = await open_desk(store, definition=definition)
    channels: list[dict[str, Any]] = [{"channel": each, "address": address(each)} for each in sorted(Channel)]
    await desk.status("P-1", "REC")
    await desk.party("P-1", channels=channels)
    await desk.status("P-1", "WITHDRAWN")
    climbed = []
    for _ in order:
        asked = "SELECT id, channel FROM message WHERE purpose = 'finished' ORDER BY rung DESC LIMIT 1"
        [(message, channel)] = await desk.rows(asked)
        async with store.transaction() as connection:
            told = await ladder.next_rung(connection, SECRET, desk.sender.scope, message, await desk.now())
        climbed.append((channel, told))
    assert climbed == [(each, each is not order[-1]) for each in order]
    assert [row[0] for row in await desk.rows("SELECT kind FROM alert")] == ["not_reached"]


@pytest.mark.parametrize(
    ("wanted_by", "by"),
    [(None, "2026-03-03"), ("2026-04-01", "2026-03-03"), ("2026-03-02", "2026-03-02"), ("2026-02-01", "2026-03-03")],
)
def test_staff_are_told_by_which_day_to_reach_somebody_p8(wanted_by: str | None, by: str) -> None:
    wanted = [] if wanted_by is None else [date.fromisoformat(wanted_by)]
    assert by_hand_on(date(2026, 3, 2), wanted) == date.fromisoformat(by)
