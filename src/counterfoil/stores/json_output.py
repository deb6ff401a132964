"""The shapes that merchants' scripts build on, besides sales orders (stores/order_documents.py): as plain values.

Fields may be added; none is renamed or removed. Money is a Decimal with the store's digits, times are aware.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from counterfoil.stores.models import LogEntry
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
