"""`/healthz`: whether this process can do its work."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from tracker.store.ground.engine import Store
from tracker.store.ground.trouble import unavailable


class HealthOut(BaseModel):
    """`status` is "ok", or "unavailable" with HTTP 503 while the database does not answer."""

    status: str
    database: str


def router(store: Store) -> APIRouter:
    """The health check."""
    routes = APIRouter(tags=["operator"])

    @routes.get("/healthz", response_model=HealthOut)
    async def healthz(response: Response) -> HealthOut:
        """200 while events can be taken and pages shown, else 503."""
        try:
            await store.alive()
        except Exception as fault:
            if not unavailable(fault):
                raise
            response.status_code = 503
            return HealthOut(status="unavailable", database="does not answer")
        return HealthOut(status="ok", database="answers")

    return routes
