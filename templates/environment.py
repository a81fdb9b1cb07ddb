"""The one Jinja environment: pages in, HTML out; facts of a message in, the exact words out.

A leaf: it knows nothing of cases, only how to render plain values. An unknown variable is an error, so that
nobody ever reads "Dear ,". Interface words come from the catalogues of `languages`; where a language has none, from
the English in the templates.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.filters import do_forceescape as escaped
from jinja2.filters import do_mark_safe as safe
from jinja2.runtime import Context

from templates import hosts, languages, links, phone, wording

ROOT = Path(__file__).parent
STATIC = ROOT / "static"
"""Served at /static by the web layer."""

FALLBACK_LANGUAGE = languages.SOURCE


def page(name: str, language: str, **context: object) -> str:
    """Render `pages/<name>` (such as "case.html") in this language; in English if the interface does not speak it.

    `chosen`, if it is given, is a language that the links of the page carry on. Raises `jinja2.UndefinedError` when
    the page uses something that it was not given.
    """
    spoken = language if _languages(language)[0] == language and languages.understood(language) else FALLBACK_LANGUAGE
    return environment().get_template(f"pages/{name}").render({**_surroundings(spoken), **context})


def message(purpose: str, language: str, part: str, facts: object, *, cut: bool = True) -> str:
    """Render one part of a message: subject.txt, text.txt, html.html or sms.txt.

    A language without words of its own for this purpose gets the English ones. Subject and SMS are one line; an SMS
    that would take more than two segments (three in other letters than GSM's) is cut, unless `cut` is False or it says
    how to stop.
    Raises `jinja2.TemplateError` when it cannot be rendered; "generic" is the safe purpose to use then.
    """
    template = environment().select_template([f"messages/{purpose}/{tried}/{part}" for tried in _languages(language)])
    spoken = (template.name or "").split("/")[-2]
    rendered = template.render({**_surroundings(spoken), "facts": facts})
    match part:
        case "subject.txt":
            return wording.upright(wording.one_line(rendered))
        case "sms.txt":
            text = phone.phone_text(rendered)
            first = getattr(facts, "how_to_stop", None)  # what says how to stop is never cut off
            text = phone.cut(text) if cut and not first else text
            marked = wording.upright(text)
            return marked if phone.size(marked) == phone.size(text) else text
        case "text.txt":
            return wording.upright(wording.paragraphs(rendered))
        case _:
            return wording.clean(rendered).strip() + "\n"


def direction(language: str) -> str:
    """Which way this language is written: "ltr" or "rtl"."""
    return str(wording.locale(language).text_direction)


@cache
def environment() -> Environment:
    """The environment, built once: strict, escaping HTML, with the filters of `wording`."""
    made = Environment(
        loader=FileSystemLoader(ROOT),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    # The extension adds this method when it is loaded, where no type checker sees it.
    made.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # its extension adds it
    made.filters.update(
        {
            "long_date": pass_context(lambda ctx, day: wording.long_date(day, _language(ctx))),
            "near_date": pass_context(lambda ctx, day, today: wording.near_date(day, _language(ctx), today)),
            "weekday_date": pass_context(lambda ctx, day: wording.weekday_date(day, _language(ctx))),
            "instant": _instant,
            "moment": _moment,
            "local_date": wording.local_date,
            "in_ten": wording.in_ten,
            "grouped": wording.grouped,
            "shorten": wording.shorten,
            "unless_too_long": phone.unless_too_long,
            "first_that_fits": phone.first_that_fits,
            "room_for_name": phone.room_for_name,
            "unlinked": _unlinked,
            "sentence": wording.sentence,
            "capitalised": wording.capitalised,
            "upright": _upright,
            "isolated": _isolated,
            "spoken": _spoken,
        }
    )
    return made


def _surroundings(language: str) -> Mapping[str, object]:
    return {
        "language": language,
        "direction": direction(language),
        "stylesheet": f"/static/tracker.css?v={_fingerprint()}",
        "tongues": _tongues(),
        "chosen": "",
    }


@cache
def _tongues() -> tuple[Mapping[str, str], ...]:
    """The languages of the switch, each with its own name."""
    return tuple(
        {"code": code, "name": languages.own_name(code), "direction": direction(code)} for code in languages.offered()
    )


@cache
def _fingerprint() -> str:
    """Changes with the style sheet, so that a browser may keep it for good."""
    return hashlib.sha256((STATIC / "tracker.css").read_bytes()).hexdigest()[:12]


def _languages(language: str) -> list[str]:
    """The language itself ("cy-GB"), the interface's form of it ("cy"), then English; all of them language codes."""
    wanted = [language, languages.understood(language) or "", re.split("[-_]", language)[0], FALLBACK_LANGUAGE]
    return [each for each in dict.fromkeys(wanted) if re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", each)]


def _language(context: Context) -> str:
    return str(context["language"])


@pass_context
def _gettext(context: Context, text: str) -> str:
    return languages.translations(_language(context)).gettext(text)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    return languages.translations(_language(context)).ngettext(one, many, count)


@pass_context
def _instant(context: Context, at: wording.Instant, zone: str, now: wording.Instant | None = None) -> str:
    """ "at 10:30 on 14 March" in the reader's zone; the year is said unless it is the year of `now`."""
    time, day = wording.time_and_day(at, zone, _language(context), now)
    return _gettext(context, "at %(time)s on %(day)s") % {"time": time, "day": day}


@pass_context
def _moment(context: Context, moment: wording.Momentary, zone: str, now: wording.Instant | None = None) -> str:
    """As precise as it is known: an instant as above, a day as "on 14 March", with no time invented."""
    if moment.at is not None:
        return _instant(context, moment.at, zone, now)
    if moment.on is not None:
        today = None if now is None else wording.local_date(now, zone)
        return _gettext(context, "on %(day)s") % {"day": wording.near_date(moment.on, _language(context), today)}
    return ""


@pass_context
def _unlinked(context: Context, text: str) -> str:
    """Clean text without addresses of others. The office's own are what it declares (`facts.domains`), where it may be
    tracked, and what its own words name."""
    facts = context.get("facts")
    declared: tuple[str, ...] = getattr(facts, "domains", ())
    named = links.named_in([str(getattr(facts, name, "")) for name in _OFFICES_OWN])
    ours = urlsplit(str(getattr(facts, "track_url", ""))).hostname
    own = {*declared, *(domain for each in declared if "@" in each for domain in hosts.domain_of(each))}
    return links.unlinked(wording.clean(text), own | named | ({ours} if ours else set()))


_OFFICES_OWN = ("meaning", "next", "help", "complaint", "appeal", "if_late")
"""Facts that are words of the office's own, which nobody else can write."""


def _upright(text: str) -> str:
    """The text as HTML in which telephone numbers and addresses stay left to right."""
    parts = ((escaped(part), stays) for part, stays in wording.upright_parts(text))
    return safe("".join(f'<bdi dir="ltr">{part}</bdi>' if stays else part for part, stays in parts))


@pass_context
def _isolated(context: Context, name: str, language: str | None = None) -> str:
    """A name of others within a sentence of ours: where it may run the other way, it does not turn the sentence."""
    spoken = "" if language is None else _spoken(context, language)
    if not spoken and wording.runs_right_to_left(name) == (context["direction"] == "rtl"):
        return escaped(name)
    return safe(f"<bdi{spoken}>{escaped(name)}</bdi>")


@pass_context
def _spoken(context: Context, language: str) -> str:
    """The attributes of an element whose words are in this language; none if the page's own is the same."""
    if language.partition("-")[0] == _language(context).partition("-")[0]:
        return ""
    return safe(f' lang="{escaped(language)}" dir="{direction(language)}"')
