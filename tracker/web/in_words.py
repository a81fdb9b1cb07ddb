"""Facts in words: our own where the office has none. What may be said is decided further in, by codes alone."""

from __future__ import annotations

from dataclasses import replace

from templates import own_words
from tracker.core.answers.facts import CaseFacts, DelayFacts, NeedFacts, OutreachFacts


def case(facts: CaseFacts) -> CaseFacts:
    """What may be read about a case, with our own words in the language of its facts."""
    stage, language = facts.stage, facts.language
    if stage.code is None:
        stage = replace(stage, headline=headline(stage.headline, language), meaning=_meaning(stage.meaning, language))
    delay = _delay(facts.delay, language) if facts.delay else None
    return replace(facts, stage=stage, delay=delay, needs=_needs(facts.needs, language))


def outreach(facts: OutreachFacts) -> OutreachFacts:
    """What a message is made of, with our own words in its language."""
    language = facts.language
    checking = not facts.headline
    return replace(
        facts,
        headline=headline(facts.headline, language),
        meaning=_meaning("", language) if checking else facts.meaning,
        needs=_needs(facts.needs, language),
        delay_reason=facts.delay_reason or _reason(facts.delay_code, language),
    )


def headline(said: str, language: str) -> str:
    """The headline of a stage; none is said while the newest status is not known here: that we are checking it."""
    return said or own_words.said(language, "checking", "headline")


def _meaning(said: str, language: str) -> str:
    return said or own_words.said(language, "checking", "meaning")


def _needs(needs: tuple[NeedFacts, ...], language: str) -> tuple[NeedFacts, ...]:
    return tuple(
        each if each.text else replace(each, text=own_words.said(language, "needs", "unworded")) for each in needs
    )


def _delay(delay: DelayFacts, language: str) -> DelayFacts:
    return replace(delay, text=delay.text or _reason(delay.reason, language))


def _reason(code: str, language: str) -> str:
    return own_words.said(language, "delay_reasons", code) if code else ""
