"""The authority's two colours: contrast arithmetic, refusals in sentences, and the generated style sheet.

Contrast follows WCAG 2.1 (relative luminance of sRGB; ratio from 1 to 21). The grounds are those of
``static/eclosion/css/tokens.css``.
"""

import hashlib
import re

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

PAPER = "#fbf8f3"
INK = "#1b1f20"
WHITE = "#ffffff"
DEFAULT_PRIMARY = "#0b4f5c"
DEFAULT_ACCENT = "#f0a35e"

TEXT_CONTRAST = 4.5  # WCAG 1.4.3, text
SHAPE_CONTRAST = 3.0  # WCAG 1.4.11, what must be seen to be understood
ACCENT_INK_CONTRAST = 4.5  # ink is written on the accent


def is_color(value: str) -> bool:
    """Whether this is ``#`` and six hexadecimal digits."""
    return re.fullmatch(r"#[0-9a-fA-F]{6}", value or "") is not None


def luminance(color: str) -> float:
    """Relative luminance of ``#rrggbb``, from 0 (black) to 1 (white)."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 (the same) to 21 (black on white)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def refusals(primary: str, accent: str) -> dict[str, str]:
    """Sentences by field for colours that some people could not read; empty when both are fine."""
    wrong = {}
    on_white, on_paper = contrast(primary, WHITE), contrast(primary, PAPER)
    if min(on_white, on_paper) < TEXT_CONTRAST:
        wrong["primary_color"] = _(
            "This colour is too light to be read: its contrast is %(ratio)s to 1 where 4.5 to 1 is needed. "
            "Choose a darker one."
        ) % {"ratio": _ratio(min(on_white, on_paper))}
    if contrast(accent, INK) < ACCENT_INK_CONTRAST:
        wrong["accent_color"] = _(
            "This colour is too dark: black text on it has a contrast of %(ratio)s to 1 where 4.5 to 1 "
            "is needed. Choose a lighter one."
        ) % {"ratio": _ratio(contrast(accent, INK))}
    elif not wrong and contrast(primary, accent) < SHAPE_CONTRAST:
        wrong["accent_color"] = _(
            "This colour is too close to the colour of actions: nobody could tell them apart in grey. "
            "Choose a lighter one."
        )
    return wrong


def _ratio(value: float) -> str:
    return number_format(int(value * 10) / 10, decimal_pos=1)  # never rounded up to a pass


def stylesheet(primary: str, accent: str) -> str:
    """The custom properties that the authority's colours set; everything else derives from them in CSS.

    Anything that is not a colour (a row written past the form) is replaced by our own.
    """
    primary = primary if is_color(primary) else DEFAULT_PRIMARY
    accent = accent if is_color(accent) else DEFAULT_ACCENT
    return f":root{{--ec-primary:{primary.lower()};--ec-accent:{accent.lower()}}}\n"


def fingerprint(primary: str, accent: str) -> str:
    return hashlib.sha256(stylesheet(primary, accent).encode()).hexdigest()[:12]


def url_for(identity) -> str:
    """Where this site's colours are served; the address changes with them, so that it can be kept for ever."""
    return reverse("core:theme", args=[fingerprint(identity.primary_color, identity.accent_color)])
