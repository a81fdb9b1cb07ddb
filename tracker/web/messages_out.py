"""What was said about a request, and why nothing more comes, as they go over the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel


class MessageOut(BaseModel):
    """One message about the case: state due, sending, sent, delivered, unknown or failed."""

    purpose: str
    channel: str
    state: str
    at: datetime


class SilenceOut(BaseModel):
    """Why nothing comes by a channel, as the page says it; never an address. `wish`: stop; pause, while somebody has
    until `until` to answer whether they meant a stop; wrong_person, where the address is somebody else's. `at`: when it
    was heard; `of_one`: of this request alone, else of all at this organisation; `start_by`: how messages begin again,
    by text (START), link (of an e-mail) or office (ask it)."""

    channel: str
    wish: str
    at: datetime
    of_one: bool
    until: datetime | None
    start_by: str
