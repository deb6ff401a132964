"""What custom scripts ask of the database is done in the transaction of their order."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from counterfoil.intake import scripts
from counterfoil.intake.script_process.processes import MOST_TRIES, PROCESSES
from counterfoil.sales.custom_fields.definitions import add_field
from counterfoil.sales.models import Client, FieldScope, FieldType
from tests.factories import connect, run_sync, sales_order, web_order
from tests.intake.script_factories import HANGS, Install, three_orders
from tests.sandbox_store import SandboxStore


@pytest.mark.django_db
def test_a_script_reads_and_writes_in_the_transaction_of_its_order(store: SandboxStore, install: Install) -> None:
    """It sees what is not committed; a savepoint of its own is taken back alone; rows of every type come back."""
    Client.objects.create(name="Known before", fields={"level": "gold"})
    add_field(FieldScope.ORDER, "Seen", FieldType.TEXT)
    install("""
        from django.db import IntegrityError, connection, transaction
        from counterfoil.sales.models import Client

        KNOWN = list(Client.objects.values_list("name", flat=True))

        @hookimpl
        def counterfoil_convert(fields):
            known = Client.objects.get(name="Known before")
            made = Client.objects.create(name="By the script", fields={"a": ["b"]})
            try:
                with transaction.atomic():
                    Client.objects.create(name="Taken back")
                    Client.objects.create(name="")
            except IntegrityError as error:
                kind = type(error.__cause__).__name__
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1.50::numeric, '2026-01-31'::date, %s", ["x"])
                row = cursor.fetchone()
            count = sum(1 for _ in Client.objects.iterator())
            again = Client.objects.get(pk=made.pk)
            fields.order["seen"] = f"{KNOWN} {known.fields['level']} {kind} {row[0]} {row[1]} {count} {again.fields}"
        """)
    (order_id,) = store.place(1, kind="guest")
    assert run_sync(connect(store)).imports.outcomes == {"Imported": 1}
    assert sales_order(order_id).fields["seen"] == (
        "['Known before'] gold CheckViolation 1.50 2026-01-31 2 {'a': ['b']}"
    )
    assert Client.objects.filter(name="By the script").exists()
    assert not Client.objects.filter(name="Taken back").exists()


@pytest.mark.django_db
def test_what_a_script_wrote_before_it_hung_in_the_database_is_taken_back(
    store: SandboxStore, install: Install, settings: Any
) -> None:
    """The statement is cancelled, and the import goes on with the same connection."""
    settings.SCRIPT_SECONDS = 3
    install("""
        from django.db import connection
        from counterfoil.sales.models import Client

        @hookimpl
        def counterfoil_convert(order):
            if order["customer_message"] == "hang":
                Client.objects.create(name="By the script")
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(600)")
        """)
    integration, bad, _ = three_orders(store)
    assert run_sync(integration).imports.outcomes == {"Imported": 2, "NotImported": 1}
    assert "took longer than 3 seconds" in web_order(bad).reason
    assert not Client.objects.filter(name="By the script").exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_script_does_on_commit_is_done_once_its_order_is_committed(
    store: SandboxStore, install: Install, tmp_path: Path
) -> None:
    """It sees the committed order; of an order that is not imported nothing is done."""
    install("""
        from functools import partial
        from pathlib import Path
        from django.db import transaction
        from counterfoil.sales.models import SalesOrder

        def tell(file):
            with transaction.atomic(), file.open("a") as lines:
                lines.write(f"{SalesOrder.objects.count()}\\n")

        @hookimpl
        def counterfoil_convert(order):
            transaction.on_commit(partial(tell, Path(__file__).with_name("told")))
            if order["customer_message"] == "hang":
                raise Refuse("Not this one.")
        """)
    integration, _, _ = three_orders(store)
    assert run_sync(integration).imports.outcomes == {"Imported": 2, "NotImported": 1}
    assert (tmp_path / "site" / "told").read_text() == "1\n2\n"


@pytest.mark.django_db
def test_a_script_costs_no_statement(store: SandboxStore, install: Install) -> None:
    """As many as where it runs inside the program."""
    install(HANGS.format(work="pass"))
    rules = scripts.installed(), scripts.loaded()
    counts = []
    integration = connect(store)
    fields = scripts.ScriptFields()
    for each in rules:
        with CaptureQueriesContext(connection) as seen, transaction.atomic():
            each.run({"customer_message": ""}, None, fields)  # type: ignore[arg-type]
        counts.append(len(seen))
    assert counts == [2, 2]  # the savepoint
    assert integration.pk


@pytest.mark.django_db(transaction=True)
def test_a_script_that_hangs_after_the_commit_of_each_order_is_soon_left_alone(
    store: SandboxStore, install: Install, settings: Any
) -> None:
    """The orders are imported all the same, and the last of them do not wait for it any longer."""
    settings.SCRIPT_SECONDS = 1
    install("""
        import time
        from django.db import transaction

        @hookimpl
        def counterfoil_convert(order):
            transaction.on_commit(lambda: time.sleep(600))
        """)
    orders = MOST_TRIES + 5
    store.place(orders, kind="guest")
    assert run_sync(connect(store), seconds=600.0).imports.outcomes == {"Imported": orders}
    assert PROCESSES.patience_after_commit.in_a_row == MOST_TRIES
