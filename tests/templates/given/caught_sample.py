"""A message that the sandbox caught."""

from __future__ import annotations

from tests.templates.samples import at
from tracker.core.answers.message_facts import CaughtFacts

CAUGHT = CaughtFacts(
    id="m-1", purpose="updated", channel="sms", address="07700 900123", reference="CDFGHJKMNPR3",
    organisation="Riverton Council", caught_at=at(3, 5), sender="Riverton", subject=None,
    text="Riverton Council: there is news about your request CDFG-HJKM-NPR3.",
    html=None, segments=1, encoding="GSM-7", units=66,
)  # fmt: skip
