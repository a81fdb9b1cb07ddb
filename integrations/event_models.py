"""The shape of an event on the wire, one model a type. `wire` reads them; `schema` publishes them.

Unknown fields are refused, nothing is coerced, every string and list has a bound. A null stands for a field
that was left out.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from integrations import fields
from tracker.core.case.events import (
    Address,
    CorrectionReported,
    NeededItem,
    NeedsReported,
    NoteReported,
    PartyReported,
    ReopenReported,
    StatusReported,
)
from tracker.core.vocabulary.words import Audience, Channel, Role

_STRICT = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)


class DataIn(BaseModel):
    """What the data of every type may carry beside its own fields. A null stands for a field left out."""

    model_config = _STRICT

    sensitive: bool | None = None
    hold_until: fields.PlannedInstant | None = None
    occurred_on: fields.Day | None = None


class StatusDataIn(DataIn):
    """`case.status`"""

    service: fields.Identifier
    status: fields.Identifier
    reason: fields.Line | None = None
    public_note: fields.Note | None = None
    internal_note: fields.Note | None = None
    expected_on: fields.PlannedDay | None = None
    served_on: fields.PlannedDay | None = None
    delay_reason: fields.Identifier | None = None
    merged_into: fields.Identifier | None = None

    def body(self) -> StatusReported:
        """The same in the timeline's words."""
        return StatusReported(
            self.service,
            self.status,
            self.reason,
            self.public_note,
            self.internal_note,
            self.expected_on,
            self.served_on,
            self.delay_reason,
            self.merged_into,
        )


class NeededItemIn(BaseModel):
    """One thing asked for. Text or code, not both; neither only where it is supplied or removed."""

    model_config = ConfigDict(
        **_STRICT,
        json_schema_extra={
            "not": {
                "required": ["text", "code"],
                "properties": {"text": {"type": "string"}, "code": {"type": "string"}},
            },
            "anyOf": [
                {"required": [name], "properties": {name: {"not": {"enum": [None, False]}}}}
                for name in ("text", "code", "supplied_at", "remove")
            ],
        },
    )

    item: fields.Identifier
    text: fields.Sentence | None = None
    code: fields.Identifier | None = None
    due_on: fields.PlannedDay | None = None
    supplied_at: fields.PlannedInstant | None = None
    remove: bool | None = None
    why: fields.Sentence | None = None
    send_to: fields.Sentence | None = None
    if_not: fields.Sentence | None = None

    @model_validator(mode="after")
    def _is_worded_once(self) -> NeededItemIn:
        if self.text is not None and self.code is not None:
            raise fields.refused("has both text and code", "Send the text, or the code that words it; not both.")
        if self.text is None and self.code is None and not (self.remove or self.supplied_at):
            raise fields.refused(
                "has neither text nor code",
                "Say what is needed in text, or name it by a code of the definition.",
            )
        return self

    def said(self) -> NeededItem:
        """The same in the timeline's words."""
        return NeededItem(
            item=self.item,
            text=self.text,
            code=self.code,
            due_on=self.due_on,
            supplied_at=self.supplied_at,
            remove=bool(self.remove),
            why=self.why,
            send_to=self.send_to,
            if_not=self.if_not,
        )


class NeedsDataIn(DataIn):
    """`case.needs`"""

    items: Annotated[list[NeededItemIn], Field(min_length=1, max_length=50)]

    @field_validator("items")
    @classmethod
    def _each_once(cls, items: list[NeededItemIn]) -> list[NeededItemIn]:
        if len({item.item for item in items}) < len(items):
            raise fields.refused("names one item twice", "Send each item once; the last report of it replaces it.")
        return items

    def body(self) -> NeedsReported:
        """The same in the timeline's words."""
        return NeedsReported(tuple(item.said() for item in self.items))


class ChannelIn(BaseModel):
    """Where one channel reaches a party: an e-mail address for `email`, a telephone number for `sms`. What is none is
    set aside, and named in the answer's `notes`."""

    model_config = _STRICT

    channel: Annotated[Channel, Field(strict=False)]
    address: fields.Unread | None = None


class PartyDataIn(DataIn):
    """`case.party`. What is of no use in it is set aside by `parties`, which hashes `known_fact`, too: it goes no
    further."""

    party: fields.Identifier
    role: Annotated[Role, Field(strict=False)] | None = None
    name: fields.Unread | None = None
    organisation: fields.Unread | None = None
    language: fields.Unread | None = None
    channels: Annotated[list[ChannelIn], Field(max_length=10)] | None = None
    known_fact: fields.Unread | None = None
    prefers: Annotated[Channel, Field(strict=False)] | None = None
    zone: fields.Unread | None = None
    remove: bool | None = None

    def body(self) -> PartyReported:
        """The same in the timeline's words, as it was sent, without the known fact. An address sent twice counts
        once."""
        addresses = dict.fromkeys(
            Address(each.channel, (each.address or "").strip(" ")) for each in self.channels or ()
        )
        return PartyReported(
            self.party,
            self.role or Role.APPLICANT,
            self.name,
            self.organisation,
            self.language,
            tuple(addresses),
            None,
            bool(self.remove),
            self.prefers,
            self.zone,
        )


class NoteDataIn(DataIn):
    """`case.note`"""

    text: fields.Note
    audience: Annotated[Audience, Field(strict=False)] | None = None

    def body(self) -> NoteReported:
        """The same in the timeline's words."""
        return NoteReported(self.text, self.audience or Audience.INTERNAL)


class CorrectionDataIn(DataIn):
    """`case.correction`"""

    event: fields.Identifier
    why: fields.Sentence

    def body(self) -> CorrectionReported:
        """The same in the timeline's words."""
        return CorrectionReported(self.event, self.why)


class ReopenDataIn(DataIn):
    """`case.reopen`"""

    status: fields.Identifier | None = None

    def body(self) -> ReopenReported:
        """The same in the timeline's words."""
        return ReopenReported(self.status)


class EventIn(BaseModel):
    """The attributes that every event has. `subject` is the back office's case number."""

    model_config = _STRICT

    id: fields.Identifier
    source: fields.Identifier
    type: str
    subject: fields.Identifier
    time: fields.Instant
    # The trailing underscore keeps clear of a method of the model's class; on the wire it is `register`.
    register_: Annotated[fields.Identifier | None, Field(alias="register")] = None
    sequence: fields.Sequence | None = None


class StatusEventIn(EventIn):
    """The case has this back-office status."""

    type: Literal["case.status"]
    data: StatusDataIn


class NeedsEventIn(EventIn):
    """The person is asked for these things."""

    type: Literal["case.needs"]
    data: NeedsDataIn


class PartyEventIn(EventIn):
    """Somebody has a part in the case, and may be told about it."""

    type: Literal["case.party"]
    data: PartyDataIn


class NoteEventIn(EventIn):
    """A remark; internal unless its audience is public."""

    type: Literal["case.note"]
    data: NoteDataIn


class CorrectionEventIn(EventIn):
    """An earlier event of this source never happened."""

    type: Literal["case.correction"]
    data: CorrectionDataIn


class ReopenEventIn(EventIn):
    """A closed case is open again."""

    type: Literal["case.reopen"]
    data: ReopenDataIn | None = None


AnyEventIn = StatusEventIn | NeedsEventIn | PartyEventIn | NoteEventIn | CorrectionEventIn | ReopenEventIn

EVENTS: dict[str, type[AnyEventIn]] = {
    "case.status": StatusEventIn,
    "case.needs": NeedsEventIn,
    "case.party": PartyEventIn,
    "case.note": NoteEventIn,
    "case.correction": CorrectionEventIn,
    "case.reopen": ReopenEventIn,
}
"""The model of each type of event."""
