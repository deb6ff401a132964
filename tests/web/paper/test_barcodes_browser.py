"""Printed pages in a real browser: each barcode is read by a real decoder, on each paper."""

from typing import Any

import pypdfium2 as pdfium
import pytest
import zxingcpp
from django.urls import reverse
from playwright.sync_api import Page

from counterfoil.web.paper.barcodes import WIDEST, code_128
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
DOTS = 203  # an inch: the coarsest label printers
POINTS = 72  # an inch, as PDF counts


def printed(page: Page) -> tuple[set[tuple[int, int]], list[tuple[str, str]]]:
    """The sizes of the sheets in points, and the kind and text of each barcode that a scanner finds on them."""
    document = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    sizes, found = set(), []
    for sheet in document:
        width, height = sheet.get_size()
        sizes.add((round(width), round(height)))
        dots = sheet.render(scale=DOTS / POINTS, grayscale=True)
        pixels = memoryview(dots.buffer).cast("B").cast("B", (dots.height, dots.stride))
        found += [(code.format.name, code.text) for code in zxingcpp.read_barcodes(pixels)]
    return sizes, found


@pytest.mark.django_db(transaction=True)
def test_every_barcode_on_slips_and_pick_lists_can_be_scanned(page: Page, live_server: Any) -> None:
    """On A4, Letter and labels, whatever the numbers look like, as coarse label printers print them."""
    a_person("clerk", name="carl")
    orders = [an_order(a_store("DEMO-"), 158), an_order(a_store("a:b/c_D.e-"), 2_147_483_647)]
    log_in(page, live_server.url, "carl", PASSWORD)
    query = "&".join(f"order={order.number}" for order in orders)
    for what, by in (("packing_slip", "order"), ("pick_list", "order"), ("pick_list", "bin")):
        for paper, size in (("4x6", (288, 432)), ("letter", (612, 792)), ("a4", (595, 842))):
            page.goto(f"{live_server.url}{reverse('print')}?what={what}&{query}&by={by}&paper={paper}")
            sizes, found = printed(page)
            assert sizes == {size}
            assert sorted(found) == sorted(("Code128", order.name) for order in orders), (what, by, paper)


def test_a_text_that_fits_no_label_or_is_no_barcode_has_none() -> None:
    """No picture is better than one that nothing reads."""
    assert code_128("") == code_128("Œ-1") == code_128("A\n1") == code_128("x" * 60) == ""
    assert f'width="{WIDEST:.2f}mm"' in code_128("Ab" * 10)
