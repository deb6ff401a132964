"""After a restore no shipment is made that the store may have already: it is looked for first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from counterfoil.dispatch.after_restore import doubt_everything
from counterfoil.sales.models import OrderLine
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import UpdateState
from tests.dispatch.factories import creation, imported, let_pass, lines_of, ship, ship_there, shipments_in, writes
from tests.factories import run_sync, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def restored() -> None:
    """As after the restore of a backup that was made a minute ago."""
    doubt_everything(timezone.now() - timedelta(minutes=1))


def test_a_shipment_that_left_after_the_backup_is_found_and_not_made_again(store: SandboxStore) -> None:
    """It waited when the backup was made, and was sent afterwards."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="1Z9")
    restored()
    ship_there(store, order_id, *(line.quantity for line in lines_of(order_id)), tracking_number="1Z9")
    run_sync(integration)
    assert writes(store) == []
    assert (creation(order_id).state, len(shipments_in(store, order_id))) == (UpdateState.SENT, 1)
    assert web_order(order_id).web_shipments.get().parcel == parcel


def test_a_shipment_that_did_not_leave_is_made_once_it_was_looked_for(store: SandboxStore) -> None:
    """Nothing of it was in the store, as our record says."""
    order_id, integration = imported(store)
    ship(order_id, tracking_number="1Z9")
    restored()
    assert creation(order_id).asked_at is not None
    let_pass(timedelta(hours=1))
    run_sync(integration)
    run_sync(integration)
    assert writes(store) == ["POST shipment"]
    assert (creation(order_id).state, len(shipments_in(store, order_id))) == (UpdateState.SENT, 1)


def test_a_shipment_that_cannot_be_sent_anyhow_is_in_no_doubt(store: SandboxStore) -> None:
    """There is nothing in the store to look for; it needs a person, as before."""
    order_id, integration = imported(store)
    ship(order_id)
    OrderLine.objects.filter(pk=lines_of(order_id)[0].pk).update(source_id=None)
    restored()
    assert creation(order_id).asked_at is None
    run_sync(integration)
    assert "isn’t an item BigCommerce knows." in attention()[0].sentence
    assert writes(store) == []
