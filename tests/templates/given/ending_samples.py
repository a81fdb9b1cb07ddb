"""Messages about ends and rights to render."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.core.answers.message_facts import OutreachFacts


def ending_outreaches(ordinary: OutreachFacts, long_name: str) -> dict[str, OutreachFacts]:
    """How a request ends, what does not hold any more, what is told late, and a limit of the law that has passed."""
    late_on, told_on = date(2026, 1, 12), date(2026, 3, 1)
    return {
        "withdrawn": replace(ordinary, outcome="withdrawn", you_can="You can ask again at any time."),
        "merged": replace(ordinary, outcome="merged", survivor="DFGHJKMNPR35"),
        "other_ended": replace(
            ordinary,
            outcome="merged",
            next="",
            survivor="DFGHJKMNPR35",
            survivor_ended=True,
            survivor_outcome="refused",
            told_on=told_on,
        ),
        "in_doubt": replace(ordinary, end_in_doubt=True, promise_on=None),
        "appealable": replace(ordinary, outcome="done", appeal="You can ask for more.", appeal_by=date(2026, 4, 2)),
        "late": replace(ordinary, late_on=late_on),
        "fallen_and_late": replace(
            ordinary, outcome="refused", late_on=late_on, told_on=told_on, told_headline=long_name
        ),
        "limited": replace(ordinary, statutory_on=date(2026, 3, 4), statutory="You can ask a judge."),
    }
