"""Code 128 as an SVG picture that stands in the page: no style of its own, so the content security policy lets it be.

`python-barcode` encodes; only its writer is not used, since it writes inline styles.
"""

from barcode.codex import Code128
from barcode.errors import BarcodeError
from django.utils.html import format_html
from django.utils.safestring import SafeString

MODULE = 0.33  # millimeters: 13 mil, which every scanner reads, and printers of 203 dots an inch print evenly
NARROWEST = 0.25
WIDEST = 88.0  # millimeters: a label of 4 inches without its margins
HEIGHT = 12  # millimeters
QUIET = 10  # modules without ink on either side (ISO/IEC 15417)


def code_128(text: str) -> SafeString:
    """The barcode of a text, with quiet zones; empty where the text cannot be one, or would not fit on a label."""
    if not text or not text.isascii() or not text.isprintable():
        return SafeString("")
    try:
        (modules,) = Code128(text).build()
    except BarcodeError:
        return SafeString("")
    count = len(modules) + 2 * QUIET
    width = min(count * MODULE, WIDEST)
    if width / count < NARROWEST:
        return SafeString("")
    return format_html(
        '<svg class="barcode" xmlns="http://www.w3.org/2000/svg" width="{}mm" height="{}mm" viewBox="0 0 {} 1"'
        ' preserveAspectRatio="none" shape-rendering="crispEdges" aria-hidden="true"><path d="{}"/></svg>',
        f"{width:.2f}",
        HEIGHT,
        count,
        "".join(f"M{at + QUIET} 0h{length}v1h-{length}z" for at, length in _bars(modules)),
    )


def _bars(modules: str) -> list[tuple[int, int]]:
    """Where each bar begins, and how wide it is."""
    bars: list[tuple[int, int]] = []
    for at, module in enumerate(modules):
        if module != "1":
            continue
        if bars and sum(bars[-1]) == at:
            bars[-1] = (bars[-1][0], bars[-1][1] + 1)
        else:
            bars.append((at, 1))
    return bars
