"""What a person reads before statuses are saved that have consequences outside Counterfoil."""

import pytest

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.integrations.mapping_warnings import READ_BY_APPS, to_confirm, warnings
from counterfoil.stores.models import StatusMapping, StoreState, WebIntegration
from tests.stores.factories import saved

pytestmark = pytest.mark.django_db


def mapped(**names: StatusId) -> dict[int, int]:
    """Order status id → BigCommerce status."""
    return {OrderStatus.objects.get(name=name.replace("_", " ")).pk: status.value for name, status in names.items()}


def a_store(error_status: StatusId = StatusId.PENDING, **labels: str) -> WebIntegration:
    """One that has told its labels, by status number."""
    store = saved(error_status=error_status)
    StoreState.objects.update_or_create(
        integration=store, defaults={"status_labels": {number[1:]: label for number, label in labels.items()}}
    )
    return WebIntegration.objects.select_related("state").get(pk=store.pk)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (StatusId.REFUNDED, ("can’t be undone", "may e-mail the shopper", "no money is refunded")),
        (StatusId.CANCELLED, ("can’t be undone", "may e-mail the shopper", "no money is refunded")),
        (StatusId.PARTIALLY_REFUNDED, ("no money is refunded",)),
        (StatusId.DECLINED, ("can’t be undone",)),
        (StatusId.DISPUTED, ("can’t be undone",)),
        (StatusId.INCOMPLETE, ("hidden",)),
        (StatusId.MANUAL_VERIFICATION_REQUIRED, ("shipping and fraud apps",)),
    ],
)
def test_a_risky_status_is_explained_with_the_row_that_leads_to_it(status: StatusId, says: tuple[str, ...]) -> None:
    """The order status is named, and what the BigCommerce status does."""
    (sentence,) = warnings(a_store(), mapped(Closed=status))
    assert sentence.startswith(f"Closed → {status.label}: ")
    for part in says:
        assert part in sentence


@pytest.mark.parametrize(
    "status", [StatusId.SHIPPED, StatusId.PARTIALLY_SHIPPED, StatusId.COMPLETED, StatusId.AWAITING_PICKUP]
)
def test_a_plain_status_needs_no_words(status: StatusId) -> None:
    """What everyone does is not warned of."""
    assert warnings(a_store(), mapped(Shipped=status)) == []


def test_statuses_in_use_that_share_a_label_are_named_with_their_numbers() -> None:
    """One was renamed to what another is called; where neither is used, nobody is bothered."""
    store = a_store(_3="Shipped", _13="Declined")
    (sentence,) = warnings(store, mapped(Shipped=StatusId.SHIPPED))
    assert sentence.startswith("Shipped (2) and Partially Shipped (3) share the label “Shipped” in the store")


def test_the_stores_own_label_stands_in_the_sentence() -> None:
    """The one people there know the status by."""
    (sentence,) = warnings(a_store(_5="Storniert"), mapped(Cancelled=StatusId.CANCELLED))
    assert sentence.startswith("Cancelled → Cancelled (Storniert): ")


def test_the_recommended_import_error_status_is_told_and_stops_nobody() -> None:
    """It is said; a person need not confirm what is recommended."""
    store = a_store(StatusId.MANUAL_VERIFICATION_REQUIRED)
    assert warnings(store, {}) == [f"Import error status: {READ_BY_APPS}"]
    assert to_confirm(store, {}, []) == []


def test_only_what_is_new_is_to_be_confirmed() -> None:
    """A mapping that was saved in full knowledge is not asked about at every later change."""
    store = a_store()
    before = mapped(Cancelled=StatusId.CANCELLED)
    StatusMapping.objects.bulk_create(
        StatusMapping(integration=store, order_status_id=pk, status_id=status) for pk, status in before.items()
    )
    known = warnings(store)
    assert len(known) == 1
    assert to_confirm(store, before, known) == []
    (new,) = to_confirm(store, before | mapped(Closed=StatusId.REFUNDED), known)
    assert new.startswith("Closed → Refunded")


def test_a_store_that_is_not_saved_yet_goes_by_the_vendors_names() -> None:
    """Nothing is known of its labels."""
    (sentence,) = warnings(WebIntegration(error_status=1), mapped(Cancelled=StatusId.CANCELLED))
    assert sentence.startswith("Cancelled → Cancelled: ")
