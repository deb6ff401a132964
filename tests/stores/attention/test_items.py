"""What needs a person: listed with its age, counted, joined by what resolves it, retried and skipped in one press."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.sales.models.orders import HELD_BY_STATUS
from counterfoil.stores.attention.actions import accept_difference, retry_group, retry_update, skip_group
from counterfoil.stores.attention.items import (
    AttentionItem,
    Narrowed,
    attention,
    attention_count,
    counts,
    groups,
    oldest,
)
from counterfoil.stores.models import (
    LogEntry,
    StoreState,
    StoreUpdate,
    UpdateState,
    WebIntegration,
    WebOrder,
    WebOrderState,
)
from tests.scale import at_full_size
from tests.web.factories.orders import a_conflict, a_refused_order, a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db


def lacking(integration: WebIntegration, number: int, *skus: str) -> WebOrder:
    """An order that these part numbers keep from being imported."""
    order = a_refused_order(integration, number, code="unknown_product", text=f"No product {', '.join(skus)}.")
    order.unknown_skus = list(skus)
    order.save()
    return order


def causes(**narrowed: Any) -> dict[str, int]:
    """How many items each cause has, in the order of the groups."""
    return {group.cause: group.number for group in groups(Narrowed(**narrowed))[0]}


def long_waiting(age: timedelta) -> list[AttentionItem]:
    """What has waited for so long, the oldest first."""
    return attention(Narrowed(older_than=age))


def failed(order: WebOrder, **values: Any) -> StoreUpdate:
    """A status that could not be set."""
    values = {"status_id": 2, "cause": "mapped", "reason": "It was changed there."} | values
    return StoreUpdate.objects.create(web_order=order, state=UpdateState.FAILED, **values)


def test_orders_are_joined_by_the_sku_that_keeps_them_out() -> None:
    """Across stores, as one alias resolves them; an order that lacks two products waits for both, and is one thing."""
    web, shop = a_store(), a_store("SHOP-")
    lacking(web, 1, "ABC")
    lacking(web, 2, "ABC", "DEF")
    lacking(shop, 3, "ABC")
    assert causes() == {"order:unknown_product::ABC": 3, "order:unknown_product::DEF": 1}
    (first, second), number = groups()
    assert (first.about, first.stores, second.about, number) == ("ABC", ("SHOP-", "WEB-"), "DEF", 2)
    assert attention_count() == len(attention()) == 3


def test_a_name_made_of_a_stores_own_ids_says_nothing_in_another_store() -> None:
    """The same product id is something else there."""
    for number, code in enumerate(("WEB-", "SHOP-"), start=1):
        lacking(a_store(code), number, "PRODUCT-12-3")
    found, _ = groups()
    assert {group.about for group in found} == {"PRODUCT-12-3"}
    assert sorted(group.stores for group in found) == [("SHOP-",), ("WEB-",)]


def test_a_status_that_is_never_written_over_is_another_matter_than_one_that_may_be() -> None:
    """Nobody can set a cancelled order's status all the same."""
    integration = a_store()
    for number, seen in ((1, 9), (2, 5)):
        an_order(integration, number)
        order = WebOrder.objects.get(bigcommerce_order_id=number)
        WebOrder.objects.filter(pk=order.pk).update(status_seen=seen)
        failed(order, reason_code="status_changed")
    assert causes() == {"update:status_changed:status": 1, "update:status_protected:status": 1}
    assert {item.code for item in attention()} == {"status_changed"}


def test_a_parcel_of_an_order_on_hold_waits_for_a_person() -> None:
    """Until a manager allowed it to ship anyway."""
    order = an_order(a_store())
    a_shipment(order)
    StoreUpdate.objects.filter(kind="create_shipment").update(state=UpdateState.WAITING)
    assert attention() == []
    order.hold_reason = "The order was cancelled in the store."
    order.save()
    (item,) = attention()
    assert (item.kind, item.code, item.number, item.parcel) == ("held", "on_hold", order.number, item.parcel)
    assert item.parcel is not None
    order.hold_overridden_by = "mira"
    order.save()
    assert attention() == []


def test_a_parcel_of_an_order_that_its_status_holds_goes_with_another_status() -> None:
    """A clerk does that; it takes no manager."""
    order = an_order(a_store())
    a_shipment(order)
    StoreUpdate.objects.filter(kind="create_shipment").update(state=UpdateState.WAITING)
    order.hold_reason = HELD_BY_STATUS
    order.save()
    (item,) = attention()
    assert (item.kind, item.code) == ("held", "on_hold")
    assert item.next_step.startswith("Change the order’s status to send the parcel.")
    assert [each.split(":")[1] for each in causes()] == ["on_hold_status"]


def test_it_is_counted_by_store_and_kind() -> None:
    """One statement, and it agrees with the list."""
    web, shop = a_store(), a_store("SHOP-")
    a_conflict(an_order(web, 1))
    a_refused_order(web, 2)
    a_refused_order(shop, 3)
    StoreState.objects.filter(integration=shop).update(trouble_code="credentials", trouble="No.")
    assert counts() == {("WEB-", "conflict"): 1, ("WEB-", "order"): 1, ("SHOP-", "order"): 1, ("SHOP-", "store"): 1}


def test_it_is_narrowed_to_a_store_a_cause_an_age_and_words() -> None:
    """By whatever a clerk looks for."""
    web, shop = a_store(), a_store("SHOP-")
    lacking(web, 17, "ABC-9")
    a_refused_order(shop, 18)
    WebOrder.objects.filter(integration=web).update(reason_since=timezone.now() - timedelta(hours=2))
    WebOrder.objects.filter(integration=shop).update(reason_since=timezone.now())
    assert causes(store="SHOP-") == {"order:no_lines:": 1}
    assert causes(sorts=["order:unknown_product"]) == {"order:unknown_product::ABC-9": 1}
    assert causes(none_of=["order:unknown_product"]) == {"order:no_lines:": 1}
    assert causes(older_than=timedelta(hours=1)) == {"order:unknown_product::ABC-9": 1}
    assert causes(words="abc-9") == {"order:unknown_product::ABC-9": 1}
    assert causes(words="-18") == {"order:no_lines:": 1}


def test_a_thing_keeps_its_age_and_its_key_while_it_is_tried_again() -> None:
    """An update that fails again has failed since the first time; solved and come back, it is another thing."""
    order = WebOrder.objects.get(sales_order=an_order(a_store()))
    long_ago = timezone.now() - timedelta(days=3)
    update = failed(order, failed_since=long_ago, ended_at=long_ago)
    (before,) = long_waiting(timedelta(days=2))
    assert retry_update(update.pk)
    assert attention() == []
    StoreUpdate.objects.filter(pk=update.pk).update(state=UpdateState.FAILED, reason="Again.", ended_at=timezone.now())
    (again,) = long_waiting(timedelta(days=2))
    assert (again.key, again.since) == (before.key, long_ago)
    StoreUpdate.objects.filter(pk=update.pk).update(failed_since=timezone.now())
    assert long_waiting(timedelta(days=2)) == []
    assert oldest(1)[0].key != before.key


def test_what_has_waited_long_is_told_by_kind() -> None:
    """For who gets mails about orders, and not about stores."""
    integration = a_store()
    StoreState.objects.update(trouble_code="unreachable", trouble_since=timezone.now() - timedelta(days=400))
    order = a_refused_order(integration, 1)
    WebOrder.objects.update(reason_since=timezone.now() - timedelta(hours=3))
    assert [item.kind for item in long_waiting(timedelta(hours=2))] == ["store", "order"]
    assert [item.pk for item in long_waiting(timedelta(hours=2)) if item.kind == "order"] == [order.pk]
    assert [item for item in long_waiting(timedelta(hours=4)) if item.kind == "order"] == []


def test_one_group_is_tried_again_and_nothing_else() -> None:
    """What waits for something else is left alone."""
    integration = a_store()
    wanted = [lacking(integration, number, "ABC").pk for number in (1, 2, 3)]
    a_refused_order(integration, 4)
    assert retry_group(Narrowed(cause="order:unknown_product::ABC")) == 3
    assert set(WebOrder.objects.exclude(read_again="").values_list("pk", flat=True)) == set(wanted)
    assert groups()[0][0].tried == 3


def test_one_group_is_skipped_with_a_reason_that_the_log_keeps() -> None:
    """Each order's line says who and why; other orders stay."""
    integration = a_store()
    for number in (1, 2):
        a_refused_order(integration, number)
    a_refused_order(integration, 3, code="totals")
    assert skip_group(Narrowed(cause="order:no_lines:"), why="Tests of the shop", by="mira") == 2
    assert WebOrder.objects.filter(state=WebOrderState.IGNORED).count() == 2
    texts = LogEntry.objects.filter(import_id__in=["WEB-1", "WEB-2"]).values_list("text", flat=True)
    assert list(texts) == ["Skipped by mira: Tests of the shop"] * 2
    assert [item.import_id for item in attention()] == ["WEB-3"]


def test_skipping_one_update_leaves_the_others_of_its_order() -> None:
    """A group of updates holds some of an order's, not all."""
    order = WebOrder.objects.get(sales_order=an_order(a_store()))
    failed(order, reason_code="refused")
    failed(order, reason_code="not_in_store")
    assert skip_group(Narrowed(cause="update:refused:status"), why="Set by hand", by="mira") == 1
    assert [item.code for item in attention()] == ["not_in_store"]


def test_a_difference_that_has_changed_since_it_was_seen_is_not_accepted() -> None:
    """A manager accepts a sum, not whatever it has become."""
    a_refused_order(a_store(), 5, code="totals")
    assert not accept_difference("WEB-5", by="mira", seen=Decimal("0.02"))
    assert WebOrder.objects.get().accepted_difference is None
    assert accept_difference("WEB-5", by="mira", seen=Decimal("0.01"))
    assert WebOrder.objects.get().accepted_difference == Decimal("0.01")


def test_ten_thousand_things_take_one_statement(django_assert_num_queries: Any) -> None:
    """Groups, counts and a page of them each."""
    integration, many = a_store(), at_full_size(10_000, 1_000)
    made = (
        WebOrder(
            integration=integration, bigcommerce_order_id=number, import_id=f"WEB-{number}", state="not_imported",
            reason_code="unknown_product", reason="No.", unknown_skus=["ABC"], reason_since=timezone.now(),
        )
        for number in range(many)
    )  # fmt: skip
    WebOrder.objects.bulk_create(made, batch_size=2000)
    with django_assert_num_queries(3):
        assert groups()[0][0].number == many
        assert attention_count() == many
        assert len(attention(first=many - 20, most=50)) == 20
