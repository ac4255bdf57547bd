"""The mark of texts that people read. The engine speaks no language: whoever shows a text translates it."""


def _(text: str) -> str:
    """The text as it is; the catalogue of translations finds it by this mark."""
    return text
