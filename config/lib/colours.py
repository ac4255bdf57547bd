"""Colours that can be read: what pages make of whatever colour a merchant likes.

Contrast is that of WCAG 2.2 (definitions of relative luminance and contrast ratio); 4.5 : 1 is what its criterion
1.4.3 asks of text.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

COLOUR_PATTERN = "#[0-9a-fA-F]{6}"
CONTRAST_MIN = 4.5
SHADES = 64
STRONGER = 0.25

HOUSE_ACCENT = "#6a2c9c"
LIGHT_GROUND, LIGHT_SURFACE = "#faf8fc", "#ffffff"
DARK_GROUND, DARK_SURFACE = "#16121c", "#211b29"
"""What an accent stands on, in either scheme: the same as in static/css/base.css."""

Shade: TypeAlias = Callable[[int, float], float]


class Accent(NamedTuple):
    """The colour of links and buttons, the stronger one under a pointer, and the one of what is written on them."""

    plain: str
    strong: str
    on: str


def light_accent(colour: str) -> Accent:
    """The colour, darkened until it can be read on the light ground, and white on it.

    :param colour: such as #2e7d32.
    """
    plain = _until_legible(colour, LIGHT_GROUND, _darker)
    return Accent(plain, _shaded(plain, _darker, STRONGER), LIGHT_SURFACE)


def dark_accent(colour: str) -> Accent:
    """The colour, lightened until it can be read on the dark surface, and the dark ground's colour on it.

    :param colour: such as #2e7d32.
    """
    plain = _until_legible(colour, DARK_SURFACE, _lighter)
    return Accent(plain, _shaded(plain, _lighter, STRONGER), DARK_GROUND)


def _until_legible(colour: str, ground: str, shade: Shade) -> str:
    shades = (_shaded(colour, shade, step / SHADES) for step in range(SHADES + 1))
    return next(each for each in shades if _contrast(each, ground) >= CONTRAST_MIN)


def _shaded(colour: str, shade: Shade, part: float) -> str:
    return "#" + "".join(f"{round(shade(channel, part)):02x}" for channel in _channels(colour))


def _darker(channel: int, part: float) -> float:
    return channel * (1 - part)


def _lighter(channel: int, part: float) -> float:
    return channel + (255 - channel) * part


def _contrast(one: str, other: str) -> float:
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
