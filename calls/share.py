"""The card that stands beside a call's address where it is shared: drawn here, nothing is asked of another site."""

from io import BytesIO

import font_caladea
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 80
PAPER, INK, SOFT = "#fbf8f3", "#1b1f20", "#4d5456"
LINES_OF_TITLE = 4


def card(*, title: str, when: str, authority: str, site_name: str, primary: str, accent: str) -> bytes:
    """A PNG of 1200 × 630: the title, when one can apply, whose call it is, over the line of the path."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    drawing = ImageDraw.Draw(image)
    _path(drawing, primary, accent)
    drawing.text((MARGIN, 62), site_name, font=_font(34, bold=True), fill=primary)
    if authority:
        right = WIDTH - MARGIN
        drawing.text((right, 62), authority, font=_font(30), fill=SOFT, anchor="ra")
    size, lines = _fit(drawing, title)
    top = 140
    for line in lines:
        drawing.text((MARGIN, top), line, font=_font(size, bold=True), fill=INK)
        top += round(size * 1.18)
    drawing.text((MARGIN, top + 22), when, font=_font(36), fill=INK)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_caladea.CaladeaBold if bold else font_caladea.Caladea, size)


def _fit(drawing: ImageDraw.ImageDraw, title: str) -> tuple[int, list[str]]:
    """The largest size at which the title holds, and its lines; cut with an ellipsis when none is small enough."""
    for size in (76, 66, 56, 46):
        lines = _wrap(drawing, title, _font(size, bold=True))
        if len(lines) * size * 1.18 <= 270 and len(lines) <= LINES_OF_TITLE:
            return size, lines
    kept = lines[:LINES_OF_TITLE]
    kept[-1] = kept[-1].rstrip(" .,;:") + "…"
    return size, kept


def _wrap(drawing: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and drawing.textlength(longer, font=font) <= WIDTH - 2 * MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _path(drawing: ImageDraw.ImageDraw, primary: str, accent: str) -> None:
    """The product's line: done and to come in the colour of actions, the first stop in that of now."""
    y = HEIGHT - 78
    stops = [MARGIN + 10 + round(number * (WIDTH - 2 * MARGIN - 20) / 4) for number in range(5)]
    drawing.line([(stops[0], y), (stops[-1], y)], fill=primary, width=6)
    for x in stops:
        drawing.ellipse([x - 17, y - 17, x + 17, y + 17], fill=PAPER, outline=primary, width=6)
    x = stops[0]
    drawing.ellipse([x - 28, y - 28, x + 28, y + 28], fill=accent)
    drawing.ellipse([x - 13, y - 13, x + 13, y + 13], fill=primary)
