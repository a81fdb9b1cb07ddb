"""What has to be true of a definition as a whole, once each key has been read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tracker.core.promises.weighing import USUAL
from tracker.core.services.definitions import Definition, PromisePolicy, Stage
from tracker.core.services.faults import Fault, Faults, below, covered, listed, nearest, shown
from tracker.core.vocabulary.words import Outcome, WaitingOn

APART = 0.1
"""How much likelier to be missed than a new date one must be that is to be moved."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition read as far as it could be, with the path and the status codes of each of its stages."""

    definition: Definition
    paths: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]


def check(draft: Draft, known: Iterable[Fault]) -> Faults:
    """The faults of the whole, without those that only follow from a fault already known."""
    blamed = {fault.path for fault in known}
    found: list[Fault] = []
    stages = tuple(zip(draft.paths, draft.definition.stages, strict=True))
    for fault in (
        *_ends(stages, blamed),
        *_stage_codes(stages),
        *_status_codes(draft),
        *_ways(stages, blamed),
        *_words(draft.definition, stages, blamed),
        *_moved(draft.definition),
        *_risks(draft.definition.promise, blamed),
    ):
        if not covered(fault.path, blamed):
            found.append(fault)
    return tuple(found)


def doubts(definition: Definition) -> Faults:
    """What a good definition had better say: no fault, and yet people would be left alone with it."""
    return tuple(
        Fault(
            f"stages[{index}].you_can",
            f'the stage "{shown(stage.code)}" waits for the person, and no words say what for',
            "Write you_can in this stage: what they should send or do, and where. Or word each thing that your office"
            " asks for under [needs.CODE], and name them in case.needs.",
        )
        for index, stage in enumerate(definition.stages)
        if stage.waiting_on is WaitingOn.YOU and not stage.closes and not stage.you_can and not definition.needs
    )


_Stages = tuple[tuple[str, Stage], ...]


def _ends(stages: _Stages, blamed: Iterable[str]) -> Iterator[Fault]:
    wrong = {path.rpartition(".")[2] for path in blamed}
    if "opens" not in wrong and not any(stage.opens for _, stage in stages):
        yield Fault("stages", "no stage opens a case", "Write opens = true in the stage where a case begins.")
    if "closes" not in wrong and not any(stage.closes for _, stage in stages):
        remedy = 'Write closes = true and outcome = "done" in the stage where a case ends.'
        yield Fault("stages", "no stage closes a case", remedy)
    outcomes = listed(Outcome)
    for path, stage in stages:
        if stage.closes and stage.outcome is None:
            remedy = f"Add outcome = one of: {outcomes}."
            yield Fault(f"{path}.outcome", "the stage closes a case, but does not say how it ended", remedy)
        if stage.outcome is not None and not stage.closes and f"{path}.closes" not in blamed:
            remedy = "Add closes = true if cases end here, or take outcome out."
            yield Fault(f"{path}.outcome", "there is an outcome, but the stage does not close a case", remedy)


def _stage_codes(stages: _Stages) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for path, stage in stages:
        if stage.code in seen:
            remedy = "Give one of the two stages another code, or make them one stage."
            yield Fault(f"{path}.code", f"{seen[stage.code]} has the same code", remedy)
        elif stage.code:
            seen[stage.code] = path


def _status_codes(draft: Draft) -> Iterator[Fault]:
    """Codes are matched exactly, yet two that differ only in case or space are surely meant as one."""
    seen: dict[str, tuple[int, str]] = {}
    for place, (path, codes) in enumerate(zip(draft.paths, draft.codes, strict=True)):
        for index, code in enumerate(codes):
            if not code:
                continue
            at = f"{path}.codes[{index}]"
            first = seen.setdefault(code.strip().casefold(), (place, code))
            if first[0] != place:
                other = draft.definition.stages[first[0]].code or draft.paths[first[0]]
                yield Fault(
                    at,
                    f'the status code "{shown(code)}" already means stage "{shown(other)}"'
                    + ("" if code == first[1] else f' (there as "{shown(first[1])}")'),
                    "A code means one stage: take it out of one of the two."
                    " Spellings that differ only in capitals belong in the same stage.",
                )


def _ways(stages: _Stages, blamed: Iterable[str]) -> Iterator[Fault]:
    codes = {stage.code for _, stage in stages if stage.code}
    astray = False
    for path, stage in stages:
        for index, code in enumerate(stage.leads_to):
            if code and code not in codes:
                astray = True
                meant = nearest(code, codes)
                hint = f'Did you mean "{meant}"? ' if meant else ""
                yield Fault(
                    f"{path}.leads_to[{index}]",
                    f'there is no stage "{shown(code)}"',
                    f"{hint}Use one of: {listed(sorted(codes))}.",
                )
    names = {path.rpartition(".")[2].partition("[")[0] for path in blamed}
    opening = {stage.code for _, stage in stages if stage.opens}
    closing = {stage.code for _, stage in stages if stage.closes}
    if astray or names & {"stages", "code", "opens", "closes", "leads_to"} or not opening or not closing:
        return
    ways = {stage.code: _onward(stage, codes) for _, stage in stages}
    back: dict[str, set[str]] = {code: set() for code in codes}
    for code, onward in ways.items():
        for target in onward:
            back[target].add(code)
    reached, ending = _walk(opening, ways), _walk(closing, back)
    for path, stage in stages:
        if stage.code not in reached:
            remedy = f'Add "{stage.code}" to leads_to of the stage before it, or write opens = true here.'
            yield Fault(path, "no way leads to this stage from a stage that opens a case", remedy)
        elif stage.code not in ending:
            remedy = "Add a stage from which a case can end, or take leads_to out: then any may follow."
            yield Fault(f"{path}.leads_to", "from here a case can never end", remedy)


def _onward(stage: Stage, codes: set[str]) -> set[str]:
    """Where a stage leads. A closed case stays closed unless leads_to says otherwise."""
    if stage.leads_to:
        return set(stage.leads_to) & codes
    return set() if stage.closes else codes


def _walk(start: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    reached, todo = set(start), list(start)
    while todo:
        for code in ways[todo.pop()] - reached:
            reached.add(code)
            todo.append(code)
    return reached


def _words(definition: Definition, stages: _Stages, blamed: Iterable[str]) -> Iterator[Fault]:
    for path, stage in stages:
        if stage.waiting_on is WaitingOn.OTHER and not stage.other:
            remedy = 'Add other = { en = "the fire service" }: who it is, in each language.'
            yield Fault(f"{path}.other", "somebody else has the ball, but nobody says who", remedy)
        if stage.other and stage.waiting_on is not WaitingOn.OTHER and f"{path}.waiting_on" not in blamed:
            remedy = 'Write waiting_on = "other", or take other out.'
            yield Fault(f"{path}.other", 'other is given, but waiting_on is not "other"', remedy)
    if definition.appeal:
        return
    for _, stage in stages:
        if stage.formal or stage.outcome is Outcome.REFUSED:
            why = "is a formal decision" if stage.formal else "refuses a request"
            yield Fault(
                "appeal",
                f'stage "{shown(stage.code)}" {why}, but nothing says how to appeal',
                "Write a table [appeal] with words in each language: how, by when, and who helps.",
            )
            return


def _moved(definition: Definition) -> Iterator[Fault]:
    codes = [stage.code for stage in definition.stages if stage.code]
    for old, new in definition.moved.items():
        path = below("moved", old)
        if old in codes:
            remedy = "Take this line out, or take the stage out."
            yield Fault(path, f'the stage "{shown(old)}" is still there, so its cases stay in it', remedy)
        if codes and new not in codes:
            meant = nearest(new, codes)
            hint = f'Did you mean "{meant}"? ' if meant else ""
            problem = f'there is no stage "{shown(new)}" to move to'
            yield Fault(path, problem, f"{hint}Use one of: {listed(codes)}.")


def _risks(promise: PromisePolicy, blamed: Iterable[str]) -> Iterator[Fault]:
    """People are warned shortly before a date no later than at other times, and warned before it moves."""
    if set(blamed) & {"promise", "promise.warn_last", "promise.warn_near", "promise.warn", "promise.move"}:
        return
    for low, high in (("warn_last", "warn_near"), ("warn_near", "warn"), ("warn", "move")):
        least, most = getattr(promise, low), getattr(promise, high)
        if least > most:
            problem = f"{low} is {least:g}, which is more than {high}, {most:g}"
            remedy = (
                f"Write {low} = {most:g} or less, or {high} = {least:g} or more. A key left out has its usual value."
            )
            yield Fault(f"promise.{low}", problem, remedy)
    if "promise.probability" not in blamed:
        yield from _restless(promise)


def _restless(promise: PromisePolicy) -> Iterator[Fault]:
    """A date that takes the place of another must not have to be moved itself the next day."""
    missed = round(1 - promise.probability, 6)
    least = round(missed + APART, 6)
    if promise.move < least:
        problem = f"move is {promise.move:g}, and of new dates {missed:g} are missed anyway: each would move at once"
        remedy = f"Write move = {least:g} or more. A key left out has its usual value, {USUAL.move:g}."
        yield Fault("promise.move", problem, remedy)
