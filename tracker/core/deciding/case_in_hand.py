"""One case while it is being decided about: made of its events, its dates kept, and what people should hear decided.

Nothing in here is written or asked: what was known of the case comes from its dossier, and what is new or changed is
told at the end (`core.deciding.changes`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tracker.core.case.adoption import has_spoken_up
from tracker.core.case.fold import Fold
from tracker.core.case.ordering import Placed
from tracker.core.case.projection import Silence, forget_at, projected
from tracker.core.case.timeline import Folded, Line
from tracker.core.deciding import reach
from tracker.core.deciding.case_dates import DatesNow, bring_up_to_date
from tracker.core.deciding.context import DecisionContext
from tracker.core.deciding.dossier import (
    CaseKnown,
    CaseRecord,
    Entered,
    EntryPlace,
    MessageRecord,
    RecipientRecord,
    ServiceKnown,
    SourceKnown,
)
from tracker.core.deciding.drafts import Drafting, DraftPlace, Sayer, cannot_be, on_record, without_words
from tracker.core.deciding.ledger import Ledger, LedgerContext
from tracker.core.deciding.snapshot import Snapshot
from tracker.core.outreach import overtaking, timing, who_hears_what
from tracker.core.outreach.topics import UNDECIDED, Setting
from tracker.core.outreach.who_hears_what import Outreach
from tracker.core.promises.record import missed
from tracker.core.vocabulary.messages import MessageState, Reason
from tracker.core.vocabulary.personal import empty
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import Mode

LOOKED_AGAIN = timedelta(minutes=1)
"""So soon a case that was joined to another is looked at again: the other one may have ended in the same moment."""


class CaseInHand:
    """A case as it is by now. `known` None: it is being opened.

    `record`: its row as it stands now; `entries`: by id, as they came; `given`: its ledger; `spoken`: what is on record
    of telling about it, by key; `messages`: those decisions that are to be written; `overtaken`: keys of messages on
    record of which nothing is to be said any more; `reached`: recipients that are new or have moved.
    """

    def __init__(self, ground: DecisionContext, service: ServiceKnown, known: CaseKnown | None, id_: UUID) -> None:
        self.ground, self.service, self.known, self.id = ground, service, known, id_
        self.record = known.record if known else None
        self.entries = {each.id: each for each in known.entries} if known else {}
        self.given = list(known.given) if known else []
        self.spoken = dict(known.spoken) if known else {}
        self.messages: dict[str, MessageRecord] = {}
        self.overtaken: set[str] = set()
        self.recipients = dict(known.recipients) if known else {}
        self.reached: set[tuple[str, str]] = set()
        self.settled = False
        self._fold: Fold | None = None

    @property
    def erased(self) -> bool:
        """Whether what is personal of it was taken away for good."""
        return self.record is not None and self.record.erased_at is not None

    @property
    def case(self) -> Folded:
        """What it is by its events."""
        return self._folding().case

    def _folding(self) -> Fold:
        if self._fold is None:
            self._fold = Fold(self.service.definition, self.ground.zone, self.ground.now)
            self._fold.extend(Placed(each.id, each.event) for each in self.entries.values())
        return self._fold

    def later(self, ground: DecisionContext) -> None:
        """Time has passed."""
        self.ground, self._fold = ground, None

    def add(self, entered: Iterable[Entered]) -> None:
        """Events join it."""
        for each in entered:
            fold = self._folding()
            self.entries[each.id] = each
            fold.add(Placed(each.id, each.event))

    def start(self, entered: Iterable[Entered]) -> None:
        """Make it of the events that waited for it."""
        self.entries = {each.id: each for each in entered}

    @property
    def has_moved(self) -> bool:
        """Whether it stands in another stage than was known, or was opened."""
        if self.known is None or self.record is None:
            return self.record is not None
        before = self.known.record
        return (before.stage, before.unmapped) != (self.record.stage, self.record.unmapped)

    def line(self, entry: UUID) -> Line:
        """What an entry became."""
        return next(line for line in reversed(self.case.lines) if line.entry == entry)

    def spots(self) -> dict[UUID, EntryPlace]:
        """Where each of its entries stands."""
        at = self.ground.now
        return {
            line.entry: EntryPlace(self.id, line.placement, line.stage, line.shown, line.position or at, line.rank)
            for line in self.case.lines
        }

    def arrived(self, until: datetime) -> None:
        """What was due by then has been sent, and has arrived."""
        for key, each in self.messages.items():
            if each.state is MessageState.DUE and each.due_at <= until:
                self.messages[key] = replace(
                    each, state=MessageState.DELIVERED, settled_at=each.due_at, attempt_number=1
                )
                self.spoken[key] = replace(self.spoken[key], state=MessageState.DELIVERED)

    def judge_passed(self) -> None:
        """Judge the dates whose day is over while it is open."""
        self.given = [missed(each) if each.is_over(self.ground.now) else each for each in self.given]

    def checkpoint(self) -> Snapshot:
        """What it is, to come back to."""
        return Snapshot(
            self.record,
            dict(self.entries),
            list(self.given),
            dict(self.spoken),
            dict(self.messages),
            set(self.overtaken),
            dict(self.recipients),
            set(self.reached),
            self.settled,
        )

    def back_to(self, kept: Snapshot) -> None:
        """Be what it was."""
        self.record, self.entries, self.given, self.spoken = kept.record, kept.entries, kept.given, kept.spoken
        self.messages, self.overtaken = kept.messages, kept.overtaken
        self.recipients, self.reached, self.settled, self._fold = kept.recipients, kept.reached, kept.settled, None

    def settle(self, source_id: UUID, source: SourceKnown, word_on: date | None = None) -> None:
        """Make its row, its ledger and its messages what its events and the day mean; `source`: who is reporting, or
        last reported; `word_on`: a word is due by that day.

        When its opening event was corrected away the case never was: its row stays, since an opening event may yet
        come, but it opens for nobody and what was not yet said is withheld.
        """
        case, record, self.settled = self.case, self._row(), True
        reading = LedgerContext(self.service, source, self.ground.zone, self.ground.now)
        ledger = Ledger(self.id, reading, self.given, self.ground.fresh)
        dates = bring_up_to_date(ledger, case)
        self.given = ledger.given
        test = self.ground.mode is Mode.TEST
        survivor = self.known.survivor if self.known and case.merged_into == self._joined_to else None
        about = (self.id, record.live_from, test, self.ground.zone, self.ground.now)
        setting = Setting(*about, self.service.open_days, source.rhythm, survivor)
        if case.opener is None:
            self._decide_outreach(case, dates, source_id, setting, None)
            self._overtake(tuple(each.key for each in self.spoken.values() if cannot_be(each)))
            values: dict[str, Any] = {"void": True, "next_word_at": None, "wake_at": case.wake_at}
        else:
            values = self._outreach(case, dates, source_id, setting, word_on)
        values["forget_at"] = forget_at(case, self.service.definition, self.ground.zone, self.ground.now)
        ours = dates.standing if dates.standing and dates.standing.ours else None
        values |= {"promise_id": ours.id if ours else None, "sooner": dates.sooner}
        self.record = replace(record, **values, version=record.version + 1)
        if self.erased:
            self._forget()

    def _row(self) -> CaseRecord:
        if self.record is None:
            raise ValueError("a case is settled once it has a row")
        return self.record

    def _outreach(
        self, case: Folded, dates: DatesNow, source_id: UUID, setting: Setting, word_on: date | None
    ) -> dict[str, Any]:
        """Decide who hears what; the columns that follow from it."""
        definition, zone = self.service.definition, self.ground.zone
        self._reach(case)
        silence = self._decide_outreach(case, dates, source_id, setting, word_on)
        values = projected(case, definition, zone, silence, working=setting.working)
        values["source_id"] = source_id
        values["word_to"] = [] if self.ground.mode is Mode.TEST else self._word_to(case)
        values["wake_at"] = timing.wake_at(case, definition, setting, dates.review_at)
        if case.merged_into is not None and case.merged_into != self._joined_to:
            values["wake_at"] = self.ground.now + LOOKED_AGAIN
        return values

    @property
    def _joined_to(self) -> str | None:
        """The number that it was joined to as far as was known, and whose end was asked for."""
        return self.known.record.merged_into if self.known else None

    def _word_to(self, case: Folded) -> list[UUID]:
        """The recipients to whom the next word would go: nobody is told of what is only a test."""
        found = who_hears_what.word_to(case, self.service.definition)
        return [self.recipients[party, channel].id for party, channel in found]

    def _reach(self, case: Folded) -> None:
        """Where each party is reached now."""
        moved = reach.moved(case, self.recipients, self.id, self.ground.fresh, self.ground.now)
        self.recipients |= moved
        self.reached |= moved.keys()

    def _decide_outreach(
        self, case: Folded, dates: DatesNow, source_id: UUID, setting: Setting, word_on: date | None
    ) -> Silence:
        """Decide who should hear what, and withhold what newer news has overtaken; how long it has been silent by that.

        `word_on`: the day by which a word is due. It is said if there is nothing else to say.
        """
        definition, now = self.service.definition, self.ground.now
        before, spoken = dict(self.spoken), tuple(self.spoken.values())
        wanted = who_hears_what.warranted(case, definition, setting, spoken, dates.news)
        nth = overtaking.nth_in_row(spoken, self._row().quiet_words)
        if word_on is not None and all(each.key in before or each.reason for each in wanted):
            found = who_hears_what.still_working(case, definition, setting, spoken, word_on, word=nth)
            wanted += overtaking.without_held(found, wanted, spoken)
        elif (unsaid := overtaking.unsaid_on(spoken, wanted)) is not None and case.outcome is None:
            word = self._row().quiet_words
            again = who_hears_what.still_working(case, definition, setting, spoken, unsaid, word=word)
            wanted += tuple(each for each in again if each.key in before)
        sayer = Sayer(self.id, source_id, self.service.definition_id, definition, self.ground.zone, setting.survivor)
        drafting = Drafting(sayer, case, dates, now, recipients=self.recipients)
        for each in (each for each in wanted if overtaking.is_to_be_written(each, before.get(each.key))):
            self._say(each, drafting)
        overtaken = overtaking.superseded(spoken, wanted)
        self._overtake(overtaken)
        said = [each for each in wanted if each.key not in before and each.reason not in who_hears_what.CUT]
        told = [traits for each in said if not (traits := PURPOSES[each.purpose]).confirms]
        if told:  # that something is still wanted is no news: the pauses do not begin anew
            return Silence(now, self._row().quiet_words if all(each.repeats_need for each in told) else 0)
        taken_back = any(before[each].state in UNDECIDED for each in overtaken)
        return self._silence(case, nth if word_on is not None else None, unsaid=taken_back)

    def _silence(self, case: Folded, word: int | None, *, unsaid: bool) -> Silence:
        """The silence where nothing is new to say. `word`: the nth one that says so in a row, if it is due; `unsaid`:
        what was to be said has been taken back before it was, so that the day stands on which people were to hear from
        us, as they were told before."""
        record, adopted = self._row(), not has_spoken_up(case, self._row().live_from)
        if adopted and record.next_word_on is None:
            return Silence(timing.adopted_since(self.id, self.ground.now, self.service.definition))
        if record.spoken_at is None:
            return Silence(self.ground.now)
        if word is not None:
            return Silence(self.ground.now, word)
        since = record.spoken_at
        if unsaid:
            said = [each.due_at for each in self.spoken.values() if each.due_at and each.state in who_hears_what.SAID]
            since = min(since, max(said, default=since))
        return Silence(since, record.quiet_words, record.next_word_on)

    def _say(self, said: Outreach, drafting: Drafting) -> None:
        """Decide a message. An undecided one that is on record takes the new facts and keeps its time, so that no
        stream of news puts it off for good; it keeps its id, and the time at which it was first decided. An id is drawn
        for each that is decided, whether it is used or not: a batch draws as many as its events would one by one."""
        before, mine, id_ = self.spoken.get(said.key), self.messages.get(said.key), self.ground.fresh.id()
        id_, decided_at = (mine.id, mine.decided_at) if mine else (id_, self.ground.now)
        place = DraftPlace(id_, decided_at, said.due_at)
        if before is not None and before.state in UNDECIDED and before.due_at is not None:
            place = DraftPlace(id_, decided_at, before.due_at, mine.retimed if mine else False)
        self.messages[said.key] = message = drafting.draft(said, place)
        self.overtaken.discard(said.key)
        self.spoken[said.key] = on_record(message)

    def _overtake(self, keys: tuple[str, ...]) -> None:
        """Withhold messages that newer news has overtaken."""
        for key in keys:
            self.spoken[key] = replace(self.spoken[key], state=MessageState.WITHHELD, reason=Reason.SUPERSEDED)
            if key in self.messages:
                self.messages[key] = replace(
                    self.messages[key],
                    state=MessageState.WITHHELD,
                    reason=Reason.SUPERSEDED,
                    settled_at=self.ground.now,
                )
            else:
                self.overtaken.add(key)

    def _forget(self) -> None:
        """What is decided about an erased case says nothing to anybody, and holds nothing personal."""
        self._overtake(tuple(each.key for each in self.spoken.values() if each.state in UNDECIDED))
        self.messages = {key: replace(each, facts=without_words(each.facts)) for key, each in self.messages.items()}
        self.recipients = {at: replace(each, **empty(RecipientRecord)) for at, each in self.recipients.items()}
        record = replace(self._row(), **empty(CaseRecord))
        self.record = replace(record, next_word_on=None, next_word_at=None, wake_at=None, forget_at=None)
