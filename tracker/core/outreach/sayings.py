"""What a clause says whatever else stands in it: "take me off your list", "he does not live here", "I never said stop".

A language has families of words ("remove", "own") and, for each thing that can be said, patterns of them ("<remove> ~
<own>"): `[sayings]` in `templates/words`. In a pattern `<name>` is a word of that family, `a|b` one of these words, `_`
any word, `@` what may be a name, `~` up to five small words or none, `...` up to three of any kind, `^` the beginning
of the clause, `$` its end but for small words; words of a phrase are joined by hyphens. A word that begins or ends in *
stands for all that go on so. What may be put before or after a word (`before`, `after`), and how its beginning changes
(`changes`), is the language's own. A long word with one slip is the word that it was meant to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.core.outreach.sentences import REFERENCE, Sentence, fold, words_of


class Saying(StrEnum):
    """What a clause may say."""

    NO_MORE = "no_more"
    """They want to hear no more."""
    NOT_US = "not_us"
    """The address is somebody's who has nothing to do with the request."""
    PERHAPS = "perhaps"
    """Perhaps to hear no more."""
    NOT_MEANT = "not_meant"
    """It speaks of a stop, and asks for none."""
    ASKED = "asked"
    """A wish that is put as a question; no language has patterns of it."""
    NEAR = "near"
    """It speaks of the telephone, of messages or of whom they are for, and of nothing else that an office does."""
    BUSINESS = "business"
    """It speaks of what an office does, or of what came or did not: what is near to a wish may be of that."""
    DIED = "died"
    """Somebody has died: perhaps a wish to hear no more, unless something is asked beside it."""
    SPEAKS_FOR = "speaks_for"
    """They speak for somebody, or of one of theirs: the address may be right all the same."""
    MAYBE = "maybe"
    """They are not sure."""
    TAKEN_BACK = "taken_back"
    """What was said before it was a mistake."""


Sayings = Mapping[str, Sequence[str]]
"""Families and patterns of one language by name."""

_MOST_SMALL, _MOST_BETWEEN, _MOST_AFTER = 5, 3, 12
_SHORTEST_SLIP, _SHORTEST_CORE, LONGEST_WORD = 6, 2, 40
_AFFIXES = frozenset({"before", "after", "changes"})
_SMALL, _KNOWN = "small", "known"


@dataclass(frozen=True, slots=True)
class _Heard:
    """A clause as one language hears it: at each word, the families that begin there, and where they end."""

    at: tuple[Mapping[str, frozenset[int]], ...]
    names: tuple[bool, ...]


class Ear:
    """Hears the sayings of one language. `small`: the words that change nothing; `known`: others that are no names."""

    def __init__(self, own: Sayings, small: Iterable[str], known: Iterable[str] = ()) -> None:
        self._affixes = {each: tuple(own.get(each, ())) for each in _AFFIXES}
        self._whole: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._begun: dict[str, set[str]] = {}
        self._ended: dict[str, set[str]] = {}
        self._slips: dict[str, set[str]] = {}
        self._memory: dict[str, frozenset[tuple[tuple[str, ...], str]]] = {}
        for word in small:
            self._learn(word, _SMALL)
        for word in known:
            self._learn(word, _KNOWN)
        kinds = {each.value for each in Saying}
        for name in own.keys() - kinds - _AFFIXES:
            for word in own[name]:
                self._learn(word, f"<{name}>")
        self._patterns = [(Saying(each), self._pattern(text)) for each in sorted(kinds) for text in own.get(each, ())]

    def hear(self, sentence: Sentence) -> frozenset[Saying]:
        """What the clause says. Where capitals tell no names, what rests on one is not certain."""
        heard = self._heard(sentence)
        said = self._fitting(heard)
        if sentence.shouted or sentence.uncased:
            perhaps_names = replace(heard, names=tuple(not place for place in heard.at))
            doubtful = Saying.NEAR if sentence.uncased else Saying.PERHAPS
            said |= {doubtful for _ in self._fitting(perhaps_names) - said}
        return said

    def _fitting(self, heard: _Heard) -> frozenset[Saying]:
        there = {name for place in heard.at for name in place}  # most patterns fail by this alone
        return frozenset(
            saying
            for saying, pattern in self._patterns
            if all(need & there for need in pattern.needs)
            and any(_fits(heard, pattern.steps, at) for at in range(len(heard.at)))
        )

    def _learn(self, written: str, name: str) -> None:
        words = tuple(words_of(fold(written.replace("*", "")))) or (written,)
        if written.endswith("*"):
            self._begun.setdefault(words[0], set()).add(name)
        elif written.startswith("*"):
            self._ended.setdefault(words[0], set()).add(name)
        else:
            first = self._whole.setdefault(words[0], [])
            if (words[1:], name) not in first:
                first.append((words[1:], name))
            if name not in (_SMALL, _KNOWN) and words[0].isascii() and len(words[0]) >= _SHORTEST_SLIP:
                for slip in _without_one(words[0]):
                    self._slips.setdefault(slip, set()).add(words[0])

    def _pattern(self, text: str) -> _Pattern:
        steps = tuple(frozenset(step.split("|")) for step in text.split())
        for word in {word for step in steps for word in step} - _SIGNS:
            if not word.startswith("<"):
                self._learn(word, word)
        return _Pattern(steps, tuple(step for step in steps if not step & _SIGNS))

    def _heard(self, sentence: Sentence) -> _Heard:
        words, places, names = sentence.folded, [], []
        for at, word in enumerate(words):
            found: dict[str, set[int]] = {}
            for rest, name in self._known(word):
                if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
                    found.setdefault(name, set()).add(at + 1 + len(rest))
            if word == REFERENCE or not word[0].isalnum():
                found.setdefault(_SMALL, set()).add(at + 1)
            places.append({name: frozenset(ends) for name, ends in found.items()})
            names.append(sentence.words[at][0].isupper() and not sentence.shouted and not found)
        return _Heard(tuple(places), tuple(names))

    def _known(self, word: str) -> frozenset[tuple[tuple[str, ...], str]]:
        """What a word may begin: the rest of the phrase, and its family."""
        if len(word) > LONGEST_WORD:
            return frozenset()
        if word not in self._memory:
            if len(self._memory) > _REMEMBERED:
                self._memory.clear()
            found = {each for core in self._cores(word) for each in self._as_listed(core)}
            if not found and len(word) >= _SHORTEST_SLIP - 1:
                near = {each for slip in (word, *_without_one(word)) for each in self._slips.get(slip, ())}
                found = {each for meant in near if one_slip(word, meant) for each in self._as_listed(meant)}
            self._memory[word] = frozenset(found)
        return self._memory[word]

    def _as_listed(self, word: str) -> Iterator[tuple[tuple[str, ...], str]]:
        yield from self._whole.get(word, ())
        for cut in range(1, len(word) + 1):
            yield from (((), name) for name in self._begun.get(word[:cut], ()))
            yield from (((), name) for name in self._ended.get(word[-cut:], ()))

    def _cores(self, word: str) -> Iterator[str]:
        """The word as it stands, and without what the language may put before and after it."""
        for before in ("", *self._affixes["before"]):
            for after in ("", *self._affixes["after"]):
                core = word[len(before) : len(word) - len(after)]
                bare = not before and not after
                if bare or (len(core) >= _SHORTEST_CORE and word.startswith(before) and word.endswith(after)):
                    yield core
        for change in self._affixes["changes"]:
            root, _, changed = change.partition(">")
            if word.startswith(changed) and len(word) > len(changed) + 1:
                yield root + word[len(changed) :]


_REMEMBERED = 5000
_SIGNS = frozenset({"~", "...", "_", "@", "^", "$"})


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What follows one another, each step one of several; and the steps that are words."""

    steps: tuple[frozenset[str], ...]
    needs: tuple[frozenset[str], ...]


def _fits(heard: _Heard, steps: Sequence[frozenset[str]], at: int) -> bool:
    """Whether the steps follow one another from this word on: all places are kept where one may stand after each."""
    places = {at}
    for step in steps:
        places = {after for place in places for each in step for after in _after(heard, each, place)}
        if not places:
            return False
    return True


def _after(heard: _Heard, step: str, place: int) -> Iterable[int]:
    end = len(heard.at)
    match step:
        case "^":
            return (place,) if place == 0 else ()
        case "$":
            return (place,) if end in _over_small(heard, place, _MOST_AFTER) else ()
        case "~":
            return _over_small(heard, place, _MOST_SMALL)
        case "...":
            return range(place, min(end, place + _MOST_BETWEEN) + 1)
        case "_":
            return (place + 1,) if place < end else ()
        case "@":
            return (place + 1,) if place < end and heard.names[place] else ()
        case _:
            return heard.at[place].get(step, ()) if place < end else ()


def _over_small(heard: _Heard, place: int, most: int) -> set[int]:
    """Where one may be after up to so many small words."""
    reached = latest = {place}
    for _ in range(most):
        latest = {
            after for each in latest if each < len(heard.at) for after in heard.at[each].get(_SMALL, ())
        } - reached
        if not latest:
            break
        reached = reached | latest
    return reached


def _without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many, another, or changed with its neighbour."""
    shorter, longer = sorted((typed, meant), key=len)
    if len(longer) - len(shorter) > 1 or typed[0] != meant[0]:
        return False
    if len(shorter) < len(longer):
        return shorter in _without_one(longer)
    apart = [at for at, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other]
    swapped = len(apart) == 2 and apart[1] == apart[0] + 1 and typed[apart[0]] == meant[apart[1]]
    return len(apart) == 1 or (swapped and typed[apart[1]] == meant[apart[0]])
