"""Accounts of dates to render: an ordinary one, and each odd one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.templates.samples import LONG_NAME, MARKUP
from tracker.core.answers.punctuality_facts import EarlierAimFacts, OfficePunctualityFacts, ServicePunctualityFacts
from tracker.core.promises.punctuality import PunctualityFigures, Record
from tracker.core.vocabulary.words import Confidence

USUAL = PunctualityFigures(Record(219, 240), 6, 28, 19, 27, 24, 20)
PERMIT = ServicePunctualityFacts("permit", "Resident parking permit", "en", 0.9, Confidence.TRUSTED, USUAL)
SERVICES = {
    "usual": PERMIT,
    "better": replace(PERMIT, figures=replace(USUAL, record=Record(238, 240), moved=2, told=2)),
    "worse": replace(
        PERMIT, confidence=Confidence.WIDENED, figures=replace(USUAL, record=Record(180, 240), moved=70, told=0)
    ),
    "far_worse": replace(
        PERMIT,
        confidence=Confidence.WITHDRAWN,
        figures=replace(USUAL, record=Record(100, 240), half_days=40, most_days=None, moved=150, told=120),
    ),
    "none": replace(
        PERMIT,
        confidence=Confidence.WITHDRAWN,
        figures=PunctualityFigures(Record(0, 40), 0, 28, None, None, 40, 39),
    ),
    "all": replace(PERMIT, figures=PunctualityFigures(Record(40, 40), 0, 28, 20, 27)),
    "one_late": replace(PERMIT, figures=PunctualityFigures(Record(39, 40), 1, 1, 1, 1, 1, 1)),
    "one_late_untold": replace(PERMIT, figures=PunctualityFigures(Record(39, 40), 1, 0, 0, 2, 0, 0)),
    "stand_ins": replace(PERMIT, figures=replace(USUAL, stand_ins=Record(21, 30), office=Record(7, 12))),
    "stand_ins_alone": replace(PERMIT, figures=replace(USUAL, stand_ins=USUAL.record)),
    "few_stand_ins": replace(PERMIT, figures=replace(USUAL, stand_ins=Record(7, 9), office=Record(8, 9))),
    "few_others": replace(PERMIT, figures=replace(USUAL, stand_ins=Record(211, 231))),
    "offices_alone": replace(
        PERMIT, figures=PunctualityFigures(Record(7, 9), stand_ins=Record(7, 9), office=Record(11, 14))
    ),
    "few": replace(PERMIT, figures=PunctualityFigures(Record(11, 12), 1, 28, 19, 27, 1, 1)),
    "too_few": replace(PERMIT, figures=PunctualityFigures(Record(7, 9), 33, 28, 19, 27, 2, 1)),
    "too_few_after_withdrawal": replace(
        PERMIT, confidence=Confidence.WITHDRAWN, figures=PunctualityFigures(Record(0, 0))
    ),
    "another_aim": replace(PERMIT, declared=0.85, earlier=(EarlierAimFacts(0.9, Record(50, 60)),)),
    "long": replace(PERMIT, name=LONG_NAME),
    "markup": replace(PERMIT, name=MARKUP),
    "another_language": replace(PERMIT, name="Trwydded barcio", language="cy"),
}

OFFICE = OfficePunctualityFacts("riverton", "Riverton Council", False, date(2025, 3, 2), date(2026, 3, 1), (PERMIT,))
WORDS = {
    **{name: replace(OFFICE, services=(service,)) for name, service in SERVICES.items()},
    "several": replace(OFFICE, services=tuple(replace(each, service=name) for name, each in SERVICES.items())),
    "trying": replace(OFFICE, trying=True),
    "nothing": replace(OFFICE, from_on=None, until_on=None, services=()),
    "marked_office": replace(OFFICE, organisation=MARKUP),
}
