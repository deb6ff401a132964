"""Custom fields are defined, mapped and tried; methods get names; without scripts too."""

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import FieldDefinition, FieldScope, FieldType
from counterfoil.stores.models import FieldMapping, NameKind, NameMapping, WebIntegration
from counterfoil.web.integrations.expression_examples import examples_for
from tests.factories import connect, fresh, run_sync, sales_order
from tests.sandbox_store import SandboxStore
from tests.web.factories.clients_and_products import some_fields, some_names
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db


def test_a_field_is_defined_renamed_moved_and_retired(manager: Client) -> None:
    """Its name is made of its label and stays; its choices come one on each line."""
    sent = {"scope": "order", "type": "choice", "label": "Delivery window", "choices": "Morning\r\n\r\nEvening\r\n"}
    manager.post(reverse("field-add"), sent)
    manager.post(reverse("field-add"), {"scope": "order", "type": "text", "label": "Gift"})
    window, gift = FieldDefinition.objects.all()
    assert (window.name, window.choices) == ("delivery_window", ["Morning", "Evening"])
    path = reverse("field-edit", args=[window.pk])
    manager.post(path, {"act": "save", "label": "Window", "choices": "Morning\nNoon"})
    manager.post(path, {"act": "down"})
    manager.post(path, {"act": "retire"})
    assert [each.label for each in FieldDefinition.objects.all()] == ["Gift", "Window"]
    window.refresh_from_db()
    assert (window.name, window.choices, window.retired) == ("delivery_window", ["Morning", "Noon"], True)
    manager.post(path, {"act": "bring_back"})
    window.refresh_from_db()
    assert not window.retired
    assert not gift.retired


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"scope": "order", "type": "text", "label": ""}, "A field needs a label"),
        ({"scope": "order", "type": "choice", "label": "C"}, "A choice needs something to choose from."),
        ({"scope": "house", "type": "text", "label": "C"}, "Choose what the field belongs to"),
        ({"scope": "order", "type": "text", "label": "C", "name": "Not a name"}, "isn’t a valid field name"),
    ],
)
def test_a_field_that_cannot_be_says_why_and_keeps_what_was_typed(
    sent: dict[str, str], said: str, manager: Client
) -> None:
    """Nothing is made of it."""
    answer = manager.post(reverse("field-add"), sent)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert f'name="label" value="{sent["label"]}"' in answer.content.decode()
    assert not FieldDefinition.objects.exists()


def test_an_expression_is_tried_on_the_order_that_is_asked_for(store: SandboxStore, manager: Client) -> None:
    """By its number or import ID, without scripts; the latest one if none is named."""
    integration = connect(store)
    first, last = store.place(1, kind="registered"), store.place(1, kind="registered")
    run_sync(integration)
    field = some_fields()[0]
    path = reverse("integration-field", args=[integration.pk, field.pk])
    for asked, number in (("", last[0]), (str(first[0]), first[0]), (f"WEB-{first[0]}", first[0])):
        page = manager.post(path, {"expression": "string(order.id)", "order": asked, "try": "1"}).content.decode()
        assert f"On WEB-{number}:" in page
        assert f'<strong class="pre">{number}</strong>' in page
    page = manager.post(path, {"expression": "order.id", "order": "999999", "try": "1"}).content.decode()
    assert "No order 999999 from this store yet." in page


def test_an_expression_for_lines_is_tried_on_each_of_them(store: SandboxStore, manager: Client) -> None:
    """With the line it is for."""
    integration = connect(store)
    (number,) = store.place(1, kind="registered")
    run_sync(integration)
    some_fields()
    field = FieldDefinition.objects.get(scope=FieldScope.LINE)
    path = reverse("integration-field", args=[integration.pk, field.pk])
    page = manager.post(path, {"expression": "line.sku", "try": "1"}).content.decode()
    for line in store.order(number)["lines"]:
        assert f'<strong class="pre">{line["sku"]}</strong>' in page


def test_the_examples_on_the_page_give_a_value_that_fits_or_none(store: SandboxStore, manager: Client) -> None:
    """For each scope and type: whoever copies one is not met by an error."""
    integration = connect(store)
    store.place(1, kind="registered")
    run_sync(integration)
    for scope in FieldScope:
        for kind in FieldType:
            choices = ["Domestic", "Abroad", "Download", "Parcel", "Private", "Company"] if kind == "choice" else []
            field = FieldDefinition.objects.create(
                scope=scope, name=f"a_{kind.value}", label=f"A {kind.value}", type=kind, choices=choices
            )
            path = reverse("integration-field", args=[integration.pk, field.pk])
            for expression in examples_for(field):
                answer = manager.post(path, {"expression": expression, "try": "1"})
                assert expression in answer.context["examples"]
                tried = answer.context["attempt"].tried
                assert [each.error for each in tried if each.error] == [], expression


def test_a_mapping_is_saved_checked_and_taken_away(store: SandboxStore, manager: Client) -> None:
    """What is no expression is refused in words; the check names the orders it would fail on."""
    integration = connect(store)
    numbers = store.place(2, kind="registered")
    run_sync(integration)
    field = some_fields()[0]
    path = reverse("integration-field", args=[integration.pk, field.pk])
    answer = manager.post(path, {"expression": "order.(", "save": "1"})
    assert (answer.status_code, "The expression isn’t valid" in answer.content.decode()) == (422, True)
    page = manager.post(path, {"expression": "order.nothing_there", "required": "1", "check": "1"}).content.decode()
    assert "It fails on 2 of the last 2 orders." in page
    assert all(f"<td>WEB-{number}</td>" in page for number in numbers)
    manager.post(path, {"expression": "order.payment_method", "required": "1", "save": "1"})
    mapping = FieldMapping.objects.get()
    assert (mapping.expression, mapping.required) == ("order.payment_method", True)
    page = manager.get(reverse("integration-fields", args=[integration.pk])).content.decode()
    assert "The order isn’t imported" in page
    manager.post(path, {"remove": "1"})
    assert not FieldMapping.objects.exists()


def test_methods_get_names_and_a_default_that_the_next_order_has(store: SandboxStore, manager: Client) -> None:
    """Only what was changed is written; imported orders stay as they are."""
    integration = connect(store)
    (before,) = store.place(1, kind="registered")
    run_sync(integration)
    seen = NameMapping.objects.get(kind=NameKind.PAYMENT)
    path = reverse("integration-names", args=[integration.pk])
    assert seen.store_name in manager.get(path).content.decode()
    sent = {f"name-{seen.pk}": "Card", "shipping-default": "Van", "shipping-new": "Pigeon", "shipping-new-name": "Air"}
    manager.post(path, sent)
    assert "Nothing was changed." in manager.post(path, {f"name-{seen.pk}": "Card"}, follow=True).content.decode()
    assert NameMapping.objects.get(store_name="Pigeon").name == "Air"
    (after,) = store.place(1, kind="registered")
    run_sync(fresh(integration))
    assert (sales_order(after).payment_method, sales_order(after).ship_via) == ("Card", "Van")
    assert sales_order(before).payment_method == seen.store_name


def test_a_name_that_is_too_long_is_refused_and_none_of_them_is_saved(manager: Client) -> None:
    """All or none; what was typed stays."""
    integration = a_store()
    some_names(integration)
    one, other = NameMapping.objects.all()
    sent = {f"name-{one.pk}": "Fine", f"name-{other.pk}": "x" * 201}
    answer = manager.post(reverse("integration-names", args=[integration.pk]), sent)
    assert (answer.status_code, 'value="Fine"' in answer.content.decode()) == (422, True)
    assert set(NameMapping.objects.values_list("name", flat=True)) == {""}
    assert WebIntegration.objects.get().payment_default == ""
