"""Figures as SVG within a page: they take the page's colours, so that they can be read on a dark one too."""

import hashlib
import io
import re

from matplotlib import rc_context
from matplotlib.figure import Figure

from trainer.plots import FIRST, INK, SECOND, SOFT
from trainer.report.markup import Markup, element

# A style sheet says what these are; the colour itself is for readers without one.
COLOURS = {INK: "--ink", SOFT: "--soft", FIRST: "--first", SECOND: "--second"}
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def inline(figure: Figure, words: str, caption: str | None = None) -> Markup:
    """The figure with ``words``, its own within the page, for those who cannot see it."""
    name = "f" + hashlib.sha256(words.encode()).hexdigest()[:8]
    drawn = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "sans-serif"}):
        figure.savefig(drawn, format="svg", metadata=NO_METADATA)
    shown = Markup(_embedded(drawn.getvalue(), name, words))
    return element("figure", shown, None if caption is None else element("figcaption", caption))


def _embedded(drawn: str, name: str, words: str) -> str:
    body = drawn[drawn.index("<svg") :].strip()
    # A style sheet within would speak for the whole page.
    body = re.sub(r"<(metadata|style)\b.*?</\1>", "", body, flags=re.DOTALL)
    opening, rest = body.split(">", 1)
    view = re.search(r'viewBox="[0-9. ]+"', opening)
    for colour, variable in COLOURS.items():
        rest = rest.replace(colour, f"var({variable}, {colour})")
    # Every figure begins to count anew, but a page's ids are one set.
    rest = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", rest).replace("xlink:href", "href")
    label = element("title", words)
    return f'<svg role="img" {view.group() if view else ""}>{label}{rest}'
