"""Web integrations: connecting a store on the page, against a real sandbox store."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.accounts.models import AuditEntry
from counterfoil.dates import day_text
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.integrations.options import OF_FORM
from counterfoil.stores.models import LogEntry, StatusMapping, StoreState, WebIntegration
from counterfoil.web.integrations.settings_fields import explained
from counterfoil.web.integrations.settings_tabs import FORM_TABS, TabForm, fields_of
from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import ACCESS_TOKEN, CLIENT_SECRET, a_store, an_order

pytestmark = pytest.mark.django_db


def entered(store: SandboxStore | None = None, **other: Any) -> dict[str, Any]:
    """What a person enters to connect a store."""
    values: dict[str, Any] = {
        "code": "WEB-",
        "description": "Web shop",
        "api_path": store.api_path if store else "https://api.bigcommerce.com/stores/web",
        "access_token": store.token if store else ACCESS_TOKEN,
        "new_statuses": ["11"],
        "downloaded_status": "9",
        "error_status": "12",
        "unknown_product": "create",
        "accept_cents": "0",
        "poll_seconds": "60",
    }
    return values | other


def tab(integration: WebIntegration, name: str) -> str:
    """The address of a tab of its settings."""
    return reverse("integration-tab", args=[integration.pk, name])


def test_a_store_is_connected_and_orders_come(store: SandboxStore, manager: Client) -> None:
    """From the form to the first order in the sales data."""
    store.place(3)
    answer = manager.post(reverse("integration-add"), entered(store))
    integration = WebIntegration.objects.get()
    path = reverse("integration", args=[integration.pk])
    assert answer["Location"].startswith(path)
    run_sync(integration)
    page = manager.get(answer["Location"], headers={"HX-Request": "true", "HX-Target": "condition"}).content.decode()
    assert "Done." in page
    assert "3 imported" in page
    assert "3 sent to the store" in page
    assert "3 sales orders" in manager.get(reverse("orders")).content.decode()


def test_the_test_names_what_works(store: SandboxStore, manager: Client) -> None:
    """Before anything is saved, and whatever is wrong with the other fields."""
    sent = entered(store, code="", description="", test="1")
    page = manager.post(reverse("integration-add"), sent, headers={"HX-Request": "true"}).content.decode()
    assert "the access token works" in page
    assert "Orders can be updated." in page
    assert "<html" not in page
    assert not WebIntegration.objects.exists()


def test_the_test_names_each_missing_permission(store: SandboxStore, manager: Client) -> None:
    """In the words that BigCommerce's own page of permissions uses."""
    store.set(scopes=["store_v2_orders_read_only"])
    sent = entered(store, test="1")
    page = manager.post(reverse("integration-add"), sent, headers={"HX-Request": "true"}).content.decode()
    assert "doesn’t work" in page
    assert re.search("Information", page)


def test_a_wrong_token_is_called_so(store: SandboxStore, manager: Client) -> None:
    """Without JavaScript too: the whole form comes back with what was entered, but for the secrets."""
    sent = entered(store, access_token="wrong-token-entered", client_id="ours", test="1")
    page = manager.post(reverse("integration-add"), sent).content.decode()
    assert "doesn’t work" in page
    assert 'value="ours"' in page
    assert "wrong-token-entered" not in page


def test_the_stored_token_is_used_where_none_is_entered(store: SandboxStore, manager: Client) -> None:
    """A test of a saved web integration needs no secret again."""
    integration = connect(store)
    path = reverse("integration-edit", args=[integration.pk])
    sent = entered(store, access_token="", test="1")
    assert "the access token works" in manager.post(path, sent).content.decode()


def test_an_empty_secret_keeps_the_present_one(manager: Client) -> None:
    """Secrets are written, never read."""
    integration = a_store()
    path = reverse("integration-edit", args=[integration.pk])
    manager.post(path, entered(access_token="", client_secret="", description="New name"))
    integration.refresh_from_db()
    assert integration.description == "New name"
    assert integration.access_token.reveal() == ACCESS_TOKEN
    assert integration.client_secret.reveal() == CLIENT_SECRET


def test_a_new_secret_takes_the_place_of_the_old_one_and_is_logged_by_name_only(manager: Client) -> None:
    """The log says that it was replaced and by whom."""
    integration = a_store()
    manager.post(reverse("integration-edit", args=[integration.pk]), entered(access_token="tok-new"))
    integration.refresh_from_db()
    assert integration.access_token.reveal() == "tok-new"
    text = LogEntry.objects.get().text
    assert "access token (replaced)" in text
    assert "tok-new" not in text
    assert text.startswith("manager ")
    written = AuditEntry.objects.get(about="WEB-")
    assert (written.by, written.what, written.about) == (
        "manager",
        "Changed settings: Client ID, Access token replaced.",
        "WEB-",
    )
    assert (
        f"Set on {day_text(timezone.now())}"
        in manager.get(reverse("integration-edit", args=[integration.pk])).content.decode()
    )


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("code", "WEB1", "must end in a letter or symbol"),
        ("api_path", "https://evil.example/stores/web", "may not send requests to"),
        ("downloaded_status", "11", "again and again"),
        ("error_status", "4", "can’t be used here"),
        ("error_status", "9", "so people can see which orders failed"),
        ("poll_seconds", "3", "greater than or equal to 10"),
        ("answer_seconds", "500", "less than or equal to 120"),
        ("access_token", "", "Enter the access token"),
        ("new_statuses", [], "required"),
    ],
)
def test_what_cannot_work_is_refused_next_to_its_field(field: str, value: Any, sentence: str, manager: Client) -> None:
    """The reason stands at the field, and all else that was entered is kept."""
    answer = manager.post(reverse("integration-add"), entered(description="Kept as entered", **{field: value}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'id="id_{field}_error".*?{sentence}', page, re.DOTALL)
    assert "Kept as entered" in page
    assert not WebIntegration.objects.exists()


def test_a_mapping_onto_a_new_order_status_is_refused(manager: Client) -> None:
    """It would import the order again and again."""
    new = OrderStatus.objects.get(role="initial")
    answer = manager.post(reverse("integration-add"), entered(**{f"map_{new.pk}": "11"}))
    assert re.search(rf'id="id_map_{new.pk}_error".*?again and again', answer.content.decode(), re.DOTALL)


def test_the_mapping_is_saved_and_shown_again(manager: Client) -> None:
    """One row for each order status; what is not assigned has none."""
    shipped = OrderStatus.objects.get(role="shipped")
    manager.post(reverse("integration-add"), entered(push_status="on", **{f"map_{shipped.pk}": "2"}))
    integration = WebIntegration.objects.get()
    assert list(integration.status_mapping.values_list("order_status", "status_id")) == [(shipped.pk, 2)]
    page = manager.get(tab(integration, "mapping")).content.decode()
    selected = re.search(rf'name="map_{shipped.pk}".*?<option value="2" selected>', page, re.DOTALL)
    assert selected


def test_the_code_stays_once_orders_were_seen(manager: Client) -> None:
    """Import IDs are built from it."""
    integration = a_store()
    an_order(integration)
    path = reverse("integration-edit", args=[integration.pk])
    manager.post(path, entered(code="OTHER-"))
    integration.refresh_from_db()
    assert integration.code == "WEB-"
    assert re.search(r'name="code"[^>]*disabled', manager.get(path).content.decode())


def test_pausing_and_resuming(manager: Client) -> None:
    """The condition says so, and the log who did it."""
    integration = a_store()
    manager.post(reverse("integration-pause", args=[integration.pk]))
    assert "Paused" in manager.get(reverse("integrations")).content.decode()
    manager.post(reverse("integration-resume", args=[integration.pk]))
    assert "Connected" in manager.get(reverse("integrations")).content.decode()
    assert list(LogEntry.objects.values_list("text", flat=True)) == [
        "manager changed paused: True → False.",
        "manager changed paused: False → True.",
    ]
    assert list(AuditEntry.objects.filter(about="WEB-").order_by("pk").values_list("what", flat=True)) == [
        "Paused the store.",
        "Resumed the store.",
    ]
    assert "No order is lost" in manager.get(reverse("integration", args=[integration.pk])).content.decode()


def test_each_setting_stands_on_one_tab_with_what_it_does_and_what_is_recommended(manager: Client) -> None:
    """The tabs are links; each has a form of its own with its fields and no others, explained next to them."""
    integration = a_store()
    options = {option.name: option for option in OF_FORM if not option.has_button}
    assert {name for each in FORM_TABS for name in fields_of(each)} == set(options)
    for each in FORM_TABS:
        page = manager.get(tab(integration, each.name)).content.decode()
        assert f'aria-current="page">{each.title}</a>' in page
        shown = {name for name in options if re.search(rf'name="{name}"', page)}
        assert shown == set(fields_of(each))
        for name in shown:
            assert str(explained(options[name].help)) in page
    assert manager.get(tab(integration, "nowhere")).status_code == 404


def test_a_tab_saves_its_own_settings_and_stays_open(manager: Client) -> None:
    """What the other tabs set, unticked boxes and secrets among it, stays as it is."""
    integration = a_store(push_status=True, match_by_address=True, staff_notes=True, poll_seconds=90)
    shipped = OrderStatus.objects.get(role="shipped")
    StatusMapping.objects.create(integration=integration, order_status=shipped, status_id=2)
    orders = {name: entered()[name] for name in ("downloaded_status", "error_status", "unknown_product")}
    sent = orders | {"new_statuses": ["11", "7"], "accept_cents": "5", "poll_seconds": "120", "answer_seconds": "30"}
    answer = manager.post(tab(integration, "orders"), sent, follow=True)
    assert answer.redirect_chain == [(tab(integration, "orders"), 302)]
    assert "Saved." in answer.content.decode()
    manager.post(tab(integration, "shipments"), {"take_over_shipments": "on"})
    integration.refresh_from_db()
    assert (sorted(integration.new_statuses), integration.accept_cents, integration.poll_seconds) == ([7, 11], 5, 120)
    assert (integration.take_over_shipments, integration.staff_notes) == (True, False)
    assert (integration.push_status, integration.match_by_address) == (True, True)
    assert integration.access_token.reveal() == ACCESS_TOKEN
    assert StatusMapping.objects.get().status_id == 2


def test_what_another_tab_stands_against_is_refused_with_what_was_entered(manager: Client) -> None:
    """A new order status that the mapping leads to; the tab that was saved is open, its input is kept."""
    integration = a_store()
    released = OrderStatus.objects.get(name="Released")
    StatusMapping.objects.create(integration=integration, order_status=released, status_id=7)
    sent = {name: entered()[name] for name in ("downloaded_status", "error_status", "unknown_product", "accept_cents")}
    answer = manager.post(tab(integration, "orders"), sent | {"new_statuses": ["7"], "poll_seconds": "77"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-current="page">Orders in</a>' in page
    assert "The order status mapping uses it." in page
    assert 'value="77"' in page


def test_the_store_setup_says_what_a_person_has_to_correct(manager: Client) -> None:
    """A refused access token stands above the field for it; a store that is only out of reach is not blamed on it."""
    integration = a_store()
    path = reverse("integration-edit", args=[integration.pk])
    StoreState.objects.update(trouble_code="unreachable", trouble="Can’t reach BigCommerce.")
    assert "can’t be reached" not in manager.get(path).content.decode()
    StoreState.objects.update(trouble_code="credentials", trouble="BigCommerce refuses the access token.")
    assert "BigCommerce refuses the access token." in manager.get(path).content.decode()


@pytest.mark.parametrize("name", ["names", "fields", "catalog"])
def test_what_has_a_page_of_its_own_stands_among_the_tabs(name: str, manager: Client, clerk: Client) -> None:
    """For those who may change settings; a clerk sees the page without them."""
    integration = a_store()
    path = reverse(f"integration-{name}", args=[integration.pk])
    assert f'<a href="{path}" aria-current="page">' in manager.get(path).content.decode()
    assert "settings-tabs" not in clerk.get(path).content.decode()


def sent_untouched(manager: Client, integration: WebIntegration, name: str) -> dict[str, Any]:
    """What a browser sends of a tab where nothing was entered: each field, and what the form showed of it."""
    shown = next(each for each in FORM_TABS if each.name == name)
    form = TabForm(None, integration=integration, only=fields_of(shown), maps=name == "mapping")
    page = manager.get(tab(integration, name)).content.decode()
    sent: dict[str, Any] = {}
    for field in form:
        value = "" if field.value() is None else field.value()
        assert f'name="{field.html_initial_name}"' in page
        sent[field.html_initial_name] = value
        if value is not False:
            sent[field.html_name] = "on" if value is True else value
    return sent


def test_what_someone_else_changed_meanwhile_stays(manager: Client) -> None:
    """A form that was opened before: of each field only what the person changed is written, of the mapping too."""
    integration = a_store(push_status=False)
    released, closed = (OrderStatus.objects.get(name=name) for name in ("Released", "Closed"))
    orders, mapping = (sent_untouched(manager, integration, name) for name in ("orders", "mapping"))
    WebIntegration.objects.update(poll_seconds=120, reconcile_nightly=False, new_statuses=[11, 7], push_status=True)
    StatusMapping.objects.create(integration=integration, order_status=released, status_id=8)
    assert manager.post(tab(integration, "orders"), orders | {"accept_cents": "5"}).status_code == 302
    answer = manager.post(tab(integration, "mapping"), mapping | {f"map_{closed.pk}": "10"})
    if answer.status_code == 422:
        confirmed = re.search(r'name="confirmed" value="(\w+)"', answer.content.decode())
        assert confirmed
        again = mapping | {f"map_{closed.pk}": "10", "confirmed": confirmed[1]}
        assert manager.post(tab(integration, "mapping"), again).status_code == 302
    integration.refresh_from_db()
    assert (integration.accept_cents, integration.poll_seconds, integration.reconcile_nightly) == (5, 120, False)
    assert (sorted(integration.new_statuses), integration.push_status) == ([7, 11], True)
    assert dict(integration.status_mapping.values_list("order_status", "status_id")) == {released.pk: 8, closed.pk: 10}


def test_a_switch_is_still_turned_off(manager: Client) -> None:
    """A box that is not ticked is not sent at all."""
    integration = a_store(push_status=True)
    sent = sent_untouched(manager, integration, "mapping")
    del sent["push_status"]
    assert manager.post(tab(integration, "mapping"), sent).status_code == 302
    integration.refresh_from_db()
    assert integration.push_status is False
