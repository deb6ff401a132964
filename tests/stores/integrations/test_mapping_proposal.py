"""The mapping that is proposed: statuses that are called alike here and in BigCommerce."""

import pytest

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.integrations.mapping_proposal import proposed_mapping
from counterfoil.stores.models import StatusMapping
from tests.stores.factories import saved

pytestmark = pytest.mark.django_db


def by_name(proposal: dict[int, int]) -> dict[str, int]:
    """The proposal with the statuses' names."""
    return {OrderStatus.objects.get(pk=pk).name: status_id for pk, status_id in proposal.items()}


def test_statuses_of_the_same_name_are_proposed_and_other_words_left_to_the_person() -> None:
    """Whatever the case, hyphens and American spelling; nothing that orders wait in, nothing over what is saved."""
    new = [StatusId.AWAITING_FULFILLMENT.value, StatusId.AWAITING_SHIPMENT.value]
    store = saved(new_statuses=new, downloaded_status=StatusId.PENDING.value)
    assert by_name(proposed_mapping(store)) == {"Shipped": 2, "Partially Shipped": 3, "Cancelled": 5}
    OrderStatus.objects.filter(name="Cancelled").update(name="canceled")
    OrderStatus.objects.filter(name="Shipped").update(name="Gone out")
    names = ("awaiting pick-up", "Awaiting Pickup", "Completed", "Refunded", "Partially refunded", "Awaiting Shipment")
    for place, name in enumerate(names, start=20):
        OrderStatus.objects.create(name=name, position=place)
    assert by_name(proposed_mapping(store)) == {
        "canceled": 5,
        "Partially Shipped": 3,
        "Awaiting Pickup": 8,
        "Completed": 10,
        "Refunded": 4,
        "Partially refunded": 14,
    }
    status = OrderStatus.objects.get(name="Gone out")
    StatusMapping.objects.create(integration=store, order_status=status, status_id=StatusId.SHIPPED.value)
    assert proposed_mapping(store) == {}
