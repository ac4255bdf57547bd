"""The programmes that ship with the product: `rewards/programmes/<slug>.yaml`."""

from pathlib import Path

from rewards.services.programmes.document import Source, open_source
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.reading import read_programme

FOLDER = Path(__file__).resolve().parents[2] / "programmes"


def shipped_slugs() -> list[str]:
    """The names of the programmes that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def shipped_source(slug: str) -> Source:
    """A programme that ships, as it was written.

    :raises ProgrammeInvalid: if there is none of that name.
    """
    return open_source(FOLDER / f"{slug}.yaml")


def shipped_programme(slug: str) -> Programme:
    """A programme that ships, in its full form.

    :raises ProgrammeInvalid: if there is none of that name.
    """
    return read_programme(shipped_source(slug))
