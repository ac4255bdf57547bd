"""The two ways in which a condition can fail: when it is written, and when it is evaluated."""


class ExpressionError(ValueError):
    """The text is not a condition. `offset` counts characters from the start of the text, from 0."""

    def __init__(self, code: str, detail: str, offset: int) -> None:
        self.code = code
        self.detail = detail
        self.offset = offset
        super().__init__(f"{detail} (at offset {offset})")


class ConditionError(ArithmeticError):
    """The condition has no value for these facts: it divides by zero, or a whole number leaves 64 bits."""
