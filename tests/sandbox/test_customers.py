"""The customers of the sandbox store, who are those that its orders name."""

import pytest

from tests.sandbox_store import SandboxStore


def _customers(store: SandboxStore, query: str = "") -> list[dict]:
    return list(store.api("GET", f"/v3/customers?limit=250&{query}").json()["data"])


def test_everyone_who_ordered_with_an_account_is_a_customer(store: SandboxStore) -> None:
    """And nobody else; guests are not."""
    store.reset(orders=200, seed=2)
    ordered = {store.order(order["id"])["header"]["customer_id"] for order in store.orders()}
    assert 0 in ordered
    found = _customers(store)
    assert {customer["id"] for customer in found} == ordered - {0}
    assert len({customer["email"] for customer in found}) == len(found)


def test_a_customer_is_the_person_of_the_first_order(store: SandboxStore) -> None:
    """Names, company, phone and e-mail; addresses are those of all orders, each once."""
    store.place(kind="registered", customer_id=7)
    order = store.order(store.place(kind="several_addresses", customer_id=5001)[0])
    (customer,) = _customers(store, "id:in=5001&include=addresses")
    person = order["header"]["billing_address"]
    assert customer["email"] == person["email"]
    assert (customer["first_name"], customer["last_name"]) == (person["first_name"], person["last_name"])
    assert customer["address_count"] == len(customer["addresses"]) == len(order["addresses"])
    assert {address["address1"] for address in customer["addresses"]} >= {person["street_1"]}
    assert {address["customer_id"] for address in customer["addresses"]} == {5001}


def test_customers_are_found_many_at_once(store: SandboxStore) -> None:
    """By number, e-mail, company, name and phone; nobody is an empty list."""
    store.reset(orders=80, seed=3)
    first, second = _customers(store)[:2]
    assert _customers(store, f"id:in={second['id']},{first['id']},99999") == [first, second]
    assert _customers(store, f"email:in={first['email'].upper()}") == [first]
    store.edit_customer(second["id"], company="Blue Door & Sons", phone="512 555 1234")
    (changed,) = _customers(store, "company:in=Blue%20Door%20%26%20Sons")
    assert changed["id"] == second["id"]
    assert [customer["id"] for customer in _customers(store, "phone:in=512%20555%201234")] == [second["id"]]
    name = f"{first['first_name']} {first['last_name']}"
    assert first in _customers(store, f"name:in={name.replace(' ', '%20')}")
    assert first in _customers(store, f"name:like={first['last_name'][1:]}")
    assert _customers(store, "id:in=99999") == []


def test_ten_addresses_are_included_and_all_are_listed(store: SandboxStore) -> None:
    """The others only under /customers/addresses."""
    for _ in range(13):
        store.place(kind="several_addresses", customer_id=9)
    (customer,) = _customers(store, "id:in=9&include=addresses,storecredit,attributes,formfields")
    assert (len(customer["addresses"]), customer["store_credit_amounts"]) == (10, [{"amount": 0}])
    listed = store.api("GET", "/v3/customers/addresses?customer_id:in=9&limit=250").json()["data"]
    assert len(listed) == customer["address_count"] > 10
    assert listed[:10] == customer["addresses"]


def test_cursors_lead_through_all_customers(store: SandboxStore) -> None:
    """Onwards with ``after`` and back with ``before``; a cursor that nobody gave is refused."""
    store.reset(orders=60, seed=5)
    everyone = [customer["id"] for customer in _customers(store)]
    answer = store.api("GET", "/v3/customers?limit=7").json()
    found = [customer["id"] for customer in answer["data"]]
    while answer["data"]:
        last = answer
        answer = store.api("GET", f"/v3/customers?limit=7&after={_cursor(answer, 'end_cursor')}").json()
        found += [customer["id"] for customer in answer["data"]]
    assert found == everyone
    back = store.api("GET", f"/v3/customers?limit=7&before={_cursor(last, 'start_cursor')}").json()["data"]
    place = everyone.index(last["data"][0]["id"])
    assert [customer["id"] for customer in back] == everyone[place - 7 : place]
    assert store.api("GET", "/v3/customers?after=nonsense").status == 422


def _cursor(answer: dict, name: str) -> str:
    return str(answer["meta"]["cursor_pagination"][name])


def test_customers_are_sorted_and_bounded_by_date(store: SandboxStore) -> None:
    """By last name, and by when they came or changed."""
    store.reset(orders=60, seed=5)
    names = [customer["last_name"].casefold() for customer in _customers(store, "sort=last_name:desc")]
    assert names == sorted(names, reverse=True)
    store.set(clock_offset_seconds=500)
    changed = store.edit_customer(_customers(store)[0]["id"], notes="VIP")
    since = _customers(store, f"id:in={changed['id']}")[0]["date_modified"].replace("+", "%2B")
    assert [customer["id"] for customer in _customers(store, f"date_modified:min={since}")] == [changed["id"]]
    assert changed["id"] not in [customer["id"] for customer in _customers(store, f"date_created:min={since}")]


def test_two_customers_never_have_one_email(store: SandboxStore) -> None:
    """Of two accounts made at checkout with one e-mail, and of an edit."""
    store.place(kind="registered", customer_id=1000, seed=3)
    store.place(kind="registered", customer_id=1001, seed=3)
    first, second = store.customer(1000), store.customer(1001)
    assert first["email"] != second["email"]
    with pytest.raises(AssertionError, match="Another customer"):
        store.edit_customer(1001, email=first["email"].upper())
    store.edit_customer(1001, email="new@example.com")
    assert _customers(store, "email:in=new@example.com")[0]["id"] == 1001


def test_odd_people_are_customers_too(store: SandboxStore) -> None:
    """Nameless, very long, in any script: as long as the description allows."""
    for number, kind in enumerate(("odd_name", "very_long", "cjk", "emoji", "right_to_left")):
        for place in range(8):
            store.place(kind=kind, customer_id=2000 + number * 10 + place, seed=place)
    for customer in _customers(store):
        assert 1 <= len(customer["first_name"]) <= 100
        assert 1 <= len(customer["last_name"]) <= 100


def test_customers_need_their_scope(store: SandboxStore) -> None:
    """Reading is enough; orders alone are not."""
    store.set(scopes=["store_v2_orders"])
    assert store.api("GET", "/v3/customers").status == 403
    assert store.api("GET", "/v3/customers/addresses").status == 403
    store.set(scopes=["store_v2_customers_read_only"])
    assert store.api("GET", "/v3/customers").status == 200
