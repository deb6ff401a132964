import pytest
from playwright.sync_api import expect
from counterfoil.platform.worker.bulk_changes import make_bulk_changes
from counterfoil.sales.models import *
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.sales.orders.bulk_changes import ask_for_change
from counterfoil.web.orders.selection import packed
from tests.web.factories.orders import *
from tests.web.every_page import overflow
from tests.web.orders.test_bulk_changes import stop_after
from tests.web.test_first_order_browser import browser, context, log_in, page
pytestmark = pytest.mark.django_db(transaction=True)
def test_shots(page, live_server, monkeypatch):
    monkeypatch.setattr("counterfoil.web.orders.print_views.AT_ONCE", 20)
    store = a_store(); a_store("EU-")
    for n in range(1, 121): an_order(store, n)
    SalesOrder.objects.filter(import_id__endswith="5").update(customer_message="")
    from django.db.models import F
    SalesOrder.objects.update(po_number=F("web_order_number"))
    put_on_hold(SalesOrder.objects.get(import_id="WEB-119").pk, "Refunded", by="B")
    a_person("clerk", "mira")
    page.set_viewport_size({"width": 1440, "height": 900})
    log_in(page, live_server.url, "mira", PASSWORD)
    D="/tmp/lists-shots/"
    page.screenshot(path=D+"list.png")
    rows=page.locator("#orders tbody tr")
    rows.nth(1).get_by_role("checkbox").check()
    rows.nth(30).get_by_role("checkbox").click(modifiers=["Shift"])
    page.mouse.wheel(0, 700)
    page.wait_for_function("scrollY > 300")
    page.screenshot(path=D+"scrolled.png")
    print("SIDE", page.evaluate("""() => { const s=document.querySelector('.side'); const c=getComputedStyle(s); return [c.position,c.top,c.alignSelf,s.getBoundingClientRect().top,s.parentElement.tagName,getComputedStyle(document.body).display,getComputedStyle(document.body).gridTemplateRows,getComputedStyle(document.body).overflow,getComputedStyle(document.documentElement).overflow, document.body.getBoundingClientRect().height, s.getBoundingClientRect().height, scrollY] }"""))
    page.get_by_text("Columns", exact=True).click()
    page.screenshot(path=D+"columns.png")
    for each in page.locator("input[name=column]").all(): each.check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_load_state()
    page.screenshot(path=D+"wide.png")
    print("overflow", overflow(page))
    page.emulate_media(color_scheme="dark")
    page.goto(live_server.url + "/orders/?page=2&store=WEB-")
    page.screenshot(path=D+"dark2.png")
    page.get_by_text("Save view", exact=True).click()
    page.screenshot(path=D+"saveview.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + "/orders/?show=to_ship")
    page.screenshot(path=D+"phone.png")
    page.mouse.wheel(0, 900)
    page.wait_for_function("scrollY > 300")
    page.screenshot(path=D+"phone-scrolled.png")
    print("overflow", overflow(page))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})
    numbers=list(SalesOrder.objects.values_list("number", flat=True))
    ch = ask_for_change(dict.fromkeys(numbers), OrderStatus.objects.get(name="Picking"), by="mira", why="Morning round")
    make_bulk_changes(stop_after(40))
    page.goto(live_server.url + f"/orders/changes/{ch.pk}/")
    page.screenshot(path=D+"change.png")
    make_bulk_changes()
    page.get_by_text("Done: ").wait_for()
    page.screenshot(path=D+"changed.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=D+"changed-phone.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(live_server.url + "/orders/print/?what=both&chosen=" + packed(numbers))
    expect(page.get_by_text("All 119 loaded")).to_be_visible(timeout=30000)
    page.screenshot(path=D+"parts.png")
    page.goto(live_server.url + "/orders/")
    page.get_by_role("searchbox").fill("where is order 99999?")
    page.keyboard.press("Enter")
    page.get_by_text("could not be asked").or_(page.get_by_text("No store has")).first.wait_for(timeout=30000)
    page.screenshot(path=D+"asked.png")
