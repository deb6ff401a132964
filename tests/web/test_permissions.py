"""Who may do what: every address × everyone, the answers written out by hand."""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import get_resolver, reverse

from counterfoil.sales.models import OrderAddress, OrderStatus, Parcel
from counterfoil.stores.models import Carrier, StoreUpdate, UpdateState, WebShipment
from counterfoil.web.models import Role
from tests.web.answers import EVERYONE, IN, NO, OK, ON
from tests.web.books import a_foreign_shipment, a_person, a_shipment, a_store, an_order
from tests.web.books_matrix import MATRIX as BOOKS

# name: (method, what is sent, the answers in the order of EVERYONE)
MATRIX: dict[str, tuple[str, dict[str, Any], tuple[Any, ...]]] = {
    "home": ("get", {}, (IN, ON, ON, ON, ON)),
    "login": ("get", {}, (OK, ON, ON, ON, ON)),
    "logout": ("post", {}, (IN, ON, ON, ON, ON)),
    "password": ("get", {}, (IN, OK, OK, OK, OK)),
    "orders": ("get", {}, (IN, OK, OK, OK, OK)),
    "where": ("get", {}, (IN, OK, OK, OK, OK)),
    "import-order": ("post", {"store": "WEB-", "number": "5"}, (IN, NO, ON, ON, ON)),
    "order": ("get", {}, (IN, OK, OK, OK, OK)),
    "order-new": ("get", {}, (IN, NO, OK, OK, OK)),
    "ship-file": ("get", {}, (IN, NO, OK, OK, OK)),
    "open-orders": ("get", {}, (IN, OK, OK, OK, OK)),
    "print": ("get", {"what": "packing_slip", "order": "{number}"}, (IN, OK, OK, OK, OK)),
    "printed": ("post", {"what": "pick_list", "order": "{number}"}, (IN, NO, ON, ON, ON)),
    "print-status": ("post", {"order": "{number}", "status": "1"}, (IN, NO, ON, ON, ON)),
    "order-status": ("post", {"status": "1"}, (IN, NO, ON, ON, ON)),
    "order-release": ("post", {"why": "The client called"}, (IN, NO, NO, ON, ON)),
    "order-close": ("post", {}, (IN, NO, ON, ON, ON)),
    "order-quantities": ("get", {}, (IN, NO, OK, OK, OK)),
    "order-edit": ("get", {}, (IN, NO, OK, OK, OK)),
    "order-address": ("get", {}, (IN, NO, OK, OK, OK)),
    "order-ship": ("get", {}, (IN, NO, OK, OK, OK)),
    "parcel": ("get", {}, (IN, NO, OK, OK, OK)),
    "parcel-void": ("post", {"reason": "Lost"}, (IN, NO, ON, ON, ON)),
    "take-over": ("post", {}, (IN, NO, ON, ON, ON)),
    "updates": ("get", {}, (IN, OK, OK, OK, OK)),
    "update-retry": ("post", {}, (IN, NO, ON, ON, ON)),
    "update-skip": ("post", {"reason": "Not needed"}, (IN, NO, ON, ON, ON)),
    "statuses": ("get", {}, (IN, NO, NO, OK, OK)),
    "status-add": ("post", {"name": "Ready"}, (IN, NO, NO, ON, ON)),
    "status-edit": ("post", {"act": "down"}, (IN, NO, NO, ON, ON)),
    "carriers": ("get", {}, (IN, NO, NO, OK, OK)),
    "carrier": ("get", {}, (IN, NO, NO, OK, OK)),
    "pick": ("post", {"whose": "ours"}, (IN, NO, ON, ON, ON)),
    "attention": ("get", {}, (IN, OK, OK, OK, OK)),
    "attention-count": ("get", {}, (IN, OK, OK, OK, OK)),
    "retry": ("post", {"all": "1"}, (IN, NO, ON, ON, ON)),
    "skip": ("post", {"import_id": "WEB-5", "reason": "test order"}, (IN, NO, ON, ON, ON)),
    "accept": ("post", {"import_id": "WEB-5"}, (IN, NO, NO, ON, ON)),
    "add-product": ("post", {"part_number": "A", "description": "B"}, (IN, NO, ON, ON, ON)),
    "integrations": ("get", {}, (IN, OK, OK, OK, OK)),
    "integration-add": ("get", {}, (IN, NO, NO, OK, OK)),
    "integration": ("get", {}, (IN, OK, OK, OK, OK)),
    "integration-edit": ("get", {}, (IN, NO, NO, OK, OK)),
    "integration-pause": ("post", {}, (IN, NO, NO, ON, ON)),
    "integration-resume": ("post", {}, (IN, NO, NO, ON, ON)),
    "integration-sync": ("post", {}, (IN, NO, ON, ON, ON)),
    "integration-present": ("get", {}, (IN, NO, NO, OK, OK)),
    "log": ("get", {}, (IN, OK, OK, OK, OK)),
}
ASKS_FIRST = {"update-skip"}  # a page with a form of its own
GET_ONLY = [name for name, (method, _, _) in MATRIX.items() if method == "get"]


def names_of_all_addresses() -> set[str]:
    """From the URL configuration itself."""
    found: set[str] = set()
    waiting = list(get_resolver().url_patterns)
    while waiting:
        pattern = waiting.pop()
        if hasattr(pattern, "url_patterns"):
            waiting += pattern.url_patterns
        else:
            found.add(str(pattern.name))
    return found


def address(name: str, *, pk: int = 0, number: int = 0) -> str:
    """The address of a page of the example: `pk` its store, `number` its order."""
    if name.startswith("integration-") and name != "integration-add":
        return reverse(name, args=[pk])
    arguments = {
        "integration": [pk],
        "order": [number],
        "pick": [1],
        "order-address": [number, _key(OrderAddress.objects.filter(kind="ship_to", order__number=number))],
        "parcel": [_key(Parcel.objects.all())],
        "parcel-void": [_key(Parcel.objects.all())],
        "update-retry": [_key(StoreUpdate.objects.filter(state=UpdateState.FAILED))],
        "update-skip": [_key(StoreUpdate.objects.filter(state=UpdateState.FAILED))],
        "take-over": [_key(WebShipment.objects.all())],
        "status-edit": [_key(OrderStatus.objects.all())],
        "carrier": [_key(Carrier.objects.all())],
    }
    of_order = {"status", "release", "close", "quantities", "edit", "ship"}
    arguments |= {f"order-{part}": [number] for part in of_order}
    return reverse(name, args=arguments.get(name, []))


def _key(rows: QuerySet[Any]) -> int:
    """The first row's key; 0 where there is none."""
    return next(iter(rows.values_list("pk", flat=True)), 0)


def test_every_address_stands_in_the_matrix() -> None:
    """A page that nobody thought about is found here."""
    assert names_of_all_addresses() == set(MATRIX) | set(BOOKS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", MATRIX)
@pytest.mark.parametrize("who", EVERYONE)
def test_each_role_gets_what_the_matrix_says(name: str, who: str) -> None:
    """Shown, led on, refused, or sent to the login."""
    integration = a_store()
    order = an_order(integration)
    a_shipment(order, sent=False)
    a_foreign_shipment(an_order(integration, 10235))
    client = Client()
    if who != "anonymous":
        client.force_login(a_person(who))
    method, sent, answers = MATRIX[name]
    sent = {key: str(value).replace("{number}", str(order.number)) for key, value in sent.items()}
    answer = getattr(client, method)(address(name, pk=integration.pk, number=order.number), sent)
    expected = answers[EVERYONE.index(who)]
    if expected == IN:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))
    else:
        assert answer.status_code == expected


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["integration-add", "integration-edit"])
def test_a_clerk_cannot_post_settings(name: str, clerk: Client) -> None:
    """The form's page is closed to clerks for writing as it is for reading, the connection test among it."""
    integration = a_store()
    path = address(name, pk=integration.pk)
    assert clerk.post(path, {"description": "Mine now"}).status_code == 403
    assert clerk.post(path, {"test": "1"}).status_code == 403
    integration.refresh_from_db()
    assert integration.description == "Web shop"


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in MATRIX if name not in {*GET_ONLY, "logout", *ASKS_FIRST}])
def test_buttons_answer_to_a_press_only(name: str, manager: Client) -> None:
    """What changes something is never done by following a link."""
    integration = a_store()
    assert manager.get(address(name, pk=integration.pk)).status_code == 405


@pytest.mark.django_db
def test_a_button_without_its_token_is_refused_calmly() -> None:
    """A forged or stale form changes nothing, and the page says so in plain words."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_person(Role.MANAGER))
    integration = a_store()
    answer = client.post(reverse("integration-pause", args=[integration.pk]))
    assert answer.status_code == 403
    assert "nothing is lost" in answer.content.decode()
    integration.refresh_from_db()
    assert not integration.paused


@pytest.mark.django_db
def test_a_one_time_password_opens_nothing_but_the_choice_of_ones_own() -> None:
    """Whoever logs in with a one-time password is led to the choice of their own, wherever they go."""
    who = a_person(Role.ADMINISTRATOR)
    who.must_change_password = True
    who.save()
    client = Client()
    client.force_login(who)
    for name in ("orders", "attention", "integrations", "log"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Location"]) == (302, reverse("password"))
    own = {"new_password1": "seven purple tin kettles", "new_password2": "seven purple tin kettles"}
    assert client.post(reverse("password"), own)["Location"] == reverse("orders")
    assert client.get(reverse("orders")).status_code == 200
