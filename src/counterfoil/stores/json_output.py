"""The shapes that merchants' scripts build on, besides sales orders (stores/order_documents.py): as plain values.

Fields may be added; none is renamed or removed. Money is a Decimal with the store's digits, times are aware.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from counterfoil.sales.models import Client, Product
from counterfoil.stores.attention.items import AttentionItem
from counterfoil.stores.integrations.mapping_warnings import warnings
from counterfoil.stores.integrations.options import OPTIONS
from counterfoil.stores.models import LogEntry, Reconciliation, StoreState, WebIntegration
from counterfoil.stores.weborders.locate import OrderLocation

Shape = dict[str, Any]


def json_text(found: object, *, indent: int | None = None) -> str:
    """For programs: money as text, times as ISO 8601 in UTC."""
    return json.dumps(found, default=_plain, ensure_ascii=False, indent=indent)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def place_row(place: OrderLocation) -> Shape:
    """One row of `where --json`."""
    shape = asdict(place)
    if not place.imported and not place.is_out_of_reach:
        now = (
            f"“counterfoil sync {place.store} --order {place.bigcommerce_order_id}” tries it now, whatever its status."
        )
        shape["next_step"] = f"{place.next_step} {now}".strip()
    return shape


def log_row(entry: LogEntry) -> Shape:
    """One row of `log --json`."""
    return {
        "at": entry.at,
        "store": entry.integration.code,
        "import_id": entry.import_id,
        "kind": entry.kind,
        "text": entry.text,
    }


def store_document(integration: WebIntegration) -> Shape:
    """`store show --json`. Secrets show as set or not set only."""
    state, _ = StoreState.objects.get_or_create(integration=integration)
    shape: Shape = {option.key: option.value(integration) for option in OPTIONS}
    mapping = integration.status_mapping.select_related("order_status")
    return shape | {
        "warnings": warnings(integration),
        "map": {row.order_status.name: row.status_id for row in mapping},
        "store_name": state.store_name,
        "time_zone": state.time_zone,
        "condition": state.trouble or ("paused" if integration.paused else "connected"),
        "counts": state.counts,
        "visited_at": state.visited_at,
    }


def client_row(client: Client, orders: int) -> Shape:
    """One row of `client list --json`. Needs the contacts loaded along."""
    contacts = [
        {"id": each.pk, "name": each.name, "email": each.email, "phone": each.phone} for each in client.contacts.all()
    ]
    return {"number": client.pk, "name": client.name, "orders": orders, "contacts": contacts}


PRODUCT = ("part_number", "description", "type", "bin", "active")


def product_row(product: Product) -> Shape:
    """One row of `product list --json`."""
    return {"id": product.pk} | {name: getattr(product, name) for name in PRODUCT}


ATTENTION = ("import_id", "store", "code", "sentence", "next_step", "since")


def attention_row(item: AttentionItem) -> Shape:
    """One row of `attention --json`."""
    return {name: getattr(item, name) for name in ATTENTION}


def reconciliation_row(found: Reconciliation, *, off: int) -> Shape:
    """What a reconciliation has looked at. Needs the integration loaded along."""
    return {
        "store": found.integration.code,
        "first_day": found.first_day.isoformat(),
        "last_day": found.last_day.isoformat(),
        "orders": found.orders,
        "alike": found.alike,
        "outside": found.outside,
        "off": off,
        "api_calls": found.calls,
        "trouble": found.trouble,
    }


def reconciliation_document(found: Reconciliation) -> Shape:
    """One object of `reconcile --json`. Needs the integration loaded along; one statement."""
    differences = list(found.differences.all())
    off = len({each.bigcommerce_order_id for each in differences if each.is_off})
    return reconciliation_row(found, off=off) | {
        "differences": [
            {
                "bigcommerce_order_id": each.bigcommerce_order_id,
                "import_id": found.integration.import_id(each.bigcommerce_order_id),
                "kind": each.kind,
                "off": each.is_off,
                "ours": each.ours,
                "theirs": each.theirs,
                "sentence": each.sentence,
                "next_step": each.next_step,
            }
            for each in differences
        ]
    }
