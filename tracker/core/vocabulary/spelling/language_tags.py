"""Tags of languages (BCP 47), and which of those on offer serves somebody who asks for one."""

from __future__ import annotations

from collections.abc import Collection

_CODES = (
    "ara:ar ben:bn bul:bg cat:ca ces:cs cze:cs cym:cy wel:cy dan:da deu:de ger:de ell:el gre:el eng:en est:et eus:eu "
    "baq:eu fas:fa per:fa fin:fi fra:fr fre:fr gle:ga glg:gl guj:gu heb:he hin:hi hrv:hr hun:hu ind:id isl:is ice:is "
    "ita:it jpn:ja kor:ko lav:lv lit:lt mlt:mt nld:nl dut:nl nor:no pan:pa pol:pl por:pt ron:ro rum:ro rus:ru slk:sk "
    "slo:sk slv:sl som:so spa:es sqi:sq alb:sq srp:sr swa:sw swe:sv tam:ta tha:th tur:tr ukr:uk urd:ur vie:vi zho:zh "
    "chi:zh iw:he in:id ji:yi nb:no nn:no cmn:zh yue:zh"
)
"""Codes of three letters that older systems keep (ISO 639-2), withdrawn ones (RFC 5646, section 2.2.1), and languages
that are written as part of a wider one, each with the code that serves."""

_SHORT = dict(pair.split(":") for pair in _CODES.split())


def serving(tag: str, offered: Collection[str]) -> str | None:
    """Which of the languages on offer serves somebody who asks for this one; None where none does.

    Look-up as in RFC 4647, section 3.4: the tag, then ever less of it, es-MX, es. Where that gives nothing, another
    form of the same language serves, too: es-MX for somebody who asks for es, or for es-AR.

    >>> serving("es-MX", ["en", "es"]), serving("zh-Hant-TW", ["zh", "zh-Hant"]), serving("English", ["en"])
    ('es', 'zh-Hant', None)
    """
    known = {each.lower(): each for each in offered}
    asked = tag.strip().replace("_", "-").lower().split("-")
    wanted = asked
    while wanted:
        if "-".join(wanted) in known:
            return known["-".join(wanted)]
        wanted = wanted[:-1]
        if wanted and len(wanted[-1]) == 1:  # x and other singletons begin something that went already
            wanted = wanted[:-1]
    return next((each for each in offered if _primary(each) == _primary(asked[0])), None) if asked[0] else None


def _primary(tag: str) -> str:
    code = tag.partition("-")[0].lower()
    return _SHORT.get(code, code)
