"""What a language needs before people can be told everything in it, and what of that is missing or wrong.

Nothing is listed here by hand: the templates, the catalogues, our own words and the service definitions that come with
us are walked, and English says what there has to be.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from notifications import stop_words
from templates import languages, own_words, phone, phrases, wording
from templates.environment import ROOT, message
from tracker.commands.sample_messages import samples
from tracker.core.answers.delays import OURS
from tracker.core.outreach.replies import Meaning
from tracker.core.outreach.sayings import Saying
from tracker.core.services.definitions import Definition
from tracker.core.services.files import read
from tracker.core.services.texts import LONGEST, flaw
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.segments import segments

MESSAGES, SERVICES = ROOT / "messages", ROOT / "services"
MISSING, COPIED = "missing", "the same as in English"
_STEP = re.compile(r"{%.*?%}")
_FACT = re.compile(r"facts\.\w+[|\w]*|{{ reference }}|{{ due_on[|\w]* }}")
_REACHED = re.compile(r"[\w.]+@[\w.]+\w|\d(?: ?\d){6,}")

CODE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")
"""How the code of a language is written, here and in service definitions."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a language lacks: in which file it belongs, what it is, and what is wrong with it."""

    file: str
    what: str
    wrong: str

    def __str__(self) -> str:
        return ": ".join(each for each in (self.file, self.what, self.wrong) if each)


@dataclass(frozen=True, slots=True)
class Gaps:
    """How far a language is: how many texts it has to have, and what is missing or wrong."""

    texts: int
    gaps: tuple[Gap, ...]


def begun() -> tuple[str, ...]:
    """The languages that are offered, in their order, and those of which there is something but no catalogue."""
    framed = {each.name for purpose in _purposes() for each in (MESSAGES / purpose).glob("*")}
    worded = {file.stem for file in own_words.WORDS.glob("*.toml")}
    return (*languages.offered(), *sorted((framed | worded) - set(languages.offered())))


def gaps(code: str) -> Gaps:
    """What a language has to have, and what of it is missing or wrong, in the order of the files; while a file cannot
    be read, only that."""
    unreadable = tuple(_unreadable())
    if unreadable:
        return Gaps(0, unreadable)
    services = sum(1 for _, definition in _definitions() for _ in worded(definition, ""))
    texts = len(phrases.wanted()) + len(_purposes()) * len(_parts()) + len(_own()) + services
    return Gaps(texts, (*_known(code), *_catalogue(code), *_messages(code), *_words(code), *_services(code)))


def _unreadable() -> Iterator[Gap]:
    for file in sorted((*own_words.WORDS.glob("*.toml"), *SERVICES.glob("*.toml"))):
        try:
            tomllib.loads(file.read_text(encoding="utf-8"))
        except ValueError as fault:
            yield Gap(f"templates/{file.relative_to(ROOT).as_posix()}", "", f"it cannot be read: {fault}")


def _known(code: str) -> Iterator[Gap]:
    if not wording.known(code):
        yield Gap("", code, "Babel does not know this language: dates, plurals and direction would be as in English")


def _catalogue(code: str) -> Iterator[Gap]:
    file = f"templates/locales/{code}/LC_MESSAGES/{languages.DOMAIN}.po"
    yield from (Gap(file, f'"{english}"' if english else "", wrong) for english, wrong in phrases.faults(code))


def _purposes() -> list[str]:
    return sorted({each.name for each in MESSAGES.iterdir() if each.is_dir()} | {*Purpose})


def _parts() -> list[str]:
    return sorted({each.name for each in MESSAGES.glob("*/*/*")})


def _messages(code: str) -> Iterator[Gap]:
    for purpose in _purposes():
        whole = True
        for part in _parts():
            wrong = _part_wrong(purpose, code, part)
            whole = whole and not wrong
            if wrong:
                yield Gap(f"templates/messages/{purpose}/{code}/{part}", "", wrong)
        for part in ("subject.txt", "text.txt", "html.html", "sms.txt") if whole else ():
            wrong = _rendered_wrong(purpose, code, part)
            if wrong:
                yield Gap(f"templates/messages/{purpose}/{code}/{part}", "", wrong)


def _part_wrong(purpose: str, code: str, part: str) -> str:
    said, english = (_text(purpose, each, part) for each in (code, languages.SOURCE))
    if not said.strip():
        return MISSING
    if code == languages.SOURCE:
        return ""
    for pattern, what in ((_STEP, "steps"), (_FACT, "facts")):
        if sorted(pattern.findall(said)) != sorted(pattern.findall(english)):
            return f"not the same {what} as in English: {' '.join(pattern.findall(english))}"
    spelt_out = re.sub(r"{[%{#].*?[%}#]}", "", english).strip()
    return COPIED if spelt_out and said == english else ""


def _text(purpose: str, code: str, part: str) -> str:
    file = MESSAGES / purpose / code / part
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _rendered_wrong(purpose: str, code: str, part: str) -> str:
    for facts in samples(purpose, code):
        try:
            text = message(purpose, code, part, facts, cut=False)
        except (TemplateError, TypeError, ValueError) as fault:
            return f"it cannot be rendered: {fault}"
        if part == "sms.txt" and not phone.short_enough(text):
            return f"an SMS of it takes {segments(text).count} parts, which is too many: {text}"
    return ""


def _own() -> dict[tuple[str, str], str | list[str]]:
    """Our own words in English, by table and key; empty where a reason of ours has none."""
    english = {
        (table, key): said
        for table, keys in own_words.tables(languages.SOURCE).items()
        for key, said in keys.items()
        if table != "sayings" or key in set(Saying)
    }
    return {("delay_reasons", reason): "" for reason in OURS} | english


def _words(code: str) -> Iterator[Gap]:
    file, tables, english = f"templates/words/{code}.toml", own_words.tables(code), _own()
    for (table, key), example in english.items():
        said = tables.get(table, {}).get(key)
        match table:
            case "texts":
                wrong = _texted_wrong(key, said)
            case "sayings":
                wrong = _sayings_wrong(said, tables.get("sayings", {}))
            case "answers":
                wrong = _answer_wrong(said, str(example))
            case _:
                wrong = _own_wrong(key if key in LONGEST else table, said)
        if not wrong and said == example and isinstance(said, str) and code != languages.SOURCE:
            wrong = COPIED
        if wrong:
            yield Gap(file, f"{table}.{key}", wrong)
    surplus = {(table, key) for table, keys in tables.items() for key in keys if table != "sayings"} - set(english)
    yield from (Gap(file, f"{table}.{key}", "nothing asks for it") for table, key in sorted(surplus))


def _sayings_wrong(said: object, table: Mapping[str, object]) -> str:
    """What is wrong with the patterns of one saying. The families beside them are each language's own."""
    if not isinstance(said, list) or not said:
        return MISSING
    missing = {family for pattern in said for family in re.findall(r"<(\w+)>", pattern)} - set(table)
    return f"no family of words has this name: {', '.join(sorted(missing))}" if missing else ""


def _own_wrong(kind: str, said: object) -> str:
    if not isinstance(said, str) or not said.strip():
        return MISSING
    found = flaw(kind, said)
    return " - ".join(found) if found else ""


_MEANT = {
    "stop": Meaning.STOP,
    "stop_alone": Meaning.STOP,
    "start": Meaning.START,
    "help": Meaning.HELP,
    "wrong_person": Meaning.WRONG_PERSON,
}
"""The lists of which each entry is a whole text, and what it asks for."""


def _texted_wrong(part: str, said: object) -> str:
    if not isinstance(said, list) or not said:
        return MISSING
    meant = _MEANT.get(part)
    odd = [each for each in said if meant and stop_words.read(each).meaning is not meant]
    return f"as a whole text these are read as something else: {', '.join(odd)}" if odd else ""


def _answer_wrong(said: object, english: str) -> str:
    """What is wrong with what we text back."""
    if not isinstance(said, str) or not said.strip():
        return MISSING
    given = re.findall(r"{\w+}", english)
    if sorted(re.findall(r"{\w+}", said)) != sorted(given):
        return f"not the same names in braces: {' '.join(given)}"
    return ""


def _definitions() -> list[tuple[str, Mapping[str, Any]]]:
    files = sorted(SERVICES.glob("*.toml"))
    return [(file.name, tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]


def _services(code: str) -> Iterator[Gap]:
    for name, definition in _definitions():
        file = f"templates/services/{name}"
        if code not in definition["languages"]:
            yield Gap(file, "languages", f'"{code}" is not among them')
        for path, texts in worded(definition, ""):
            wrong = _office_wrong(path, texts.get(code), texts[languages.SOURCE], code)
            if wrong:
                yield Gap(file, f"{path}.{code}", wrong)


def _office_wrong(path: str, said: str | None, english: str, code: str) -> str:
    kind = next(each for each in reversed(path.split(".")) if each in LONGEST)
    wrong = _own_wrong(kind, said)
    if wrong or said is None or code == languages.SOURCE:
        return wrong
    if sorted(_REACHED.findall(said)) != sorted(_REACHED.findall(english)):
        return "not the same telephone numbers and addresses as in English"
    return COPIED if said == english else ""


def worded(table: Any, path: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every mapping from language to text below `path`, with its place: what has a text in English. A table may have
    texts of its own and tables beside them, such as what is asked for, and why."""
    if isinstance(table, list):
        for place, one in enumerate(table):
            yield from worded(one, f"{path}[{place}]")
    elif isinstance(table, dict):
        if isinstance(table.get(languages.SOURCE), str):
            yield path, {key: value for key, value in table.items() if isinstance(value, str)}
        for key, value in table.items():
            yield from worded(value, f"{path}.{key}" if path else key)


def unspoken(text: str) -> tuple[str, ...]:
    """What an operator should know of a definition that is whole: languages in which people would read the service's
    words among words of ours in another."""
    definition = read(text)
    if not isinstance(definition, Definition):
        return ()
    return tuple(
        f'warning: the pages and messages have no words of their own in "{language}". People would read the service in '
        f"{language} and all the rest in English. Add the language (docs/translating.md), or take it out of languages."
        for language in definition.languages
        if languages.understood(language) is None
    )
