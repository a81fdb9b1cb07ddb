"""The callers' mistakes, each named after the situation; branches of ordinary life are values instead.

`detail` says what is wrong in this very case, `remedy` what to do next. HTTP statuses are given in
`web.errors` alone. Never put personal data into either: both are logged.
"""

from __future__ import annotations

from datetime import date


class TrackerError(Exception):
    """Somebody asked for what cannot be done. `slug` names the kind in problem documents (RFC 9457)."""

    slug = "error"
    title = "This cannot be done"

    def __init__(self, detail: str, remedy: str, *, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.pointer = pointer
        """Where in the caller's document the fault lies, as a JSON Pointer (RFC 6901)."""


class MalformedEvent(TrackerError):
    """The event cannot be read: mend what `pointer` names and send it again with the same id."""

    slug = "malformed"
    title = "The event cannot be read"


class UnknownKey(TrackerError):
    """No such API key, or none was sent. One answer for every shape of wrong."""

    slug = "unknown-key"
    title = "The API key is missing or not known"

    def __init__(self) -> None:
        super().__init__(
            "The request carries no API key that we know.",
            "Send the header 'Authorization: Bearer KEY' with the key that `tracker keys add` printed.",
        )


class NotGranted(TrackerError):
    """The key is good, but not for this source, register or environment."""

    slug = "not-granted"
    title = "This key may not do that"


class UnknownService(TrackerError):
    """The event names a service that this organisation has not defined."""

    slug = "unknown-service"
    title = "The service is not known"


class TimeOutOfBounds(TrackerError):
    """The event's time lies in the future or impossibly far back."""

    slug = "time-out-of-bounds"
    title = "The time of the event cannot be true"


class ContentDiffers(TrackerError):
    """An event of this id came before with other content; the first one stands."""

    slug = "content-differs"
    title = "This id was used before for other content"


class TooLarge(TrackerError):
    """The body is longer than we read."""

    slug = "too-large"
    title = "The request is too large"


class UnsupportedContent(TrackerError):
    """The body is of a type or an encoding that we do not read."""

    slug = "unsupported-content"
    title = "This kind of content is not read here"


class TooSlow(TrackerError):
    """The body did not arrive in time."""

    slug = "too-slow"
    title = "The request took too long to arrive"


class TooManyRequests(TrackerError):
    """A limit was reached; `retry_after_seconds` says when to come back."""

    slug = "too-many-requests"
    title = "Too many tries"

    def __init__(self, detail: str, remedy: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail, remedy)
        self.retry_after_seconds = retry_after_seconds


class CaseNotRead(TrackerError):
    """Something that is stored of the case cannot be read: operators are told, and the sender tries again later."""

    slug = "case-not-read"
    title = "This request cannot be changed at the moment"
    retry_after_seconds = 3600

    def __init__(self) -> None:
        super().__init__(
            "Something that we have stored of this case cannot be read. Nothing was changed, and our operators know.",
            "Send the event again in an hour, with the same id.",
        )


class MistypedReference(TrackerError):
    """The reference fails its check character: a typing mistake, told apart without looking anything up."""

    slug = "mistyped-reference"
    title = "The reference has a typing mistake"


class CaseNotFound(TrackerError):
    """No case opens with this pair. The same answer whichever half was wrong."""

    slug = "not-found"
    title = "No request was found with these details"

    def __init__(self) -> None:
        super().__init__(
            "We found no request with these two details.",
            "Check both against a message from the office, or ask the office that you applied to.",
        )


class OrganisationUnknown(TrackerError):
    """No organisation has this short name. Look for a typing mistake in the address."""

    slug = "organisation-unknown"
    title = "The organisation is not known"

    def __init__(self) -> None:
        super().__init__(
            "There is no organisation of this name here.",
            "Check the address for typing mistakes, or look for the office in the list at /word.",
        )


class AmbiguousDate(TrackerError):
    """A birthday was typed that can be two days, such as 3/4/1980. That is no failed try: send it as year, month and
    day. One answer, whether there is such a request or not."""

    slug = "ambiguous-date"
    title = "The date can be read in more than one way"

    def __init__(self, births: tuple[date, ...] = ()) -> None:
        super().__init__(
            "The known fact is a date that can be read in more than one way. It does not count as a failed try.",
            'Send the year with four digits, the month and the day, such as "1980-04-03" for 3 April 1980.',
            pointer="/known_fact",
        )
        self.births = births
        """The days that it can be read as, for whoever asks again; never logged."""


class LinkUnknown(TrackerError):
    """A link of a message that is none of ours, or was copied in part. One answer for every shape of wrong."""

    slug = "link-unknown"
    title = "This link leads nowhere"

    def __init__(self) -> None:
        super().__init__(
            "The address is not one that we have sent.",
            "Open it from the message itself, or copy all of it. You can still look at your request here.",
        )


class LinkOver(TrackerError):
    """A link of a message that was good once: what it was for is over, or was erased."""

    slug = "link-over"
    title = "This link cannot be used any more"


class SignInRefused(TrackerError):
    """No member of staff signs in with this pair. The same answer, in the same time, whichever half was wrong."""

    slug = "sign-in-refused"
    title = "You are not signed in"

    def __init__(self) -> None:
        super().__init__(
            "This name and this password do not fit together.",
            "Check both, or ask whoever runs the service for a new password.",
        )


class FormExpired(TrackerError):
    """A form of the desk came without the mark of who is signed in: another page made it, or the session is over."""

    slug = "form-expired"
    title = "This form cannot be used any more"

    def __init__(self) -> None:
        super().__init__("The form is not one of this session.", "Go back to the desk, and fill it in again there.")


class DefinitionRefused(TrackerError):
    """A service definition cannot be applied; `remedy` lists each fault by its key path."""

    slug = "definition-refused"
    title = "The service definition has faults"


class SetupRefused(TrackerError):
    """An organisation, source or key cannot be set up as it was asked for; `remedy` says how to ask."""

    slug = "setup-refused"
    title = "This cannot be set up"


class OnlyInSandbox(TrackerError):
    """A movable clock and the caught messages exist before go-live only."""

    slug = "only-in-sandbox"
    title = "This works in the sandbox only"


class NotReady(TrackerError):
    """The database cannot be reached or written: nothing was stored, so the sender may try again."""

    slug = "not-ready"
    title = "We cannot store anything at the moment"
