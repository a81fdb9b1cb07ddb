"""Reads a service definition from TOML, or says everything that is wrong with it.

The one door to definitions as text and as stored JSON: `read`, `compare`, `inherit`, `to_json`, `from_json`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta

from tracker.core.services import policies as policies
from tracker.core.services.checks import Draft, check
from tracker.core.services.definitions import Definition, KnownFact, NeedWords, Stage, Words
from tracker.core.services.faults import MOST_FAULTS, Fault, Faults, shown
from tracker.core.services.stored_form import from_json, to_json
from tracker.core.services.texts import unfit_code
from tracker.core.services.toml_tables import TomlTable
from tracker.core.services.versions import compare, inherit
from tracker.core.vocabulary import known_facts
from tracker.core.vocabulary.words import Clock, Outcome, WaitingOn

__all__ = ["Fault", "Faults", "compare", "from_json", "inherit", "read", "read_table", "to_json"]

MOST_CHARACTERS, MOST_IN_LINE = 200_000, 4_000
"""Files and lines longer than this are not read: the time that TOML takes grows with the square of a key."""

MOST_STAGES, MOST_CODES, MOST_NEEDS, MOST_MOVED, MOST_LANGUAGES, MOST_DELAYS = 60, 500, 300, 300, 20, 100
MOST_DOMAINS = 50

_SERVICE = re.compile(r"(?=.{1,60}\Z)[A-Za-z0-9]+(?:[-_./][A-Za-z0-9]+)*")
_STAGE = re.compile(r"(?=.{1,40}\Z)[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")
_DOMAIN = re.compile(r"(?=.{4,253}\Z)[^\W_]+(?:-+[^\W_]+)*(?:\.[^\W_]+(?:-+[^\W_]+)*)+")
_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)\Z")
_DEEP = re.compile(r"""[ \t]*\[{0,2}(?:[ \t]*(?:[\w-]++|"[^"]*+"|'[^']*+')[ \t]*\.){10}""")
_STAGE_PATH = re.compile(r"stages\[\d+\]")

_SERVICE_RULE = "letters and digits, parted by - _ . or /, at most 60, such as building-permit"
_STAGE_RULE = "small letters and digits, parted by _, at most 40, such as more_needed"
_STAGES_REMEDY = "Begin each stage with [[stages]], in double brackets, on a line of its own."
_CODES_REMEDY = 'Write codes = ["REC", "REC2"]: the status codes of the back office that mean this stage.'
_LEADS_REMEDY = 'Write leads_to = ["checking"]: the codes of the stages that may follow.'
_ELSEWHERE = {
    "mapping": 'Status codes are written in each stage, as codes = ["REC", "REC2"].',
    "stage": _STAGES_REMEDY,
}


def read(text: str) -> Definition | Faults:
    """The definition that this TOML text holds, or its faults (at most `MOST_FAULTS`). Never raises."""
    too_much = _too_much(text)
    if too_much is not None:
        return (too_much,)
    try:
        content = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        return (_syntax_fault(str(error)),)
    except (ValueError, RecursionError, OverflowError):
        problem = "a number is too long, or brackets are too deep in brackets, to be read"
        return (Fault("file", problem, "Take it out: a definition needs neither."),)
    return read_table(content)


def read_table(content: Mapping[str, object]) -> Definition | Faults:
    """The definition in a table of keys, such as a TOML parser yields, or every fault found in it."""
    faults: list[Fault] = []
    draft = _draft(TomlTable(content, "", faults))
    faults.extend(check(draft, faults))
    if not faults:
        return draft.definition
    names = {path: stage.code for path, stage in zip(draft.paths, draft.definition.stages, strict=True)}
    return tuple(dict.fromkeys(_named(fault, names) for fault in faults[:MOST_FAULTS]))


def _too_much(text: str) -> Fault | None:
    """Why a text is not even looked into, or None."""
    if len(text) > MOST_CHARACTERS:
        problem = f"the file has {len(text)} characters; at most {MOST_CHARACTERS} are read"
        return Fault("file", problem, "A service definition is a few pages long. Is this the right file?")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MOST_IN_LINE:
            problem = f"the line has {len(line)} characters; at most {MOST_IN_LINE} are read"
            return Fault(f"line {number}", problem, "Break the line: a list may run over several lines.")
        if _DEEP.match(line):
            return Fault(f"line {number}", "the key has too many dots", "Keys here have two dots at most.")
    return None


def _syntax_fault(message: str) -> Fault:
    """A fault of TOML itself, with its line when the parser knows it."""
    found = _LINE.search(message)
    said = shown(_LINE.sub("", message), 120)
    path = f"line {found[1]}" if found and found[1] else "the last line"
    if "overwrite" in said or "twice" in said or "mutable" in said or "immutable" in said:
        remedy = "The same key or table is written twice just before this place: keep one of them."
    elif "Illegal character" in said or "string" in said.lower():
        remedy = 'Put texts between straight quotes, "like this", on one line, and close each quote.'
    else:
        remedy = 'Write key = "text", key = true, key = ["A", "B"] or [table]; close every quote and bracket.'
    return Fault(path, f"this is not TOML: {said}", remedy)


def _named(fault: Fault, names: Mapping[str, str]) -> Fault:
    """The fault with the code of its stage before it: easier to find than a number."""
    found = _STAGE_PATH.match(fault.path)
    code = names.get(found.group()) if found else None
    return Fault(fault.path, f'Stage "{shown(code)}": {fault.problem}', fault.remedy) if code else fault


def _draft(root: TomlTable) -> Draft:
    service = root.code("service", _SERVICE, _SERVICE_RULE)
    root.languages = _languages(root)
    sensitive = root.flag("sensitive", False)
    domains = _domains(root)
    name = root.words("name")
    known_fact = _known_fact(root)
    tables = root.tables("stages", MOST_STAGES, _STAGES_REMEDY)
    codes = tuple(table.names("codes", 1, MOST_CODES, _CODES_REMEDY) for table in tables)
    stages = tuple(_stage(table) for table in tables)
    mapping = {code: stage.code for stage, some in zip(stages, codes, strict=True) for code in some if code}
    definition = Definition(
        service=service,
        languages=root.languages,
        name=name,
        known_fact=known_fact,
        stages=stages,
        mapping=mapping,
        help=root.words("help"),
        complaint=root.words("complaint"),
        appeal=root.words("appeal", required=False),
        needs=_needs(root),
        delay_reasons=_delay_reasons(root),
        moved=_moved(root),
        promise=policies.promise(root),
        outreach=policies.outreach(root),
        feedback=policies.feedback(root),
        retention=policies.retention(root),
        statutory=policies.statutory(root),
        closed_days=policies.closed_days(root),
        sensitive=sensitive,
        domains=domains,
    )
    root.finish(_ELSEWHERE)
    return Draft(definition, tuple(table.path for table in tables), codes)


def _languages(root: TomlTable) -> tuple[str, ...]:
    remedy = 'Write languages = ["en"]: the codes of the languages of all words, the main one first.'
    found = root.names("languages", 1, MOST_LANGUAGES, remedy)
    right = True
    for place, language in enumerate(found):
        if language and _LANGUAGE.fullmatch(language) is None:
            problem = f'"{shown(language)}" is not the code of a language'
            remedy = "Write the usual code of the language, such as en, cy, ar or pt-BR."
            root.fault_at("languages", place, problem, remedy)
            right = False
    return tuple(language for language in found if language) if right else ()


def _domains(root: TomlTable) -> tuple[str, ...]:
    remedy = 'Write domains = ["council.example"]: names alone, without https:// and without what follows a /.'
    found = root.names("domains", 0, MOST_DOMAINS, remedy)
    for place, domain in enumerate(found):
        if domain and _DOMAIN.fullmatch(domain) is None:
            root.fault_at("domains", place, f'"{shown(domain)}" is not a domain', remedy)
    return tuple(domain.lower() for domain in found if domain)


def _known_fact(root: TomlTable) -> KnownFact:
    remedy = 'Write a table [known_fact] with kind = "postcode" and label = { en = "Your postcode" }.'
    table = root.table("known_fact", remedy)
    if table is None:
        return KnownFact("", {})
    kind = table.choice("kind", known_facts.KINDS, required=True)
    fact = KnownFact(kind, table.words("label"), table.words("hint", required=False))
    table.finish()
    return fact


def _stage(table: TomlTable) -> Stage:
    outcome, within = table.choice("outcome", Outcome), table.whole("appeal_within_days", 1, 3650)
    stage = Stage(
        code=table.code("code", _STAGE, _STAGE_RULE),
        headline=table.words("headline"),
        meaning=table.words("meaning"),
        next=table.words("next"),
        waiting_on=WaitingOn(table.choice("waiting_on", WaitingOn, WaitingOn.US)),
        other=table.words("other", required=False),
        clock=Clock(table.choice("clock", Clock, Clock.RUNNING)),
        opens=table.flag("opens", False),
        closes=table.flag("closes", False),
        outcome=Outcome(outcome) if outcome else None,
        formal=table.flag("formal", False),
        tell=table.flag("tell", True),
        leads_to=table.names("leads_to", 0, MOST_STAGES, _LEADS_REMEDY),
        you_can=table.words("you_can", required=False),
        if_late=table.words("if_late", required=False),
        appeal_within=timedelta(days=within) if within else None,
    )
    table.finish()
    return stage


def _needs(root: TomlTable) -> dict[str, NeedWords]:
    table = root.table("needs")
    if table is None:
        return {}
    _keys(table, MOST_NEEDS, "Join the needs that mean the same.")
    return {code: _need(table, code) for code in list(table.content)[:MOST_NEEDS]}


def _need(needs: TomlTable, code: str) -> NeedWords:
    """What is asked for, in each language, and beside these words tables of why, where to and what if not."""
    what, beside = needs.words_and_tables(code, "needs", ("why", "send_to", "if_not"))
    return NeedWords(what, *beside)


def _delay_reasons(root: TomlTable) -> dict[str, Words]:
    table = root.table("delay_reasons")
    if table is None:
        return {}
    _keys(table, MOST_DELAYS, "Join the reasons that mean the same.")
    return {code: table.words(code, "delay_reasons") for code in list(table.content)[:MOST_DELAYS]}


def _moved(root: TomlTable) -> dict[str, str]:
    table = root.table("moved")
    if table is None:
        return {}
    _keys(table, MOST_MOVED, "Take out the oldest: the versions before this one remember them.")
    return {old: table.code(old, _STAGE, _STAGE_RULE) for old in list(table.content)[:MOST_MOVED]}


def _keys(table: TomlTable, most: int, remedy: str) -> None:
    """Note what is wrong with the keys of a table whose keys are the office's own codes."""
    if len(table.content) > most:
        table.fault("", f"there are {len(table.content)} keys; at most {most} are read", remedy)
    for key in list(table.content)[:most]:
        flaw = unfit_code(key)
        if flaw is not None:
            table.fault(key, *flaw)
