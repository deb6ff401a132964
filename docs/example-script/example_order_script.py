"""Fills two custom fields from what the shopper chose, and refuses orders to a country that is not delivered to.

The merchant has defined the fields: "engraving" (text) of a line, "gift" (yes or no) of an order, and "vat_id" (text)
of a client.
"""

from counterfoil.intake.scripts import Refuse, hookimpl

NOT_DELIVERED_TO = {"AQ": "Antarctica"}
LONGEST_ENGRAVING = 20


@hookimpl
def counterfoil_convert(order, draft, fields):
    """Called for each order after its conversion, with the store's document, what will be imported, and the fields."""
    for address in draft.addresses:
        if address.country_code in NOT_DELIVERED_TO:
            country = NOT_DELIVERED_TO[address.country_code]
            raise Refuse(f"We do not deliver to {country}.", "Call the customer, and cancel or change the order.")
    fields.order["gift"] = any(line.wrapping for line in draft.lines)
    for line in draft.lines:
        engraving = option(line, "Engraving")
        if len(engraving) > LONGEST_ENGRAVING:
            raise Refuse(f"The engraving “{engraving}” has more than {LONGEST_ENGRAVING} letters.")
        fields.lines[line.source_id]["engraving"] = engraving
    for field in order["billing_address"].get("form_fields") or []:
        if field["name"] == "VAT ID":
            fields.client["vat_id"] = field["value"].replace(" ", "").upper()


def option(line, name):
    """What the shopper chose or wrote for this option of the line; "" when there is none."""
    chosen = dict(text.split(": ", 1) for text in line.options.splitlines() if ": " in text)
    return chosen.get(name, "")
