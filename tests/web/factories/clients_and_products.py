"""Makes data for the tests of clients, products and fields."""

from counterfoil.sales.models import (
    Client,
    ClientChange,
    ClientKey,
    Contact,
    FieldDefinition,
    FieldScope,
    FieldType,
    MatchRule,
    Product,
    ProductAlias,
    ProductSource,
    SalesOrder,
)
from counterfoil.stores.models import CatalogLoad, FieldMapping, NameKind, NameMapping, WebIntegration


def a_client(number: int = 1, *, text: str = "", name: str = "") -> Client:
    """A client with a contact, a key of each kind, and something in its history."""
    client = Client.objects.create(name=text or name or f"Engines {number} Ltd")
    Contact.objects.create(
        client=client,
        first_name=text or "Ada",
        last_name=text or f"King {number}",
        email=text or f"ada{number}@example.com",
        email_key=f"ada{number}@example.com{text}",
        phone=text or f"+44 20 7946 0{number:03}",
    )
    for rule, value in (
        (MatchRule.EMAIL, f"ada{number}@example.com"),
        (MatchRule.PHONE, f"+442079460{number:03} king"),
    ):
        ClientKey.objects.create(client=client, source=text or "WEB-", rule=rule, value=value + text)
    ClientChange.objects.create(
        client=client, by=text or "Ada", what=text or "Segment", before=text, after=text or "B2B", why=text
    )
    return client


def a_product(number: int = 1, *, text: str = "", source: str = "WEB-") -> Product:
    """A product with an alias and its place in a store's catalog."""
    product = Product.objects.create(
        part_number=f"{text}ENGINE-{number}", description=text or f"Difference engine no. {number}", bin=text or "A1"
    )
    ProductAlias.objects.create(source=source, sku=f"{text}DE-{number}", product=product)
    ProductSource.objects.create(
        source=source, source_product_id=1000 + number, source_variant_id=number, product=product
    )
    return product


def some_fields(*, text: str = "") -> list[FieldDefinition]:
    """A field of each type of an order, and one of a line and of a client."""
    made = [
        FieldDefinition.objects.create(
            scope=FieldScope.ORDER,
            name=f"of_{kind.value}",
            label=f"{kind.label} {text}".strip(),
            type=kind,
            choices=[text or "Morning", "Evening"] if kind == FieldType.CHOICE else [],
            position=position,
        )
        for position, kind in enumerate(FieldType)
    ]
    for scope, label in ((FieldScope.LINE, "Engraving"), (FieldScope.CLIENT, "Segment")):
        made.append(
            FieldDefinition.objects.create(
                scope=scope, name=label.lower(), label=f"{label} {text}".strip(), type=FieldType.TEXT
            )
        )
    return made


def fill_fields(order: SalesOrder, *, text: str = "") -> None:
    """A value in each field of the order, its lines and its client."""
    value = text or "Ada"
    order.fields = {
        "of_text": value,
        "of_number": "1.50",
        "of_date": "2026-01-31",
        "of_choice": text or "Morning",
        "of_yes_no": True,
    }
    order.save()
    order.lines.update(fields={"engraving": value})
    Client.objects.filter(pk=order.client_id).update(fields={"segment": value})


def a_mapping(integration: WebIntegration, field: FieldDefinition, *, text: str = "") -> FieldMapping:
    """An expression that fills the field."""
    return FieldMapping.objects.create(
        integration=integration, field=field, expression=text or "order.payment_method", required=bool(text)
    )


def some_names(integration: WebIntegration, number: int = 1, *, text: str = "") -> None:
    """A shipping and a payment method that were seen."""
    for kind in NameKind:
        NameMapping.objects.create(
            integration=integration, kind=kind, store_name=f"{text or kind.label} {number}", name=text
        )


def a_catalog_load(integration: WebIntegration, *, text: str = "") -> CatalogLoad:
    """One that is under way."""
    return CatalogLoad.objects.create(
        integration=integration, asked_by=text or "Ada", products=250, of=1000, variants=300, added=12, trouble=text
    )
