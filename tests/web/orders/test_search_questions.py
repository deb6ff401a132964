"""What people type into the search: questions, numbers with a word before them, names that look like questions."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.web.orders.listing.search_text import OrderQuestion, question_in, words_asked_for
from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import a_store, an_order


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("where is order 10234", "10234"),
        ("Where is order 10234?", "10234"),
        ("where’s my order #10234 ?", "10234"),
        ("order 103", "103"),
        ("Order no. 103", "103"),
        ("is order 10234 shipped?", "10234"),
        ("Has order #10234 shipped yet?", "10234"),
        ("when will order DEMO-158 ship", "DEMO-158"),
        ("what’s the status of my order 10234, please?", "10234"),
        ("order 103 please", "103"),
        ("Please order 2 mugs in 3 colors", "Please order 2 mugs in 3 colors"),
        ("Has Beans", "Has Beans"),
        ("orders: 103", "103"),
        ("#10234", "10234"),
        ("DEMO-158", "DEMO-158"),
        ("where is demo-158", "demo-158"),
        ("where is the parcel 1Z999AA10123456784?", "1Z999AA10123456784"),
        ("tracking 1z 999 aa1 01 2345 6784", "1z 999 aa1 01 2345 6784"),
        ("where is the order from ada@example.com", "ada@example.com"),
        ("Where is Jane Doe’s order?", "Jane Doe"),
        ("ada@example.com", "ada@example.com"),
        ("Order Solutions Inc", "Order Solutions Inc"),
        ("order 66 poster", "order 66 poster"),
        ("PO-10234", "PO-10234"),
        ("Where", "Where"),
        ("order", "order"),
        ("?", "?"),
    ],
)
def test_a_question_asks_for_what_is_in_it(typed: str, asked: str) -> None:
    assert words_asked_for(typed) == asked


def test_a_number_may_name_its_store() -> None:
    """By the import source code before it, the longest that fits; a number that no store gives is none."""
    codes = ["D-", "DEMO-", "DEMO-2-"]
    assert question_in("demo-158", codes, 10**9) == OrderQuestion("demo-158", 158, "DEMO-", is_explicit=True)
    assert question_in("DEMO-2-158", codes, 10**9).store == "DEMO-2-"
    assert question_in("158", codes, 10**9) == OrderQuestion("158", 158)
    assert question_in("99999999999", codes, 10**9).number is None
    assert question_in("0", codes, 10**9).number is None


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["where is order 10234?", "order 10234", "#10234", "WEB-10234", "web-10234", "10234"])
def test_enter_opens_the_only_order_that_is_meant(typed: str, clerk: Client) -> None:
    """Also beside others whose numbers begin with it; while typing the list stays."""
    store = a_store()
    wanted = an_order(store, 10234)
    an_order(store, 102345)
    there = reverse("order", args=[wanted.number])
    assert clerk.get(reverse("orders"), {"q": typed, "go": "1"})["Location"] == there
    assert clerk.get(reverse("orders"), {"q": typed, "go": "1", "show": "held"})["Location"] == there
    found = clerk.get(reverse("orders"), {"q": typed})
    assert found.status_code == 200
    assert there in found.content.decode()


@pytest.mark.django_db
def test_enter_shows_the_list_where_several_are_meant(clerk: Client) -> None:
    store = a_store()
    for number in (1, 2):
        an_order(store, number)
    assert clerk.get(reverse("orders"), {"q": "engines", "go": "1", "store": ""}).status_code == 200
    assert clerk.get(reverse("orders"), {"q": "", "go": "1"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_store_is_asked_for_an_order_that_nobody_has_seen(clerk: Client, store: SandboxStore) -> None:
    """By itself on Enter, by a press while typing; the answer is why it is not here. Only the store that is named."""
    integration = connect(store)
    run_sync(integration)
    number = store.place(1, status=0)[0]
    for typed in (f"where is order {number}?", f"{integration.code}{number}", str(number)):
        page = clerk.get(reverse("orders"), {"q": typed, "go": "1"}).content.decode()
        assert f"Asking the store for order {number}" in page, typed
        assert 'hx-trigger="load"' in page
        page = clerk.get(reverse("orders"), {"q": typed}).content.decode()
        assert "Ask the store" in page
        assert 'hx-trigger="load"' not in page
    headers: Any = {"HX-Request": "true", "HX-Target": "store-answer"}
    answer = clerk.get(reverse("where"), {"number": str(number), "store": integration.code}, headers=headers)
    assert f"{integration.code}{number}" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    nobody = clerk.get(reverse("where"), {"number": "999999"}, headers=headers).content.decode()
    assert "No store has an order 999999" in nobody
