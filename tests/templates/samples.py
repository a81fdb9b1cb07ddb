"""Facts to render: an ordinary request, and what is changed for each odd one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from tests.templates.given.asked_samples import asked_cases, asked_messages
from tests.templates.given.ending_samples import ending_outreaches
from tests.templates.given.honest_samples import honest_cases
from tests.templates.given.late_samples import late_cases
from tracker.core.answers.facts import (
    CaseFacts,
    HistoryFacts,
    MessageFacts,
    NeedFacts,
    PromiseFacts,
    StageFacts,
)
from tracker.core.answers.message_facts import OutreachFacts
from tracker.core.promises.first_dates import FirstDate
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.words import Outcome
from tracker.flows.outreach.ask import Question

QUESTION = Question("Riverton Council", "Resident parking permit", "CDFG-HJKM-NPR3", "en", answered=True)
LONG_NAME = ("Llanfairpwllgwyngyll and the Surrounding Districts Joint Committee for Permits " * 4)[:300].strip()
MARKUP = "<script>alert('x')</script><b onclick=x>bold</b> & \"quotes\""
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def at(month: int, day: int, hour: int = 10, minute: int = 30) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


STAGE = StageFacts(
    code="checking",
    headline="We are checking your papers",
    meaning="A member of our team looks at everything you sent. They check that nothing is missing.",
    since=Moment(at=at(3, 2)),
    next="When the papers are complete, we decide. You do not need to call us.",
    you_can="",
    if_late="Your request stays in its place. You can complain, and it will not slow us down.",
    other="",
)

PROMISE = PromiseFacts(
    basis="history", earliest_on=None, half_by_on=date(2026, 3, 9), latest_on=date(2026, 3, 24), probability=0.9,
    made_at=at(3, 2), superseded_at=None, reason=None, outcome=None, base="service",
    told_at=at(3, 2),
)  # fmt: skip

PASSPORT = NeedFacts("passport", "A copy of your passport, the page with your photo", date(2026, 3, 12), None)
BILL = NeedFacts("bill", "A bill that shows your address", None, None)
FORM = NeedFacts("form", "The signed form", date(2026, 3, 1), at(3, 1))

ORDINARY = CaseFacts(
    reference="CDFGHJKMNPR3",
    organisation="Riverton Council",
    service="Resident parking permit",
    stage=STAGE,
    state="open",
    outcome=None,
    waiting_on="us",
    clock="running",
    promise=PROMISE,
    no_promise_reason=None,
    next_word_by=date(2026, 3, 16),
    needs=(),
    history=(
        HistoryFacts(Moment(at=at(3, 2)), "checking", "We are checking your papers", ""),
        HistoryFacts(Moment(on=date(2026, 2, 20)), "received", "We have your request", "Sent by post."),
    ),
    promises=(PROMISE,),
    messages=(
        MessageFacts("updated", "sms", "delivered", at(3, 2, 11, 0)),
        MessageFacts("acknowledged", "email", "sent", at(2, 20, 12, 5)),
    ),
    last_reported_at=at(3, 5, 2, 0),
    source_silent=False,
    language="en",
    zone="Europe/London",
    now=NOW,
    opened=Moment(on=date(2026, 2, 20)),
    help="Call 01632 960 001, Monday to Friday, 9 to 5. Or visit the Town Hall, Bridge Street.",
    complaint="Write to complaints@riverton.example. We answer within ten working days.",
    appeal="You can ask another officer to look again. Write to us within 28 days of our letter. "
    "Citizens Advice can help you for free.",
    statutory="If we pass it, you can take us to the Ombudsman.",
    statutory_on=date(2026, 4, 17),
    version=3,
    word_is_sent=True,
)

WAITING_FOR_YOU = replace(
    ORDINARY,
    stage=replace(
        STAGE,
        code="papers",
        headline="We need two more papers",
        you_can="Bring them to the Town Hall or send them by post.",
        meaning="We cannot go on without them.",
    ),
    waiting_on="you",
    clock="paused",
    needs=(PASSPORT, BILL, FORM),
)

WAITING_FOR_OTHERS = replace(
    ORDINARY,
    stage=replace(STAGE, headline="The police are looking at your plan", other="the police"),
    waiting_on="other",
    promise=None,
    no_promise_reason="waiting_on_other",
    promises=(),
)

SILENT = replace(ORDINARY, source_silent=True)

CHANGED = replace(
    ORDINARY,
    promises=(
        PROMISE,
        replace(
            PROMISE,
            latest_on=date(2026, 3, 10),
            made_at=at(2, 20),
            superseded_at=at(3, 2),
            reason="The papers came later than we thought. We are sorry",
        ),
    ),
)

LATE = replace(ORDINARY, promise=replace(PROMISE, latest_on=date(2026, 3, 3)))

SLOW_TAIL = replace(ORDINARY, promise=replace(PROMISE, latest_on=date(2026, 6, 2)))

OFFICE_DATE = replace(ORDINARY, promise=replace(PROMISE, basis="office", probability=None, half_by_on=None, base=None))

REFUSED = replace(
    ORDINARY,
    stage=replace(
        STAGE,
        code="refused",
        headline="We cannot give you this permit",
        next="",
        meaning="Your street is not in the parking zone. Our letter says more.",
    ),
    state="closed",
    outcome="refused",
    next_word_by=None,
    promise=replace(PROMISE, outcome="kept"),
    statutory_on=None,
)

FIRST = FirstDate(
    date(2026, 3, 2), date(2026, 3, 24), closed_as=Outcome.DONE, ended_on=date(2026, 3, 20), told_at=at(3, 2)
)
DONE = replace(
    REFUSED,
    first=FIRST,
    stage=replace(STAGE, headline="Your permit is ready", meaning="We sent it to you by post.", next=""),
    outcome="done",
)

BARE = replace(
    ORDINARY,
    stage=StageFacts(None, "We have news and are checking it", "", Moment(), "", "", "", ""),
    promise=None,
    no_promise_reason=None,
    next_word_by=None,
    needs=(),
    history=(),
    promises=(),
    messages=(),
    help="",
    complaint="",
    appeal="",
    statutory="",
    statutory_on=None,
    opened=Moment(),
)

LONG = replace(
    ORDINARY,
    organisation=LONG_NAME,
    service=LONG_NAME,
    stage=replace(STAGE, headline=LONG_NAME, other="x" * 300),
    waiting_on="other",
    needs=(replace(PASSPORT, text="y" * 300),),
)

MARKED = replace(
    ORDINARY,
    service=MARKUP,
    help=MARKUP,
    needs=(replace(PASSPORT, text=MARKUP),),
    stage=replace(STAGE, headline=MARKUP),
    history=(HistoryFacts(Moment(at=at(3, 2)), "checking", MARKUP, MARKUP),),
)

CASES = {
    "ordinary": ORDINARY,
    "waiting_for_you": WAITING_FOR_YOU,
    "waiting_for_others": WAITING_FOR_OTHERS,
    "silent": SILENT,
    "changed": CHANGED,
    "late": LATE,
    "slow_tail": SLOW_TAIL,
    "office_date": OFFICE_DATE,
    **honest_cases(ORDINARY),
    "refused": REFUSED,
    "done": DONE,
    "withdrawn": replace(DONE, outcome="withdrawn"),
    "merged": replace(DONE, outcome="merged"),
    "closed_without_outcome": replace(BARE, state="closed"),
    **late_cases(ORDINARY),
    **asked_cases(BARE),
    "bare": BARE,
    "bare_waiting_for_you": replace(BARE, waiting_on="you", clock="paused"),
    "bare_waiting_for_others": replace(BARE, waiting_on="other"),
    "bare_silent": replace(BARE, source_silent=True),
    "long": LONG,
    "markup": MARKED,
}

OUTREACH = OutreachFacts(
    purpose="updated",
    organisation="Riverton Council",
    service="Resident parking permit",
    reference="CDFGHJKMNPR3",
    headline="We are checking your papers",
    meaning="A member of our team looks at everything you sent.",
    next="When the papers are complete, we decide.",
    waiting_on="us",
    needs=(),
    note="",
    promise_on=date(2026, 3, 24),
    promise_basis="history",
    next_word_by=date(2026, 3, 16),
    outcome=None,
    appeal="",
    help="Call 01632 960 001, Monday to Friday, 9 to 5.",
    track_url="https://track.riverton.example/track",
    sensitive=False,
    language="en",
    zone="Europe/London",
    today=date(2026, 3, 5),
    old_on=date(2026, 3, 10),
    half_by_on=date(2026, 3, 9),
    probability=0.9,
    promise_base="service",
    if_late="Many people have moved house this month.",
    delay_reason="We are waiting for advice from another office",
    complaint="Write to complaints@riverton.example.",
    feedback_url=f"https://track.riverton.example/feedback/{'T' * 59}",
    stop_url=f"https://track.riverton.example/stop/{'T' * 59}",
    heard_on=date(2026, 3, 4),
)

BARE_OUTREACH = replace(
    OUTREACH, meaning="", next="", promise_on=None, promise_basis=None, next_word_by=None, help="", old_on=None,
    half_by_on=None, probability=None, promise_base=None, if_late="", delay_reason="", complaint="", feedback_url="",
    stop_url="", heard_on=None,
)  # fmt: skip
_MARKED_NEED = replace(PASSPORT, text=MARKUP, why=MARKUP, send_to=MARKUP, if_not=MARKUP)
MARKED_OUTREACH = replace(
    OUTREACH, headline=MARKUP, note=MARKUP, needs=(_MARKED_NEED,), help=MARKUP, meaning=MARKUP, next=MARKUP,
    if_late=MARKUP, delay_reason=MARKUP, complaint=MARKUP, service=MARKUP, you_can=MARKUP,
)  # fmt: skip
LATER = replace(OUTREACH, old_on=date(2026, 8, 30), promise_on=date(2026, 9, 24), next_word_by=date(2026, 9, 24))

OUTREACHES = {
    "ordinary": OUTREACH,
    "asked": replace(OUTREACH, waiting_on="you", needs=(PASSPORT, BILL, FORM)),
    **asked_messages(OUTREACH),
    "asked_without_needs": replace(OUTREACH, waiting_on="you"),
    "other": replace(OUTREACH, waiting_on="other"),
    "refused": replace(OUTREACH, outcome="refused", appeal="You can ask another officer to look again."),
    **ending_outreaches(OUTREACH, LONG_NAME),
    "office_date": replace(OUTREACH, promise_basis="office", promise_base=None),
    "all_kinds": replace(OUTREACH, promise_base="office"),
    "thin": replace(OUTREACH, promise_basis="definition", promise_base=None),
    "no_new_date": replace(OUTREACH, promise_on=None, promise_basis=None, probability=None, half_by_on=None),
    "unlinked": replace(OUTREACH, feedback_url="", stop_url=""),
    "bare": BARE_OUTREACH,
    "sensitive": replace(OUTREACH, sensitive=True, needs=(PASSPORT,), note="Note", outcome="refused", appeal="Appeal"),
    "sensitive_unlinked": replace(OUTREACH, sensitive=True, feedback_url="", stop_url=""),
    "long": replace(OUTREACH, organisation=LONG_NAME, service=LONG_NAME, headline=LONG_NAME),
    "long_in_another_script": replace(LATER, organisation="ŷ" * 300, headline="ŵ" * 300),
    "long_without_a_date": replace(LATER, organisation="ŷ" * 300, promise_on=None, promise_basis=None),
    "markup": MARKED_OUTREACH,
    "lines": replace(OUTREACH, organisation="Riverton\r\nBcc: x@example.com", headline="One\u2028two\x00\u202ethree"),
}

PURPOSES = (*Purpose, "generic")
LANGUAGES = ("en", "cy", "es", "ar")
"""The languages whose words the tests know. What is asked of any language is asked of all that are offered."""
