"""What the interface says, as it stands in the templates, and what the catalogue of a language lacks of it."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator, Mapping
from functools import cache

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError

from templates import languages, wording

Fault = tuple[str, str]
"""A phrase in English, and what is wrong with its translation."""

_KEYWORDS = {**DEFAULT_KEYWORDS, "_gettext": (2,)}
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_TAG = re.compile(r"<[^>]*>")
_MOST_COUNTED = 250
"""Every plural form of every language is met before this number."""


@cache
def wanted() -> Mapping[str, Message]:
    """Every phrase of the templates, by its English (a plural by its singular)."""
    with (languages.LOCALES / "extract.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # it has no types
    found = Catalog()
    for _, _, message, _, context in extract_from_dir(languages.LOCALES.parent, methods, options, keywords=_KEYWORDS):
        found.add(message, context=context)
    return _by_english(found)


def faults(code: str) -> Iterator[Fault]:
    """What the catalogue of a language lacks or has wrong. English has none: its phrases are the templates' own."""
    if code == languages.SOURCE:
        return
    try:
        catalogue = languages.catalogue(code)
    except OSError:
        yield from ((english, "missing") for english in wanted())
        return
    except PoFileError as fault:
        yield "", f"the file cannot be read: {fault}"
        return
    held, plural = _by_english(catalogue), get_plural(str(wording.locale(code)))
    if (catalogue.num_plurals, catalogue.plural_expr) != (plural.num_plurals, plural.plural_expr):
        yield "Plural-Forms", f"not the rule of the language: {plural.plural_forms}"
    for english, phrase in wanted().items():
        wrong = _wrong(phrase, held.get(english), plural.num_plurals, plural.plural_expr)
        if wrong:
            yield english, wrong
    yield from ((english, "no template says this any more") for english in held if english not in wanted())
    yield from ((str(each.id), "no template says this any more") for each in catalogue.obsolete.values())


def _by_english(catalogue: Catalog) -> dict[str, Message]:
    return {(each.id if isinstance(each.id, str) else each.id[0]): each for each in catalogue if each.id}


def _wrong(phrase: Message, held: Message | None, forms: int, rule: str) -> str:
    """What is wrong with a translation, or nothing."""
    if held is None:
        return "missing"
    if held.pluralizable != phrase.pluralizable:
        return "one text where plural forms are needed, or the other way round"
    said = (held.string,) if isinstance(held.string, str) else tuple(held.string or ())
    if not said or not all(each.strip() for each in said):
        return "missing"
    if held.fuzzy:
        return "doubtful (fuzzy): look at it, and take the mark away"
    if any("%" in re.sub(r"%%|%\(\w+\)s", "", each) for each in said):
        return "a % that is no placeholder: write %%"
    if any(each != each.strip() or re.search(r"  |\n", each) for each in said):
        return "spaces or line ends too many"
    return _plural_wrong(phrase, said, forms, rule) if phrase.pluralizable else _text_wrong(str(phrase.id), said[0])


def _text_wrong(english: str, said: str) -> str:
    for pattern, what in ((_PLACEHOLDER, "placeholders"), (_TAG, "tags")):
        if sorted(pattern.findall(said)) != sorted(pattern.findall(english)):
            return f"not the same {what}: {' '.join(pattern.findall(english)) or 'there are none'}"
    return "no mark at its end" if english[-1] in ".:?" and not _ends(said) else ""


def _ends(said: str) -> bool:
    """Whether it ends in a sign, of whatever script."""
    return not said[-1].isalnum()


def _plural_wrong(phrase: Message, said: tuple[str, ...], forms: int, rule: str) -> str:
    """A plural form names its number, unless it is of one number alone."""
    if len(said) != forms:
        return f"{len(said)} plural forms, and the language has {forms}"
    known = set(_PLACEHOLDER.findall("".join(phrase.id)))
    form_of = gettext.c2py(rule)
    numbers: dict[str, int] = {}
    for count in range(1, _MOST_COUNTED):
        numbers[said[form_of(count)]] = numbers.get(said[form_of(count)], 0) + 1
    if any(set(_PLACEHOLDER.findall(each)) - known for each in said):
        return f"placeholders that are not there: there are {' '.join(sorted(known))}"
    if any("%(count)s" not in each and times > 1 for each, times in numbers.items()):
        return "a plural form of several numbers does not say %(count)s"
    return ""
