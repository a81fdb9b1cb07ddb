"""A definition file is read as it is meant, or every fault in it is said with its remedy."""

import re
from dataclasses import astuple, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.core.services.definition_samples import FAULTS, GOOD
from tracker.core.services.checks import doubts
from tracker.core.services.definitions import Definition, NeedWords
from tracker.core.services.faults import Faults
from tracker.core.services.files import read
from tracker.core.services.texts import HEADLINE_GSM7, HEADLINE_UCS2
from tracker.core.vocabulary.segments import segments
from tracker.core.vocabulary.words import Channel, Clock, Outcome, Role, WaitingOn

HOUSE = Path(__file__).parents[3]
SERVICES = HOUSE / "templates" / "services"
GUIDE = HOUSE / "docs" / "service-definitions.md"


def faults_of(text: str) -> Faults:
    found = read(text)
    assert not isinstance(found, Definition)
    assert found
    return found


def good() -> Definition:
    found = read(GOOD)
    assert isinstance(found, Definition), found
    return found


@pytest.mark.parametrize(("written", "instead", "path", "remedy"), FAULTS)
def test_each_fault_is_found_and_mended(written: str, instead: str, path: str, remedy: str) -> None:
    assert written in GOOD
    found = faults_of(GOOD.replace(written, instead))
    remedies = [fault.remedy for fault in found if fault.path == path]
    assert any(remedy in one for one in remedies), found
    assert all(fault.path and fault.problem and fault.remedy for fault in found)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('codes = ["RFI"]', 'codes = ["RFI", "rfi"]'),
        ('"We need a photo"', f'"{"x" * HEADLINE_GSM7}"'),
        ('"We need a photo"', f'"{"ŵ" * HEADLINE_UCS2}"'),
        ('waiting_on = "you"\nclock = "paused"', 'waiting_on = "you"'),
        ('"We wait for you."', '"Parks & roads:\\nمی‌خواهم"'),
    ],
)
def test_what_is_allowed(written: str, instead: str) -> None:
    assert isinstance(read(GOOD.replace(written, instead)), Definition)


def test_a_file_is_read_as_it_is_meant() -> None:
    found = good()
    assert found.language == "en"
    codes = {"REC": "received", "NEW": "received", "RFI": "asked", "POL": "police"}
    assert found.mapping == codes | {"OK": "granted", "NO": "refused"}
    assert [stage.outcome for stage in found.stages] == [None, None, None, Outcome.DONE, Outcome.REFUSED]
    assert found.stages[1].waiting_on is WaitingOn.YOU
    assert found.stages[1].clock is Clock.PAUSED
    assert found.stages[0].leads_to == ("asked", "police", "granted", "refused")
    assert found.stages[4].formal and not found.stages[4].tell
    assert found.needs == {"photo": NeedWords({"en": "A photo", "cy": "Llun"}, why={"en": "To see", "cy": "I weld"})}
    assert found.moved == {"waiting": "received"}
    assert found.delay_reasons == {"advice": {"en": "We wait for advice.", "cy": "Rydym yn aros am gyngor."}}
    assert astuple(found.promise)[:3] == (0.8, 10, "GB-ENG")
    assert astuple(found.promise)[3:] == (0.4, 0.2, 0.1, 0.9)
    assert (found.outreach.tell, found.outreach.channels) == ((Role.APPLICANT,), (Channel.SMS,))
    assert (found.outreach.silence, found.outreach.messages_per_case) == (timedelta(days=7), 9)
    assert found.outreach.longest_silence == timedelta(days=31)
    assert found.closed_days == {date(2026, 12, 24), date(2026, 12, 28), date(2026, 12, 29)}
    assert (found.feedback.ask, found.feedback.after) == (True, timedelta(days=2))
    assert found.retention.after_close == timedelta(days=365)
    assert found.statutory is not None and found.statutory.limit == timedelta(days=30)


def test_policies_may_be_left_out() -> None:
    found = read(GOOD[: GOOD.index("[needs.photo]")])
    assert isinstance(found, Definition)
    assert found.statutory is None
    assert found.outreach.silence == timedelta(days=14)
    assert astuple(found.promise)[2:] == (None, 0.65, 0.15, 0.05, 0.85)


def test_a_risk_that_cannot_be_read_is_blamed_once() -> None:
    paths = [
        fault.path for fault in faults_of(GOOD.replace("warn = 0.4", "warn = 7").replace("move = 0.9", "move = 0.1"))
    ]
    assert paths == ["promise.warn"]


def test_dates_that_would_be_moved_as_soon_as_they_are_given_are_refused() -> None:
    low = GOOD.replace("move = 0.9", "move = 0.29").replace("warn = 0.4", "warn = 0.2")
    (fault,) = faults_of(low)  # two in ten are missed by what it asks for
    assert (fault.path, fault.remedy) == (
        "promise.move",
        "Write move = 0.3 or more. A key left out has its usual value, 0.85.",
    )
    assert isinstance(read(low.replace("move = 0.29", "move = 0.3")), Definition)


def test_all_faults_at_once_and_none_that_only_follows() -> None:
    text = GOOD.replace("opens = true", 'opens = "yes"').replace('"POL"', '"REC"').replace("s = 30", "s = 0")
    paths = [fault.path for fault in faults_of(text)]
    assert paths == ["stages[0].opens", "statutory.days", "stages[2].codes[0]"]


def test_a_fault_names_its_stage() -> None:
    (fault,) = faults_of(GOOD.replace('clock = "paused"', 'clock = "on"'))
    assert fault.problem == 'Stage "asked": "on" is not one of the choices'


def test_words_are_tidied_and_a_byte_order_mark_is_passed_over() -> None:
    words = '"""\n  It is  safe\n  with cafe\u0301. """'
    found = read("\ufeff" + GOOD.replace('"It is safe with us."', words))
    assert isinstance(found, Definition)
    assert found.stages[0].meaning["en"] == "It is safe with caf\u00e9."
    assert read(GOOD.replace("\n", "\r\n")) == good()


@pytest.mark.parametrize("path", sorted(SERVICES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_service_that_comes_with_us_is_valid(path: Path) -> None:
    found = read(path.read_text(encoding="utf-8"))
    assert isinstance(found, Definition), found
    assert found.service == path.stem
    assert all(segments(stage.headline["en"]).encoding == "GSM-7" for stage in found.stages)


def test_the_demo_services_are_there() -> None:
    there = {path.stem for path in SERVICES.glob("*.toml")}
    assert there >= {"building-permit", "missed-bin", "benefit-claim"}


def test_the_guide_has_a_valid_example() -> None:
    example, *_ = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    found = read(example)
    assert isinstance(found, Definition), found


@pytest.mark.parametrize(("written", "instead"), [row[:2] for row in FAULTS])
def test_the_guide_explains_each_fault(written: str, instead: str) -> None:
    rows = re.findall(r"^\| `(.+?)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    explained = [re.compile(re.escape(row).replace("…", ".*?")) for row in rows]
    for fault in faults_of(GOOD.replace(written, instead)):
        problem = re.sub(r'^Stage ".*?": ', "", fault.problem)
        assert any(row.fullmatch(problem) for row in explained), fault


def test_a_stage_that_waits_without_words_is_warned_of_t1_t12() -> None:
    whole = good()
    waits = next(index for index, stage in enumerate(whole.stages) if stage.waiting_on is WaitingOn.YOU)
    unsaid = replace(
        whole,
        needs={},
        stages=tuple(
            replace(stage, you_can={}) if index == waits else stage for index, stage in enumerate(whole.stages)
        ),
    )
    [doubt] = doubts(unsaid)
    assert doubt.path == f"stages[{waits}].you_can"
    assert f'"{whole.stages[waits].code}" waits for the person' in doubt.problem and "[needs.CODE]" in doubt.remedy
    assert not doubts(replace(unsaid, needs=whole.needs or {"photo": NeedWords({"en": "A photo"})}))
    assert not doubts(
        replace(unsaid, stages=tuple(replace(each, you_can={"en": "Ring us."}) for each in unsaid.stages))
    )
