"""What is kept for a time only goes; what the sales data and the next comparison need stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from counterfoil.accounts.models import AuditEntry
from counterfoil.stores import retention
from counterfoil.stores.models import LogEntry, Payload
from tests.dispatch.factories import imported
from tests.factories import in_store, run_sync, web_order
from tests.platform.commands import run
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db(transaction=True)


def test_superseded_versions_and_old_lines_go_and_a_reimport_still_compares(store: SandboxStore) -> None:
    """Three versions: the first goes; the imported one and the one read last stay, however old."""
    number, integration = imported(store)
    for quantity in (4, 5):
        lines = in_store(store, number)["products"]
        store.edit(number, status_id=11, lines=[{"id": each["id"], "quantity": quantity} for each in lines])
        run_sync(integration)
    assert Payload.objects.count() == 3
    assert set(run("tidy", "--json").json.values()) == {0}
    long_ago = timezone.now() - timedelta(days=1000)
    Payload.objects.exclude(pk=web_order(number).payload_id).update(read_at=long_ago)
    LogEntry.objects.filter(pk__lte=LogEntry.objects.order_by("pk")[1].pk).update(at=long_ago)
    AuditEntry.objects.create(by="ada", what="Something old.", at=long_ago)
    Session.objects.create(session_key="old", expire_date=long_ago)
    removed = run("tidy", "--json").json
    of_the_api = {"idempotency_keys": 0, "api_acts": 0, "events": 0, "shipstation_notices": 0}
    assert removed == {"versions": 2, "log_lines": 2, "audit_lines": 1, "sessions": 1} | of_the_api
    assert run("check", "--books-only", "--json").json["findings"] == []
    Payload.objects.update(read_at=long_ago)
    assert run("tidy", "--json").json["versions"] == 0
    order = web_order(number)
    assert set(Payload.objects.values_list("pk", flat=True)) == {order.payload_id, order.imported_payload_id}
    store.edit(number, status_id=11)
    assert run_sync(integration).imports.outcomes["Unchanged"] == 1


def test_many_rows_go_in_batches_and_a_worker_that_is_to_stop_stops(store: SandboxStore, monkeypatch: Any) -> None:
    """After each batch it is asked whether to go on."""
    imported(store)
    monkeypatch.setattr(retention, "BATCH", 2)
    integration_id = LogEntry.objects.values_list("integration", flat=True)[0]
    lines = [LogEntry(integration_id=integration_id, kind="settings", text="Old.") for _ in range(7)]
    LogEntry.objects.bulk_create(lines)
    LogEntry.objects.filter(text="Old.").update(at=timezone.now() - timedelta(days=1000))
    answers = iter([True, True, False])
    before = timezone.now() - timedelta(days=900)
    assert retention.forget_lines(before, go_on=lambda: next(answers)) == 4
    assert retention.forget_lines(before, go_on=lambda: True) == 3
