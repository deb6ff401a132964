"""By option, why an order was not imported stands in its staff notes in the store, and nothing else of them changes."""

import pytest
from django.utils import timezone

from counterfoil.dispatch.transitions import Sent
from counterfoil.dispatch.write_staff_notes import WriteStaffNotes
from counterfoil.platform.worker.sync import sync_store
from counterfoil.stores.attention.actions import retry_group, skip
from counterfoil.stores.models import StoreUpdate, UnknownProduct, UpdateKind, UpdateState, WebIntegration, WebOrder
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.weborders.staff_notes import LONGEST
from tests.dispatch.factories import make_due
from tests.dispatch.test_hidden_edits import just_before
from tests.factories import DOWNLOADED, connect, fresh, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
THEIRS = "Call before\r\ndelivery!  "


def refused(store: SandboxStore, notes: str = THEIRS, **options: object) -> tuple[int, WebIntegration]:
    """An order that cannot be imported: its products are not known."""
    integration = connect(store, **{"unknown_product": UnknownProduct.REFUSE, "staff_notes": True} | options)
    (order_id,) = store.place(1, kind="guest", staff_notes=notes)
    return order_id, integration


def notes(store: SandboxStore, order_id: int) -> str:
    """The order's staff notes in the store."""
    return str(store.order(order_id)["header"]["staff_notes"])


def import_it(integration: WebIntegration) -> None:
    """Whatever was missing is there now."""
    WebIntegration.objects.update(unknown_product=UnknownProduct.CREATE)
    retry_group()
    run_sync(integration)


def test_the_reason_stands_in_a_block_of_ours_and_goes_after_the_import(store: SandboxStore) -> None:
    """Everything else stays byte for byte; the sales order keeps the merchant's notes only."""
    order_id, integration = refused(store)
    run_sync(integration)
    reason = web_order(order_id).reason
    assert notes(store, order_id).startswith(f"{THEIRS}\n--- Counterfoil: {reason} ")
    assert notes(store, order_id).endswith("\n--- end")
    import_it(integration)
    assert notes(store, order_id) == THEIRS
    assert sales_order(order_id).staff_notes == THEIRS


def test_it_is_never_repeated(store: SandboxStore) -> None:
    """The same reason again writes nothing; another replaces it, wherever the block was moved to."""
    order_id, integration = refused(store)
    run_sync(integration)
    before = notes(store, order_id)
    store.edit(order_id, staff_notes=f"{before}\nmore")
    store.clear_calls()
    retry_group()
    run_sync(integration)
    assert notes(store, order_id) == f"{before}\nmore"
    assert [call for call in store.calls() if call["method"] == "PUT"] == []
    import_it(integration)
    assert notes(store, order_id) == f"{THEIRS}\nmore"


def test_with_the_option_off_the_notes_are_left_alone(store: SandboxStore) -> None:
    """No update, no call for them."""
    order_id, integration = refused(store, staff_notes=False)
    run_sync(integration)
    assert notes(store, order_id) == THEIRS
    assert not StoreUpdate.objects.filter(kind=UpdateKind.STAFF_NOTES).exists()


def test_the_block_goes_also_when_the_option_was_switched_off_or_the_order_skipped(store: SandboxStore) -> None:
    """What we wrote, we take away."""
    order_id, integration = refused(store)
    run_sync(integration)
    WebIntegration.objects.update(staff_notes=False)
    skip(f"WEB-{order_id}", why="entered by hand", by="clerk")
    run_sync(integration)
    assert notes(store, order_id) == THEIRS


def test_notes_without_room_are_left_as_they_are(store: SandboxStore) -> None:
    """Nothing is cut off, and nobody's attention is needed for it."""
    full = "x" * LONGEST
    order_id, integration = refused(store, notes=full)
    run_sync(integration)
    assert notes(store, order_id) == full
    update = StoreUpdate.objects.get(kind=UpdateKind.STAFF_NOTES)
    assert update.state == UpdateState.NOT_NEEDED


def test_a_lost_answer_is_read_again_and_written_once(store: SandboxStore) -> None:
    """A fresh read comes before each write."""
    order_id, integration = refused(store)
    store.fault(method="PUT", path=f"orders/{order_id}", cut="after", skip=1, times=1)
    sync_store(fresh(integration), seconds=60)
    make_due()
    run_sync(integration)
    assert notes(store, order_id).count("--- Counterfoil") == 1
    assert len([call for call in store.calls() if call["method"] == "PUT"]) == 2


def test_notes_that_the_store_refuses_hold_nothing_up(store: SandboxStore) -> None:
    """The log says so, the order keeps its one line under Needs attention."""
    order_id, integration = refused(store)
    store.fault(method="PUT", path=f"orders/{order_id}", status=400, body=[{"message": "No."}], skip=1, times=1)
    run_sync(integration)
    assert StoreUpdate.objects.get(kind=UpdateKind.STAFF_NOTES).state == UpdateState.NOT_NEEDED
    assert store.status(order_id) == 12


def test_an_answer_that_cannot_be_read_leaves_the_notes_written(store: SandboxStore) -> None:
    """The store took them; what else it says tells nothing new."""
    order_id, integration = refused(store)
    store.fault("PUT", "^/v2/orders/", status=200, body={"id": order_id, "status_id": "?"}, done=True)
    run_sync(integration)
    run_sync(integration)
    assert "--- Counterfoil: " in notes(store, order_id)
    states = [each.state for each in StoreUpdate.objects.filter(kind=UpdateKind.STAFF_NOTES).order_by("pk")]
    assert states[0] == UpdateState.SENT
    assert set(states[1:]) <= {UpdateState.NOT_NEEDED}  # a slow machine reads once more what we wrote ourselves


def test_notes_that_wait_no_longer_are_not_written(store: SandboxStore) -> None:
    """Someone else has ended them between the list of what is due and the sending."""
    _, integration = refused(store)
    with open_session(fresh(integration), seconds=60) as there:
        order = WebOrder.objects.create(integration=integration, bigcommerce_order_id=1, import_id="WEB-1")
        update = StoreUpdate.objects.create(
            web_order=order, kind=UpdateKind.STAFF_NOTES, state=UpdateState.NOT_NEEDED, ended_at=timezone.now()
        )
        store.clear_calls()
        WriteStaffNotes(there, Sent()).send(update.pk)
    assert store.calls() == []


def test_an_answer_that_shows_another_order_tells_nothing_of_this_one(store: SandboxStore) -> None:
    """Its status would else count as set, and never be."""
    order_id, integration = refused(store)
    store.fault("PUT", f"orders/{order_id}$", alter={"id": order_id + 1, "status_id": DOWNLOADED}, times=1)
    run_sync(integration)
    assert web_order(order_id).status_seen != DOWNLOADED


def test_a_correction_just_before_the_notes_is_read(store: SandboxStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to the notes shows it; the order is tried again without anybody asking."""
    order_id, integration = refused(store)
    just_before(monkeypatch, "write_staff_notes", lambda: store.edit(order_id, customer_message="Corrected"))
    run_sync(integration)
    run_sync(integration)
    payload = web_order(order_id).payload
    assert payload is not None
    assert b"Corrected" in bytes(payload.order)
