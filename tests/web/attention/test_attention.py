"""Needs attention: what waits by its cause, with its age, and what resolves it right next to it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.attention.actions import decisions_in, retry_group
from counterfoil.stores.attention.causes import DECISIONS
from counterfoil.stores.attention.items import EVERYTHING, attention
from counterfoil.stores.models import StoreState, StoreUpdate, UpdateState, WebIntegration, WebOrder, WebOrderState
from counterfoil.stores.weborders.refunds import note_unreadable
from tests.factories import connect, run_sync, web_order
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import a_conflict, a_refused_order, a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db


def the_page(client: Client, **asked: str) -> str:
    """The page as it is now."""
    answer = client.get(reverse("attention"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def the_group(client: Client, cause: str, **asked: object) -> str:
    """The page of one cause."""
    return client.get(reverse("attention-group"), {"cause": cause, **asked}).content.decode()


def polled(client: Client, seen: str = "", *, target: str = "inbox", path: str = "") -> Any:
    """What the page gets when it asks for a part of itself."""
    return client.get(path or reverse("attention"), headers={"HX-Request": "true", "HX-Target": target, "X-Seen": seen})


def version_in(page: str) -> str:
    """Of the first live part in it."""
    return page.split('"X-Seen": "')[1].split('"')[0]


def a_failed_update(number: int = 3, *, seen: int = 9, **values: Any) -> StoreUpdate:
    """A mapped status that somebody else's stands in the way of."""
    WebOrder.objects.filter(bigcommerce_order_id=number).update(status_seen=seen)
    values = {"reason_code": "status_changed", "reason": "It was changed there."} | values
    return StoreUpdate.objects.create(
        web_order=web_order(number), status_id=2, cause="mapped", state=UpdateState.FAILED, **values
    )


def test_everything_stands_there_by_its_cause(clerk: Client) -> None:
    """A waiting store before all, then what has waited longest; how many, for how long, in which stores."""
    integration = a_store()
    order = an_order(integration, 3)
    for number in (1, 2):
        a_refused_order(integration, number)
    a_failed_update()
    a_conflict(order)
    StoreState.objects.update(
        trouble_code="credentials", trouble="BigCommerce refuses the access token.", trouble_since=timezone.now()
    )
    page = the_page(clerk)
    headings = (
        "WEB- refuses the access token",
        "Order without items",
        "Status: Status changed by someone else",
        "PO number changed here and in the store",
    )
    assert all(heading in page for heading in headings)
    assert page.index(headings[0]) < page.index(headings[1])
    assert "5 items, 4 causes" in page
    assert '<strong class="cause-count">2 orders</strong>' in page
    assert ">5<span" in page  # the number in the navigation


def test_an_empty_inbox_is_glad(clerk: Client) -> None:
    """And says what would stand here."""
    page = the_page(clerk)
    assert "All caught up" in page
    assert 'role="search"' not in page


def test_a_store_is_tried_again_and_a_manager_replaces_its_token(clerk: Client, manager: Client) -> None:
    """Right next to the sentence; a clerk is told who can."""
    integration = a_store()
    StoreState.objects.update(trouble_code="credentials", trouble="No.", trouble_since=timezone.now())
    setup = reverse("integration-tab", args=[integration.pk, "setup"])
    assert setup in the_page(manager)
    assert setup not in the_page(clerk)
    assert "A manager can change the store setup." in the_page(clerk)
    assert reverse("integration-sync", args=[integration.pk]) in the_page(clerk)


def test_a_viewer_sees_everything_and_can_press_nothing(viewer: Client) -> None:
    """No button, no form but the search."""
    integration = a_store()
    a_conflict(an_order(integration, 3))
    a_failed_update()
    a_refused_order(integration, 5, code="totals")
    page = the_page(viewer)
    inbox = page.split('id="inbox"')[1].split("</section>")[0]
    assert "WEB-5" in inbox
    assert "<button" not in inbox
    assert "Skip" not in inbox


def test_a_changed_status_is_set_all_the_same_or_left(clerk: Client) -> None:
    """One press each; what is left says so in the log, with the name."""
    integration = a_store()
    an_order(integration, 3)
    update = a_failed_update()
    page = the_page(clerk)
    assert "Set it anyway" in page
    assert "Keep the store’s status" in page
    sent = {"reason": "Keep the store’s status", "next": reverse("attention")}
    clerk.post(reverse("update-skip", args=[update.pk]), sent)
    update.refresh_from_db()
    assert (update.state, update.reason) == (UpdateState.SKIPPED, "Skipped by clerk: Keep the store’s status")


def test_a_cancelled_order_s_status_is_not_offered_to_be_set_all_the_same(clerk: Client) -> None:
    """It would only fail again."""
    an_order(a_store(), 3)
    a_failed_update(seen=5)
    page = the_page(clerk)
    assert "Set it anyway" not in page
    assert "Keep the store’s status" in page


def test_both_values_of_a_conflict_stand_next_to_their_buttons(clerk: Client) -> None:
    """And picking one is all there is to do."""
    conflict = a_conflict(an_order(a_store(), 3))
    page = the_page(clerk)
    for words in ("PO-7", "PO-8", "Keep ours", "Use the store’s"):
        assert words in page
    clerk.post(reverse("pick", args=[conflict.pk]), {"whose": "ours", "next": reverse("attention")})
    assert "All caught up" in the_page(clerk)


def test_a_parcel_of_an_order_on_hold_is_released_by_a_manager(clerk: Client, manager: Client) -> None:
    """Or looked at, to be voided."""
    order = an_order(a_store())
    a_shipment(order)
    StoreUpdate.objects.filter(kind="create_shipment").update(state=UpdateState.WAITING)
    SalesOrder.objects.update(hold_reason="The order was cancelled in the store.")
    assert "Parcels waiting: The order was cancelled in the store." in the_page(clerk)
    assert "View parcel" in the_page(clerk)
    assert "Ship anyway" not in the_page(clerk)
    assert "Ship anyway" in the_page(manager)


def test_refunds_that_cannot_be_read_are_no_version_that_was_not_taken_over(clerk: Client, manager: Client) -> None:
    """They are read again on request; only a manager is led to where the order is released."""
    order = an_order(a_store(), 3)
    note_unreadable(web_order(3), "The list of refunds couldn’t be read: total_amount is missing.")
    page = the_group(clerk, "order:refunds:")
    assert "Refunds couldn’t be read" in page
    assert "total_amount is missing" in page
    assert "Read them now" in page
    assert "not taken over" not in page
    assert "Ship anyway" not in page
    assert "Ship anyway" in the_group(manager, "order:refunds:")
    shown = clerk.get(reverse("order", args=[order.number])).content.decode()
    assert "its refunds in bigcommerce couldn’t be read" in shown.lower()
    assert "A newer version wasn’t imported" not in shown


def test_the_trace_of_a_defect_is_there_to_be_sent_on(clerk: Client) -> None:
    """Folded, so that it frightens nobody."""
    a_refused_order(a_store(), 1, code="defect")
    WebOrder.objects.update(trace="Traceback: ValueError in line 3")
    assert "Traceback: ValueError in line 3" in the_page(clerk)


def test_an_order_opens_in_the_stores_control_panel(clerk: Client) -> None:
    """What is to be corrected there is one press away; no address, no link."""
    a_refused_order(a_store(), 77)
    assert "Open in BigCommerce" not in the_page(clerk)
    StoreState.objects.update(control_panel="https://store-x.mybigcommerce.com/")
    assert 'href="https://store-x.mybigcommerce.com/manage/orders/77"' in the_page(clerk)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"store": "SHOP-"}, "WEB-2"),
        ({"q": "web-1"}, "WEB-1"),
        ({"sort": "totals"}, "WEB-2"),
        ({"older": "day"}, "WEB-1"),
    ],
)
def test_it_is_narrowed_by_store_cause_age_and_import_id(asked: dict[str, str], shown: str, clerk: Client) -> None:
    """And says so, with the way back to all."""
    old, new = a_refused_order(a_store(), 1), a_refused_order(a_store("SHOP-"), 2, code="totals")
    WebOrder.objects.filter(pk=old.pk).update(reason_since=timezone.now() - timedelta(days=3))
    WebOrder.objects.filter(pk=new.pk).update(reason_since=timezone.now(), import_id="WEB-2")
    page = the_page(clerk, **asked).split('id="inbox"')[1]
    assert [number for number in ("WEB-1", "WEB-2") if f">{number}</a>" in page] == [shown]
    assert "1 item of this kind, 1 cause" in page
    assert "Show all" in page


def test_what_nothing_matches_leads_back_to_all(clerk: Client) -> None:
    """Nonsense in the address is passed over."""
    a_refused_order(a_store(), 1)
    assert "Nothing of this kind needs attention" in the_page(clerk, q="999")
    assert "WEB-1" in the_page(clerk, store="NONE", sort="x", older="y", page="-3")


def test_a_group_is_retried_and_the_page_says_how_far_it_has_come(clerk: Client) -> None:
    """Solved, being tried, and back again; all that is in the address."""
    integration = a_store()
    for number in (1, 2, 3, 4):
        a_refused_order(integration, number)
    a_refused_order(integration, 9, code="totals")
    path = reverse("retry", query={"cause": "order:no_lines:"})
    said = clerk.post(path, {"group": "1", "next": reverse("attention")}, follow=True).content.decode()
    assert "4 are being retried." in said
    assert "0 of 4 resolved" in said
    assert set(WebOrder.objects.filter(read_again="").values_list("import_id", flat=True)) == {"WEB-9"}
    WebOrder.objects.filter(bigcommerce_order_id__in=[1, 2]).update(reason_code="", read_again="")
    WebOrder.objects.filter(bigcommerce_order_id=3).update(read_again="")
    page = the_page(clerk)
    assert "2 of 4 resolved" in page
    assert "1 in progress." in page
    assert "1 still needs attention" in page
    WebOrder.objects.exclude(bigcommerce_order_id=9).update(reason_code="", read_again="")
    assert "All 4 resolved." in the_page(clerk)


def test_retry_all_tries_what_is_shown(clerk: Client) -> None:
    """Narrowed to a store, only that; with nothing to do it says so."""
    a_refused_order(a_store(), 1)
    a_refused_order(a_store("SHOP-"), 2)
    clerk.post(reverse("retry", query={"store": "SHOP-"}), {"all": "1"})
    assert [order.import_id for order in WebOrder.objects.exclude(read_again="")] == ["SHOP-2"]
    clerk.post(reverse("retry"), {"all": "1"})
    assert not WebOrder.objects.filter(read_again="").exists()
    WebOrder.objects.all().delete()
    assert "There is nothing to retry." in clerk.post(reverse("retry"), {"all": "1"}, follow=True).content.decode()


DECIDED = [*(code for code in DECISIONS if code.startswith("update:")), "order:edited_in_store"]


@pytest.mark.parametrize("cause", DECIDED)
def test_retry_all_leaves_decisions_to_a_person(clerk: Client, cause: str) -> None:
    """Neither the page, nor the command, nor the API's list of all: only its own button, which says what it does."""
    integration = a_store()
    a_refused_order(integration, 1)
    kind, code = cause.split(":")
    if kind == "order":
        item: Model = a_refused_order(integration, 2, code=code)
    else:
        order = WebOrder.objects.get(sales_order=an_order(integration))
        item = StoreUpdate.objects.create(
            web_order=order, status_id=2, cause="mapped", state=UpdateState.FAILED, reason_code=code, reason="So."
        )
    before = type(item).objects.filter(pk=item.pk).values()[0]
    said = clerk.post(reverse("retry"), {"all": "1"}, follow=True).content.decode()
    assert "It is being retried. 1 item needs your decision." in said
    assert "0 of 1 resolved" in said
    assert type(item).objects.filter(pk=item.pk).values()[0] == before
    WebOrder.objects.filter(reason_code="no_lines").delete()
    assert "Retry all" not in the_page(clerk)
    said = clerk.post(reverse("retry"), {"all": "1"}, follow=True).content.decode()
    assert "There is nothing to retry. 1 item needs your decision." in said
    assert retry_group() == 0
    assert decisions_in(EVERYTHING) == 1
    path = reverse("retry", query={"cause": attention()[0].cause})
    assert "It is being retried." in clerk.post(path, {"group": "1"}, follow=True).content.decode()
    assert type(item).objects.filter(pk=item.pk).values()[0] != before


def test_retry_all_counts_only_the_decisions_it_is_narrowed_to(clerk: Client) -> None:
    """Those of another store, or of other sorts, are nobody's matter there."""
    a_refused_order(a_store(), 1, code="edited_in_store")
    a_refused_order(a_store("SHOP-"), 2)
    path = reverse("retry", query={"store": "SHOP-"})
    assert "decision" not in clerk.post(path, {"all": "1"}, follow=True).content.decode()
    for sort, said in (("in-store", "nothing to retry.<"), ("shipments", "nothing to retry. 1 item needs")):
        path = reverse("retry", query={"sort": sort, "store": "WEB-"})
        assert said in clerk.post(path, {"all": "1"}, follow=True).content.decode().replace("\n", "").replace("  ", "")


def test_one_order_is_skipped_with_a_reason(clerk: Client) -> None:
    """Without one nothing is skipped; with one, the order is ignored and says why and by whom."""
    a_refused_order(a_store(), 5)
    path = reverse("skip", query={"import_id": "WEB-5"})
    assert "Skip WEB-5" in clerk.get(path).content.decode()
    answer = clerk.post(path, {"reason": "  "})
    assert answer.status_code == 422
    assert "Give a reason." in answer.content.decode()
    clerk.post(path, {"reason": "A test of the shop"})
    skipped = WebOrder.objects.get()
    assert (skipped.state, skipped.reason) == (WebOrderState.IGNORED, "Skipped by clerk: A test of the shop")
    assert "All caught up" in the_page(clerk)
    assert "None of this needs attention anymore." in clerk.get(path, follow=True).content.decode()


def test_a_group_is_skipped_after_a_preview_of_what_that_is(clerk: Client) -> None:
    """How many, which, and one reason for all of them."""
    integration = a_store()
    for number in range(1, 13):
        a_refused_order(integration, number)
    path = reverse("skip", query={"cause": "order:no_lines:"})
    page = clerk.get(path).content.decode()
    assert "Skip 12 orders" in page
    assert "WEB-10 and 2 more." in page
    said = clerk.post(path, {"reason": "Tests of the shop"}, follow=True).content.decode()
    assert "12 skipped." in said
    assert WebOrder.objects.filter(reason="Skipped by clerk: Tests of the shop").count() == 12


def test_one_update_is_skipped_and_the_others_of_its_order_stay(clerk: Client) -> None:
    """From the list of its group."""
    an_order(a_store(), 3)
    update, other = a_failed_update(reason_code="refused"), a_failed_update(reason_code="refused")
    path = reverse("skip", query={"update": update.pk})
    assert "Skip WEB-3" in clerk.get(path).content.decode()
    clerk.post(path, {"reason": "Set by hand"})
    assert list(StoreUpdate.objects.filter(state=UpdateState.FAILED)) == [other]


def test_what_only_a_person_can_decide_is_not_skipped_by_an_address(clerk: Client) -> None:
    """A conflict or a store has no skip, and nothing is skipped without being named."""
    a_conflict(an_order(a_store(), 3))
    a_refused_order(WebIntegration.objects.get(), 4)
    for query in ({"cause": "conflict:conflict:po number"}, {}, {"update": "x"}):
        answer = clerk.get(reverse("skip", query=query), follow=True)
        assert "None of this needs attention anymore." in answer.content.decode()
        clerk.post(reverse("skip", query=query), {"reason": "Why not"})
    assert "2 items" in the_page(clerk)


def test_only_a_manager_accepts_a_difference_and_only_the_one_that_was_seen(clerk: Client, manager: Client) -> None:
    """The sum stands on the button."""
    a_refused_order(a_store(), 5, code="totals")
    assert reverse("accept") not in the_page(clerk)
    assert f"{reverse('accept')}?seen=0.0100" in the_page(manager)
    for query in ({"seen": "0.02"}, {}, {"seen": "NaN"}):
        said = manager.post(reverse("accept", query=query), {"import_id": "WEB-5"}, follow=True).content.decode()
        assert "nothing was accepted" in said
    manager.post(reverse("accept", query={"seen": "0.0100"}), {"import_id": "WEB-5"})
    order = WebOrder.objects.get()
    assert order.accepted_difference == order.difference
    assert order.read_again


def test_a_difference_is_shown_in_its_order_s_currency(manager: Client) -> None:
    """On the button, and in the list of many: of yen there are no hundredths."""
    order = a_refused_order(a_store(), 5, code="totals")
    order.difference, order.difference_currency = Decimal(1), "JPY"
    order.save()
    yen = '<data class="amount" value="1">1</data> <span class="currency">JPY</span>'
    assert yen in the_page(manager)
    assert yen in manager.get(reverse("accept-all", query={"cause": "order:totals:"})).text


def test_many_differences_are_looked_at_and_accepted_together(manager: Client) -> None:
    """Each with its sum; what is not chosen, or has changed, is left alone."""
    integration = a_store()
    for number in (1, 2, 3):
        a_refused_order(integration, number, code="totals")
    path = reverse("accept-all", query={"cause": "order:totals:"})
    page = manager.get(path).content.decode()
    assert page.count('name="accepted"') == 3
    WebOrder.objects.filter(bigcommerce_order_id=2).update(difference="5.00")
    said = manager.post(path, {"accepted": ["WEB-1 0.0100", "WEB-2 0.0100", "nonsense"]}, follow=True)
    assert "1 difference is accepted." in said.content.decode()
    assert [order.import_id for order in WebOrder.objects.exclude(accepted_difference=None)] == ["WEB-1"]


def test_a_large_group_is_folded_and_its_list_comes_in_pages(clerk: Client) -> None:
    """Fifty at a time, on the card when it is unfolded, or on a page of their own."""
    integration = a_store()
    for number in range(1, 121):
        a_refused_order(integration, number)
    page = the_page(clerk)
    assert "120 orders" in page
    assert 'class="thing"' not in page
    whole = the_group(clerk, "order:no_lines:")
    assert whole.count('class="thing"') == 50
    assert "Page 1 of 3" in whole
    assert "WEB-120" in the_group(clerk, "order:no_lines:", page=3)
    assert "All resolved" in the_group(clerk, "order:nothing:")


def test_many_causes_come_in_pages(clerk: Client) -> None:
    """Each SKU is one."""
    integration = a_store()
    for number in range(1, 31):
        a_refused_order(integration, number, code="unknown_product")
        WebOrder.objects.filter(bigcommerce_order_id=number).update(unknown_skus=[f"SKU-{number}"])
    page = the_page(clerk)
    assert page.count('<article class="card attention') == 25
    assert "Page 1 of 2" in page
    assert the_page(clerk, page="2").count('<article class="card attention') == 5


def test_its_parts_come_again_only_when_they_changed(clerk: Client) -> None:
    """The inbox and a list in it; a form in them is not swapped away while someone types."""
    integration = a_store()
    a_refused_order(integration, 1)
    page = the_page(clerk)
    assert polled(clerk, version_in(page)).status_code == 204
    list_path = reverse("attention-group", query={"cause": "order:no_lines:"})
    list_id = page.split('<div id="list-')[1].split('"')[0]
    whole = polled(clerk, target=f"list-{list_id}", path=list_path).content.decode()
    assert whole.startswith(f'<div id="list-{list_id}"')
    assert polled(clerk, version_in(whole), target=f"list-{list_id}", path=list_path).status_code == 204
    a_refused_order(integration, 2)
    again = polled(clerk, version_in(page))
    assert again.status_code == 200
    assert "2 orders" in again.content.decode()
    assert "<html" not in again.content.decode()
    assert "WEB-2" in polled(clerk, version_in(whole), target=f"list-{list_id}", path=list_path).content.decode()


def test_ten_thousand_orders_take_few_statements(clerk: Client, django_assert_max_num_queries: Any) -> None:
    """The page, a group's page, and the number in the navigation; session and person included."""
    integration = a_store()
    made = (
        WebOrder(
            integration=integration, bigcommerce_order_id=number, import_id=f"WEB-{number}", state="not_imported",
            reason_code="unknown_product", reason="No.", unknown_skus=[f"SKU-{number % 40}"],
            reason_since=timezone.now(),
        )
        for number in range(10_000)
    )  # fmt: skip
    WebOrder.objects.bulk_create(made, batch_size=2000)
    order = an_order(integration, 20_000)
    a_conflict(order)
    a_failed_update(20_000)
    clerk.post(reverse("retry", query={"cause": "order:unknown_product::SKU-1"}), {"group": "1"})
    with django_assert_max_num_queries(15):
        assert "9,752 items, 41 causes" in the_page(clerk)
    with django_assert_max_num_queries(15):
        assert "250 orders" in the_group(clerk, "order:unknown_product::SKU-1")
    with django_assert_max_num_queries(4):
        assert ">10002<" in clerk.get(reverse("attention-count")).content.decode()


def test_an_unseen_order_is_asked_for_in_the_store_and_imported_by_hand(store: SandboxStore, clerk: Client) -> None:
    """Where is order N? In the store, in a status outside import; a clerk wants it all the same."""
    integration = connect(store)
    (number,) = store.place(1, status_id=7)
    found = clerk.get(reverse("orders"), {"q": str(number)}).content.decode()
    assert f"No order {number} found here." in found
    page = clerk.get(reverse("where"), {"number": number}).content.decode()
    assert "We import Awaiting Fulfillment; it is Awaiting Payment." in page
    assert "Awaiting Payment" in page
    assert not WebOrder.objects.exists()
    clerk.post(reverse("import-order"), {"store": "WEB-", "number": number})
    run_sync(integration)
    assert SalesOrder.objects.get().web_order_number == str(number)
    assert WebIntegration.objects.count() == 1
