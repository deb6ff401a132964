"""Saves a web integration and tests its connection."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, StoreTrouble, TryAgain
from counterfoil.bigcommerce.client import MODIFY_ORDERS, READ_INFORMATION, READ_ORDERS, READ_PRODUCTS, StoreApi
from counterfoil.stores.db.encryption import Secret, SecretUnreadable
from counterfoil.stores.integrations.import_window import is_zone, keep_store_information, zone_name
from counterfoil.stores.integrations.mapping_changes import mapping_changes, mapping_of
from counterfoil.stores.integrations.options import SECRETS, names_of
from counterfoil.stores.log import log
from counterfoil.stores.models import (
    LogKind,
    StatusMapping,
    StoreState,
    WebIntegration,
)
from counterfoil.stores.models.integrations import changed_fields
from counterfoil.stores.sync.wakeups import wake

SECRET_NAMES = names_of(SECRETS)
CLOCKS_APART = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tested; where it failed, what to do next. `note`: it failed, and orders need it not."""

    name: str
    ok: bool
    sentence: str
    next_step: str = ""
    note: bool = False


def test_connection(integration: WebIntegration) -> list[Check]:
    """Asks the store for each thing Counterfoil needs; it names each permission that is missing. Changes nothing."""
    try:
        api = StoreApi(
            integration.api_path,
            integration.access_token.reveal(),
            allowed_origins=settings.API_ORIGINS,
            wait_at_most=5.0,
            seconds=integration.answer_seconds,
        )
    except StoreTrouble as trouble:
        name = "Access token" if trouble.code == "credentials" else "API path"
        return [Check(name, False, trouble.sentence, trouble.next_step)]
    except SecretUnreadable as unreadable:
        return [Check("Access token", False, str(unreadable), "Enter the access token again.")]
    try:
        return _checks(integration, api)
    finally:
        api.close()


test_connection.__test__ = False  # type: ignore[attr-defined]  # its name is the design's word, it is no test


def _checks(integration: WebIntegration, api: StoreApi) -> list[Check]:
    first = _check("Connection", lambda: _clock(api))
    if not first.ok:
        return [first]
    return [
        first,
        _check(READ_INFORMATION, lambda: _store(integration, api)),
        _check(READ_ORDERS, lambda: _orders(integration, api)),
        _check(MODIFY_ORDERS, lambda: _writing(api)),
        _only_for_the_catalog(_check(READ_PRODUCTS, lambda: _products(api))),
    ]


def _check(name: str, ask: Callable[[], Check | str]) -> Check:
    try:
        said = ask()
    except (StoreTrouble, NeedsPerson) as trouble:
        words = f" BigCommerce said: “{trouble.store_words}”" if trouble.store_words else ""
        return Check(name, False, trouble.sentence + words, trouble.next_step)
    except TryAgain as trouble:
        return Check(name, False, trouble.sentence, "Test again in a minute.")
    return said if isinstance(said, Check) else Check(name, True, said)


def _clock(api: StoreApi) -> Check | str:
    there = api.time()
    apart = abs(datetime.now(UTC) - there)
    if apart > CLOCKS_APART:
        minutes = int(apart.total_seconds() // 60)
        return f"The store responds. Its clock and this server's are {minutes} minutes apart."
    return "The store responds, and the access token works."


def _store(integration: WebIntegration, api: StoreApi) -> Check | str:
    store = api.store_information()
    if integration.pk:
        integration.state, _ = StoreState.objects.get_or_create(integration=integration)
        keep_store_information(integration, store)
    zone = zone_name(store)
    if not is_zone(zone):
        return Check(
            READ_INFORMATION,
            False,
            f"The store is {store.name}. Its time zone “{zone}” isn’t recognized, so a start date for imports can’t be "
            "used.",
            "Choose the store's time zone in BigCommerce's settings.",
            note=integration.not_before is None,
        )
    return f"The store is {store.name}, in the time zone {zone}."


def _orders(integration: WebIntegration, api: StoreApi) -> str:
    labels = {
        str(status.id): status.custom_label
        for status in api.order_statuses()
        if status.custom_label and status.custom_label != status.name
    }
    if integration.pk:
        StoreState.objects.filter(integration=integration).update(status_labels=labels)
    counts = api.orders_count()
    waiting = sum(counts.get(status_id, 0) for status_id in integration.new_statuses)
    return f"Orders can be read. In a new order status: {waiting}."


def _writing(api: StoreApi) -> Check | str:
    if api.may_write_orders():
        return "Orders can be updated."
    return Check(
        MODIFY_ORDERS,
        False,
        f"The API account lacks the permission “{MODIFY_ORDERS}”: orders could be imported, but the store couldn’t "
        "be updated.",
        "Create an API account with this permission in BigCommerce and enter its access token here.",
    )


def _products(api: StoreApi) -> str:
    api.catalog_products(min_id=1, limit=1)
    return "Products can be loaded from the catalog."


def _only_for_the_catalog(check: Check) -> Check:
    """Orders come and go without it."""
    if check.ok:
        return check
    return replace(check, note=True, sentence=f"{check.sentence} It’s only needed to load products from the catalog.")


def save_integration(
    integration: WebIntegration,
    *,
    by: str,
    client_secret: str | None = None,
    access_token: str | None = None,
    mapping: dict[int, int] | None = None,
) -> None:
    """Saves a checked web integration and makes the store due at once. What changed is logged, secrets by name only.

    A secret that is None stays as it is. `mapping`: order status id → BigCommerce status; None leaves it.
    """
    for name, entered in (("client_secret", client_secret), ("access_token", access_token)):
        if entered is not None:
            setattr(integration, name, Secret.of(entered))
            setattr(integration, f"{name}_set_at", timezone.now())
    with transaction.atomic():
        before = WebIntegration.objects.select_for_update().filter(pk=integration.pk).first()
        integration.save()
        state, _ = StoreState.objects.get_or_create(integration=integration)
        integration.state = state
        if mapping is not None:
            _save_mapping(integration, mapping, by=by)
        text = _what_changed(before, integration)
        if text:
            log(integration, LogKind.SETTINGS, f"{by} {text}")
        if before is not None and before.store_hash != integration.store_hash:
            StoreState.objects.filter(integration=integration).update(  # they were another store's
                zone_asked_at=None, weight_unit="", weight_unit_asked_at=None
            )
        _try_again(integration)


def _save_mapping(integration: WebIntegration, mapping: dict[int, int], *, by: str) -> None:
    changed = mapping_changes(integration, mapping_of(integration), mapping)
    if changed:
        log(integration, LogKind.SETTINGS, f"{by} changed the order status mapping: {'; '.join(changed)}.")
    StatusMapping.objects.filter(integration=integration).exclude(order_status__in=mapping).delete()
    StatusMapping.objects.bulk_create(
        [
            StatusMapping(integration=integration, order_status_id=order_status, status_id=status_id)
            for order_status, status_id in mapping.items()
        ],
        update_conflicts=True,
        unique_fields=["integration", "order_status"],
        update_fields=["status_id"],
    )


def _what_changed(before: WebIntegration | None, after: WebIntegration) -> str:
    if before is None:
        return "added the web integration."
    names = changed_fields(before, after)
    parts = [
        f"{name.replace('_', ' ')} (replaced)"
        if name in SECRET_NAMES
        else f"{name.replace('_', ' ')}: {getattr(before, name)} → {getattr(after, name)}"
        for name in names
    ]
    return f"changed {'; '.join(parts)}." if parts else ""


def _try_again(integration: WebIntegration) -> None:
    """What was wrong with the settings may be right now: the store is synced at once, with a full list."""
    StoreState.objects.filter(integration=integration).update(
        listed_at=None,
        list_began_at=None,
        trouble_code="",
        trouble="",
        trouble_next_step="",
        trouble_since=None,
        troubles=0,
    )
    wake([integration.pk])


__all__ = ["Check", "save_integration", "test_connection"]
