"""The five ways in which the domain declines; HTTP knows them only in service/problems.py."""


class Refusal(Exception):
    """We decline, and say why. Facts travel to the caller beside the sentence."""

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class NotFound(Refusal):
    """What was asked for is not in the register, or not in the caller's part of it."""


class Conflict(Refusal):
    """The register holds something that this write contradicts."""


class NotAllowed(Refusal):
    """The caller may not do this."""


class Invalid(Refusal):
    """The request cannot be meant as it stands."""


class Unavailable(Refusal):
    """A part that is needed does not answer at present."""
