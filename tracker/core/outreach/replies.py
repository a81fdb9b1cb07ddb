"""What a text of a person asks for: to hear no more, to hear again, help, or something that only staff can read.

By rules and not by a list of texts, in two ways. The words of each language stand in classes (`Part`), and a wish to
stop is a stop word that nothing of another kind stands beside ("Stop. Thank you, Ann"), or one that is bound to our
messages ("stop texting me"): `clauses`. And some sentences say it whatever stands around them ("take me off your list",
"he does not live here"): `sayings`. "The bus stop is broken" is neither. What may be a wish, and is about nothing else
that an office does, is asked about rather than passed over: who is texted against their will has no other way to say
so. What people sign with, quote or say out of courtesy is set aside first. The words are the languages' own:
`templates/words`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.core.outreach.clauses import SLIGHT, Clause, ClauseVerdict, Part, Token, judge
from tracker.core.outreach.lexicon import Book, Lexicon
from tracker.core.outreach.sayings import Ear, Saying, Sayings
from tracker.core.outreach.sentences import REFERENCE, Sentence, fold, own_part, sentences
from tracker.core.vocabulary import references

LONGEST = 1600
"""As many characters as a text can have; what follows is not read."""


class Meaning(StrEnum):
    """What a text asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    WRONG_PERSON = "wrong_person"
    """It reaches somebody who has nothing to do with the request."""
    UNCLEAR = "unclear"
    """Perhaps to hear no more: they are asked once."""
    OTHER = "other"
    """Anything else: staff read it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a text asks for. `references`: which request it names, as it is or with one slip; most texts name none.
    `named`: something in it looks like a reference."""

    meaning: Meaning
    references: tuple[str, ...] = ()

    @property
    def of_one(self) -> bool:
        """Whether it is about the request that it names, and no other."""
        return bool(self.references)


class Reader:
    """Reads texts by the words of these languages."""

    def __init__(self, books: Sequence[Book], sayings: Sequence[Sayings]) -> None:
        self._books = [Lexicon(each) for each in books]
        self._ears = [
            Ear(own, _words(book, SMALL), _words(book, [part for part in Part if part not in SMALL]))
            for own, book in zip(sayings, books, strict=True)
        ]
        self._signs = tuple(fold(each) for book in books for each in book.get(Part.SIGNED, ()))

    def read(self, text: str) -> Reply:
        """What a text asks for, in whichever of the languages most of its words are."""
        body, named = _without_references(own_part(unicodedata.normalize("NFKC", text[:LONGEST]), self._signs))
        cut = list(sentences(body))
        views = [self._view(cut, book) for book in self._books]
        if not views or not cut:
            return Reply(Meaning.OTHER, named)
        most = max(known for known, _ in views)
        found = {_meaning(clauses) for known, clauses in views if known == most}
        said = [self._said(each) for each in cut]
        every = frozenset(each for clause in said for each in clause)
        asks = any(each.asks for each in cut)
        numbered = any(len(word) >= _LONG_NUMBER and word.isdigit() for each in cut for word in each.folded)
        business = asks or numbered or every & {Saying.BUSINESS, Saying.NOT_MEANT}
        if every & {Saying.DIED, Saying.NEAR} and not business:
            said.append(frozenset({Saying.PERHAPS}))
        return Reply(_together(max(found, key=_CAUTION.index), said), named)

    def _said(self, sentence: Sentence) -> frozenset[Saying]:
        """What a clause says in whichever language; a question and a limit take its certainty."""
        said = frozenset(saying for ear in self._ears for saying in ear.hear(sentence))
        if self._commands(sentence):
            said |= {Saying.NO_MORE}
        if Saying.NOT_MEANT in said:
            return said - _CERTAIN - {Saying.PERHAPS, Saying.NEAR}
        if not said & _CERTAIN:
            return said
        parts = {part for book in self._books for part in book.parts(sentence.folded)}
        if sentence.asks and Part.POLITE not in parts:
            return said - _CERTAIN | {Saying.PERHAPS, Saying.ASKED}
        if Saying.MAYBE in said or (Part.LIMIT in parts and Saying.NOT_US not in said):
            return said - _CERTAIN | {Saying.PERHAPS}
        return said

    def _commands(self, sentence: Sentence) -> bool:
        """Whether a stop word stands in capitals among words that do not: "for the third time, I said STOP"."""
        if sentence.shouted or sentence.asks:
            return False
        words = zip(sentence.words, sentence.folded, strict=True)
        loud = [(folded,) for word, folded in words if len(word) >= len("stop") and word.isupper()]
        return any(book.at(word, 0)[1] is Part.STOP for word in loud for book in self._books)

    def _view(self, cut: Sequence[Sentence], own: Lexicon) -> tuple[int, list[Clause]]:
        """The text as one language hears it, with the others' words where it has none; how many it knows itself."""
        known, clauses = 0, []
        for sentence in cut:
            tokens, count = self._tokens(sentence, own)
            known += count
            clauses.append(Clause(tuple(tokens), sentence.asks, sentence.hard, sentence.line))
        return known, clauses

    def _tokens(self, whole: Sentence, own: Lexicon) -> tuple[list[Token], int]:
        sentence = self._taken_apart(whole)
        tokens: list[Token] = []
        known, at = 0, 0
        while at < len(sentence.words):
            length, part = own.at(sentence.folded, at)
            known += length
            if part is None:
                others = (each.at(sentence.folded, at) for each in self._books if each is not own)
                found = (each for each in others if each[1] not in _OF_ONE_LANGUAGE)
                length, part = max(found, key=lambda each: each[0], default=(0, None))
            word = sentence.words[at]
            if part is None and not word[0].isalnum() and word != REFERENCE:
                at += 1  # a sign, or a picture, that no language has a word for
                continue
            tokens.append(Token(_part(part, sentence, at), " ".join(sentence.folded[at : at + max(1, length)])))
            at += max(1, length)
        return tokens, known

    def _taken_apart(self, sentence: Sentence) -> Sentence:
        """A clause of one word that nobody knows, as the words that it was written together of ("pleasestop"), or as
        the stop word that it was meant to be ("stopoi")."""
        alone = [each for each in sentence.folded if each[0].isalnum()]
        if len(alone) != 1 or len(alone[0]) > LONGEST_WORD:
            return sentence
        word = alone[0]
        meant = next((parts for book in self._books if len(parts := book.apart(word)) > 1), ())
        if not meant and not any(book.at(alone, 0)[1] for book in self._books):
            near = (book.stop_with_a_slip(word) for book in self._books)
            meant = next(((each,) for each in near if each), ())
        rest = tuple(each for each in sentence.folded if each != word)
        return replace(sentence, words=(*meant, *rest), folded=(*meant, *rest)) if meant else sentence


LONGEST_WORD = 40
_LONG_NUMBER = 6
"""Whoever writes so many digits gives us a number."""

_OF_ONE_LANGUAGE = frozenset({Part.FILLER, Part.SUBJECT})
"""Small words, which mean another thing in the next language."""

_CAUTION = (Meaning.START, Meaning.HELP, Meaning.STOP, Meaning.WRONG_PERSON, Meaning.OTHER, Meaning.UNCLEAR)
"""Where two languages hear a text differently, the later of these is what it is taken for."""


def _part(part: Part | None, sentence: Sentence, at: int) -> Part:
    """What an unknown word may be: a name, or something of its own."""
    word = sentence.words[at]
    if word == REFERENCE:
        return Part.REFERENCE
    if part is not None:
        return part
    name = (word[0].isupper() and not sentence.shouted) or (len(word) == 1 and word.isalpha())
    return Part.NAME if name or (sentence.uncased and at > 0) else Part.THING


def _words(book: Book, parts: Iterable[Part]) -> Iterator[str]:
    """The words of these parts, as one that goes on is begun."""
    return (word.rstrip("*") for part in parts for word in book.get(part, ()))


_CERTAIN = frozenset({Saying.NO_MORE, Saying.NOT_US})

SMALL = (Part.FILLER, Part.THIS, Part.SUBJECT, Part.POLITE, Part.COURTESY)
"""What may stand between the words of a saying."""


def _together(heard: Meaning, said: Sequence[frozenset[Saying]]) -> Meaning:
    """What the words of a text mean, and what its clauses say, taken together."""
    every = frozenset(each for clause in said for each in clause)
    wished = max((at for at, each in enumerate(said) if each & _CERTAIN), default=-1)
    taken_back = max((at for at, each in enumerate(said) if Saying.TAKEN_BACK in each), default=-1)
    if taken_back >= wished and taken_back >= 0:
        return Meaning.UNCLEAR if heard in _STOPPED or every & _CERTAIN else heard
    if (
        Saying.NOT_US in every
        and Saying.SPEAKS_FOR in every
        and heard is not Meaning.STOP
        and Saying.NO_MORE not in every
    ):
        return Meaning.UNCLEAR
    if Saying.NOT_US in every:
        return Meaning.STOP if heard is Meaning.STOP else Meaning.WRONG_PERSON
    if Saying.NO_MORE in every:
        return heard if heard is Meaning.WRONG_PERSON else Meaning.STOP
    asked = [each for each in said if Saying.ASKED in each]
    if asked and any(Saying.PERHAPS in each for each in said if each not in asked):
        return Meaning.STOP  # "Is there a way to turn these off? I don't want them."
    doubt = every & {Saying.NOT_MEANT, Saying.MAYBE}
    if (heard in _STOPPED and doubt) or (heard is Meaning.WRONG_PERSON and Saying.SPEAKS_FOR in every):
        return Meaning.UNCLEAR
    return Meaning.UNCLEAR if heard is Meaning.OTHER and Saying.PERHAPS in every else heard


_STOPPED = frozenset({Meaning.STOP, Meaning.WRONG_PERSON})

_PIECE = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[ .\u2010-\u2015-]{1,3}")
MOST_PIECES = 100
"""In so many words of a text a reference is looked for."""


def _without_references(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with a sign in place of each reference that it names, and those that may be meant."""
    named: dict[str, None] = {}
    for near in (False, True):
        while (found := _reference(text, near=near)) is not None:
            first, last, meant = found
            named.update(dict.fromkeys(meant))
            text = f"{text[:first]} {REFERENCE} {text[last:]}"
    return text, tuple(named)


def _reference(text: str, *, near: bool) -> tuple[int, int, tuple[str, ...]] | None:
    """Where a reference stands, and which are meant: as written, or (`near`) with one slip, where it looks like one."""
    pieces = list(_PIECE.finditer(text))[:MOST_PIECES]
    for first, begin in enumerate(pieces):
        symbols = 0
        for last in range(first, min(first + references.LENGTH, len(pieces))):
            end = pieces[last]
            if last > first and not _GAP.fullmatch(text[pieces[last - 1].end() : end.start()]):
                break
            symbols += len(end[0])
            if symbols > references.LENGTH + 1:
                break
            written = text[begin.start() : end.end()]
            looks = " " not in written and (last > first or any(each.isdigit() for each in written))
            if near and looks and symbols >= references.LENGTH - 1:
                meant = references.near(written)
            else:
                read = references.read(written) if symbols == references.LENGTH and not near else None
                meant = (read,) if read else ()
            if meant:
                return begin.start(), end.end(), meant
    return None


def _meaning(clauses: Sequence[Clause]) -> Meaning:
    """What the clauses of a text come to together."""
    parts = {token.part for clause in clauses for token in clause.tokens}
    asks = any(clause.asks for clause in clauses)
    slight = SLIGHT | {Part.REQUEST, Part.WANT, Part.NAME}
    if Part.START in parts and not asks and parts <= slight | {Part.START, Part.GET, Part.MESSAGE}:
        return Meaning.START
    if Part.HELP in parts and parts <= slight | {Part.HELP}:
        return Meaning.HELP
    verdicts = judge(clauses)
    found = set(verdicts)
    if ClauseVerdict.WRONG in found:
        return Meaning.WRONG_PERSON
    if ClauseVerdict.BOUND in found:
        return Meaning.UNCLEAR if ClauseVerdict.NEGATED in found else Meaning.STOP
    if ClauseVerdict.BARE in found and ClauseVerdict.NEGATED not in found:
        rest = found - {ClauseVerdict.BARE, ClauseVerdict.ALONE, ClauseVerdict.EMPTY}
        return Meaning.STOP if not rest else Meaning.UNCLEAR
    if ClauseVerdict.ALONE in found and ClauseVerdict.NEGATED not in found:
        return Meaning.STOP
    return Meaning.UNCLEAR if ClauseVerdict.UNCLEAR in found else Meaning.OTHER
