"""What a person sets on the list: columns, views of one's own with their counts; one number instead of three."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, Printout, PrintoutKind, SalesOrder
from counterfoil.sales.orders.status import change_status, find_status, put_on_hold
from counterfoil.web.orders import view_tabs
from counterfoil.web.orders.listing.columns import COLUMNS
from tests.web.factories.orders import a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db


def page_of(client: Client, query: str = "") -> str:
    """The list at this query."""
    return " ".join(client.get(reverse("orders") + query).content.decode().split())


def cells(client: Client, label: str, query: str = "") -> list[str]:
    """What stands in a column, from the top, without its markup."""
    found = re.findall(rf'data-label="{label}">(.*?)</td>', page_of(client, query))
    return [re.sub("<[^>]*>", "", each).strip() for each in found]


def choose(client: Client, *columns: str) -> None:
    """Saves these columns."""
    client.post(reverse("order-columns"), {"column": columns})


def views(client: Client, query: str = "") -> dict[str, str]:
    """The views with their counts."""
    found = re.findall(
        r'<a href="[^"]*"(?: aria-current="page")?\s*>([^<]*)<span class="view-count">(.*?)</a>', page_of(client, query)
    )
    return {name: re.sub("<[^>]*>|:", "", count).strip() for name, count in found}


def test_every_column_can_be_chosen_is_kept_for_the_person_and_goes_back(clerk: Client, viewer: Client) -> None:
    """What is not chosen is gone, what no column is called is passed over; nobody else's list changes."""
    order = an_order(a_store(), 1)
    order.lines.create(position=7, kind="physical", quantity=3, unit_price=0, extended=0, total=0, part_number="MUG-01")
    Printout.objects.create(order=order, kind=PrintoutKind.PICK_LIST, by="Ada")
    choose(clerk, *COLUMNS, "nonsense")
    assert cells(clerk, "Items") == ["2 × ENGINE-0, 3 × MUG-01"]  # not the kit's part
    assert cells(clerk, "Ship via") == ["Royal Mail Tracked 24"]
    assert cells(clerk, "Country") == ["United Kingdom"]
    assert cells(clerk, "Customer message") == ["Message"]
    assert cells(clerk, "Printed") == ["Pick list"]
    assert re.fullmatch(r"\d+.(days?|weeks?|months?|hours?)", cells(clerk, "Age")[0])
    choose(clerk, "country")
    assert cells(clerk, "Import ID") == []
    assert cells(clerk, "Country") == ["United Kingdom"]
    assert cells(viewer, "Import ID") == ["WEB-1"]
    clerk.post(reverse("order-columns"), {"reset": "1", "column": "age"})
    assert cells(clerk, "Import ID") == ["WEB-1"]
    assert cells(clerk, "Age") == []


def test_items_are_added_up_and_cut_short(clerk: Client) -> None:
    """The same thing on two lines once; what is cancelled is left out; a long order ends in dots."""
    order = an_order(a_store(), 1, lines=9)
    OrderLine.objects.filter(order=order, position__in=(2, 3)).update(part_number="PEN")
    OrderLine.objects.filter(order=order, position=4).update(cancelled=2)
    assert cells(clerk, "Items") == ["2 × ENGINE-0, 4 × PEN, 2 × ENGINE-5, 2 × ENGINE-6, 2 × ENGINE-7, …"]


def test_the_weight_is_of_what_is_left_to_ship(clerk: Client) -> None:
    """A kit's own, else its parts'; what goes into no parcel is left out, and so is all of a cancelled order."""
    order = an_order(a_store(), 1, lines=4)  # the second is a part of the first
    choose(clerk, *COLUMNS)
    assert cells(clerk, "Weight") == [""]
    OrderLine.objects.update(weight=Decimal("0.4000"))
    assert cells(clerk, "Weight") == [""]  # of no known unit
    SalesOrder.objects.update(weight_unit="lb")
    assert cells(clerk, "Weight") == ["2.4 lb"]
    OrderLine.objects.filter(position=0).update(weight=None)
    OrderLine.objects.filter(position=1).update(weight=Decimal("1.5"))
    assert cells(clerk, "Weight") == ["4.6 lb"]
    OrderLine.objects.filter(position=2).update(shipped=1, cancelled=1)
    OrderLine.objects.filter(position=3).update(kind="digital")
    assert cells(clerk, "Weight") == ["3 lb"]
    order.lines.create(position=9, kind="physical", quantity=3, unit_price=0, extended=0, total=0, weight=7)
    assert cells(clerk, "Weight") == ["3 lb"]  # goes nowhere
    OrderLine.objects.filter(position=9).update(ship_to=order.lines.get(position=0).ship_to, weight=None)
    assert cells(clerk, "Weight") == ["≥ 3 lb"]
    OrderAddress.objects.update(kind=AddressKind.PICKUP)
    assert cells(clerk, "Weight") == [""]
    OrderAddress.objects.filter(pk=order.lines.get(position=0).ship_to_id).update(kind=AddressKind.SHIP_TO)
    change_status(order.pk, find_status("Cancelled"), by="Ada", why="They called")
    assert cells(clerk, "Weight") == [""]


def test_statements_do_not_depend_on_the_columns(clerk: Client, django_assert_max_num_queries: object) -> None:
    """Every column at once takes as many as none."""
    for number in range(1, 61):
        an_order(a_store() if number == 1 else SalesOrder.objects.get(import_id="WEB-1").web_order.integration, number)
    for columns in ((), tuple(COLUMNS)):
        choose(clerk, *columns)
        page_of(clerk)
        with django_assert_max_num_queries(15):  # type: ignore[operator]
            assert clerk.get(reverse("orders")).status_code == 200


def test_a_number_stands_once_where_it_is_the_same(clerk: Client) -> None:
    """A PO that is the store's number only repeats the import ID; so does our number where the two meet."""
    order = an_order(a_store(), 1)
    assert cells(clerk, "PO") == ["PO-1"]
    SalesOrder.objects.update(po_number="1")
    assert cells(clerk, "PO") == []
    choose(clerk, "po_number", "import_id")
    assert cells(clerk, "PO") == [""]
    SalesOrder.objects.update(web_order_number=str(order.number), import_id=f"WEB-{order.number}")
    assert (cells(clerk, "Order"), cells(clerk, "Import ID")) == ([""], [f"WEB-{order.number}"])
    assert f'href="{reverse("order", args=[order.number])}"' in page_of(clerk)


def test_views_are_counted_up_to_a_bound_among_what_else_is_chosen(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among the found ones where something is searched; and "To ship" begins with the oldest."""
    web, europe = a_store(), a_store("EU-")
    orders = [an_order(web, number) for number in (1, 2, 3)]
    orders.append(an_order(europe, 4))
    put_on_hold(orders[0].pk, "Refunded", by="BigCommerce")
    a_shipment(orders[1])
    assert views(clerk) == {"To ship": "2", "Needs attention": "0", "On hold": "1", "Today": "0"}
    assert views(clerk, "?store=EU-")["To ship"] == "1"
    for words, to_ship, held in (("WEB-3", "1", "0"), ("WEB-1", "0", "1"), ("engine", "2", "1"), ("nobody", "0", "0")):
        counts = views(clerk, f"?q={words}&show=held")
        assert (counts["To ship"], counts["On hold"]) == (to_ship, held), words
    assert views(clerk, "?q=engine&store=EU-")["To ship"] == "1"
    assert "?store=EU-&amp;show=to_ship" in page_of(clerk, "?store=EU-&show=held&page=2")
    monkeypatch.setattr(view_tabs, "MOST_COUNTED", 1)
    assert views(clerk)["To ship"] == "1+"
    assert cells(clerk, "Import ID", "?show=to_ship") == ["WEB-3", "EU-4"]
    assert cells(clerk, "Import ID", "?show=to_ship&sort=-order_date") == ["EU-4", "WEB-3"]


def test_a_view_of_ones_own_is_saved_counted_and_deleted(clerk: Client, viewer: Client) -> None:
    """Its name leads to what was chosen; the same name replaces it; one without a name or a choice is refused."""
    store = a_store()
    an_order(store, 1)
    answer = clerk.post(reverse("order-views"), {"name": "Ours <b>", "filter": "store=WEB-&q=engines&page=3&go=1"})
    assert answer["Location"] == f"{reverse('orders')}?store=WEB-&q=engines"
    assert views(clerk)["Ours &lt;b&gt;"] == "1"
    assert 'aria-current="page">Ours &lt;b&gt;<' in page_of(clerk, "?store=WEB-&q=engines")
    assert "Ours" not in page_of(viewer)
    clerk.post(reverse("order-views"), {"name": "ours <b>", "filter": "show=held"})
    assert views(clerk)["ours &lt;b&gt;"] == "0"
    for sent, said in (
        ({"name": " ", "filter": "q=x"}, "has no name"),
        ({"name": "All", "filter": "page=2"}, "isn’t filtered"),
    ):
        assert said in clerk.post(reverse("order-views"), sent, follow=True).content.decode()
    clerk.post(reverse("order-views"), {"delete": "ours <b>"})
    assert "ours" not in views(clerk)
