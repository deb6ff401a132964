"""The pages of reconciliation: asking, watching, repair, and what the night's mail says."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.stores.models import Difference, Reconciliation, WebOrder
from tests.factories import connect, run_sync
from tests.platform.commands import run
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import ODD, a_store, an_order
from tests.web.factories.users import a_reader, look

pytestmark = pytest.mark.django_db
INDEX = "/reconciliation/"


def asked(store: Any, first: str = "2026-11-01", last: str = "2026-11-07") -> dict[str, Any]:
    """What the form sends."""
    return {"store": store.pk, "first_day": first, "last_day": last}


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_without_a_store_it_says_what_comes_first(viewer: Client, clerk: Client) -> None:
    """And with one a clerk finds the last seven days already filled in; a viewer finds no form."""
    assert "No store connected yet" in text(viewer, INDEX)
    a_store()
    assert 'name="first_day"' not in text(viewer, INDEX)
    page = text(clerk, INDEX)
    assert page.count('type="date"') == 2
    assert 'value=""' not in page
    assert "No comparisons yet" in page


def test_what_is_missing_is_found_by_the_worker_and_resolved_together(store: SandboxStore, clerk: Client) -> None:
    """From the form to the imported orders; each row says what was asked for."""
    integration = connect(store)
    numbers = store.place(3, kind="guest", status_id=StatusId.SHIPPED)
    today = timezone.now().date()
    sent = asked(integration, str(today - timedelta(days=2)), str(today + timedelta(days=1)))
    answer = clerk.post(reverse("reconciliation-ask"), sent, follow=True)
    there = answer.redirect_chain[-1][0]
    assert "Comparing …" in answer.content.decode()
    run_sync(integration)
    page = text(clerk, there)
    assert "Differences found" in page
    assert page.count("Import this order") == 3
    assert "Fix all 3" in page
    said = clerk.post(f"{there}mend/", {"next": there}, follow=True).content.decode()
    assert "3 rows will be fixed within seconds." in said
    assert "Import this order" not in said
    run_sync(integration)
    assert WebOrder.objects.filter(bigcommerce_order_id__in=numbers, state="imported").count() == 3
    clerk.post(reverse("reconciliation-ask"), sent)
    run_sync(integration)
    assert "Everything matches" in text(clerk, f"/reconciliation/{Reconciliation.objects.latest('pk').pk}/")


def test_a_period_that_cannot_be_compared_says_why_and_stays_in_the_form(clerk: Client) -> None:
    """Backwards, years long, no date at all, or a second one at the same time."""
    shop = a_store()

    def refused(**sent: Any) -> str:
        answer = clerk.post(reverse("reconciliation-ask"), asked(shop) | sent)
        assert answer.status_code == 422
        return answer.content.decode()

    page = refused(first_day="2026-11-09")
    assert "The period ends before it starts." in page
    assert 'value="2026-11-09"' in page
    assert "Choose at most one year." in refused(first_day="2020-01-01")
    assert "Enter a valid date." in refused(first_day="2026-02-31")
    assert clerk.post(reverse("reconciliation-ask"), asked(shop)).status_code == 302
    assert "already being compared" in refused()


def test_long_lists_come_in_pages_and_narrow_to_a_kind(clerk: Client, django_assert_max_num_queries: Any) -> None:
    """With odd names, in few statements; the file is safe for a spreadsheet."""
    shop = a_store(description=ODD)
    found = Reconciliation.objects.create(
        integration=shop, first_day="2026-11-01", last_day="2026-11-07", ended_at=timezone.now(), orders=400
    )
    Difference.objects.bulk_create(
        Difference(
            reconciliation=found,
            kind="total" if number % 2 else "missing",
            is_off=True,
            bigcommerce_order_id=number,
            web_order=an_order(shop, number, text=ODD).web_order if number < 5 else None,
            sentence=f"=1+1 {ODD}",
        )
        for number in range(1, 121)
    )
    path = f"/reconciliation/{found.pk}/"
    with django_assert_max_num_queries(15):
        page = text(clerk, path)
    assert "Page 1 of 3" in page
    assert "<script>alert" not in page
    assert text(clerk, f"{path}?kind=total-off&page=2").count('id="difference-') == 10
    assert "Page 1 of 3" in text(clerk, f"{path}?kind=nonsense&page=nonsense")
    lines = text(clerk, f"{path}csv/")
    assert "'=1+1" in lines
    assert lines.count("\r\n") == 121


def test_the_night_is_mailed_once_to_whoever_chose_that(settings: Any) -> None:
    """The same differences the night after are not told; others are."""
    settings.CAN_MAIL, settings.ADDRESS = True, "https://orders.shop.example"
    reader, shop, now = a_reader(differences=True), a_store(), timezone.now()

    def a_night(*numbers: int, by: str = "") -> None:
        found = Reconciliation.objects.create(
            integration=shop, first_day="2026-11-01", last_day="2026-11-07", ended_at=now, asked_by=by
        )
        for number in numbers:
            found.differences.create(kind="missing", is_off=True, bigcommerce_order_id=number, sentence="Missing.")

    def mails(minutes: int) -> list[Any]:
        look(reader, now + timedelta(minutes=minutes))
        return look(reader, now + timedelta(minutes=minutes + 2))

    a_night()
    a_night(5, by="clerk")
    assert mails(0) == []
    a_night(10, 11)
    (mail,) = mails(120)
    assert "2 orders differ from the store: WEB-10, WEB-11." in mail.text.reveal()
    assert f"https://orders.shop.example/reconciliation/{Reconciliation.objects.latest('pk').pk}/" in mail.text.reveal()
    a_night(10, 11)
    assert len(mails(240)) == 1
    a_night(12)
    assert len(mails(360)) == 2


def test_the_command_compares_and_says_what_is_off(store: SandboxStore) -> None:
    """Exit codes, JSON, and the table for people."""
    assert run("reconcile", "NO-").code == 2
    integration = connect(store)
    store.place(2, kind="guest")
    run_sync(integration)
    well = run("reconcile", "WEB-", "--json")
    assert well.code == 0, well
    (row,) = well.json
    assert (row["orders"], row["alike"], row["off"], row["api_calls"], row["trouble"]) == (2, 2, 0, 1, "")
    (missing,) = store.place(1, kind="guest", status_id=StatusId.SHIPPED)
    ended = run("reconcile", "WEB-")
    assert ended.code == 1
    assert f"WEB-{missing}" in ended.said
    (row,) = run("reconcile", "--json").json
    assert row["differences"][0] | {"sentence": "", "next_step": ""} == {
        "bigcommerce_order_id": missing,
        "import_id": f"WEB-{missing}",
        "kind": "missing",
        "off": True,
        "ours": "",
        "theirs": "Shipped",
        "sentence": "",
        "next_step": "",
    }
    assert run("reconcile", "WEB-", "--from", "2026-03-02", "--to", "2026-03-01").code == 2
    store.fault("GET", "/orders", status=401)
    refused = run("reconcile", "WEB-")
    assert (refused.code, "refuses the access token" in refused.complained) == (3, True), refused


def test_what_was_compared_last_comes_first(viewer: Client) -> None:
    """Also where one that was asked for before has differences."""
    store, ended = a_store(), timezone.now()
    made = [
        Reconciliation.objects.create(integration=store, first_day=day, last_day=day, ended_at=ended)
        for day in (ended.date() - timedelta(days=back) for back in (9, 5, 7))
    ]
    an_order(store)
    page = text(viewer, INDEX)
    places = [page.index(f'id="reconciliation-{each.pk}"') for each in made]
    assert places == sorted(places, reverse=True)
