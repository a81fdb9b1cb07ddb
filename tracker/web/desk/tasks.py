"""What staff are to do by hand: the list of it, and that it is done."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from tracker.core.answers.contacts import LookPurpose
from tracker.core.vocabulary.errors import FormExpired
from tracker.flows.desk import tasks
from tracker.store.desk.accounts import Staff
from tracker.web.desk.gate import DeskGate, Posted, to


def router(gate: DeskGate) -> APIRouter:
    """The list, and the form that each task has on the page of its case."""
    routes = gate.routes()

    @routes.get("/desk/tasks")
    async def listed(staff: Staff = Depends(gate.staff)) -> Response:
        shown = await tasks.open_tasks(gate.inquiry(staff, LookPurpose.CASEWORK))
        return gate.page("tasks.html", staff, shown=shown, why=LookPurpose.CASEWORK.value)

    @routes.post("/desk/cases/{case}/tasks/{task}")
    async def done(case: str, task: str, posted: Posted = Depends(gate.posted)) -> Response:
        try:
            id_, of = UUID(case), UUID(task)
        except ValueError:
            raise FormExpired from None
        await tasks.finish(gate.inquiry(posted.staff, posted.why), id_, of)
        language = posted.fields.get("language", "")[:20]
        return to(f"/desk/cases/{id_}", why=posted.why.value, language=language, done="task")

    return routes
