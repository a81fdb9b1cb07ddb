"""What is asked of a person, in every state: in full, too late, by the stage alone, all of it there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.core.answers.facts import CaseFacts, NeedFacts
from tracker.core.answers.message_facts import OutreachFacts

IN_FULL = NeedFacts(
    "passport",
    "A copy of your passport, the page with your photo",
    date(2026, 3, 12),
    None,
    why="We check who you are.",
    send_to="Bring it to our office.",
    if_not="We say no.",
    again=True,
)
BILL = NeedFacts("bill", "A bill that shows your address", None, None)


def asked_cases(bare: CaseFacts) -> dict[str, CaseFacts]:
    """Pages."""
    return {
        "asked_in_full": replace(bare, waiting_on="you", needs=(IN_FULL, BILL)),
        "arrived": replace(bare, stage=replace(bare.stage, ours="arrived")),
        "checking_with_us": replace(bare, stage=replace(bare.stage, code=None, ours="checking")),
        "ours_and_asked": replace(bare, needs=(BILL,)),
    }


def asked_messages(ordinary: OutreachFacts) -> dict[str, OutreachFacts]:
    """What messages are made of."""
    return {
        "asked_in_full": replace(ordinary, waiting_on="you", needs=(IN_FULL, BILL)),
        "asked_too_late": replace(ordinary, waiting_on="you", needs=(IN_FULL, BILL), today=date(2026, 12, 5)),
        "asked_by_the_stage": replace(ordinary, waiting_on="you", you_can="Put your bin out and tell us."),
        "arrived": replace(ordinary, ours="arrived"),
        "checking": replace(ordinary, ours="checking"),
        "office_asked": replace(ordinary, asked_office=1),
        "office_asked_again": replace(ordinary, waiting_on="you", asked_office=2),
        "office_asked_unmapped": replace(ordinary, ours="checking", asked_office=2),
        "office_asked_sensitive": replace(ordinary, sensitive=True, asked_office=1),
    }
