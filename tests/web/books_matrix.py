"""Who may do what on the pages of clients, products, fields and the guided set-up; the answers written out by hand."""

from typing import Any

from django.urls import reverse

from counterfoil.sales.models import Client, FieldDefinition, Product, ProductAlias
from tests.web.answers import IN, NO, OK, ON

# name: (method, what is sent, the answers in the order of EVERYONE)
MATRIX: dict[str, tuple[str, dict[str, Any], tuple[Any, ...]]] = {
    "clients": ("get", {}, (IN, OK, OK, OK, OK)),
    "client": ("get", {}, (IN, OK, OK, OK, OK)),
    "client-fields": ("post", {}, (IN, NO, ON, ON, ON)),
    "client-merge": ("get", {}, (IN, NO, NO, OK, OK)),
    "order-client": ("get", {}, (IN, NO, OK, OK, OK)),
    "order-fields": ("get", {}, (IN, NO, OK, OK, OK)),
    "products": ("get", {}, (IN, OK, OK, OK, OK)),
    "product": ("get", {}, (IN, OK, OK, OK, OK)),
    "product-add": ("get", {}, (IN, NO, OK, OK, OK)),
    "product-file": ("get", {}, (IN, NO, OK, OK, OK)),
    "products-csv": ("get", {}, (IN, OK, OK, OK, OK)),
    "product-edit": ("post", {"act": "retire"}, (IN, NO, ON, ON, ON)),
    "alias-add": ("post", {"store": "WEB-", "sku": "OTHER"}, (IN, NO, ON, ON, ON)),
    "alias-remove": ("post", {}, (IN, NO, ON, ON, ON)),
    "our-part": ("get", {"store": "WEB-", "sku": "X"}, (IN, NO, OK, OK, OK)),
    "fields": ("get", {}, (IN, NO, NO, OK, OK)),
    "field-add": ("post", {"scope": "order", "type": "text", "label": "New"}, (IN, NO, NO, ON, ON)),
    "field-edit": ("post", {"act": "down"}, (IN, NO, NO, ON, ON)),
    "guide": ("get", {}, (IN, NO, NO, OK, OK)),
    "guide-step": ("get", {}, (IN, NO, NO, OK, OK)),
    "integration-lift": ("post", {}, (IN, NO, NO, ON, ON)),
    "integration-names": ("get", {}, (IN, NO, NO, OK, OK)),
    "integration-fields": ("get", {}, (IN, OK, OK, OK, OK)),
    "integration-field": ("get", {}, (IN, NO, NO, OK, OK)),
    "integration-preview": ("get", {}, (IN, NO, OK, OK, OK)),
    "integration-catalog": ("get", {}, (IN, NO, OK, OK, OK)),
}


def address(name: str, *, pk: int, number: int) -> str:
    """The address of a page of the example: `pk` its store, `number` its order."""
    if name == "integration-field":
        return reverse(name, args=[pk, _key(FieldDefinition)])
    if name == "guide-step":
        return reverse(name, args=[pk, "statuses"])
    if name.startswith("integration-"):
        return reverse(name, args=[pk])
    if name in ("order-client", "order-fields"):
        return reverse(name, args=[number])
    rows = {"client": Client, "product": Product, "field": FieldDefinition, "alias": ProductAlias}
    alone = {"clients", "products", "product-add", "product-file", "products-csv", "our-part", "fields", "field-add"}
    if name in alone or name == "guide":
        return reverse(name)
    model = Product if name == "alias-add" else rows[name.partition("-")[0]]
    return reverse(name, args=[_key(model)])


def _key(model: Any) -> int:
    return int(model.objects.order_by("pk").values_list("pk", flat=True)[0])
