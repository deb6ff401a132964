"""The metrics tell what stands in the tables, to those who may read them, at the same cost however much there is."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from counterfoil.accounts.models import AuditEntry, Mail, Person, RequiredSecondFactor, Role
from counterfoil.accounts.signals import AT_MOST
from counterfoil.api.rate_limit import TRIES
from counterfoil.platform.monitoring.metrics import metrics_text
from counterfoil.sales.models import SalesOrder, Shipment
from counterfoil.stores.models import LogEntry, StoreState, StoreUpdate, UpdateKind, UpdateState, WebIntegration
from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import ACCESS_TOKEN, a_person, a_refused_order, a_shipment, a_store, an_order
from tests.web.login_helpers import log_in, set_up_second_factor

pytestmark = pytest.mark.django_db
TOKEN = "metrics-token-of-the-tests"


def samples() -> dict[str, dict[tuple[str, ...], float]]:
    """All samples by name, each by the values of its labels, the store first."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(metrics_text().decode()):
        for sample in family.samples:
            names = sorted(sample.labels, key=lambda name: (name != "store", name))
            found.setdefault(sample.name, {})[tuple(sample.labels[name] for name in names)] = sample.value
    return found


@pytest.fixture
def store() -> WebIntegration:
    """One that was connected before its orders came."""
    integration = a_store()
    WebIntegration.objects.update(created_at=timezone.now() - timedelta(days=30))
    return integration


def test_orders_and_updates_are_counted_by_what_became_of_them(store: WebIntegration) -> None:
    """Since midnight, each outcome of each store from nothing on."""
    an_order(store, 1)
    an_order(store, 2)
    LogEntry.objects.create(integration=store, kind="not_imported", text="No lines.")
    LogEntry.objects.create(integration=store, kind="sent", text="Sent.")
    LogEntry.objects.create(integration=store, kind="settings", text="Changed.")
    yesterday = LogEntry.objects.create(integration=store, kind="imported", text="Imported.")
    LogEntry.objects.filter(pk=yesterday.pk).update(at=timezone.now() - timedelta(days=1))
    found = samples()
    assert found["counterfoil_orders_total"][("WEB-", "imported")] == 2
    assert found["counterfoil_orders_total"][("WEB-", "not_imported")] == 1
    assert found["counterfoil_orders_total"][("WEB-", "ignored")] == 0
    assert found["counterfoil_orders_seen_total"][("WEB-",)] == 3
    assert found["counterfoil_updates_total"] == {("WEB-", "sent"): 1, ("WEB-", "not_sent"): 0}


def test_what_is_undone_is_counted_with_its_age(store: WebIntegration) -> None:
    """Updates by state, what needs a person, and what is due since when."""
    order = an_order(store, 1)
    a_shipment(order, sent=False)
    web_order = a_refused_order(store, 2)
    ago = timezone.now() - timedelta(minutes=10)
    StoreUpdate.objects.create(web_order=web_order, status_id=9, state=UpdateState.WAITING, created_at=ago, due_at=ago)
    Mail.objects.create(to="ada@example.com", subject="x", due_at=ago)
    StoreState.objects.update(due_at=ago)
    found = samples()
    undone = found["counterfoil_updates_undone"]
    assert (undone[("WEB-", "waiting")], undone[("WEB-", "failed")], undone[("WEB-", "sending")]) == (1, 1, 0)
    assert 600 <= found["counterfoil_updates_undone_oldest_seconds"][("WEB-", "waiting")] < 660
    assert found["counterfoil_attention"][("WEB-", "order")] == 1
    assert found["counterfoil_attention"][("WEB-", "update")] == 1
    assert found["counterfoil_queue_length"] == {("stores",): 1, ("updates",): 1, ("mails",): 1}
    for queue in ("stores", "updates", "mails"):
        assert 600 <= found["counterfoil_queue_oldest_seconds"][(queue,)] < 660


def test_each_store_tells_how_it_is(store: WebIntegration) -> None:
    """Its quota, its orders by status, whether it is paused or waits and why."""
    WebIntegration.objects.update(paused=True)
    StoreState.objects.update(trouble_code="credentials", trouble="Refused.", visited_at=timezone.now())
    found = samples()
    assert found["counterfoil_store_waiting"] == {("WEB-", "credentials"): 1}
    assert found["counterfoil_store_paused"] == {("WEB-",): 1}
    assert found["counterfoil_store_api_quota"] == {("WEB-",): 150}
    assert found["counterfoil_store_api_quota_left"] == {("WEB-",): 120}
    assert found["counterfoil_store_orders"][("WEB-", "7")] == 14
    assert 0 <= found["counterfoil_store_last_visit_seconds"][("WEB-",)] < 60
    assert found["counterfoil_store_api_calls_total"] == {(store.code,): 0}


def test_requests_to_a_store_are_counted_over_all_syncs(sandbox_process: SandboxStore, settings: Any) -> None:
    """The calls of two syncs are there together."""
    sandbox_process.reset()
    settings.API_ORIGINS = [sandbox_process.origin]
    integration = connect(sandbox_process)
    calls = run_sync(integration).api_calls + run_sync(integration).api_calls
    assert calls > 0
    assert samples()["counterfoil_store_api_calls_total"] == {("WEB-",): calls}


def test_both_ways_are_histograms(store: WebIntegration) -> None:
    """Cumulative buckets, their sum and count; what took longer than a day stands in the last."""
    now = timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number, seconds in ((1, 0.5), (2, 4), (3, 45), (4, 200_000)):
        order = an_order(store, number)
        SalesOrder.objects.filter(pk=order.pk).update(
            order_date=midnight, created_at=midnight + timedelta(seconds=seconds)
        )
    shipment = a_shipment(SalesOrder.objects.get(import_id="WEB-1"))
    Shipment.objects.filter(pk=shipment.pk).update(processed_at=midnight)
    StoreUpdate.objects.filter(kind=UpdateKind.CREATE).update(ended_at=midnight + timedelta(seconds=7))
    found = samples()
    buckets = found["counterfoil_import_seconds_bucket"]
    wanted = {"1.0": 1, "5.0": 2, "30.0": 2, "60.0": 3, "86400.0": 3, "+Inf": 4}
    assert {bound: buckets[("WEB-", bound)] for bound in wanted} == wanted
    assert found["counterfoil_import_seconds_count"][("WEB-",)] == 4
    assert found["counterfoil_import_seconds_sum"][("WEB-",)] == pytest.approx(200_049.5)
    assert found["counterfoil_shipment_seconds_bucket"][("WEB-", "10.0")] == 1
    assert found["counterfoil_shipment_seconds_bucket"][("WEB-", "5.0")] == 0


def test_the_last_worker_is_told(store: WebIntegration) -> None:
    """For an alarm when none is there."""
    assert samples()["counterfoil_worker_seen_seconds"][()] == float("inf")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 s')")
    assert 5 <= samples()["counterfoil_worker_seen_seconds"][()] < 30
    assert store.pk


def test_metrics_ask_little_however_much_there_is(store: WebIntegration, django_assert_max_num_queries: Any) -> None:
    """Fifteen statements at most; the number of stores and orders does not matter."""
    for number in range(20):
        an_order(a_store(f"S{number}-"), number + 100)
        a_refused_order(store, number + 200)
    with django_assert_max_num_queries(15):
        metrics_text()


def test_metrics_hold_no_secret_and_no_client(store: WebIntegration) -> None:
    """Import source codes and numbers only."""
    a_shipment(an_order(store, 1))
    text = metrics_text().decode()
    for hidden in (ACCESS_TOKEN, "Lovelace", "WEB-1\n", "Paper & Co"):
        assert hidden not in text


@pytest.mark.parametrize(
    ("token", "given", "answer"),
    [
        (TOKEN, f"Bearer {TOKEN}", 200),
        (TOKEN, f"bearer {TOKEN}", 200),
        (TOKEN, "Bearer wrong", 403),
        (TOKEN, f"Basic {TOKEN}", 403),
        (TOKEN, TOKEN, 403),
        (TOKEN, "", 403),
        ("", "Bearer ", 403),
        ("", "", 403),
    ],
)
def test_only_the_token_opens_them(token: str, given: str, answer: int, settings: Any) -> None:
    """Without one in the settings nothing does."""
    settings.METRICS_TOKEN = token
    got = Client().get("/metrics", headers={"Authorization": given})
    assert got.status_code == answer
    assert ("counterfoil_queue_length" in got.content.decode()) == (answer == 200)


def test_a_person_has_done_first_what_comes_before_the_pages(settings: Any) -> None:
    """A password of their own, and a second factor where the role needs one; Prometheus has its token."""
    settings.METRICS_TOKEN = TOKEN
    root = a_person(Role.ADMINISTRATOR, "root")
    browser = logged_in_as(root)
    assert browser.get("/metrics").status_code == 200
    RequiredSecondFactor.objects.create(role=Role.ADMINISTRATOR)
    assert browser.get("/metrics")["Location"] == reverse("mfa_activate_totp")
    assert browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    set_up_second_factor(browser)
    assert browser.get("/metrics").status_code == 200
    Person.objects.filter(pk=root.pk).update(must_change_password=True)
    assert browser.get("/metrics")["Location"] == reverse("password")
    assert logged_in_as(a_person(Role.MANAGER, "mira")).get("/metrics").status_code == 403


def test_a_password_without_its_second_factor_reads_no_metrics() -> None:
    """The login that waits for a code is none."""
    a_person(Role.ADMINISTRATOR, "root")
    browser = Client()
    log_in(browser, "root")
    set_up_second_factor(browser)
    browser.post(reverse("logout"))
    assert log_in(browser, "root")["Location"] == reverse("mfa_authenticate")
    assert browser.get("/metrics").status_code == 403


def test_whoever_guesses_the_token_waits(settings: Any) -> None:
    """The right one from elsewhere is heard all the same; so is it from there."""
    settings.METRICS_TOKEN = TOKEN
    wrong = {"Authorization": "Bearer wrong"}
    answers = [Client().get("/metrics", headers=wrong, REMOTE_ADDR="203.0.113.9").status_code for _ in range(TRIES + 1)]
    assert answers == [403] * TRIES + [429]
    right = {"Authorization": f"Bearer {TOKEN}"}
    assert Client().get("/metrics", headers=right, REMOTE_ADDR="203.0.113.9").status_code == 200
    tried = AuditEntry.objects.filter(what="Tried a wrong metrics token.", address="203.0.113.9")
    assert (tried.count(), AuditEntry.objects.count()) == (AT_MOST, AT_MOST)
