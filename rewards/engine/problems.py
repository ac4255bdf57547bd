"""What is wrong with a definition, said all at once."""

from dataclasses import dataclass

# A hundred problems tell an author as much as a hundred thousand would, and answer at once.
PROBLEMS_MAX = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: `pointer` (RFC 6901) says where, `code` which kind, `detail` is for the author.

    Within a text, such as a condition, `offset` counts the characters before the place.
    """

    pointer: str
    code: str
    detail: str
    offset: int | None = None


class DefinitionError(ValueError):
    """A policy definition cannot be used. `problems` names everything wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{problem.pointer or '/'}: {problem.detail}" for problem in problems[:3]))
