"""From one version of a definition to the next, and into storage and back."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.core.services.definitions import (
    Definition,
    FeedbackPolicy,
    KnownFact,
    NeedWords,
    OutreachPolicy,
    PromisePolicy,
    RetentionPolicy,
    Stage,
    Statutory,
)
from tracker.core.services.files import compare, from_json, inherit, to_json
from tracker.core.vocabulary.words import Channel, Clock, Outcome, Role, WaitingOn


def stage(code: str, outcome: Outcome | None = None, opens: bool = False) -> Stage:
    words = {"en": code}
    return Stage(code, words, words, words, opens=opens, closes=outcome is not None, outcome=outcome)


def version(*stages: Stage, mapping: dict[str, str], moved: dict[str, str] | None = None) -> Definition:
    words = {"en": "words"}
    fact = KnownFact("postcode", words)
    return Definition("permit", ("en",), words, fact, stages, mapping, words, words, moved=moved or {})


OLD = version(
    stage("received", opens=True),
    stage("checking"),
    stage("granted", Outcome.DONE),
    mapping={"REC": "received", "VAL": "checking", "OK": "granted"},
)


def without_checking(moved: dict[str, str]) -> Definition:
    stages = (stage("received", opens=True), stage("reading"), stage("granted", Outcome.DONE))
    return version(*stages, mapping={"REC": "received", "READ": "reading", "OK": "granted"}, moved=moved)


def test_a_stage_without_cases_may_go() -> None:
    assert compare(OLD, without_checking({}), {"received": 4, "checking": 0}) == ()


def test_a_stage_with_cases_may_not_go_silently() -> None:
    (fault,) = compare(OLD, without_checking({}), {"received": 4, "checking": 12})
    assert fault.path == "moved.checking"
    assert "12 cases" in fault.problem
    assert "[moved]" in fault.remedy
    assert 'checking = "reading"' in fault.remedy


def test_one_case_counts() -> None:
    (fault,) = compare(OLD, without_checking({}), {"checking": 1})
    assert "1 case is" in fault.problem


def test_a_stage_with_cases_may_be_moved() -> None:
    assert compare(OLD, without_checking({"checking": "reading"}), {"checking": 12}) == ()


def test_a_move_may_not_end_a_case() -> None:
    (fault,) = compare(OLD, without_checking({"checking": "granted"}), {"checking": 12})
    assert fault.path == "moved.checking"
    assert '"reading"' in fault.remedy and '"granted"' not in fault.remedy


def test_a_stage_of_a_version_before_counts_too() -> None:
    (fault,) = compare(OLD, without_checking({}), {"waiting": 2})
    assert fault.path == "moved.waiting"


def test_another_service_is_not_a_version() -> None:
    (fault,) = compare(OLD, replace(OLD, service="bins"), {})
    assert fault.path == "service" and fault.remedy


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({}, {"REC": "received", "READ": "reading", "OK": "granted"}),
        ({"checking": "reading"}, {"REC": "received", "READ": "reading", "OK": "granted", "VAL": "reading"}),
    ],
)
def test_old_codes_keep_their_meaning(moved: dict[str, str], expected: dict[str, str]) -> None:
    assert inherit(OLD, without_checking(moved)).mapping == expected


def test_a_code_left_out_keeps_its_stage_and_a_code_given_anew_does_not() -> None:
    new = replace(OLD, mapping={"OK": "received"})
    assert inherit(OLD, new).mapping == {"REC": "received", "VAL": "checking", "OK": "received"}


def test_moves_are_remembered_and_follow_each_other() -> None:
    second = inherit(OLD, without_checking({"checking": "reading"}))
    third = replace(OLD, stages=(OLD.stages[0], OLD.stages[2]), mapping={}, moved={"reading": "received"})
    assert inherit(second, third).moved == {"checking": "received", "reading": "received"}
    assert inherit(second, OLD).moved == {}


def test_a_version_inherits_from_itself_what_it_has() -> None:
    assert inherit(OLD, OLD) == OLD


TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
WORDS = st.dictionaries(TEXT, TEXT, max_size=2)
SPAN = st.timedeltas(timedelta(microseconds=1), timedelta(days=40_000))
STAGES = st.builds(
    Stage,
    code=TEXT,
    headline=WORDS,
    meaning=WORDS,
    next=WORDS,
    waiting_on=st.sampled_from(WaitingOn),
    other=WORDS,
    clock=st.sampled_from(Clock),
    opens=st.booleans(),
    closes=st.booleans(),
    outcome=st.none() | st.sampled_from(Outcome),
    formal=st.booleans(),
    tell=st.booleans(),
    leads_to=st.lists(TEXT, max_size=2).map(tuple),
    you_can=WORDS,
    if_late=WORDS,
)
DEFINITIONS = st.builds(
    Definition,
    service=TEXT,
    languages=st.lists(TEXT, max_size=3).map(tuple),
    name=WORDS,
    known_fact=st.builds(KnownFact, TEXT, WORDS, WORDS),
    stages=st.lists(STAGES, max_size=2).map(tuple),
    mapping=WORDS,
    help=WORDS,
    complaint=WORDS,
    appeal=WORDS,
    needs=st.dictionaries(TEXT, st.builds(NeedWords, WORDS, WORDS, WORDS, WORDS), max_size=2),
    moved=WORDS,
    delay_reasons=st.dictionaries(TEXT, WORDS, max_size=2),
    promise=st.builds(PromisePolicy, st.floats(0.5, 0.99), st.none() | st.integers(1, 3650), *[st.floats(0.01, 1)] * 3),
    outreach=st.builds(
        OutreachPolicy,
        st.lists(st.sampled_from(Role), max_size=3).map(tuple),
        st.lists(st.sampled_from(Channel), max_size=2).map(tuple),
        SPAN,
        st.integers(1, 200),
    ),
    feedback=st.builds(FeedbackPolicy, st.booleans(), SPAN),
    retention=st.builds(RetentionPolicy, SPAN),
    statutory=st.none() | st.builds(Statutory, SPAN, WORDS),
    sensitive=st.booleans(),
    domains=st.lists(st.sampled_from(["council.example", "bürgeramt.example"]), unique=True).map(tuple),
)


@settings(deadline=None)
@given(DEFINITIONS)
def test_the_stored_form_reads_back_the_same(definition: Definition) -> None:
    assert from_json(json.loads(json.dumps(to_json(definition), sort_keys=True))) == definition


def test_rows_of_other_releases_are_read() -> None:
    stored = to_json(OLD)
    stored["colour"] = "red"
    for key in (
        "promise",
        "outreach",
        "feedback",
        "retention",
        "statutory",
        "needs",
        "delay_reasons",
        "moved",
        "sensitive",
        "domains",
    ):
        del stored[key]
    assert from_json(stored) == OLD
