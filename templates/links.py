"""What in a text of others is a web or mail address, and whose: nobody may send people elsewhere in our name.

Looked for is what phones and mail programs make a link of: anything with a scheme (`https://`, `hxxp://`), `www.`, an
address with `@`, and words joined by dots of which one is a top-level domain (`hosts`). Wide and ornamental letters
and dots are read as browsers read them (NFKC; U+3002, UTS #46), and so is a dot that was written "[.]", " . " or
"dot". Every step passes over the text once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from templates import hosts

GONE = "(…)"
"""What stands in place of an address that is not the office's."""

_WORDLESS = frozenset(["com", "org", "biz", "xyz", "ru", "cn"])
"""Endings that begin no sentence, so that a space beside the dot hides nothing."""

_SPELT = re.compile(r"[\[({<]\s{0,3}(?:(?P<dot>\.|dot|punto)|@|at|arroba)\s{0,3}[\])}>]", re.IGNORECASE)
_TOKEN = re.compile(r"\S+")
_RUN = re.compile(r"[\w.\-+%@\u200c\u200d]+")
_REST = re.compile(r"[\w.\-~/?#=&%+:!$*]*")
_AUTHORITY = re.compile(r"[\w.-]+(?::\d{1,5})?")
_QUAD = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)")
_OPENS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.*")
_GOES_ON = frozenset("/?#:\\&=%")
_CLOSES = ".,;:!?)]}>'\"»”’…،؛؟"
_ENDS = frozenset(_CLOSES + "([{<«“‘")
"""What may follow an address of the office's: what comes after it is looked at for itself."""

Stays = Callable[[str], bool]
"""Whether an address may stand: a host, a host with what follows it, or a mailbox, in small letters."""


def unlinked(text: str, own: Collection[str] = ()) -> str:
    """The text without the addresses of others. `own`: the office's domains and mailboxes, and single pages that it
    names (`named_in`); what lies under one of its domains stays as it is written.

    So does every dot that makes no link, as in "form P.45/1". Where a full stop and the next sentence would make one
    ("end.It is late"), a space comes between them."""
    ours = frozenset(hosts.tidy(each) for each in own)
    read = _read(text)
    made: list[str] = []
    done = 0
    for start, end, instead in sorted(_links(read.plain, lambda name: hosts.is_own(name, ours)), key=lambda it: it[:2]):
        begins, ends = read.where[start], read.where[end - 1] + 1
        if begins < done:
            done, begins = max(done, ends), done
            continue
        made += [text[done:begins], instead]
        done = ends
    return "".join([*made, text[done:]])


def named_in(texts: Collection[str]) -> frozenset[str]:
    """The addresses that texts of the office's own name: mailboxes with their domains, and single pages."""
    named: set[str] = set()
    for text in texts:
        named |= _named_in(text)
    return frozenset(named)


@lru_cache(maxsize=2_000)
def _named_in(text: str) -> frozenset[str]:
    seen: list[str] = []

    def note(name: str) -> bool:
        seen.append(name)
        return "@" in name or "/" in name

    for _ in _links(_read(text).plain, note):
        pass
    boxes = {each for each in seen if "@" in each}
    pages = {each for each in seen if "/" in each}
    return frozenset(boxes | pages | {domain for each in boxes for domain in hosts.domain_of(each)})


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as machines read it, and `where` each of its signs stands in the text as it was written."""

    plain: str
    where: Sequence[int]


def _read(text: str) -> _Read:
    plain: str = text
    where: Sequence[int] = range(len(text))
    if not text.isascii():
        signs = [(sign, at) for at, one in enumerate(text) for sign in (one if one.isascii() else _as_read(one))]
        plain, where = "".join(sign for sign, _ in signs), [at for _, at in signs]
    if not any(bracket in plain for bracket in "[({<"):
        return _Read(plain, where)
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for spelt in _SPELT.finditer(plain):
        parts += [plain[done : spelt.start()], "." if spelt["dot"] else "@"]
        places += [*where[done : spelt.start()], where[spelt.start()]]
        done = spelt.end()
    return _Read("".join([*parts, plain[done:]]), [*places, *where[done:]])


@lru_cache(maxsize=10_000)
def _as_read(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).replace("\u3002", ".")


Found = tuple[int, int, str]
"""From where to where an address stands, and what is to stand there."""


def _links(plain: str, stays: Stays) -> Iterator[Found]:
    tokens = [match.span() for match in _TOKEN.finditer(plain)]
    for start, end in tokens:
        yield from _in_token(plain, start, end, stays)
    yield from _spaced(plain, tokens, stays)


def _in_token(plain: str, at: int, end: int, stays: Stays) -> Iterator[Found]:
    """The links in a piece of text without a space."""
    while at < end:
        scheme = plain.find("://", at, end)
        opens = scheme if scheme >= 0 else end
        while opens > at and scheme >= 0 and plain[opens - 1] in _OPENS:
            opens -= 1
        for run in _RUN.finditer(plain, at, opens):
            found = _in_run(plain, run.start(), run.end(), end, stays)
            yield from found
            if found and found[-1][1] > run.end():
                return
        if scheme < 0:
            return
        at = scheme + 3
        if at >= end:
            return
        rest = _REST.match(plain, at, end)
        stop = rest.end() if rest else at
        if _url_stays(plain[at:stop], plain[stop : stop + 1] if stop < end else "", stays):
            at = stop
        else:
            yield opens, _closed(plain, at, end), GONE
            return


def _url_stays(url: str, after: str, stays: Stays) -> bool:
    """Whether an address with a scheme is the office's, with nothing in it that leads elsewhere."""
    authority = re.split(r"[/?#]", url, maxsplit=1)[0].rstrip(_CLOSES)
    if _AUTHORITY.fullmatch(authority) is None or "://" in url or (after and after not in _ENDS):
        return False
    host = hosts.tidy(authority.partition(":")[0])
    return stays(host) or stays(_tidy_page(host, url[len(authority) :]))


def _tidy_page(host: str, rest: str) -> str:
    return f"{host}/{rest.strip('/' + _CLOSES)}"


def _in_run(plain: str, start: int, end: int, token_end: int, stays: Stays) -> list[Found]:
    """The link in a run of the signs that addresses are made of, if there is one."""
    while end > start and plain[end - 1] in ".-+%":
        end -= 1
    text, after = plain[start:end], plain[end : end + 1] if end < token_end else ""
    goes_on = after in _GOES_ON and end + 1 < token_end and plain[end + 1] not in _CLOSES
    if "@" in text:
        if not any(hosts.host_in(piece.split("."), goes_on=True) for piece in text.split("@")):
            return []
        mailbox = text.count("@") == 1 and not goes_on
        if mailbox and stays(hosts.tidy(text)):
            return []
        return [(start, _closed(plain, end, token_end) if goes_on else end, GONE)]
    if _QUAD.fullmatch(text):
        leads = goes_on and (after == ":" or plain[end + 1].isalpha())
        return [(start, _closed(plain, end, token_end), GONE)] if leads else []
    found: list[Found] = []
    at = start
    for dotted in re.split(r"(\.{2,})", text):
        last = goes_on and at + len(dotted) == end
        host = hosts.host_in(dotted.split("."), goes_on=last)
        if host is not None:
            found += _bare(plain, (at, host), at + len(dotted), token_end if last else at + len(dotted), stays)
        at += len(dotted)
    return found


def _bare(plain: str, named: tuple[int, str], end: int, token_end: int, stays: Stays) -> list[Found]:
    """What becomes of a host without a scheme that was found at a place."""
    start, host = named
    rest = ""
    if token_end > end:
        match = _REST.match(plain, end, token_end)
        stop = match.end() if match else end
        rest = plain[end:stop]
        clean = "://" not in rest and (stop == token_end or plain[stop] in _ENDS)
    else:
        clean = True
    tidy = hosts.tidy(host)
    if clean and (stays(tidy) or stays(_tidy_page(tidy, rest))):
        return []
    first, _, ending = host.partition(".")
    if not rest and "." not in ending and end == start + len(host) and hosts.begins_sentence(first, ending):
        dot = start + len(first)
        return [(dot, dot + 1, ". ")]
    return [(start, _closed(plain, end, token_end) if token_end > end else end, GONE)]


def _closed(plain: str, start: int, end: int) -> int:
    """The end of an address that runs to the next space, without the marks that close a sentence or a bracket."""
    while end > start + 1 and plain[end - 1] in _CLOSES:
        end -= 1
    return end


def _spaced(plain: str, tokens: list[tuple[int, int]], stays: Stays) -> Iterator[Found]:
    """Addresses whose last dot has a space beside it, or is a word."""
    for place in range(1, len(tokens)):
        start, end = tokens[place]
        before = tokens[place - 1]
        token = plain[start : min(end, start + 10)].lower()
        if token in {".", "dot", "punto"} and place + 1 < len(tokens):
            start, end = tokens[place + 1]
            known = hosts.KNOWN
        elif token.startswith("."):
            start, known = start + 1, _WORDLESS
        elif plain[before[1] - 1] == ".":
            before, known = (before[0], before[1] - 1), _WORDLESS
        else:
            continue
        run = _RUN.match(plain, start, end)
        ending = run.group().rstrip(".").split(".")[0] if run else ""
        begins = _run_before(plain, *before)
        if run is None or begins == before[1] or plain[before[1] - 1] == "." or ending.lower() not in known:
            continue
        host = f"{plain[begins : before[1]]}.{ending}"
        if not stays(hosts.tidy(host)):
            goes_on = run.end() < end and plain[run.end()] in _GOES_ON
            yield begins, _closed(plain, start, end) if goes_on else start + len(ending), GONE


def _run_before(plain: str, start: int, end: int) -> int:
    """Where the run of such signs begins that ends here."""
    at = end
    while at > start and (plain[at - 1].isalnum() or plain[at - 1] in "_-.@+%"):
        at -= 1
    return at
