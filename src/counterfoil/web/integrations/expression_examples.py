"""Expressions to begin with, for the page of the field mapping: what fits a field's scope and type."""

from counterfoil.sales.models import FieldDefinition, FieldScope, FieldType

_VAT = 'f.name == "VAT"'
_SIZE = 'o.display_name == "Size"'
_EXAMPLES = {
    FieldScope.ORDER: {
        FieldType.TEXT: (
            "order.payment_method",
            'order.customer_message.startsWith("Gift") ? "gift" : ""',
            f'customer.form_fields.exists(f, {_VAT}) ? customer.form_fields.filter(f, {_VAT})[0].value : ""',
        ),
        FieldType.NUMBER: ("order.items_total", "order.total_tax"),
        FieldType.DATE: ("order.date_created",),
        FieldType.CHOICE: ('customer.country_iso2 == "US" ? "Domestic" : "Abroad"',),
        FieldType.YES_NO: ("size(lines) > 3", "double(order.total_inc_tax) > 100.0"),
    },
    FieldScope.LINE: {
        FieldType.TEXT: (
            "line.sku",
            f'line.product_options.exists(o, {_SIZE}) ? line.product_options.filter(o, {_SIZE})[0].display_value : ""',
        ),
        FieldType.NUMBER: ("line.quantity", "line.price_inc_tax"),
        FieldType.DATE: ("order.date_created",),
        FieldType.CHOICE: ('line.type == "digital" ? "Download" : "Parcel"',),
        FieldType.YES_NO: ("line.quantity > 10", 'line.type == "digital"'),
    },
    FieldScope.CLIENT: {
        FieldType.TEXT: ("customer.company", "customer.country_iso2"),
        FieldType.NUMBER: ("order.customer_id",),
        FieldType.DATE: ("order.date_created",),
        FieldType.CHOICE: ('customer.company == "" ? "Private" : "Company"',),
        FieldType.YES_NO: ("order.customer_id > 0", 'customer.company != ""'),
    },
}


def examples_for(field: FieldDefinition) -> tuple[str, ...]:
    """Expressions that give such a field a value."""
    return _EXAMPLES[FieldScope(field.scope)][FieldType(field.type)]
