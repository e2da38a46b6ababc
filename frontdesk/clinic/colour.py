"""How an accent can be read, by WCAG 2; as the widget makes it readable (widget/colour.js, widget/style.js)."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]
ENOUGH = 4.5  # WCAG AA, for text
SEEN = 3.0  # WCAG AA, for the edge of a button against what is behind it
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (10, 20, 20)
LIGHT: tuple[Colour, Colour] = ((255, 255, 255), (246, 243, 238))  # the widget's surface and ground, light
DARK: tuple[Colour, Colour] = ((27, 38, 37), (19, 28, 27))
BUILT_IN = "#0e6660"


@dataclass(frozen=True)
class Reading:
    """What becomes of an accent.

    Attributes:
        text: The colour of text on it, `white` or `black`.
        text_contrast: Between the two.
        button_contrast: Between it and a white page, where the button floats.
        light, dark: What it becomes as text in the light and in the dark theme, as `#rrggbb`.
    """

    text: str
    text_contrast: float
    button_contrast: float
    light: str
    dark: str

    @property
    def text_is_readable(self) -> bool:
        """Whether text on the accent is."""
        return self.text_contrast >= ENOUGH

    @property
    def button_is_seen(self) -> bool:
        """Whether the button stands out from a white page."""
        return self.button_contrast >= SEEN


def reading(accent: str) -> Reading:
    """Of an accent, given as `#rrggbb`."""
    colour = parse(accent)
    white, black = contrast(WHITE, colour), contrast(BLACK, colour)
    is_white = white >= ENOUGH or white > black
    return Reading(
        "white" if is_white else "black",
        round(white if is_white else black, 1),
        round(contrast(WHITE, colour), 1),
        readable(colour, LIGHT),
        readable(colour, DARK),
    )


def parse(colour: str) -> Colour:
    """Red, green and blue of `#rrggbb`."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """From 1, the same, to 21, black on white."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(colour: Colour, surfaces: tuple[Colour, ...]) -> str:
    """The colour itself where it can be read on the surfaces, else darker or lighter until it can."""
    target = BLACK if contrast(BLACK, surfaces[0]) > contrast(WHITE, surfaces[0]) else WHITE
    mixed = colour
    for tenths in range(11):
        red, green, blue = (round(part + (goal - part) * tenths / 10) for part, goal in zip(colour, target))
        mixed = (red, green, blue)
        if all(contrast(mixed, surface) >= ENOUGH for surface in surfaces):
            break
    return "#" + bytes(mixed).hex()


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
