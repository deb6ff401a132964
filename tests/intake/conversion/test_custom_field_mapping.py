"""A merchant's custom fields are filled from orders by expressions; what cannot be filled stops no other order."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.conversion.custom_field_mapping import line_name, shortened
from counterfoil.intake.conversion.mapping_editor import failing_orders, map_field, try_expression, unmap_field
from counterfoil.intake.expressions.order_view import OrderView
from counterfoil.intake.expressions.sandbox import EXPRESSIONS
from counterfoil.intake.updating.conflicts import resolve_conflict
from counterfoil.sales.custom_fields.definitions import add_field, change_field, set_client_field, set_field
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import FieldDefinition, FieldScope, FieldType
from counterfoil.stores.attention.actions import retry_group
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import Conflict, FieldMapping, LogEntry, LogKind, Payload, WebIntegration, WebOrder
from tests.factories import DOWNLOADED, ERROR, NEW, connect, in_store, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
ORDER, LINE, CLIENT = FieldScope.ORDER, FieldScope.LINE, FieldScope.CLIENT


def mapped(
    integration: WebIntegration,
    expression: str,
    *,
    scope: FieldScope = ORDER,
    kind: FieldType = FieldType.TEXT,
    label: str = "Source",
    required: bool = False,
) -> FieldDefinition:
    """A new field that this expression fills."""
    field = add_field(scope, label, kind)
    map_field(integration, field, expression, required=required, by="Eve")
    return field


def told(kind: LogKind) -> list[str]:
    """The log's lines of this kind, the oldest first."""
    return list(LogEntry.objects.filter(kind=kind).order_by("pk").values_list("text", flat=True))


def test_fields_of_order_lines_and_client_are_filled_from_the_order(store: SandboxStore) -> None:
    """Each by its own expression, with money as the store's own text and dates as dates."""
    (order_id,) = store.place(1, kind="guest")
    store.edit(order_id, order_source="Mobile app", billing_address={"company": "Ada Ltd"})
    integration = connect(store)
    mapped(integration, "order.order_source")
    mapped(integration, "order.total_inc_tax", kind=FieldType.NUMBER, label="Paid")
    mapped(integration, "order.date_created", kind=FieldType.DATE, label="Placed")
    mapped(integration, "order.items_total > 100", kind=FieldType.YES_NO, label="Large")
    mapped(integration, "line.brand + ' ' + string(line.quantity)", scope=LINE, label="Brand")
    mapped(integration, "customer.company", scope=CLIENT, label="Company")
    run_sync(integration)
    here, there = sales_order(order_id), in_store(store, order_id)
    assert here.fields == {
        "source": "Mobile app",
        "paid": there["total_inc_tax"],
        "placed": here.order_date.date().isoformat(),
        "large": False,
    }
    for line, item in zip(here.lines.order_by("source_id"), there["products"], strict=True):
        assert line.fields == {"brand": f"{item['brand']} {item['quantity']}"}
    assert here.client.fields == {"company": "Ada Ltd"}
    change = here.client.changes.get()
    assert (change.by, change.what, change.after, change.why) == (
        "BigCommerce", "Company", "Ada Ltd", f"From the order WEB-{order_id}",
    )  # fmt: skip


def test_a_required_field_that_cannot_be_filled_stops_its_order_alone(store: SandboxStore) -> None:
    """A clerk reads which field, which expression and which error; once corrected, a retry imports the order."""
    good, bad, empty = store.place(3, kind="guest")
    store.edit(good, customer_fields={"po": "P-1"})
    store.edit(empty, customer_fields={"po": ""})
    integration = connect(store)
    field = mapped(integration, "order.customer_fields.po", label="Their PO", required=True)
    assert run_sync(integration).imports.outcomes == {"Imported": 1, "NotImported": 2}
    assert sales_order(good).fields == {"their_po": "P-1"}
    items = {item.import_id: item for item in attention()}
    assert items[f"WEB-{bad}"].code == "field_mapping"
    assert items[f"WEB-{bad}"].sentence == (
        "The field “Their PO” couldn’t be filled: there is no “customer_fields” where it looks for it. "
        "Its expression: order.customer_fields.po"
    )
    assert "it returns nothing" in items[f"WEB-{empty}"].sentence
    assert in_store(store, bad)["status_id"] == ERROR
    map_field(integration, field, "has(order.customer_fields) ? 'given' : 'none'", required=True, by="Eve")
    retry_group()
    assert run_sync(integration).imports.outcomes == {"Imported": 2}
    assert (sales_order(bad).fields, sales_order(empty).fields) == ({"their_po": "none"}, {"their_po": "given"})


def test_another_field_that_cannot_be_filled_stays_empty_and_the_log_says_so(store: SandboxStore) -> None:
    """The order is imported; a value that does not fit the field's type counts as an error too."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    mapped(integration, "order.nope")
    mapped(integration, "order.payment_method", kind=FieldType.NUMBER, label="Sum")
    mapped(integration, "line.nope", scope=LINE, label="Brand")
    assert run_sync(integration).imports.outcomes == {"Imported": 1}
    assert sales_order(order_id).fields == {}
    logged = told(LogKind.FIELD)
    first = in_store(store, order_id)["products"][0]
    assert f"The field “Brand” of the line {first['sku']} couldn’t be filled" in logged[0]
    assert "The field “Source” couldn’t be filled: there is no “nope” where it looks for it" in logged[-2]
    assert "“Sum” takes a number" in logged[-1]
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    assert told(LogKind.FIELD) == logged


def test_an_expression_that_runs_for_ever_stops_no_order(store: SandboxStore) -> None:
    """Each order is imported a second later, with what could be filled before."""
    ids = store.place(2, kind="guest")
    integration = connect(store)
    endless = "true"
    for _ in range(12):
        endless = f"[1,2,3,4,5,6,7,8,9].all(x, {endless})"
    mapped(integration, "order.order_source")
    mapped(integration, endless, kind=FieldType.YES_NO, label="Endless")
    assert run_sync(integration).imports.outcomes == {"Imported": 2}
    assert all(set(sales_order(order_id).fields) == {"source"} for order_id in ids)
    assert "longer than the one second" in told(LogKind.FIELD)[0]


def test_without_a_mapping_no_process_is_started(store: SandboxStore) -> None:
    """Whoever maps no field pays nothing for it."""
    EXPRESSIONS.close()
    store.place(2)
    integration = connect(store)
    add_field(ORDER, "Source", FieldType.TEXT)
    run_sync(integration)
    assert EXPRESSIONS.pid is None


def test_a_field_that_changes_in_the_store_is_updated_with_its_history(store: SandboxStore) -> None:
    """Only an order set back to a new order status, field by field (rule 8); a new line brings its own."""
    (order_id,) = store.place(1, kind="guest")
    store.edit(order_id, order_source="www")
    integration = connect(store)
    mapped(integration, "order.order_source")
    mapped(integration, "line.wrapping_message", scope=LINE, label="Card")
    mapped(integration, "order.order_source", scope=CLIENT, label="Last source")
    run_sync(integration)
    first = in_store(store, order_id)["products"][0]
    store.edit(order_id, order_source="app", status_id=NEW)
    store.edit(order_id, lines=[{"id": first["id"], "wrapping_message": "For Ada"}])
    assert run_sync(integration).imports.outcomes == {"Updated": 1}
    here = sales_order(order_id)
    line = here.lines.get(source_id=first["id"])
    assert here.fields == {"source": "app"}
    assert line.fields == {"card": "For Ada"}
    assert here.client.fields == {"last_source": "app"}
    changes = {(change.field, change.before, change.after) for change in here.changes.filter(by="BigCommerce")}
    assert ("field source", "www", "app") in changes
    assert (f"field card of line {line.position + 1} ({line.part_number})", "", "For Ada") in changes


def test_a_field_alone_makes_an_update(store: SandboxStore) -> None:
    """What an expression reads may be nothing that is imported otherwise."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    store.edit(order_id, channel_note="a")
    mapped(integration, "order.channel_note")
    run_sync(integration)
    store.edit(order_id, channel_note="b", status_id=NEW)
    done = run_sync(integration)
    assert done.imports.outcomes == {"Updated": 1}
    assert [change.field for change in sales_order(order_id).changes.filter(by="BigCommerce")] == ["field source"]
    assert in_store(store, order_id)["status_id"] == DOWNLOADED


def test_a_mapping_made_or_changed_later_changes_no_order_by_itself(store: SandboxStore) -> None:
    """Seen again without a change, an order stays as it is; nothing of an edited mapping is called a change."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    run_sync(integration)
    field = mapped(integration, "order.order_source")
    store.edit(order_id, status_id=NEW)
    assert run_sync(integration).imports.outcomes == {"Unchanged": 1}
    assert sales_order(order_id).fields == {}
    map_field(integration, field, "order.nope", required=True, by="Eve")
    store.edit(order_id, status_id=NEW)
    assert run_sync(integration).imports.outcomes == {"NotImported": 1}
    map_field(integration, field, "order.customer_message", required=False, by="Eve")
    store.edit(order_id, status_id=NEW, customer_message="Ring twice")
    assert run_sync(integration).imports.outcomes == {"Updated": 1}
    assert sales_order(order_id).fields == {"source": "Ring twice"}


def test_what_a_person_wrote_into_a_field_waits_for_a_decision(store: SandboxStore) -> None:
    """Both values are shown and a person picks, for fields of orders and of lines."""
    (order_id,) = store.place(1, kind="guest")
    store.edit(order_id, order_source="www")
    integration = connect(store)
    mapped(integration, "order.order_source")
    mapped(integration, "line.wrapping_message", scope=LINE, label="Card")
    run_sync(integration)
    order = sales_order(order_id)
    line = order.lines.order_by("source_id").first()
    assert line is not None
    set_field(order.pk, "source", "phone", by="Eve")
    set_field(order.pk, "card", "Ours", by="Eve", line_id=line.pk)
    store.edit(order_id, order_source="app", status_id=NEW)
    store.edit(order_id, lines=[{"id": line.source_id, "wrapping_message": "Theirs"}])
    run_sync(integration)
    conflicts = {conflict.field: conflict for conflict in Conflict.objects.all()}
    of_line = f"field card of line {line.position + 1} ({line.part_number})"
    assert (conflicts["field source"].ours, conflicts["field source"].theirs) == ("phone", "app")
    assert (conflicts[of_line].ours, conflicts[of_line].theirs) == ("Ours", "Theirs")
    resolve_conflict(conflicts["field source"].pk, ours=False, by="Eve")
    resolve_conflict(conflicts[of_line].pk, ours=False, by="Eve")
    line.refresh_from_db()
    assert sales_order(order_id).fields == {"source": "app"}
    assert line.fields == {"card": "Theirs"}
    assert sales_order(order_id).changes.filter(field="field source", by="Eve", after="app").exists()


def test_a_client_s_field_that_a_person_or_another_order_wrote_stays(store: SandboxStore) -> None:
    """An order fills what is empty; later orders of the client leave it."""
    first, second = store.place(2, kind="guest")
    for order_id in (first, second):
        store.edit(order_id, billing_address={"email": "ada@example.com", "last_name": "Ada"})
    store.edit(second, order_source="app", status_id=1)
    store.edit(first, order_source="www")
    integration = connect(store)
    mapped(integration, "order.order_source", scope=CLIENT)
    run_sync(integration)
    client = sales_order(first).client
    assert client.fields == {"source": "www"}
    store.edit(second, status_id=NEW)
    run_sync(integration)
    assert sales_order(second).client_id == client.pk
    client.refresh_from_db()
    assert client.fields == {"source": "www"}
    set_client_field(client.pk, "source", "phone", by="Eve")
    store.edit(first, order_source="fax", status_id=NEW)
    run_sync(integration)
    client.refresh_from_db()
    assert client.fields == {"source": "phone"}


def test_a_retired_field_is_filled_no_more(store: SandboxStore) -> None:
    """Its mapping stays for when it is brought back."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    field = mapped(integration, "order.nope", required=True)
    change_field(field.pk, retired=True)
    assert run_sync(integration).imports.outcomes == {"Imported": 1}
    assert sales_order(order_id).fields == {}
    with pytest.raises(Refused, match="is retired"):
        map_field(integration, FieldDefinition.objects.get(), "order.id", required=False, by="Eve")


def test_an_expression_is_tried_on_a_stored_order(store: SandboxStore) -> None:
    """The value or the error, one for each line where it is for lines; with the field's own check when there is one."""
    (order_id,) = store.place(1, kind="guest")
    run_sync(connect(store))
    order = web_order(order_id)
    (tried,) = try_expression(order, "order.id", ORDER)
    assert (tried.value, tried.error) == (str(order_id), "")
    (tried,) = try_expression(order, "order.items_total > 0", ORDER)
    assert tried.value == "Yes"
    (tried,) = try_expression(order, "order.payment_method", ORDER, field=add_field(ORDER, "Sum", FieldType.NUMBER))
    assert "takes a number" in tried.error
    assert order.payload is not None
    lines = try_expression(order.payload, "line.name", LINE)
    there = in_store(store, order_id)["products"]
    assert [(each.line, each.value) for each in lines] == [(item["sku"], item["name"]) for item in there]


def test_it_is_said_which_of_the_last_orders_an_expression_fails_on(store: SandboxStore) -> None:
    """The newest first, with the error; when time runs out, it is said how many were tried."""
    ids = store.place(4, kind="guest")
    store.edit(ids[1], note="yes")
    store.edit(ids[2], note="")
    integration = connect(store)
    run_sync(integration)
    trial = failing_orders(integration, "order.note", ORDER)
    error = "there is no “note” where it looks for it"
    assert trial.failing == ((f"WEB-{ids[3]}", error), (f"WEB-{ids[0]}", error))
    assert (trial.tried, trial.cut) == (4, False)
    required = failing_orders(integration, "order.note", ORDER, required=True)
    assert (f"WEB-{ids[2]}", "it returns nothing") in required.failing
    assert failing_orders(integration, "order.note", ORDER, last=1).tried == 1
    assert failing_orders(integration, "order.note", ORDER, seconds=-1).cut
    (first,) = (item["sku"] for item in in_store(store, ids[0])["products"][:1])
    of_line = failing_orders(integration, "line.nope", LINE)
    assert of_line.failing[-1] == (f"WEB-{ids[0]}", f"{first}: there is no “nope” where it looks for it")


def test_an_expression_that_cannot_be_read_is_not_saved(store: SandboxStore) -> None:
    """The sentence says where; a mapping is taken away with a line in the log."""
    integration = connect(store)
    field = add_field(ORDER, "Source", FieldType.TEXT)
    for expression, sentence in (
        ("order.", "cannot be read at character 7"),
        ("  ", "1 to 5,000"),
        ("x" * 5001, "1 to"),
    ):
        with pytest.raises(Refused, match=sentence):
            map_field(integration, field, expression, required=False, by="Eve")
    map_field(integration, field, "order.id", required=True, by="Eve")
    assert unmap_field(integration, field, by="Eve")
    assert not unmap_field(integration, field, by="Eve")
    assert told(LogKind.SETTINGS)[-2:] == [
        "Eve: the field “Source” (required) is filled by order.id",
        "Eve: the field “Source” is no longer filled by an expression.",
    ]


@pytest.mark.parametrize("wrong", [{"expression": ""}, {}])
def test_the_database_keeps_one_expression_for_a_field(store: SandboxStore, wrong: dict[str, Any]) -> None:
    """None without an expression, and no second one for the same store."""
    integration = connect(store)
    field = add_field(ORDER, "Source", FieldType.TEXT)
    if not wrong:
        FieldMapping.objects.create(integration=integration, field=field, expression="order.id")
    values = {"expression": "order.id"} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        FieldMapping.objects.create(integration=integration, field=field, **values)


def test_a_line_is_called_by_its_sku_else_its_name_else_its_id() -> None:
    """A long one is cut."""
    lines = [
        {"id": 7, "sku": "MUG", "name": "Mug"},
        {"id": 8, "sku": "", "name": "Gift"},
        {"id": 9, "sku": None},
        {"id": 10, "sku": "x" * 81},
    ]
    view = OrderView({}, {}, lines, [])
    assert [line_name(view, line) for line in range(4)] == ["MUG", "Gift", "9", "x" * 80]


def test_an_expression_in_a_sentence_stands_in_one_line() -> None:
    """Two hundred characters of it at most."""
    assert shortened("a\n  +\tb ") == "a + b"
    assert shortened("x" * 200) == "x" * 200
    assert shortened("x" * 201) == "x" * 200 + "…"


def test_an_order_that_was_not_read_yet_cannot_be_tried(store: SandboxStore) -> None:
    """One that cannot be read at all fails no expression: that is said of the order itself."""
    integration = connect(store)
    unread = WebOrder.objects.create(integration=integration, bigcommerce_order_id=1, import_id="WEB-1")
    with pytest.raises(NeedsPerson, match="hasn’t been read yet"):
        try_expression(unread, "order.id", ORDER)
    unread.payload = Payload.objects.create(web_order=unread, order=b'{"id": 1, "total": ', read_at=timezone.now())
    unread.save()
    trial = failing_orders(integration, "order.nothing", ORDER)
    assert (trial.failing, trial.tried) == ((), 1)


def test_a_field_on_which_both_sides_agree_again_is_no_conflict(store: SandboxStore) -> None:
    """The same value came from the store and from here."""
    (order_id,) = store.place(1, kind="guest")
    store.edit(order_id, order_source="Web")
    integration = connect(store)
    field = mapped(integration, "order.order_source")
    run_sync(integration)
    set_field(sales_order(order_id).pk, field.name, "Phone", by="Ada")
    store.edit(order_id, order_source="App", status_id=NEW)
    run_sync(integration)
    assert Conflict.objects.count() == 1
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, order_source="Phone", status_id=NEW)
    run_sync(integration)
    assert not Conflict.objects.exists()


def test_only_what_changed_of_several_fields_is_changed(store: SandboxStore) -> None:
    """What a person wrote into another field stays."""
    (order_id,) = store.place(1, kind="guest")
    store.edit(order_id, order_source="Web")
    integration = connect(store)
    source = mapped(integration, "order.order_source")
    placed = mapped(integration, "order.customer_message", label="Said")
    run_sync(integration)
    set_field(sales_order(order_id).pk, source.name, "Phone", by="Ada")
    store.edit(order_id, customer_message="Hurry", status_id=NEW)
    run_sync(integration)
    assert sales_order(order_id).fields == {source.name: "Phone", placed.name: "Hurry"}
    assert not Conflict.objects.exists()
