"""Why something needs a person: for each code its heading, a sentence, the next step, and what can be done about it.

An item's own sentence says more; these stand where many items have one cause.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices


class Action(StrEnum):
    """What a person can do right next to the sentence."""

    RETRY = "retry"
    SKIP = "skip"
    LEAVE = "leave"  # skipped in one press: the reason is the button
    PRODUCT = "product"  # say which product it is, or add it
    ACCEPT = "accept"  # a difference, as a Rounding line
    PICK = "pick"  # one of two values
    ADDRESS = "address"  # the store's address, or ours
    PARCEL = "parcel"  # look at the parcel, void it
    RELEASE = "release"  # ship all the same
    THERE = "there"  # the order in the store's control panel
    SYNC_NOW = "visit"  # try the store now
    TOKEN = "token"  # noqa: S105  # replace the access token
    SETUP = "setup"  # the store setup, with its connection test
    MAPPING = "mapping"  # the field mapping
    HERE = "here"  # this installation works on the store, and no other


class CauseGroup(TextChoices):
    """The kinds of causes that a clerk tells apart."""

    STORES = "stores", "Stores"
    PRODUCTS = "products", "Unknown products"
    TOTALS = "totals", "Totals"
    THERE = "in-store", "To correct in BigCommerce"
    FIELDS = "fields", "Fields and scripts"
    STATUSES = "statuses", "Statuses"
    SHIPMENTS = "shipments", "Shipments"
    NOT_TOLD = "not-told", "Other updates"
    CONFLICTS = "conflicts", "Changed on both sides"
    DEFECTS = "defects", "Defects of the program"
    OTHER = "other", "Anything else"


@dataclass(frozen=True, slots=True)
class Cause:
    """`{about}` in a heading or sentence is what it is about: a SKU, a store, a field, the kind of an update.

    `retry` and `leave`: what these buttons are called here.
    """

    sort: CauseGroup
    heading: str
    sentence: str
    next_step: str
    acts: tuple[Action, ...]
    retry: str = "Retry"
    leave: str = ""


IN_STORE = (Action.THERE, Action.RETRY, Action.SKIP)
CORRECT_THERE = "Correct the order in BigCommerce, then retry. Skip it if it is not wanted here."
SEE_PARCEL = (Action.PARCEL, Action.THERE, Action.RETRY, Action.SKIP)
STORE = (Action.SYNC_NOW, Action.SETUP)
ENTER_TOKEN = (Action.TOKEN, Action.SYNC_NOW)


def _there(heading: str, sentence: str, next_step: str = CORRECT_THERE) -> Cause:
    return Cause(CauseGroup.THERE, heading, sentence, next_step, IN_STORE)


def _shipment(heading: str, sentence: str, next_step: str) -> Cause:
    return Cause(CauseGroup.SHIPMENTS, heading, sentence, next_step, SEE_PARCEL)


def _store(heading: str, sentence: str, next_step: str, acts: tuple[Action, ...] = STORE) -> Cause:
    return Cause(CauseGroup.STORES, heading, sentence, next_step, acts)


_DEFECT = Cause(
    CauseGroup.DEFECTS,
    "A defect of the program",
    "The program failed on it. Nothing was lost, and everything else goes on.",
    "Retry. If it happens again, send the trace to whoever maintains Counterfoil.",
    (Action.RETRY, Action.SKIP),
)
_UNREADABLE = "BigCommerce’s answer could not be read"
_TOO_LARGE = "BigCommerce’s answer is larger than any order"
_NOT_THERE = "The order is not in BigCommerce (any more)"

CAUSES: dict[str, Cause] = {
    "order:unknown_product": Cause(
        CauseGroup.PRODUCTS,
        "Unknown SKU {about}",
        "The product list has no {about}, so what has it is not imported.",
        "Say which of our products it is, or add it: then all of them are tried again.",
        (Action.PRODUCT, Action.RETRY, Action.SKIP),
    ),
    "order:totals": Cause(
        CauseGroup.TOTALS,
        "Totals do not add up",
        "The parts of the order add up to another sum than its total.",
        "Correct the order in BigCommerce, or a manager accepts the difference as a Rounding line.",
        (Action.ACCEPT, *IN_STORE),
    ),
    "order:currency": _there("No currency", "What the order names as its currency is no currency code."),
    "order:no_lines": _there("An order without items", "The order has no items."),
    "order:lines_missing": _there(
        "Items are missing",
        "BigCommerce counts more items in the order than it sent.",
        "It comes by itself when BigCommerce has all its items. If it does not, compare them there, then retry.",
    ),
    "order:lines_repeated": _there("An item listed twice", "The order lists one of its items twice."),
    "order:quantity": _there("A quantity that cannot be", "An item has a quantity that no order has."),
    "order:negative_amount": _there("An amount below zero", "The order has an amount below zero."),
    "order:unreadable": _there(_UNREADABLE, "A field of the order holds what no order has."),
    "order:too_large": _there(_TOO_LARGE, "The order cannot be taken in.", "Enter it by hand, and skip it here."),
    "order:refused": _there("BigCommerce does not hand over the order", "BigCommerce refused the request."),
    "order:not_in_store": _there(
        _NOT_THERE,
        "It was seen there and is gone.",
        "Look whether it was deleted in BigCommerce. If so, skip it.",
    ),
    "order:another_order": _there(
        "Another order under a known number",
        "BigCommerce has another order now under the number of one that is in the books.",
        "If the store was emptied, connect it as a new web integration with a source code and a database of its own.",
    ),
    "order:address_changed": Cause(
        CauseGroup.SHIPMENTS,
        "Shipped to another address than BigCommerce has",
        "The order was edited in BigCommerce before the shipment of a parcel arrived there.",
        "See that the parcel goes to the right address, and correct the address here. Then skip this.",
        (Action.LEAVE, Action.THERE, Action.SKIP),
        leave="I have seen to it",
    ),
    "order:script": Cause(
        CauseGroup.FIELDS,
        "The custom script of {about} fails",
        "The script stops orders of this store.",
        "Correct the script, then retry all.",
        (Action.RETRY, Action.SKIP),
    ),
    "order:script_refused": Cause(
        CauseGroup.FIELDS,
        "Refused by the custom script of {about}",
        "The script keeps orders out of the books on purpose.",
        "What it says stands at each of them.",
        IN_STORE,
    ),
    "order:field_mapping": Cause(
        CauseGroup.FIELDS,
        "The field mapping of {about} fails",
        "A required field gets no value that fits it.",
        "Correct the expression, or the order in BigCommerce, then retry all.",
        (Action.MAPPING, *IN_STORE),
    ),
    "order:refunds": Cause(
        CauseGroup.SHIPMENTS,
        "Refunds that could not be read",
        "It is not known what of the order is still to be shipped, so its shipments wait.",
        "Look at the refunds in BigCommerce. They are read again by themselves; a manager can ship it all the same.",
        (Action.RELEASE, Action.RETRY, Action.THERE, Action.SKIP),
        retry="Read them now",
    ),
    "order:shipments": Cause(
        CauseGroup.SHIPMENTS,
        "Shipments in BigCommerce that could not be read",
        "Someone shipped some of the order in BigCommerce, and it is not known what.",
        "Look at the order’s shipments in BigCommerce. They are read again by themselves.",
        (Action.RETRY, Action.THERE, Action.SKIP),
        retry="Read them now",
    ),
    "order:defect": _DEFECT,
    "update:status_changed": Cause(
        CauseGroup.STATUSES,
        "Status changed by someone else",
        "The order has a status in BigCommerce by now that someone else has set.",
        "Set ours all the same, or leave it as it is there.",
        (Action.RETRY, Action.LEAVE, Action.THERE, Action.SKIP),
        retry="Set it all the same",
        leave="Leave it as it is there",
    ),
    "update:status_not_taken": Cause(
        CauseGroup.STATUSES,
        "BigCommerce does not keep the status",
        "BigCommerce took the status, and shows another one.",
        "Look at the order in BigCommerce: set the status there, or set it once more from here.",
        (Action.RETRY, Action.LEAVE, Action.THERE, Action.SKIP),
        retry="Set it once more",
        leave="Leave it as it is there",
    ),
    "update:status_circle": Cause(
        CauseGroup.STATUSES,
        "Set back again and again by another program",
        "Counterfoil sets a status in BigCommerce, and someone else sets it back each time.",
        "Find who sets it back, or choose another status in the integration options; then set it once more.",
        (Action.RETRY, Action.LEAVE, Action.THERE, Action.SKIP),
        retry="Set it once more",
        leave="Leave it as it is there",
    ),
    "update:status_protected": Cause(
        CauseGroup.STATUSES,
        "Cancelled or refunded in BigCommerce meanwhile",
        "The order has a status in BigCommerce that Counterfoil never writes over.",
        "Leave it, or change the status in BigCommerce first and then retry.",
        (Action.LEAVE, Action.THERE, Action.RETRY),
        leave="Leave it as it is there",
    ),
    "update:over_shipped": _shipment(
        "More was shipped than is left in BigCommerce",
        "The order was changed there, or someone shipped it there.",
        "If the parcel is one of the shipments in BigCommerce, void it here and take that shipment over. If the order "
        "was changed there, void the parcel and process it again with what is left. Void it if it did not leave.",
    ),
    "update:no_address": _shipment(
        "A parcel without an address that BigCommerce knows",
        "Its shipment cannot be made there.",
        "Void the parcel and process it again with items of one address, or enter the shipment there and skip it.",
    ),
    "update:no_item": _shipment(
        "An item that BigCommerce does not know",
        "A parcel has an item that is no item of the store’s order (any more).",
        "Void the parcel and set the order back to a new order status there. Where it asks, take the store’s lines and "
        "amounts; then process the shipment again.",
    ),
    "update:number_in_store": _shipment(
        "A tracking number that BigCommerce has on other items",
        "Someone else shipped other items under it, so no second shipment was made.",
        "If that is this parcel, void the parcel here and take that shipment over. If it is wrong, delete it in "
        "BigCommerce, then retry. If the number here is wrong, correct it, then retry.",
    ),
    "update:unlike_asked": _shipment(
        "A shipment that is not what was asked for",
        "BigCommerce's answer names another shipment than the one that was asked for.",
        "Look at the order's shipments in BigCommerce, then retry or skip it.",
    ),
    "update:like_in_store": Cause(
        CauseGroup.SHIPMENTS,
        "BigCommerce may have the parcel already",
        "Someone else shipped the same items there, without a tracking number too.",
        "If that is this parcel, void the parcel here and take that shipment over. If this is another one, send it.",
        (Action.PARCEL, Action.THERE, Action.RETRY, Action.SKIP),
        retry="It is another parcel: send it",
    ),
    "update:shipment_gone": _shipment(
        "A shipment was deleted in BigCommerce",
        "It was to be corrected there and is gone.",
        "Void the parcel here, and process it again if it is still to be shipped.",
    ),
    "update:not_deleted": _shipment(
        "A shipment that BigCommerce did not delete",
        "BigCommerce said that it deleted the shipment, and still shows it.",
        "Retry, and it is deleted once more; or delete it in BigCommerce, then skip this.",
    ),
    "update:deleted_in_store": Cause(
        CauseGroup.SHIPMENTS,
        "A shipment of ours was deleted in BigCommerce",
        "Someone deleted there what was processed here.",
        "Void the parcel if it did not leave. Else make the shipment again.",
        (Action.PARCEL, Action.RETRY, Action.THERE, Action.SKIP),
        retry="Make it again",
    ),
    "update:not_in_store": Cause(
        CauseGroup.NOT_TOLD,
        _NOT_THERE,
        "It was archived or deleted there, so it cannot be told anything.",
        "Skip it; if it was brought back there, retry.",
        (Action.LEAVE, Action.THERE, Action.RETRY, Action.SKIP),
        leave="It is gone, skip it",
    ),
    "update:refused": Cause(
        CauseGroup.NOT_TOLD,
        "BigCommerce refuses it",
        "BigCommerce refused the request.",
        "Look at the order in BigCommerce, then retry.",
        IN_STORE,
    ),
    "update:too_large": Cause(
        CauseGroup.NOT_TOLD, _TOO_LARGE, "It may have been done.", "Look there, then retry.", IN_STORE
    ),
    "update:unreadable": Cause(
        CauseGroup.NOT_TOLD, _UNREADABLE, "It may have been done.", "Look there, then retry.", IN_STORE
    ),
    "update:quantity": Cause(
        CauseGroup.NOT_TOLD,
        "A quantity that cannot be",
        "A shipment in BigCommerce has a quantity that no item has.",
        "Correct the shipment in BigCommerce, then retry.",
        IN_STORE,
    ),
    "update:another_order": _shipment(
        "Parcels of orders whose number BigCommerce has given to another order",
        "BigCommerce has another order under the number by now, so it is told nothing of the parcel.",
        "Skip it. If the store was emptied, connect it as a new web integration with a source code of its own.",
    ),
    "update:defect": _DEFECT,
    "held:on_hold": Cause(
        CauseGroup.SHIPMENTS,
        "Parcels that wait: {about}",
        "They are processed here, but their orders are on hold, so BigCommerce is not told.",
        "Void the parcel if it did not leave. If it did, a manager lets it be sent all the same.",
        (Action.RELEASE, Action.PARCEL, Action.THERE),
    ),
    "held:on_hold_status": Cause(
        CauseGroup.SHIPMENTS,
        "Parcels that wait: {about}",
        "They are processed here, but their orders’ status puts them on hold, so BigCommerce is not told.",
        "Put the order into another status, and the parcel is sent. Void the parcel if it did not leave.",
        (Action.RELEASE, Action.PARCEL, Action.THERE),
    ),
    "address:ship_to": Cause(
        CauseGroup.SHIPMENTS,
        "Ship-to address changed in the store",
        "The ship-to address was changed in BigCommerce after import.",
        "Use the store’s address, or keep ours. Until then nothing is shipped there.",
        (Action.ADDRESS, Action.THERE),
    ),
    "conflict:conflict": Cause(
        CauseGroup.CONFLICTS,
        "{about} changed here and in the store",
        "Both sides have changed it, so nothing was taken over.",
        "Pick the value that is right.",
        (Action.PICK,),
    ),
    "store:credentials": _store(
        "{about} refuses the access token",
        "BigCommerce refuses the access token.",
        "Enter the access token of the store’s API account again.",
        ENTER_TOKEN,
    ),
    "store:permission": _store(
        "{about}: the API account lacks a permission",
        "The API account may not do all that is needed.",
        "Make an API account with the permission in BigCommerce and enter its access token.",
        ENTER_TOKEN,
    ),
    "store:time_zone": _store(
        "{about}: its time zone is not known",
        "No order is imported: it is not known when the day begins from which orders are imported.",
        "Make an API account that may read information and settings, choose the time zone in BigCommerce, or take the "
        "date away.",
    ),
    "store:secret": _store(
        "{about}: the access token cannot be read",
        "It was encrypted with another key than the present one.",
        "Enter the access token again in the store setup.",
        ENTER_TOKEN,
    ),
    "store:elsewhere": _store(
        "{about}: another installation may work on the store",
        "These books were somewhere else when someone last worked on the store. If both do, orders are imported and "
        "shipments sent twice.",
        "See that nothing works there any more, then press “Work here”.",
        (Action.HERE, Action.SYNC_NOW),
    ),
    "store:api_path": _store(
        "{about}: no store at this API path",
        "There is no such store at this API path.",
        "Copy the API path from the store’s API account in BigCommerce.",
    ),
    "store:origin": _store(
        "{about}: an API path that is not allowed",
        "Counterfoil may not send requests there.",
        "Copy the API path as BigCommerce shows it.",
    ),
    "store:redirect": _store(
        "{about} sends us elsewhere", "The store answers with another address.", "Check the API path."
    ),
    "store:certificate": _store(
        "{about} has no valid certificate",
        "Counterfoil does not talk to a store whose certificate is not valid.",
        "Check the API path; ask whoever runs the network between here and BigCommerce.",
    ),
    "store:unreachable": _store(
        "{about} cannot be reached",
        "BigCommerce cannot be reached.",
        "Check the internet connection. It is tried again by itself.",
    ),
    "store:refused": _store(
        "{about} refuses our requests",
        "BigCommerce refuses what is asked of every store.",
        "Copy the API path from the store’s API account in BigCommerce.",
    ),
}
"""By kind and code, as an AttentionGroup's kind and why."""

_ANYTHING = Cause(
    CauseGroup.OTHER,
    "It did not work",
    "What is wrong stands at each of them.",
    "Do what it says there, then retry.",
    (Action.THERE, Action.RETRY, Action.SKIP),
)


def cause_of(kind: str, why: str) -> Cause:
    """What is said of a cause; something general of one that an earlier version wrote."""
    return CAUSES.get(f"{kind}:{why}", _ANYTHING)


def of_sort(sort: CauseGroup) -> list[str]:
    """The causes of a sort, as kind:why."""
    return [name for name, cause in CAUSES.items() if cause.sort is sort]
