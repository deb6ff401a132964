"""What ShipStation takes: each element's form, length, and whether it is required.

Written after its reference (shipstation.com/docs/custom-store/v1/reference/orders), not copied from its schema, whose
license nobody tells.
"""

import re
from typing import Any

TEXT, MONEY, MOMENT, COUNT, FLAG = (
    r".{{0,{}}}",
    r"-?\d{1,7}\.\d\d",
    r"\d\d/\d\d/\d{4} \d\d:\d\d",
    r"\d{1,5}",
    "true|false",
)
WORD = r".{{1,{}}}"


def text(longest: int, *, required: bool = False) -> str:
    """A text's form."""
    return (WORD if required else TEXT).format(longest)


ADDRESS = {"Name": text(100, required=True), "Company": text(100), "Phone": text(50)}
SHIP_TO = ADDRESS | {
    "Address1": text(200),
    "Address2": text(200),
    "City": text(100),
    "State": text(100),
    "PostalCode": text(50),
    "Country": "[A-Z]{2}",
}
ORDER = {
    "OrderID": text(50, required=True),
    "OrderNumber": text(50, required=True),
    "OrderDate": MOMENT,
    "OrderStatus": "unpaid|paid|on_hold|shipped|cancelled",
    "LastModified": MOMENT,
    "ShippingMethod": text(100),
    "PaymentMethod": text(50),
    "CurrencyCode": "[A-Z]{3}",
    "OrderTotal": MONEY,
    "TaxAmount": MONEY,
    "ShippingAmount": MONEY,
    "CustomerNotes": text(1000),
    "InternalNotes": text(1000),
    "Gift": FLAG,
    "GiftMessage": text(1000),
    "CustomField1": text(100),
    "CustomField2": text(100),
    "Source": text(50),
}
ITEM = {
    "LineItemID": text(50),
    "SKU": text(50),
    "Name": text(200, required=True),
    "Weight": r"\d{1,7}(\.\d{1,2})?",
    "WeightUnits": "Pounds|Ounces|Grams",
    "Quantity": COUNT,
    "UnitPrice": MONEY,
    "Location": text(100),
    "Adjustment": FLAG,
}
ITEM_REQUIRED = {"SKU", "Name", "Quantity", "UnitPrice"}
OPTION = {"Name": text(100, required=True), "Value": text(100, required=True)}


def check_order(order: Any) -> None:
    """Fails for what ShipStation would not take."""
    _check(order, ORDER, set(ORDER), containers={"Customer", "Items"})
    customer = order.find("Customer")
    _check(customer, {"CustomerCode": text(50, required=True)}, {"CustomerCode"}, containers={"BillTo", "ShipTo"})
    _check(customer.find("BillTo"), ADDRESS | {"Email": text(100)}, {"Name"})
    _check(customer.find("ShipTo"), SHIP_TO, {"Name", "Address1", "City", "PostalCode", "Country"})
    for item in order.findall("Items/Item"):
        _check(item, ITEM, ITEM_REQUIRED, containers={"Options"} if item.find("Options") is not None else set())
        for option in item.findall("Options/Option"):
            _check(option, OPTION, set(OPTION))


def _check(element: Any, forms: dict[str, str], required: set[str], containers: set[str] | None = None) -> None:
    names = [child.tag for child in element]
    assert len(names) == len(set(names)), f"{element.tag} has an element twice: {names}"
    assert set(names) - set(forms) == (containers or set())
    assert required <= set(names)
    for name, form in forms.items():
        if name in names:
            found = element.findtext(name) or ""
            assert re.fullmatch(form, found, re.DOTALL), f"{name}: {found!r}"
