"""Not this client: the order goes to the right one, and so does the next order of this buyer."""

import pytest

from counterfoil.sales.clients.match_explanation import why_this_client
from counterfoil.sales.clients.reassign_order import client_title, reassign_order
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Client, ClientChange, ClientKey, MatchRule, OrderChange, SalesOrder
from counterfoil.stores.models import WebIntegration
from tests.intake.matching.buyers import ada, order_by, settle
from tests.sales.factories import placed
from tests.stores.factories import saved

pytestmark = pytest.mark.django_db

BOB = ada(first_name="Bob", last_name="Byron", email="bob@example.com", phone="+49 30 39770")


@pytest.fixture
def integration() -> WebIntegration:
    return saved()


def moved(order: SalesOrder, client: Client | None, **options: str) -> SalesOrder:
    """The order as the sales data has it after the move."""
    reassign_order(order.pk, client.pk if client else None, **{"by": "Ada"} | options)
    return SalesOrder.objects.select_related("client", "contact").get(pk=order.pk)


def test_an_order_moves_to_the_client_that_a_person_chose(integration: WebIntegration) -> None:
    """With its contact, and the page says who chose."""
    byron = order_by(integration, BOB).client
    order = moved(order_by(integration, ada()), byron)
    assert order.client == byron
    assert (order.contact.name, order.contact.client) == ("Ada Lovelace", byron)
    assert order.matched_by == MatchRule.PERSON
    assert why_this_client(order).sentence == "Ada chose this client."


def test_the_next_order_of_this_buyer_goes_there_too(integration: WebIntegration) -> None:
    """By each of the keys that the order taught: customer ID, e-mail, phone."""
    byron = order_by(integration, BOB).client
    moved(order_by(integration, ada(customer_id=5)), byron)
    by_id = settle(integration, ada(customer_id=5, email="", phone=""))
    assert (by_id.client_id, by_id.match.rule) == (byron.pk, MatchRule.CUSTOMER)
    assert settle(integration, ada(phone="")).client_id == byron.pk
    assert settle(integration, ada(email="")).client_id == byron.pk


def test_an_order_moves_to_a_new_client_called_like_its_bill_to_address(integration: WebIntegration) -> None:
    """Where no known client is right."""
    order_by(integration, BOB)
    wrong = order_by(integration, ada(email="bob@example.com", phone=""))
    order = moved(wrong, None)
    assert order.client_id != wrong.client_id
    assert order.client.name == "Ada Lovelace"
    assert settle(integration, ada(email="bob@example.com", phone="")).client_id == order.client_id


def test_what_a_third_client_holds_stays_with_it(integration: WebIntegration) -> None:
    """Only the wrong client's keys are taken away."""
    third = order_by(integration, ada(email="", last_name="King")).client
    wrong = order_by(integration, ada(phone=""))
    order = order_by(integration, ada(last_name="King"))
    assert order.client_id == wrong.client_id
    moved(order, None)
    assert settle(integration, ada(email="", last_name="King")).client_id == third.pk


def test_a_guest_who_was_booked_to_the_guests_client_gets_one_of_their_own() -> None:
    """The keys that the guests' client was not taught are taught to it."""
    guests = Client.objects.create(name="Guests")
    integration = saved(guest_client=guests)
    order = moved(order_by(integration, ada()), None)
    assert not ClientKey.objects.filter(client=guests).exists()
    assert settle(integration, ada()).client_id == order.client_id


def test_the_contact_who_is_there_already_is_taken(integration: WebIntegration) -> None:
    """No second Ada at the client she belongs to."""
    right = order_by(integration, ada(customer_id=5, phone=""))
    wrong = order_by(integration, ada(customer_id=6, phone=""))
    order = moved(wrong, right.client)
    assert order.contact_id == right.contact_id
    assert right.client.contacts.count() == 1


def test_a_contact_with_other_orders_stays_and_is_made_again(integration: WebIntegration) -> None:
    """The earlier order keeps its contact."""
    first = order_by(integration, ada())
    second = order_by(integration, ada())
    order = moved(second, None)
    first = SalesOrder.objects.select_related("contact").get(pk=first.pk)
    assert (first.contact.client_id, order.contact.client_id) == (first.client_id, order.client_id)
    assert order.contact.email == "ada@example.com"


def test_who_moved_an_order_and_why_stands_in_three_histories(integration: WebIntegration) -> None:
    """The order's, and both clients'."""
    order = order_by(integration, ada())
    before = order.client
    after = moved(order, None, by="Max", why="Two sisters").client
    change = OrderChange.objects.get(order=order)
    assert (change.by, change.field, change.why) == ("Max", "client", "Two sisters")
    assert (change.before, change.after) == (client_title(before), client_title(after))
    histories = ClientChange.objects.filter(what=f"order {order.name}")
    assert {each.client_id for each in histories} == {before.pk, after.pk}
    assert all("E-mail ada@example.com" in each.why and each.why.startswith("Two sisters") for each in histories)


def test_an_order_made_by_hand_moves_alone() -> None:
    """It has no buyer's keys, so it teaches none."""
    order = placed(import_id=None)
    assert why_this_client(order).rule == MatchRule.NEW.label
    moved(order, Client.objects.create(name="Byron"))
    assert not ClientKey.objects.exists()


def test_an_order_is_not_moved_to_where_it_is_or_to_a_client_that_is_gone(integration: WebIntegration) -> None:
    """Each refusal says what to choose instead."""
    order = order_by(integration, ada())
    gone = Client.objects.create(name="Gone", merged_into=order.client)
    with pytest.raises(Refused, match="already belongs to Ada Lovelace"):
        reassign_order(order.pk, order.client_id, by="Ada")
    with pytest.raises(Refused, match="Gone was merged into Ada Lovelace"):
        reassign_order(order.pk, gone.pk, by="Ada")
    with pytest.raises(Refused, match="doesn’t exist"):
        reassign_order(order.pk, 999_999, by="Ada")


def test_the_page_says_why_and_who_was_passed_over(integration: WebIntegration) -> None:
    """Rule, value and candidates, in a clerk's words; a phone without what is folded behind it."""
    order_by(integration, BOB)
    order_by(integration, ada(customer_id=5, phone=""))
    order = order_by(integration, ada(customer_id=6, last_name="Byron", phone="+49 30 39770"))
    why = why_this_client(SalesOrder.objects.get(pk=order.pk))
    assert why.sentence == "The phone +493039770 and the last name match this client."
    assert (why.rule, why.value) == ("Phone and last name", "+493039770")
    (other,) = why.others
    assert (other.name, other.rule, other.value) == ("Ada Lovelace", "E-mail", "ada@example.com")
    assert "customer 5" in other.why


def test_a_candidate_that_was_merged_is_shown_as_what_it_became(integration: WebIntegration) -> None:
    """And one that became the order's own client is no candidate any more."""
    king = order_by(integration, ada(email="", last_name="King")).client
    order = order_by(integration, ada(phone=""))
    order = order_by(integration, ada(last_name="King"))
    became = Client.objects.create(name="King & Co")
    ClientKey.objects.filter(client=king).update(client=became)
    SalesOrder.objects.filter(client=king).update(client=became)
    king.contacts.update(client=became)
    Client.objects.filter(pk=king.pk).update(merged_into=became)
    order = SalesOrder.objects.get(pk=order.pk)
    assert [other.name for other in why_this_client(order).others] == ["King & Co"]
    order.client = became
    assert why_this_client(order).others == ()
