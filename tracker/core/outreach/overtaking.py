"""What newer news has overtaken: messages that are not to be said any more, and such as still may."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tracker.core.outreach.topics import UNDECIDED, Spoken
from tracker.core.outreach.who_hears_what import NO_NEWS, Outreach
from tracker.core.promises.weighing import news_holds
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.purpose_traits import Ground
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import CaseState


def is_to_be_written(said: Outreach, before: Spoken | None) -> bool:
    """Whether a decision is to be written: a first one, one that nobody has heard yet (its facts may have moved), or
    one that was withheld for a reason that holds no longer."""
    if before is None or before.state in UNDECIDED:
        return True
    return before.state is MessageState.WITHHELD and before.reason is not said.reason


def superseded(spoken: tuple[Spoken, ...], wanted: tuple[Outreach, ...]) -> tuple[str, ...]:
    """Keys of undecided messages that the case warrants no longer, and of those that had nobody to hear them until
    somebody came. A word that was due by date stays until there is something newer to say; a message on another
    rung of the ladder or said again stands and falls with the first."""
    keep = {each.key for each in wanted}
    newer = _is_newer(spoken, wanted)
    told_now = {(each.purpose, each.cause) for each in wanted if each.party and each.reason not in NO_NEWS}
    meant = {(each.purpose, each.party, each.cause) for each in wanted}
    return tuple(
        each.key
        for each in spoken
        if each.key not in keep
        and (
            (
                each.state in UNDECIDED
                and (each.purpose, each.party, each.cause) not in meant
                and (newer or not PURPOSES[each.purpose].stays)
            )
            or (each.reason is Reason.NO_RECIPIENT and (each.purpose, each.cause) in told_now)
        )
    )


def unsaid_on(spoken: tuple[Spoken, ...], wanted: tuple[Outreach, ...]) -> date | None:
    """The day of the word that is on record and that nobody has heard, as long as nothing newer takes its place: it
    says how the case stands when it is said, and not how it stood when it was due."""
    if _is_newer(spoken, wanted):
        return None
    days = (each.cause for each in spoken if PURPOSES[each.purpose].stays and each.state in UNDECIDED)
    return max(map(date.fromisoformat, days), default=None)


def nth_in_row(spoken: tuple[Spoken, ...], words: int) -> int:
    """Which one in a row the word is that is due, after so many that said that nothing is new: one that is held was
    heard by nobody, and this one takes its place."""
    held = any(PURPOSES[each.purpose].stays and each.state is MessageState.HELD for each in spoken)
    return words if held else words + 1


def without_held(
    words: tuple[Outreach, ...], wanted: tuple[Outreach, ...], spoken: tuple[Spoken, ...]
) -> tuple[Outreach, ...]:
    """These words that nothing is new, but for those to somebody for whom something else is held: it goes out as soon
    as the office is heard, and says more."""
    held = {each.key for each in spoken if each.state is MessageState.HELD}
    waiting = {each.party for each in wanted if each.key in held}
    return tuple(each for each in words if each.party not in waiting)


def _is_newer(spoken: tuple[Spoken, ...], wanted: tuple[Outreach, ...]) -> bool:
    """Whether there is something to say that is not on record."""
    return bool({each.key for each in wanted if each.reason not in NO_NEWS} - {each.key for each in spoken})


def still_true(
    purpose: Purpose,
    cause: str,
    *,
    exists: bool,
    closed: bool,
    news: str,
    asked: str | None,
    promise: UUID | None,
    office: str | None,
    survivor: str | None = None,
) -> bool:
    """Whether a message may still be said, by what its case is now: `news` and `asked` are the entries that are
    newest to tell and to ask, `promise` is the date of ours that stands, `office` the cause of news about the office's,
    `survivor` the entry by which the case ended that goes on in its place.
    Between decision and release its worker may have died, and the case have moved on."""
    traits = PURPOSES[purpose]
    if traits.holds_while is not None and not (exists and closed is (traits.holds_while is CaseState.CLOSED)):
        return False
    match traits.rests_on:
        case Ground.CASE:
            return True
        case Ground.NEWS:
            return cause == news
        case Ground.ASKED:
            return cause == asked
        case Ground.WANTED:
            return asked is not None
        case Ground.ARRIVED:
            return asked is None
        case Ground.DATE:
            return news_holds(cause, promise, office)
        case Ground.SURVIVOR:
            return cause == survivor
