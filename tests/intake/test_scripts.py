"""Custom scripts: a merchant's own Python, installed next to the program, with its own field of harm: one order."""

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake import scripts
from counterfoil.intake.conversion.mapping_editor import map_field
from counterfoil.intake.scripts import Refuse, ScriptFailed, ScriptFields, Scripts, hookimpl, scripts_of
from counterfoil.sales.custom_fields.definitions import add_field, change_field
from counterfoil.sales.models import Client, FieldDefinition, FieldScope, FieldType, SalesOrder
from counterfoil.stores.attention.actions import retry_group
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import LogEntry, LogKind, WebOrderState
from counterfoil.testing import convert_order, further_field
from tests.factories import DOWNLOADED, ERROR, NEW, connect, in_store, run_sync, sales_order, updates, web_order
from tests.sandbox_store import SandboxStore

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-script"
ORDER = EXAMPLE / "tests" / "order.json"


def script(function: Any) -> Any:
    """A script of this function."""
    function.__name__ = "counterfoil_convert"
    return SimpleNamespace(__name__="a_script", counterfoil_convert=hookimpl(function))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes functions the installed scripts."""

    def install(*functions: Any) -> None:
        found = Scripts(scripts_of({f"script {number}": script(each) for number, each in enumerate(functions)}))
        monkeypatch.setattr(scripts, "installed", lambda: found)

    return install


@pytest.mark.django_db
def test_a_script_fills_fields_next_to_the_mapping(store: SandboxStore, installed: Any) -> None:
    """It sees the store's document, the draft and what the mapping filled, and its values are checked by type."""
    (order_id,) = store.place(1, kind="guest")
    for scope, label, kind in (
        (FieldScope.ORDER, "Source", FieldType.TEXT),
        (FieldScope.ORDER, "Weight", FieldType.NUMBER),
        (FieldScope.LINE, "Brand", FieldType.TEXT),
        (FieldScope.CLIENT, "Seen", FieldType.YES_NO),
    ):
        add_field(scope, label, kind)
    integration = connect(store)
    map_field(integration, FieldDefinition.objects.get(name="source"), "'web'", required=True, by="Eve")

    def fill(fields: Any, order: Any, draft: Any) -> None:
        fields.order["source"] += f" {order['total_inc_tax']} {draft.currency}"
        fields.order["weight"] = 1.5
        fields.client["seen"] = "yes"
        for line in draft.lines:
            fields.lines[line.source_id]["brand"] = line.part_number.lower()

    installed(fill)
    run_sync(integration)
    here, there = sales_order(order_id), in_store(store, order_id)
    assert here.fields == {"source": f"web {there['total_inc_tax']} USD", "weight": "1.5"}
    assert [line.fields["brand"] for line in here.lines.all()] == [item["sku"].lower() for item in there["products"]]
    assert here.client.fields == {"seen": True}


@pytest.mark.django_db
def test_a_script_refuses_an_order_with_its_own_sentence(store: SandboxStore, installed: Any) -> None:
    """A clerk reads it, and the store shows the import error; the other orders go on."""
    good, bad = store.place(2, kind="guest")
    store.edit(bad, billing_address={"country_iso2": "AQ"})

    def refuse(draft: Any) -> None:
        if draft.bill_to.country_code == "AQ":
            raise Refuse("We do not deliver to Antarctica.", "Call the customer.")

    installed(refuse)
    assert run_sync(connect(store)).imports.outcomes == {"Imported": 1, "NotImported": 1}
    (item,) = attention()
    assert (item.code, item.sentence, item.next_step) == (
        "script_refused", "We do not deliver to Antarctica.", "Call the customer.",
    )  # fmt: skip
    assert in_store(store, bad)["status_id"] == ERROR
    assert web_order(bad).trace == ""
    assert sales_order(good)


@pytest.mark.django_db
@pytest.mark.parametrize("failure", [ValueError("no such\ncolour"), SystemExit(3), IntegrityError("twice")])
def test_a_script_that_fails_stops_that_one_order(store: SandboxStore, installed: Any, failure: BaseException) -> None:
    """Its message and trace are kept, and the store is told nothing; corrected, a retry imports the order."""
    good, bad = store.place(2, kind="guest")
    store.edit(bad, note="fails")

    def fail(order: Any) -> None:
        if order.get("note"):
            Client.objects.create(name="left behind")
            raise failure

    installed(fail)
    integration = connect(store)
    assert run_sync(integration).imports.outcomes == {"Imported": 1, "NotImported": 1}
    (item,) = attention()
    said = " ".join(str(failure).split())
    assert (item.code, item.import_id) == ("script", f"WEB-{bad}")
    assert item.sentence == f"The script “script 0” failed: {type(failure).__name__}: {said}."
    assert "in fail" in web_order(bad).trace
    assert in_store(store, bad)["status_id"] == NEW
    assert updates(bad) == []
    assert not Client.objects.filter(name="left behind").exists()
    assert run_sync(integration).imports.outcomes == {}
    installed()
    retry_group()
    assert run_sync(integration).imports.outcomes == {"Imported": 1}
    assert web_order(bad).trace == ""
    assert in_store(store, bad)["status_id"] == DOWNLOADED
    assert sales_order(good)


@pytest.mark.django_db(transaction=True)
def test_what_a_script_breaks_in_the_database_is_taken_back(store: SandboxStore, installed: Any) -> None:
    """A statement that fails inside a script leaves the import's transaction usable."""
    (order_id,) = store.place(1, kind="guest")

    def break_it() -> None:
        Client.objects.create(name="")

    installed(break_it)
    integration = connect(store)
    assert run_sync(integration).imports.outcomes == {"NotImported": 1}
    assert "IntegrityError" in web_order(order_id).reason
    assert not SalesOrder.objects.exists()


@pytest.mark.django_db
def test_a_field_that_is_not_there_or_does_not_fit_stops_the_order_in_a_sentence(
    store: SandboxStore, installed: Any
) -> None:
    """A retired one is left empty, and the log says so."""
    (order_id,) = store.place(1, kind="guest")
    number = add_field(FieldScope.ORDER, "Weight", FieldType.NUMBER)
    integration = connect(store)
    installed(lambda fields: fields.order.update(wait="5"))
    run_sync(integration)
    assert web_order(order_id).reason == "The script filled the field “wait”, which doesn’t exist for a sales order."
    installed(lambda fields: fields.order.update(weight="heavy"))
    retry_group()
    run_sync(integration)
    assert "The script's value isn’t valid: “Weight” takes a number" in web_order(order_id).reason
    change_field(number.pk, retired=True)
    retry_group()
    assert run_sync(integration).imports.outcomes == {"Imported": 1}
    assert sales_order(order_id).fields == {}
    (entry,) = LogEntry.objects.filter(kind=LogKind.FIELD)
    assert entry.text == "The field “Weight” is retired, so the script's value was ignored."


@pytest.mark.django_db
def test_a_script_changes_imported_orders_only_by_what_changed_in_the_store(
    store: SandboxStore, installed: Any
) -> None:
    """A new script, and one that refuses what was imported before, change nothing of an order by themselves."""
    (order_id,) = store.place(1, kind="guest")
    add_field(FieldScope.ORDER, "Note", FieldType.TEXT)
    integration = connect(store)
    run_sync(integration)
    installed(lambda fields, order: fields.order.update(note=order["customer_message"]))
    store.edit(order_id, status_id=NEW)
    assert run_sync(integration).imports.outcomes == {"Unchanged": 1}

    def only_messages(fields: Any, order: Any) -> None:
        if order["customer_message"] != "Ring twice":
            raise Refuse("No message.")
        fields.order["note"] = "has one"

    installed(only_messages)
    store.edit(order_id, status_id=NEW, customer_message="Ring twice")
    assert run_sync(integration).imports.outcomes == {"Updated": 1}
    assert sales_order(order_id).fields == {"note": "has one"}


def wrong_argument(orders: Any) -> None:
    """A hook that takes what there is not."""


def test_a_script_with_a_wrong_hook_is_found_when_it_is_loaded() -> None:
    """An argument or a name that there is not, or no hook at all."""
    with pytest.raises(Exception, match="orders"):
        scripts_of({"x": script(wrong_argument)})
    with pytest.raises(ValueError, match="it has no function counterfoil_convert"):
        scripts_of({"x": SimpleNamespace()})
    misspelt = SimpleNamespace(counterfoil_covert=hookimpl(lambda order: None))
    with pytest.raises(Exception, match="counterfoil_covert"):
        scripts_of({"x": misspelt})


def test_scripts_run_in_the_order_of_their_names() -> None:
    """Each sees what those before it filled in; the order of installation makes no difference."""
    seen: list[str] = []
    second = script(lambda order: seen.append("second"))
    first = script(lambda order: seen.append("first"))
    Scripts(scripts_of({"b": second, "a": first})).run({}, None, None)  # type: ignore[arg-type]
    assert seen == ["first", "second"]


def test_the_test_helper_shows_draft_and_fields() -> None:
    """From a file, with the script that is given; what would not be imported is raised."""

    def fill(order: Any, fields: Any) -> None:
        fields.order["note"] = f"{fields.order['source']}: {order['consignments']['shipping'][0]['cost_inc_tax']}"

    note, source = further_field("note"), further_field("source")
    result = convert_order(ORDER, script(fill), fields=[note, source], filled={"source": "web"})
    assert result.fields.order == {"source": "web", "note": "web: 4.9"}
    assert result.draft.ship_via == "Standard"
    with pytest.raises(NeedsPerson, match="“note”, which doesn’t exist"):
        convert_order(str(ORDER), script(fill), fields=[source], filled={"source": "web"})
    with pytest.raises(ScriptFailed, match="KeyError: 'source'"):
        convert_order(ORDER.read_bytes(), script(fill))


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    """The example, installed into a directory of its own that this process imports from."""
    copy = shutil.copytree(EXAMPLE, tmp_path / "example")
    target = tmp_path / "target"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--target", str(target), str(copy)], check=True, timeout=120)
    sys.path.insert(0, str(target))
    importlib.invalidate_caches()
    scripts.installed.cache_clear()
    yield target
    sys.path.remove(str(target))
    sys.modules.pop("example_order_script", None)
    importlib.invalidate_caches()
    scripts.installed.cache_clear()


@pytest.mark.django_db
def test_the_example_script_works_when_it_is_installed(store: SandboxStore, target: Path) -> None:
    """Found by its entry point, it fills its fields on the next import; its own tests pass."""
    add_field(FieldScope.ORDER, "Gift", FieldType.YES_NO)
    add_field(FieldScope.LINE, "Engraving", FieldType.TEXT)
    add_field(FieldScope.CLIENT, "VAT ID", FieldType.TEXT, name="vat_id")
    good, bad = store.place(2, kind="guest")
    line = in_store(store, good)["products"][0]
    option = {"display_name": "Engraving", "display_value": "Ada"}
    store.edit(good, lines=[{"id": line["id"], "product_options": [option], "wrapping_name": "Paper"}])
    store.edit(good, billing_address={"form_fields": [{"name": "VAT ID", "value": "de 12"}]})
    store.edit(bad, billing_address={"country_iso2": "AQ"})
    assert run_sync(connect(store)).imports.outcomes == {"Imported": 1, "NotImported": 1}
    here = sales_order(good)
    assert here.fields == {"gift": True}
    assert here.lines.get(source_id=line["id"]).fields == {"engraving": "Ada"}
    assert here.client.fields == {"vat_id": "DE12"}
    assert web_order(bad).reason == "We do not deliver to Antarctica."
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(target.parent / "example")],
        check=True, timeout=120,
    )  # fmt: skip


CORRECTED = """from counterfoil.intake.scripts import hookimpl


@hookimpl
def counterfoil_convert(order):
    pass
"""


@pytest.mark.django_db
def test_a_script_that_cannot_be_loaded_lets_no_order_in_without_it(store: SandboxStore, target: Path) -> None:
    """Each order says why; the store is told nothing, and they are imported once the script is repaired."""
    module = target / "example_order_script.py"
    module.write_text("import no_such_module\n")
    shutil.rmtree(target / "__pycache__", ignore_errors=True)
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    assert run_sync(integration).imports.outcomes == {"NotImported": 1}
    assert web_order(order_id).reason == (
        "The script “example” couldn’t be loaded: ModuleNotFoundError: No module named 'no_such_module'."
    )
    assert "no_such_module" in web_order(order_id).trace
    assert in_store(store, order_id)["status_id"] == NEW
    module.write_text(CORRECTED)
    importlib.invalidate_caches()
    scripts.installed.cache_clear()
    retry_group()
    assert run_sync(integration).imports.outcomes == {"Imported": 1}


@pytest.mark.django_db
def test_a_database_that_goes_away_while_a_script_runs_is_no_fault_of_the_script(
    store: SandboxStore, installed: Any
) -> None:
    """The sync ends, as it does anywhere else, and the next one decides on the order."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)

    def gone() -> None:
        raise OperationalError("the connection is closed")

    installed(gone)
    with pytest.raises(OperationalError):
        run_sync(integration)
    assert (attention(), web_order(order_id).state) == ([], WebOrderState.UNDECIDED)


def test_fields_that_a_script_is_tried_with_are_empty_without_an_order() -> None:
    """There are no lines to fill."""
    fields = ScriptFields()
    assert (fields.order, fields.client, dict(fields.lines)) == ({}, {}, {})
