"""What one clause of a text says about hearing from us: whether a stop word stands in it, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Part(StrEnum):
    """What a word or phrase may be in a text; of one that is listed twice, the earlier counts."""

    IDLE = "idle"
    """It holds a stop word and means another thing: a bus stop, to stop by."""
    WRONG = "wrong_person"
    UNCLEAR = "unclear"
    WHY = "why"
    """Asks why we write, where messages are spoken of."""
    STOP = "stop"
    STOP_ALONE = "stop_alone"
    """A stop only when nothing else is said, or of messages: it has another use ("cancel", the Spanish "para")."""
    NOT = "not"
    NO = "no"
    """Denies what follows, and no stop word: "no texts"."""
    WANT = "want"
    MESSAGE = "message"
    SEND = "send"
    GET = "get"
    PAST = "past"
    """Makes a report of what follows it: "did you stop", "it will stop"."""
    MODAL = "modal"
    LIMIT = "limit"
    """Then, there or so much, and not at all; or a condition."""
    ASKING = "asking"
    SUBJECT = "subject"
    THIS = "this"
    POLITE = "polite"
    START = "start"
    COURTESY = "courtesy"
    """A greeting or thanks: a name may follow."""
    REQUEST = "request"
    """What people call their request: beside a stop word it is courtesy only where its reference is named."""
    FILLER = "filler"
    HELP = "help"
    SIGNED = "signed"
    """Begins what a telephone writes under a text."""
    REFERENCE = "reference"
    NAME = "name"
    THING = "thing"
    """Anything that no list knows: what the text is about."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or phrase, and its part."""

    part: Part
    word: str


@dataclass(frozen=True, slots=True)
class Clause:
    """What stands between two marks. `asks`: a question mark ends it; `hard`: something stronger than a comma does;
    `line`: it begins a line below the first."""

    tokens: tuple[Token, ...]
    asks: bool
    hard: bool
    line: bool


class ClauseVerdict(StrEnum):
    """What a clause says."""

    WRONG = "wrong"
    BOUND = "bound"
    """A stop of messages, whatever else is said."""
    ALONE = "alone"
    """A stop word that stands as a sentence."""
    BARE = "bare"
    """A stop word and nothing else, within a longer sentence, or one that has another use."""
    NEGATED = "negated"
    UNCLEAR = "unclear"
    EMPTY = "empty"
    """Courtesy, or a name."""
    OTHER = "other"


_STOPS = frozenset({Part.STOP, Part.STOP_ALONE})
SLIGHT = frozenset({Part.FILLER, Part.THIS, Part.SUBJECT, Part.POLITE, Part.COURTESY, Part.REFERENCE})
"""What may stand beside any wish and changes nothing."""

_BETWEEN = SLIGHT | {Part.SEND, Part.GET, Part.WANT, Part.UNCLEAR}
_BARE = SLIGHT | _STOPS | {Part.WANT, Part.NAME, Part.NO}
_MOST_THINGS = 3
"""So many unknown words may be a name, or say whose wrong number it is."""


def judge(clauses: Sequence[Clause]) -> list[ClauseVerdict]:
    """What each clause says, in order."""
    plain = [_plain(each) for each in clauses]
    verdicts = [_verdict(each) for each in plain]
    for at, verdict in enumerate(verdicts[:-1]):
        after = plain[at + 1].tokens[:1]
        strong = any(each.part is Part.STOP for each in plain[at].tokens)
        if verdict is ClauseVerdict.BARE and strong and after and after[0].part in (Part.SUBJECT, Part.NOT, Part.NO):
            verdicts[at] = ClauseVerdict.ALONE  # "Stop, I have moved"
    return verdicts


def _plain(clause: Clause) -> Clause:
    """The clause with words of yes as fillers, and what follows thanks after a stop word as the name that it is."""
    named = any(each.part is Part.REFERENCE for each in clause.tokens)
    read_as = {Part.START: Part.FILLER, Part.REQUEST: Part.FILLER if named else Part.THING}
    tokens = [replace(each, part=read_as.get(each.part, each.part)) for each in clause.tokens]
    stop = next((at for at, each in enumerate(tokens) if each.part in _STOPS), -1)
    thanks = next((at for at, each in enumerate(tokens) if at > stop and each.part is Part.COURTESY), None)
    if thanks is not None:
        rest = tokens[thanks + 1 :]
        strange = [each for each in rest if each.part in (Part.THING, Part.HELP, Part.NAME)]
        if len(strange) <= _MOST_THINGS and all(each in strange or each.part in SLIGHT for each in rest):
            tokens[thanks + 1 :] = [replace(each, part=Part.NAME) if each in strange else each for each in rest]
    if clause.line and len(tokens) <= _MOST_THINGS and all(each.part is Part.NAME for each in tokens):
        tokens = [replace(each, part=Part.COURTESY) for each in tokens]
    return replace(clause, tokens=tuple(tokens))


def _verdict(clause: Clause) -> ClauseVerdict:
    tokens, parts = clause.tokens, [each.part for each in clause.tokens]
    things = parts.count(Part.THING)
    asked = clause.asks and Part.POLITE not in parts
    wrong = parts.index(Part.WRONG) if Part.WRONG in parts else len(parts)
    if Part.WRONG in parts and Part.THING not in parts[:wrong] and things < _MOST_THINGS:
        return ClauseVerdict.UNCLEAR if asked else ClauseVerdict.WRONG
    at = _bound(tokens)
    if at is not None:
        if asked and Part.NO in parts:
            return ClauseVerdict.OTHER  # "no news?"
        return ClauseVerdict.UNCLEAR if asked or _hedged(parts, at) else ClauseVerdict.BOUND
    stops = [_of_stop(clause, parts, place, asked=asked) for place, part in enumerate(parts) if part in _STOPS]
    if stops:
        return ClauseVerdict.ALONE if ClauseVerdict.ALONE in stops and ClauseVerdict.NEGATED not in stops else stops[0]
    if Part.UNCLEAR in parts and not things:
        return ClauseVerdict.UNCLEAR
    if {Part.NOT, Part.WANT, Part.THIS} <= {*parts} <= SLIGHT | {Part.NOT, Part.WANT, Part.GET}:
        return ClauseVerdict.UNCLEAR
    asks_why = Part.WHY in parts and {Part.MESSAGE, Part.SEND, Part.GET} & {*parts}
    if asks_why and not {Part.THING, Part.NOT, Part.NAME} & {*parts}:
        return ClauseVerdict.UNCLEAR
    empty = {*parts} <= SLIGHT | {Part.NAME, Part.WANT}
    return ClauseVerdict.EMPTY if empty and not (asked and Part.THIS in parts) else ClauseVerdict.OTHER


def _of_stop(clause: Clause, parts: Sequence[Part], stop: int, *, asked: bool) -> ClauseVerdict:
    """Of a clause with a stop word that is bound to no messages."""
    if _negated(parts, stop):
        return ClauseVerdict.NEGATED
    before, after = parts[:stop], parts[stop + 1 :]
    strong = Part.STOP in parts
    bare = _BARE | {Part.UNCLEAR} if strong and not asked else _BARE
    if {*parts} <= bare and _names_follow_greetings(parts):
        if not strong and ({Part.WANT, Part.THIS} & {*parts} or parts.count(Part.NAME) > 1):
            return ClauseVerdict.OTHER  # "I want to cancel": that may be the request
        if asked:
            return ClauseVerdict.UNCLEAR
        return ClauseVerdict.ALONE if strong and clause.hard else ClauseVerdict.BARE
    if strong and not clause.asks and Part.ASKING not in before:
        first = next((each for each in after if each not in SLIGHT - {Part.SUBJECT, Part.COURTESY}), None)
        begins = {*before} <= SLIGHT and first in (Part.SUBJECT, Part.NOT)
        ends = before[-1:] == [Part.POLITE] and {*after} <= SLIGHT | _STOPS
        if begins or ends:
            return ClauseVerdict.ALONE
    hedged = {*parts} <= (_BARE - {Part.NAME}) | {Part.MODAL, Part.ASKING, Part.LIMIT, Part.UNCLEAR}
    hedged = hedged and (Part.MODAL not in parts or Part.SUBJECT in parts)
    return ClauseVerdict.UNCLEAR if strong and hedged else ClauseVerdict.OTHER


def _names_follow_greetings(parts: Sequence[Part]) -> bool:
    """Whether every name comes after a greeting or thanks: else "stop Brexit" would be one."""
    return all(Part.COURTESY in parts[:at] for at, part in enumerate(parts) if part is Part.NAME)


def _bound(tokens: Sequence[Token]) -> int | None:
    """Where a wish to have no more messages ends; None when there is none."""
    parts = [each.part for each in tokens]
    for at, part in enumerate(parts):
        if part in _STOPS and not _negated(parts, at) and not _reported(parts, at):
            end = _messages_after(parts, at)
            if end is not None:
                return end
            before = _back(parts, at, SLIGHT | {Part.MODAL, Part.WANT, Part.SEND})
            of_messages = before is not None and parts[before] is Part.MESSAGE and Part.PAST not in parts[:at]
            if of_messages and {*parts[at + 1 :]} <= SLIGHT | {Part.NAME}:  # "these texts must stop"
                return at
        if part in (Part.NOT, Part.NO):
            end = _messages_after(parts, at)
            if end is not None and _denies(parts, at, end):
                return end
    return None


def _messages_after(parts: Sequence[Part], at: int) -> int | None:
    """Where messages are spoken of, with nothing of another kind between."""
    for place in range(at + 1, len(parts)):
        if parts[place] is Part.MESSAGE:
            return place
        sends = Part.SEND in parts[at:place]
        if parts[place] not in _BETWEEN and not (sends and parts[place] in _STOPS):  # "do not send any, no more"
            return place if parts[place] is Part.LIMIT and sends else None
    return len(parts) - 1 if Part.SEND in parts[at + 1 :] else None


def _denies(parts: Sequence[Part], at: int, end: int) -> bool:
    """Whether "not" before messages asks for none, and does not report that none came."""
    if parts[at] is Part.NO:
        return {*parts} <= (_BETWEEN - {Part.GET}) | {Part.NO, Part.MESSAGE, Part.NAME} | _STOPS
    gap = parts[at + 1 : end]
    if Part.WANT in gap or (at > 0 and parts[at - 1] is Part.WANT):
        return True
    told = at > 0 and parts[at - 1] in (Part.SUBJECT, Part.PAST, Part.THING, Part.NAME, Part.MESSAGE, Part.ASKING)
    return not told and Part.GET not in gap and Part.SUBJECT not in gap


def _negated(parts: Sequence[Part], at: int) -> bool:
    """Whether "not" stands before it, with nothing between that "not" could belong to."""
    before = _back(parts, at, SLIGHT - {Part.POLITE} | {Part.WANT, Part.MODAL})
    return before is not None and parts[before] is Part.NOT


def _reported(parts: Sequence[Part], at: int) -> bool:
    """Whether it is told or asked, of what was or will be: "did you stop", "they will stop"."""
    before = _back(parts, at, frozenset({Part.SUBJECT, Part.THIS}))
    return before is not None and parts[before] is Part.PAST


def _back(parts: Sequence[Part], at: int, over: frozenset[Part]) -> int | None:
    """The last place before this one that holds another part than these."""
    return next((place for place in range(at - 1, -1, -1) if parts[place] not in over), None)


def _hedged(parts: Sequence[Part], end: int) -> bool:
    """Whether a wish is a question, or holds only for a time, a place or a condition."""
    return Part.ASKING in parts[:end] or Part.WHY in parts[:end] or Part.LIMIT in parts
