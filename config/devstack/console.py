"""What the launcher prints: every line says which process it comes from."""

import os
import sys

LAUNCHER = "stack"


def say(text: str, *, source: str = LAUNCHER) -> None:
    """Print lines under the name of the process they come from.

    Args:
        text: one or more lines.
        source: name of the process, `web` for instance.

    Raises:
        BrokenPipeError: the first time that nobody reads our output any more; after that, output is dropped,
            so that cleaning up cannot fail for want of a reader.
    """
    show("\n".join(f"{source:<6} | {line}" for line in text.splitlines()))


def show(text: str) -> None:
    """Print lines as they are. Raises BrokenPipeError like `say`."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
