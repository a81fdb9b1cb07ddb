"""How calm dates were: how often they moved, how often without need, and who was told before they broke."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from statistics import median

from tracker.backtest.truth import Truth
from tracker.backtest.walked import MovedDate, Promised, Walked
from tracker.core.promises.first_dates import Fate
from tracker.core.vocabulary.words import Change

EARLY_DAYS, EARLY_PART = 3, 10
"""Told in good time: so many days before the date, or that part of its length if it is less."""


@dataclass(frozen=True, slots=True)
class Stability:
    """`dates`: cases that were given a first date; `moved`: those whose date was changed or taken back; `changes`: how
    often in all, clocks that ran again apart (`resumed`); `false`: changes of `judged_changes` that would not have been
    needed, the case having ended by the old date.

    `taken_back`: of the changes those with nothing in the place of the date.

    `late`: cases that ended after the first date, or were open past it; `told`: those that heard so before it, by a
    note or a change, `early` in good time; `ahead`: the median of the days between; `late_taken_back`: those whose date
    was taken back at some time, which is nothing to plan by, however early they heard.

    `notes`: words that a date may not hold, of which `needless` of `judged_notes` were followed by an end in time.
    `good`: words that a case is likely to be finished well before its date, of which `good_true` of `judged_good` came
    true.
    """

    dates: int
    moved: int
    changes: int
    taken_back: int
    resumed: int
    judged_changes: int
    false: int
    late: int
    told: int
    early: int
    late_taken_back: int
    ahead: float | None
    notes: int
    judged_notes: int
    needless: int
    good: int
    judged_good: int
    good_true: int

    @property
    def changes_a_case(self) -> float | None:
        """Changes for each case that was given a date."""
        return share(self.changes, self.dates)

    @property
    def never_moved(self) -> float | None:
        """The share of dates that stood."""
        return share(self.dates - self.moved, self.dates)


def share(part: int, whole: int) -> float | None:
    """A part of a whole; None of nothing."""
    return part / whole if whole else None


def stability(truth: Truth, walked: Walked, cases: Collection[int]) -> Stability:
    """The figures of the dates that these cases were shown."""
    first = _first(walked, cases)
    moves, resumed = _moves(walked, first)
    notes = [each for each in walked.notes if each.case in first]
    needless = [truth.fate(each.case, each.on, each.date_on) for each in notes]
    changes = [move for each in moves.values() for move in each]
    false = [truth.fate(move.case, move.changed_on, move.old_on) for move in changes]
    words = {case: each[0].changed_on for case, each in moves.items()}
    for note in notes:
        words[note.case] = min(note.on, words.get(note.case, note.on))
    good = [each for each in walked.good_news if each.case in first]
    came_true = [truth.fate(each.case, each.on, each.by_on) for each in good]
    late, told, early, ahead = _warned(truth, first, words)
    bare = {move.case for move in changes if move.new_on is None}
    late_bare = sum(_is_late(truth, first[case]) for case in bare)
    return Stability(
        len(first),
        len(moves),
        len(changes),
        sum(move.new_on is None for move in changes),
        resumed,
        *_known(false),
        late,
        told,
        early,
        late_bare,
        median(ahead) if ahead else None,
        len(notes),
        *_known(needless),
        len(good),
        *_known(came_true),
    )


def changes_by_case(walked: Walked, cases: Collection[int]) -> dict[int, int]:
    """How often the date of each of these cases that was given one was changed, clocks that ran again apart."""
    first = _first(walked, cases)
    moves, _ = _moves(walked, first)
    return {case: len(moves[case]) if case in moves else 0 for case in first}


def _first(walked: Walked, cases: Collection[int]) -> dict[int, Promised]:
    return {each.case: each for each in walked.promises if each.first and each.on is not None and each.case in cases}


def _moves(walked: Walked, first: Collection[int]) -> tuple[dict[int, list[MovedDate]], int]:
    """The changes of these cases' dates, and how many clocks ran again."""
    moves: dict[int, list[MovedDate]] = defaultdict(list)
    resumed = 0
    for move in walked.moves:
        if move.case in first and move.reason == Change.CLOCK_PAUSED:
            resumed += 1
        elif move.case in first:
            moves[move.case].append(move)
    return moves, resumed


def _known(fates: list[Fate]) -> tuple[int, int]:
    """How many are known, and how many of them were kept."""
    return len(fates) - fates.count(Fate.UNKNOWN), fates.count(Fate.KEPT)


def _is_late(truth: Truth, promised: Promised) -> bool:
    """Whether a case ended after its first date, or was open past it."""
    return truth.fate(promised.case, promised.made_on, promised.on or 0) is Fate.BROKEN


def _warned(truth: Truth, first: dict[int, Promised], words: dict[int, int]) -> tuple[int, int, int, list[int]]:
    """Cases that were late, those that were told before, and early, and by how many days."""
    late, early, ahead = 0, 0, []
    for case, promised in first.items():
        if not _is_late(truth, promised):
            continue
        on = promised.on or 0
        late += 1
        days = truth.counted(case, promised.made_on, on) - words.get(case, 1 << 30)
        if days > 0:
            ahead.append(days)
            early += days >= min(EARLY_DAYS, (on - promised.made_on) / EARLY_PART)
    return late, len(ahead), early, ahead
