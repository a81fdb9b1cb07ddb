"""From one version of a definition to the next: what it would do to cases, and what it takes over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tracker.core.services.definitions import Definition, Stage
from tracker.core.services.faults import Fault, Faults, below, listed, nearest, shown
from tracker.core.vocabulary.words import Outcome


def compare(old: Definition, new: Definition, cases_in: Mapping[str, int]) -> Faults:
    """What keeps `new` from following `old`; empty when nothing does.

    `cases_in` counts the cases, open and closed, in each stage. A stage that still has cases must stay or be
    moved, and a move may not open, close or decide a case: only an event does that.
    """
    faults: list[Fault] = []
    if new.service != old.service:
        problem = f'this is service "{shown(new.service)}", not a version of "{shown(old.service)}"'
        remedy = f'Write service = "{old.service}", or load it as a new service.'
        faults.append(Fault("service", problem, remedy))
    for code in sorted((code for code, count in cases_in.items() if count > 0), key=old.rank):
        if new.stage(code) is None:
            fault = _move_fault(old, new, code, cases_in[code])
            if fault is not None:
                faults.append(fault)
    return tuple(faults)


def inherit(old: Definition, new: Definition) -> Definition:
    """`new`, with what keeps history readable: status codes and moves of `old` that it no longer mentions.

    A code keeps its old stage, or the stage where that one was moved. A code whose stage is gone without a
    move is not taken over: it is unmapped from now on. What `new` itself says always stands.
    """
    mapping, moved = dict(new.mapping), dict(new.moved)
    for status, code in old.mapping.items():
        stage = _now(new, code)
        if status not in mapping and stage is not None:
            mapping[status] = stage
    for gone, code in old.moved.items():
        stage = _now(new, code)
        if gone not in moved and stage is not None and new.stage(gone) is None:
            moved[gone] = stage
    return replace(new, mapping=mapping, moved=moved)


def _now(new: Definition, code: str) -> str | None:
    """The stage of the new version where a stage's cases are now, or None."""
    here = code if new.stage(code) is not None else new.moved.get(code)
    return here if here is not None and new.stage(here) is not None else None


def _move_fault(old: Definition, new: Definition, code: str, count: int) -> Fault | None:
    """Why the cases of a stage that is gone cannot follow, or None when they can."""
    path = below("moved", code)
    cases = "1 case is" if count == 1 else f"{count} cases are"
    before, after = old.stage(code), new.stage(new.moved.get(code, ""))
    alike = [stage.code for stage in new.stages if before is None or _end(stage) == _end(before)]
    if after is None:
        beside = min(alike, key=lambda one: abs(new.rank(one) - old.rank(code)), default="...")
        meant = nearest(code, alike) or beside
        return Fault(
            path,
            f'{cases} in stage "{shown(code)}", which this version leaves out',
            f'Keep the stage, or say where its cases go: under [moved] write {code} = "{meant}"'
            f" (or another of: {listed(alike)}).",
        )
    if before is not None and _end(after) != _end(before):
        return Fault(
            path,
            f'{cases} in stage "{shown(code)}"; "{after.code}" would change whether or how they ended',
            f"Move them to one of: {listed(alike)}. Only an event opens or closes a case.",
        )
    return None


def _end(stage: Stage) -> tuple[bool, Outcome | None]:
    return stage.closes, stage.outcome
