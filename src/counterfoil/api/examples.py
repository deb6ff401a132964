"""Examples of what is sent and answered, for the OpenAPI document; a test sends and checks them."""

from typing import Any

SHIPMENT = {
    "parcels": [
        {
            "carrier": "UPS",
            "service": "Ground",
            "tracking_number": "1Z999AA10123456784",
            "items": [{"part_number": "ENGINE-0", "quantity": 1}],
        }
    ]
}
SHIPPING = {
    "import_id": "WEB-10234",
    "number": 1001,
    "status": "Partially Shipped",
    "shipments": [
        {
            "id": 7,
            "number": 1,
            "processed_at": "2026-11-30T14:05:09.123456Z",
            "by": "Warehouse (API)",
            "parcels": [
                {
                    "id": 9,
                    "carrier": "UPS",
                    "service": "Ground",
                    "tracking_number": "1Z999AA10123456784",
                    "tracking_link": "",
                    "items": [{"part_number": "ENGINE-0", "sold_as": "", "quantity": 1}],
                    "state": "waiting",
                    "reason": "",
                    "next_step": "",
                    "bigcommerce_shipment_id": None,
                    "voided": False,
                    "taken_over": False,
                    "belongs_to": None,
                }
            ],
        }
    ],
    "store_shipments": [],
}
CHANGED = {"import_id": "WEB-10234", "number": 1001, "status": "Released", "changed": True, "hold": None}
EXAMPLES: dict[str, dict[str, Any]] = {
    "processShipment": {"sent": SHIPMENT, "answered": SHIPPING | {"shipment": 7, "remarks": []}},
    "correctParcel": {
        "sent": {"tracking_number": "1Z999AA10123456785"},
        "answered": SHIPPING | {"changed": True, "remarks": []},
    },
    "voidParcel": {"sent": {"reason": "Packed twice."}, "answered": SHIPPING | {"status": "New"}},
    "setOrderStatus": {"sent": {"status": "Released", "why": "Checked."}, "answered": CHANGED},
    "holdOrder": {
        "sent": {"reason": "Address verified."},
        "answered": CHANGED | {"hold": {"reason": "Address verified.", "overridden_by": ""}},
    },
    "releaseOrder": {
        "sent": {"why": "They called."},
        "answered": CHANGED
        | {"hold": {"reason": "Address verified.", "overridden_by": "Warehouse (API)"}, "changed": True},
    },
    "renameClient": {
        "sent": {"name": "Analytical Engines Ltd", "why": "Name as on their letterhead."},
        "answered": {
            "number": 12,
            "name": "Analytical Engines Ltd",
            "orders": 3,
            "contacts": [{"id": 5, "name": "Ada Lovelace", "email": "ada@example.com", "phone": ""}],
        },
    },
    "editContact": {"sent": {"phone": "+44 20 7946 0123"}},
    "addProduct": {"sent": {"part_number": "MUG-1", "description": "A mug", "type": "physical", "bin": "A-12"}},
    "changeProduct": {"sent": {"bin": "B-3"}},
    "addAlias": {"sent": {"store": "WEB-", "sku": "ODD-1"}},
    "retryAttention": {"sent": {"import_ids": ["WEB-10234"]}, "answered": {"retried": 1}},
    "skipAttention": {"sent": {"import_id": "WEB-10234", "reason": "A test order."}, "answered": {"skipped": 1}},
    "addExport": {"sent": {"since": "2026-11-01", "until": "2026-11-30", "new_only": True}},
    "addReconciliation": {"sent": {"store": "WEB-", "first_day": "2026-11-24", "last_day": "2026-11-30"}},
}
