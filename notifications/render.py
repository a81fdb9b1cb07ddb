"""The exact words of a message, from its facts."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict

from jinja2 import TemplateError

from notifications.channels import Content
from templates.environment import message
from tracker.core.answers.message_facts import OutreachFacts
from tracker.core.vocabulary.channels import Writing, traits_of
from tracker.web import in_words

log = logging.getLogger(__name__)

SAFE_PURPOSE = "generic"
"""The safe text: there is news, and where to read it."""


def render(facts: OutreachFacts, channel: str, address: str) -> tuple[Content, str | None]:
    """The words for a channel, and what went wrong if the safe text had to take their place. `address`: from where
    an e-mail comes."""
    facts = in_words.outreach(facts)
    try:
        return _render(facts, facts.purpose, channel, address), None
    except (TemplateError, TypeError, ValueError) as fault:
        log.error("message_not_rendered", extra={"purpose": facts.purpose, "fault": type(fault).__name__})
        return _render(facts, SAFE_PURPOSE, channel, address), f"{facts.purpose}: {type(fault).__name__}"


def _render(facts: OutreachFacts, purpose: str, channel: str, address: str) -> Content:
    language = facts.language
    match traits_of(channel).writing:
        case Writing.LINE:
            return Content(sender=facts.organisation, text=message(purpose, language, "sms.txt", facts))
        case Writing.MAIL:
            return Content(
                sender=f"{facts.organisation} <{address}>",
                subject=message(purpose, language, "subject.txt", facts),
                text=message(purpose, language, "text.txt", facts),
                html=message(purpose, language, "html.html", facts),
            )


def as_json(content: Content) -> str:
    """The words as an attempt keeps them."""
    return json.dumps({name: value for name, value in asdict(content).items() if value is not None})
