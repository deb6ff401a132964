"""Reads a notice of a label: the parameters of its address, and its XML.

No document type, no entities, bounded in size and depth. Facts: ShipStation's Custom Store Development Guide, "POST
call" and "ShipNotify field definitions". OrderID goes before OrderNumber, and the body before the address.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.http import HttpRequest

from counterfoil.limits import DEEPEST_NOTICE, LARGEST_NOTICE, MOST_NOTICE_ITEMS
from counterfoil.sales.errors import Refused
from counterfoil.storable import LARGEST_QUANTITY, number_of
from counterfoil.stores.shipstation.notices import NoticeDraft, NoticeItem

_NO_FRACTION = re.compile(r"(?<=[0-9])\.0*$")  # other tools of this form write a whole number as 2.0000
CHECK = "Compare it with ShipStation’s Custom Store Development Guide."
_FIELDS = {
    "order_ref": ("OrderID", ""),
    "order_number": ("OrderNumber", "order_number"),
    "carrier": ("Carrier", "carrier"),
    "service": ("Service", "service"),
    "tracking_number": ("TrackingNumber", "tracking_number"),
    "label_date": ("LabelCreateDate", ""),
    "ship_date": ("ShipDate", ""),
    "notes": ("NotesToCustomer", ""),
}
"""Field of the draft → element of the body, parameter of the address."""


class NoticeTooLarge(Refused):
    """The body is larger than a notice is."""


class _BoundedTree(TreeBuilder):
    """Builds the tree, and gives up on one that is too deep."""

    depth = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self.depth += 1
        if self.depth > DEEPEST_NOTICE:
            raise Refused(f"The XML is nested more than {DEEPEST_NOTICE} deep.", CHECK)
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag)


def draft_of_address(request: HttpRequest) -> NoticeDraft:
    """What the parameters of the address say."""
    said = {name: request.GET.get(parameter, "").strip() for name, (_, parameter) in _FIELDS.items() if parameter}
    return NoticeDraft(**said)  # type: ignore[arg-type]  # all of these fields are texts


def read_notice(request: HttpRequest) -> NoticeDraft:
    """What a notice says; raises Refused for a body that is none. Without a body its address says all."""
    body = request.body
    if len(body) > LARGEST_NOTICE:
        raise NoticeTooLarge(f"The body is larger than {LARGEST_NOTICE // 1024} KB.", CHECK)
    address = draft_of_address(request)
    if not body.strip():
        return _naming(address)
    root = _tree(body)
    if root.tag != "ShipNotice":
        raise Refused(f"The root element is {root.tag[:50]}, not ShipNotice.", CHECK)
    said = {name: _text(root, tag) or getattr(address, name) for name, (tag, _) in _FIELDS.items()}
    return _naming(NoticeDraft(**said, items=tuple(_items(root))))  # all but the items are texts


def _naming(draft: NoticeDraft) -> NoticeDraft:
    """The draft; raises Refused for one that names nothing by which a person could tell what it is about."""
    if not (draft.order_ref or draft.order_number or draft.tracking_number):
        raise Refused("The notice names neither an order nor a tracking number.", CHECK)
    return draft


def _tree(body: bytes) -> Element:
    parser = DefusedXMLParser(target=_BoundedTree(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(body)
        root: Element = parser.close()
    except DefusedXmlException:
        raise Refused("The XML has a document type or entities, which aren’t allowed.", CHECK) from None
    except ParseError as wrong:
        line, column = wrong.position
        raise Refused(f"The body isn’t well-formed XML at line {line}, column {column}.", CHECK) from None
    except (ValueError, LookupError):
        raise Refused("The XML’s encoding isn’t known.", "Send it in UTF-8.") from None
    return root


def _items(root: Element) -> list[NoticeItem]:
    """What lies in the parcel; raises Refused where that is written in another way: none at all would mean all."""
    for box in root.findall("Items"):
        if (box.text or "").strip() or any(each.tag != "Item" for each in box):
            raise Refused("The notice’s Items has something other than Item in it.", CHECK)
    found = root.findall("Items/Item")
    if len(found) > MOST_NOTICE_ITEMS:
        raise Refused(f"The notice has {len(found)} items; {MOST_NOTICE_ITEMS:,} are allowed.", CHECK)
    return [_item(each) for each in found]


def _item(item: Element) -> NoticeItem:
    line, sku, quantity = _text(item, "LineItemID"), _text(item, "SKU"), _text(item, "Quantity")
    number = number_of(_NO_FRACTION.sub("", quantity), LARGEST_QUANTITY)
    if not number:
        raise Refused(f"The quantity of {(sku or line)[:50] or 'an item'} is “{quantity[:20]}”.", CHECK)
    if not line and not sku:
        raise Refused("An item has neither a LineItemID nor a SKU.", CHECK)
    return NoticeItem(line, sku, number)


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()
