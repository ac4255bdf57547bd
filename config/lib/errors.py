"""What a service raises when a rule says no.

An error names the rule; interfaces translate it (problem+json on the API, a message on a page).
"""

from typing import ClassVar

from django.utils.translation import gettext


class DomainError(Exception):
    """A rule of the product refused what was asked.

    Subclasses set `code` (for machines, stable) and their docstring states the rule, for people, in whose language it
    is told; `status` is the HTTP status that an API answers with. `retry_after_seconds` says when it is worth asking
    again; 0: never by itself.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    retry_after_seconds: int = 0

    def __init__(self, detail: str = "", **facts: object) -> None:
        self.detail = detail or gettext(self.rule())
        self.facts = facts
        super().__init__(self.detail)

    @classmethod
    def rule(cls) -> str:
        """The rule in a sentence, as the code states it."""
        return (cls.__doc__ or cls.__name__).strip().split("\n")[0]


class NotFound(DomainError):
    """There is no such object here."""

    code = "not_found"
    status = 404


class Invalid(DomainError):
    """What was sent cannot be read.

    :param errors: one mapping for each mistake: `pointer` (JSON pointer), `code`, `detail`.
    """

    code = "invalid"
    status = 400

    def __init__(self, detail: str = "", errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.errors = errors or []
