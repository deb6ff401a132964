"""Shipments by the API: processed, corrected, voided; refused with the clerk's sentence, and never by half."""

import pytest

from counterfoil.sales.models import Parcel, SalesOrder, Shipment
from counterfoil.stores.models import StoreUpdate
from tests.api.factories import a_program
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
UPS = "1Z999AA10123456784"


def test_a_parcel_is_processed_corrected_and_voided() -> None:
    order = an_order(a_store())
    program = a_program("ship", "read")
    path = f"/orders/{order.import_id}/shipments"
    parcel = {"tracking_number": UPS, "items": [{"part_number": "engine-0", "quantity": 1}]}
    done = program.post(path, {"parcels": [parcel]})
    assert done.status_code == 201, done.content
    made = done.json()["shipments"][0]["parcels"][0]
    assert (made["carrier"], made["items"][0]["quantity"]) == ("UPS", 1)
    assert done.json()["remarks"]
    assert done["Location"] == f"/api/v1{path}"
    assert StoreUpdate.objects.filter(parcel=made["id"], kind="create_shipment").count() == 1
    corrected = program.post(f"/parcels/{made['id']}", {"service": "Ground"}, method="patch")
    assert corrected.json()["changed"] is True
    assert program.get(f"/parcels/{made['id']}").json()["service"] == "Ground"
    assert program.get(f"/parcels/{made['id']}").json()["order"] == order.import_id
    voided = program.post(f"/parcels/{made['id']}/void", {"reason": "Packed twice."})
    assert voided.json()["shipments"][0]["parcels"][0]["voided"] is True
    again = program.post(f"/parcels/{made['id']}/void", {"reason": "Packed twice."})
    assert (again.status_code, again.json()["detail"]) == (409, "This parcel was voided.")
    assert [act.what for act in reversed(_acts(program))] == [
        "Processed a shipment.",
        "Corrected a parcel.",
        "Voided a parcel.",
    ]


def _acts(program: object) -> list[object]:
    from counterfoil.accounts.api_tokens import token_with

    token = token_with(program.secret)
    assert token is not None
    return list(token.acts.all())


def test_all_that_is_open_further_boxes_and_lines_are_shipped() -> None:
    store = a_store()
    first, second = an_order(store, 1), an_order(store, 2)
    program = a_program("ship")
    boxes = [{"tracking_number": "A-1"}, {"tracking_number": "A-2", "further_box": True}]
    done = program.post(f"/orders/{first.import_id}/shipments", {"parcels": boxes})
    assert [parcel["tracking_number"] for parcel in done.json()["shipments"][0]["parcels"]] == ["A-1", "A-2"]
    assert done.json()["status"] == "Shipped"
    line = second.lines.get(position=0)
    by_line = [{"items": [{"line": 0}]}]
    assert program.post(f"/orders/{second.import_id}/shipments", {"parcels": by_line}).status_code == 201
    line.refresh_from_db()
    assert line.shipped == line.quantity


REFUSED = [
    ({"items": [{"part_number": "ENGINE-0", "quantity": 99}]}, 409, "is too many: 2 still open", ""),
    ({"items": [{"part_number": "NO-SUCH", "quantity": 1}]}, 409, "has no item NO-SUCH", ""),
    ({"items": [{"part_number": "ENGINE-0", "quantity": 0}]}, 422, "must be at least 1", "quantity"),
    ({"items": [{"part_number": "ENGINE-0", "quantity": "1"}]}, 422, "whole number", "quantity"),
    ({"items": [{"part_number": "ENGINE-0", "quantity": 1.5}]}, 422, "whole number", "quantity"),
    ({"items": [{"part_number": "ENGINE-0", "quantity": 10**30}]}, 422, "", "quantity"),
    ({"items": [{"quantity": 1}]}, 422, "neither part_number nor line", "part_number"),
    ({"items": [{"line": 77}]}, 422, "has no line 77", "line"),
    ({"items": []}, 422, "", "items"),
    ({"carrier": "UPS\x00"}, 422, "can’t be stored", "carrier"),
    ({"service": "\ud800"}, 422, "can’t be stored", "service"),
    ({"tracking_link": "javascript:alert(1)"}, 422, "isn’t a web address", "parcels.0"),
    ({"tracking_number": "x" * 51}, 422, "51 characters", "parcels.0"),
    ({"further_box": True}, 422, "must follow the parcel", "further_box"),
    ({"carier": "UPS"}, 422, "There is no field", "carier"),
]


@pytest.mark.parametrize(("parcel", "status", "words", "field"), REFUSED, ids=str)
def test_what_cannot_be_shipped_is_refused_with_a_sentence_and_nothing_is_done(
    parcel: dict[str, object], status: int, words: str, field: str
) -> None:
    order = an_order(a_store())
    answer = a_program("ship").post(f"/orders/{order.import_id}/shipments", {"parcels": [parcel]})
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]
    assert (answer.json()["field"] or "").endswith(field)
    assert not Shipment.objects.exists()


def test_of_two_parcels_one_that_is_refused_takes_the_other_back() -> None:
    order = an_order(a_store())
    good = {"items": [{"part_number": "ENGINE-0", "quantity": 1}]}
    bad = {"items": [{"part_number": "ENGINE-0", "quantity": 2}]}
    answer = a_program("ship").post(f"/orders/{order.import_id}/shipments", {"parcels": [good, bad]})
    assert answer.status_code == 409
    assert not Parcel.objects.exists()
    assert SalesOrder.objects.get(pk=order.pk).status.name == "New"


def test_a_used_tracking_number_is_asked_about() -> None:
    store = a_store()
    first, second = an_order(store, 1), an_order(store, 2)
    program = a_program("ship")
    sent = {"parcels": [{"tracking_number": UPS}]}
    assert program.post(f"/orders/{first.import_id}/shipments", sent).status_code == 201
    asked = program.post(f"/orders/{second.import_id}/shipments", sent)
    assert (asked.status_code, asked.json()["code"]) == (409, "number_used")
    assert "allow_used_numbers" in asked.json()["next_step"]
    allowed = program.post(f"/orders/{second.import_id}/shipments", sent | {"allow_used_numbers": True})
    assert allowed.status_code == 201


def test_nothing_of_a_cancelled_order_ships_until_someone_reopens_it() -> None:
    order = an_order(a_store())
    program = a_program("ship")
    path = f"/orders/{order.import_id}"
    assert program.post(f"{path}/status", {"status": "Cancelled"}).status_code == 200
    for parcel in ({}, {"items": [{"part_number": "engine-0"}]}, {"items": [{"line": 0}]}):
        answer = program.post(f"{path}/shipments", {"parcels": [parcel]})
        assert (answer.status_code, answer.json()["detail"]) == (409, f"{order.import_id} is cancelled.")
        assert answer.json()["next_step"] == "Change its order status first if it should ship."
    assert not Shipment.objects.exists()
    order.refresh_from_db()
    assert order.status.name == "Cancelled"
    assert program.post(f"{path}/status", {"status": "Released"}).status_code == 200
    assert program.post(f"{path}/shipments", {"parcels": [{}]}).status_code == 201
