"""Hosts: which words joined by dots are one, in which form their names are compared, and whose they are.

Top-level domains, and the domains under which anybody may have one, are those of the Public Suffix List
(https://publicsuffix.org), as the package `publicsuffixlist` brings it: no network is asked.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from publicsuffixlist import PublicSuffixList

KNOWN = frozenset(
    ["com", "net", "org", "info", "biz", "io", "co", "uk", "app", "dev", "xyz", "top", "ru", "cn", "eu", "ly"]
)
"""Endings that everybody takes for one, however they are spaced or spelt."""

_RESERVED = frozenset(["example", "test", "invalid", "localhost", "local", "internal", "alt"])
"""Top-level domains of special use, which the list has not (RFC 6761 and its registry)."""

_ANYBODYS = frozenset(
    [
        "gmail",
        "googlemail",
        "outlook",
        "hotmail",
        "live",
        "msn",
        "yahoo",
        "ymail",
        "rocketmail",
        "icloud",
        "aol",
        "gmx",
        "web",
        "mail",
        "proton",
        "protonmail",
        "yandex",
        "zoho",
        "fastmail",
        "btinternet",
        "btconnect",
        "sky",
        "talktalk",
        "virginmedia",
    ]
)
"""Where everybody can have a mailbox: who has one there speaks for that mailbox alone."""


def domain_of(mailbox: str) -> tuple[str, ...]:
    """The domain for which somebody with this mailbox speaks; none where everybody can have one."""
    domain = tidy(mailbox.rpartition("@")[2])
    owned = _suffixes(icann=True).privatesuffix(domain, accept_unknown=True) or ""
    return () if not owned or owned.partition(".")[0] in _ANYBODYS else (domain,)


def is_own(name: str, own: frozenset[str]) -> bool:
    """Whether a host, a page ("host/path") or a mailbox is the office's: named itself, or under one of its domains.
    All in the form of `tidy`."""
    host = name.rpartition("@")[2]
    if name in own or "/" in host:
        return name in own
    labels = host.split(".")
    owners = (".".join(labels[first:]) for first in range(max(0, len(labels) - 10), len(labels)))
    return any(each in own and (each == name or not _suffixes(icann=False).is_public(each)) for each in owners)


def tidy(name: str) -> str:
    """A name in the one form in which names are compared: small letters, no ASCII in place of another script."""
    box, at, host = unicodedata.normalize("NFKC", name.strip()).lower().rpartition("@")
    return box + at + ".".join(_decoded(label) for label in host.strip(".").split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


@cache
def _suffixes(*, icann: bool) -> PublicSuffixList:
    """The list: of top-level domains and what registries give out below them, or with what firms give out too."""
    return PublicSuffixList(accept_unknown=False, only_icann=icann)


def _is_ending(label: str) -> bool:
    label = label.lower()
    return label in _RESERVED or _suffixes(icann=True).publicsuffix(label) is not None


def begins_sentence(before: str, word: str) -> bool:
    """Whether "before.Word" is rather the end of one sentence and the beginning of the next."""
    return word[:1].isupper() and word[1:].islower() and before[-1:].islower() and word.lower() not in KNOWN


def host_in(labels: list[str], *, goes_on: bool) -> str | None:
    """The host that dotted words make: up to the last that is a top-level domain. None: they make none."""
    labels = [each for each in labels if each]
    if len(labels) < 2:
        return None
    if labels[0].lower() == "www":
        return ".".join(labels)
    for last in range(len(labels) - 1, 0, -1):
        if _is_ending(labels[last]):
            before, ending = labels[:last], labels[last]
            if not goes_on and len(ending) == 2 and _is_measure_or_degree(before, ending):
                return None
            return ".".join(labels[: last + 1])
    return None


def _is_measure_or_degree(before: list[str], ending: str) -> bool:
    """Whether it is "2.cm", or "B.Sc" with its letters."""
    if all(each.isdigit() for each in before):
        return True
    return ending.istitle() and all(len(each) == 1 and each.isupper() for each in before)
