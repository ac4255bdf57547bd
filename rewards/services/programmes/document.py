"""The text of a programme: YAML in, and for each value the line on which it stands.

YAML has surprises that a programme does without: a key that occurs twice (the last would win silently), a
date that is no longer text, a key that is not text, infinities, and references to other parts of the file.
"""

import math
from pathlib import Path
from typing import Any

import yaml

from config.lib.errors import Invalid
from rewards.engine.problems import Problem

_TEXT = "tag:yaml.org,2002:str"
_FLOAT = "tag:yaml.org,2002:float"
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class ProgrammeInvalid(Invalid):
    """A programme cannot be read."""

    code = "programme_invalid"


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]  # of the library
            raise _refusal("references (*name) are not supported: write it out", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 (the library's own parameter)
    ) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.tag != _TEXT:
                raise _refusal("keys must be text: put this one in quotes", key.start_mark)
            if key.value in seen:
                raise _refusal(f"the key {key.value} occurs twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _finite(loader: _Loader, node: yaml.ScalarNode) -> float:
    number: float = loader.construct_yaml_float(node)
    if not math.isfinite(number):
        raise _refusal("must be a number", node.start_mark)
    return number


_Loader.add_constructor(_FLOAT, _finite)


def _refusal(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


class Source:
    """A programme as it was written: `data` is what the text says, not yet checked."""

    def __init__(self, text: str, *, name: str) -> None:
        """Read YAML.

        :param name: of the file, for messages.
        :raises ProgrammeInvalid: if it is not YAML that can be relied on.
        """
        self.name = name
        try:
            loader = _Loader(text)
            self._root = loader.get_single_node()
            self.data: Any = loader.construct_document(self._root) if self._root else None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ProgrammeInvalid(f"{name}:{line}: {error.problem}") from None
        except (yaml.YAMLError, ValueError) as error:
            raise ProgrammeInvalid(f"{name}: {error}") from None
        except RecursionError:
            raise ProgrammeInvalid(f"{name}: is nested too deeply") from None

    def refuse(self, problems: list[Problem]) -> None:
        """Raise if there are problems.

        :raises ProgrammeInvalid: naming each with its line and its place.
        """
        if not problems:
            return
        lines = [self.line_of(problem.pointer) for problem in problems]
        raise ProgrammeInvalid(
            "\n".join(
                f"{self.name}:{line}: {problem.pointer or '/'}: {problem.detail}"
                for line, problem in zip(lines, problems, strict=True)
            ),
            errors=[
                {"pointer": each.pointer, "code": each.code, "detail": each.detail, "line": str(line)}
                for line, each in zip(lines, problems, strict=True)
            ],
        )

    def line_of(self, pointer: str) -> int:
        """The line of a value, or of the nearest part around it that the text has.

        :param pointer: to the value (RFC 6901).
        """
        node, line = self._root, 1
        for token in pointer.split("/")[1:]:
            word = token.replace("~1", "/").replace("~0", "~")
            found = _children(node).get(word)
            if found is None:
                break
            line, node = found
        return line


def _children(node: yaml.Node | None) -> dict[str, tuple[int, yaml.Node]]:
    """What a node holds, by key or position, each with its line."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: (key.start_mark.line + 1, value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return {str(index): (value.start_mark.line + 1, value) for index, value in enumerate(node.value)}
    return {}


def open_source(path: Path) -> Source:
    """Read the YAML of a file.

    :raises ProgrammeInvalid: if it cannot be read.
    """
    try:
        return Source(path.read_text(encoding="utf-8"), name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise ProgrammeInvalid(f"{path.name}: {error}") from None
