"""Facts in words: our own where the office has none. What may be said is decided further in, by codes alone."""

from __future__ import annotations

from dataclasses import replace

from templates import own_words
from tracker.core.answers.facts import CaseFacts, DelayFacts, NeedFacts
from tracker.core.answers.message_facts import OutreachFacts
from tracker.core.answers.stages import CHECKING


def case(facts: CaseFacts) -> CaseFacts:
    """What may be read about a case, with our own words in the language of its facts."""
    stage, language = facts.stage, facts.language
    if stage.ours:
        headline, meaning, after = _ours(stage.ours, language)
        stage = replace(stage, headline=headline, meaning=meaning, next=after)
    delay = _delay(facts.delay, language) if facts.delay else None
    return replace(facts, stage=stage, delay=delay, needs=_needs(facts.needs, language))


def outreach(facts: OutreachFacts) -> OutreachFacts:
    """What a message is made of, with our own words in its language."""
    language = facts.language
    if facts.ours:
        headline, meaning, after = _ours(facts.ours, language)
        facts = replace(facts, headline=headline, meaning=meaning, next=after)
    return replace(
        facts,
        needs=_needs(facts.needs, language),
        delay_reason=facts.delay_reason or _reason(facts.delay_code, language),
        how_to_stop=_how_to_stop(facts.how_to_stop, facts.track_url, language),
    )


def headline_of(said: str, language: str) -> str:
    """The headline of a stage; none is said while the newest status is not known here: that we are checking it."""
    return said or own_words.said(language, CHECKING, "headline")


def _how_to_stop(how: str | None, page: str, language: str) -> str | None:
    """How to stop, as a text has room for it: an address without what every telephone knows."""
    return own_words.answered(language, how, page=page.removeprefix("https://")) if how else None


def _ours(table: str, language: str) -> tuple[str, ...]:
    """What is said in place of a stage's headline, meaning and next step that do not hold now."""
    return tuple(own_words.said(language, table, key) for key in ("headline", "meaning", "next"))


def _needs(needs: tuple[NeedFacts, ...], language: str) -> tuple[NeedFacts, ...]:
    return tuple(
        each if each.text else replace(each, text=own_words.said(language, "needs", "unworded")) for each in needs
    )


def _delay(delay: DelayFacts, language: str) -> DelayFacts:
    return replace(delay, text=delay.text or _reason(delay.reason, language))


def _reason(code: str, language: str) -> str:
    return own_words.said(language, "delay_reasons", code) if code else ""
