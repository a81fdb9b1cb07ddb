"""The desk's routes, put together."""

from __future__ import annotations

from fastapi import APIRouter

from tracker.store.ground.engine import Store
from tracker.web.desk import case, entrance, tasks
from tracker.web.desk.gate import DeskGate


def router(store: Store, secret: bytes, public_url: str) -> APIRouter:
    """Everything under /desk."""
    gate = DeskGate(store, secret, public_url.lower().startswith("https://"))
    routes = APIRouter(include_in_schema=False)
    routes.include_router(entrance.router(gate))
    routes.include_router(case.router(gate))
    routes.include_router(tasks.router(gate))
    return routes
