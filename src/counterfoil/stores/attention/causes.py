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
    LABEL = "label"  # open the order; process or dismiss the label
    PARCEL = "parcel"  # look at the parcel, void it
    RELEASE = "release"  # ship all the same
    THERE = "there"  # the order in the store's control panel
    SYNC_NOW = "sync_now"  # try the store now
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
    DEFECTS = "defects", "Program errors"
    OTHER = "other", "Anything else"


@dataclass(frozen=True, slots=True)
class Cause:
    """`{about}` in a heading or sentence is what it is about: a SKU, a store, a field, the kind of an update.

    `retry` and `leave`: what these buttons are called here. `decides`: to retry is a decision about this item (that a
    parcel is another one, that an edit is overwritten), so that nothing which retries all of them takes it along.
    """

    sort: CauseGroup
    heading: str
    sentence: str
    next_step: str
    acts: tuple[Action, ...]
    retry: str = "Retry"
    leave: str = ""
    decides: bool = False


IN_STORE = (Action.THERE, Action.RETRY, Action.SKIP)
CORRECT_THERE = "Correct the order in BigCommerce, then retry. Skip it if you don’t want it here."
SEE_PARCEL = (Action.PARCEL, Action.THERE, Action.RETRY, Action.SKIP)
STORE = (Action.SYNC_NOW, Action.SETUP)
ENTER_TOKEN = (Action.TOKEN, Action.SYNC_NOW)


def _there(heading: str, sentence: str, next_step: str = CORRECT_THERE) -> Cause:
    return Cause(CauseGroup.THERE, heading, sentence, next_step, IN_STORE)


def _shipment(heading: str, sentence: str, next_step: str, *, decides: bool = False) -> Cause:
    return Cause(CauseGroup.SHIPMENTS, heading, sentence, next_step, SEE_PARCEL, decides=decides)


def _store(heading: str, sentence: str, next_step: str, acts: tuple[Action, ...] = STORE) -> Cause:
    return Cause(CauseGroup.STORES, heading, sentence, next_step, acts)


_DEFECT = Cause(
    CauseGroup.DEFECTS,
    "An error in Counterfoil",
    "Counterfoil failed on it. Nothing was lost, and everything else keeps working.",
    "Retry. If it happens again, send the trace to whoever maintains Counterfoil.",
    (Action.RETRY, Action.SKIP),
)
_UNREADABLE = "BigCommerce’s response couldn’t be read"
_TOO_LARGE = "BigCommerce’s response is too large for an order"
_NOT_THERE = "The order isn’t in BigCommerce"

CAUSES: dict[str, Cause] = {
    "order:unknown_product": Cause(
        CauseGroup.PRODUCTS,
        "Unknown SKU {about}",
        "The product list has no {about}, so orders with it aren’t imported.",
        "Match it to one of our products, or add it. Then all of them are retried.",
        (Action.PRODUCT, Action.RETRY, Action.SKIP),
    ),
    "order:totals": Cause(
        CauseGroup.TOTALS,
        "Totals don’t add up",
        "The parts of the order don’t add up to its total.",
        "Correct the order in BigCommerce, or have a manager accept the difference as a Rounding line.",
        (Action.ACCEPT, *IN_STORE),
    ),
    "order:currency": _there("Invalid currency", "The order’s currency isn’t a valid currency code."),
    "order:no_lines": _there("Order without items", "The order has no items."),
    "order:lines_missing": _there(
        "Items are missing",
        "BigCommerce counts more items in the order than it sent.",
        "It’s imported automatically once BigCommerce has all its items. If it isn’t, check them there and retry.",
    ),
    "order:lines_repeated": _there("An item listed twice", "The order lists one of its items twice."),
    "order:quantity": _there("Invalid quantity", "An item has an invalid quantity."),
    "order:negative_amount": _there("An amount below zero", "The order has an amount below zero."),
    "order:unreadable": _there(_UNREADABLE, "A field of the order has an invalid value."),
    "order:too_large": _there(_TOO_LARGE, "The order can’t be imported.", "Enter it by hand, and skip it here."),
    "order:refused": _there("BigCommerce won’t return the order", "BigCommerce refused the request."),
    "order:not_in_store": _there(
        _NOT_THERE,
        "It was there before and is gone now.",
        "Check whether it was deleted in BigCommerce. If so, skip it.",
    ),
    "order:another_order": _there(
        "Order number reused",
        "BigCommerce reused the number of an order already imported.",
        "If the store was reset, connect it as a new web integration with its own import source code and database.",
    ),
    "order:address_changed": Cause(
        CauseGroup.SHIPMENTS,
        "Shipped to a different address than BigCommerce has",
        "The order was edited in BigCommerce before a parcel’s shipment arrived there.",
        "Make sure the parcel goes to the right address, and correct the address here. Then skip this.",
        (Action.LEAVE, Action.THERE, Action.SKIP),
        leave="Mark as done",
    ),
    "order:edited_in_store": Cause(
        CauseGroup.SHIPMENTS,
        "Edited in BigCommerce just before Counterfoil updated it",
        "The order may also have been set back to a new order status, which the update replaced.",
        "Import the changes, or check the order in BigCommerce and mark this as done.",
        (Action.RETRY, Action.LEAVE, Action.THERE, Action.SKIP),
        retry="Import the changes",
        leave="Mark as done",
        decides=True,
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
        "The script refuses these orders on purpose.",
        "Each one shows the script’s reason.",
        IN_STORE,
    ),
    "order:field_mapping": Cause(
        CauseGroup.FIELDS,
        "The field mapping of {about} fails",
        "A required field doesn’t get a valid value.",
        "Correct the expression, or the order in BigCommerce, then retry all.",
        (Action.MAPPING, *IN_STORE),
    ),
    "order:refunds": Cause(
        CauseGroup.SHIPMENTS,
        "Refunds couldn’t be read",
        "It isn’t known what still has to ship, so the order’s shipments wait.",
        "Check the refunds in BigCommerce. They’re read again automatically; a manager can ship it anyway.",
        (Action.RELEASE, Action.RETRY, Action.THERE, Action.SKIP),
        retry="Read them now",
    ),
    "order:shipments": Cause(
        CauseGroup.SHIPMENTS,
        "Shipments in BigCommerce couldn’t be read",
        "Someone shipped part of the order in BigCommerce, but it isn’t known which items.",
        "Check the order’s shipments in BigCommerce. They’re read again automatically.",
        (Action.RETRY, Action.THERE, Action.SKIP),
        retry="Read them now",
    ),
    "order:address_unread": Cause(
        CauseGroup.SHIPMENTS,
        "The address in BigCommerce couldn’t be read",
        "Someone changed the order in BigCommerce, but it isn’t known whether it still ships to the same address.",
        "Check the address in BigCommerce before you ship. It’s read again automatically.",
        (Action.RETRY, Action.THERE, Action.SKIP),
        retry="Read it now",
    ),
    "order:defect": _DEFECT,
    "update:status_changed": Cause(
        CauseGroup.STATUSES,
        "Status changed by someone else",
        "Someone else set a different status on the order in BigCommerce.",
        "Set it anyway, or keep the store’s status.",
        (Action.RETRY, Action.LEAVE, Action.THERE, Action.SKIP),
        retry="Set it anyway",
        leave="Keep the store’s status",
        decides=True,
    ),
    "update:status_not_taken": Cause(
        CauseGroup.STATUSES,
        "BigCommerce doesn’t keep the status",
        "BigCommerce accepted the status but shows a different one.",
        "Check the order in BigCommerce: set the status there, or set it again from here.",
        (Action.RETRY, Action.LEAVE, Action.THERE, Action.SKIP),
        retry="Set it again",
        leave="Keep the store’s status",
    ),
    "update:status_circle": Cause(
        CauseGroup.STATUSES,
        "Repeatedly set back by another app",
        "Counterfoil sets a status in BigCommerce, and something else sets it back each time.",
        "Find out what sets it back, or choose a different status in the integration options. Then set it again.",
        (Action.RETRY, Action.LEAVE, Action.THERE, Action.SKIP),
        retry="Set it again",
        leave="Keep the store’s status",
        decides=True,
    ),
    "update:status_protected": Cause(
        CauseGroup.STATUSES,
        "Cancelled or refunded in BigCommerce",
        "The order has a status in BigCommerce that Counterfoil never overwrites.",
        "Leave it, or change the status in BigCommerce and then retry.",
        (Action.LEAVE, Action.THERE, Action.RETRY),
        leave="Keep the store’s status",
    ),
    "update:over_shipped": _shipment(
        "More shipped here than is left in BigCommerce",
        "The order was changed there, or someone shipped it there.",
        "If the parcel is one of the shipments in BigCommerce, void it here and take over that shipment. If the "
        "order was changed there, void the parcel and process what is left again. Void it if it didn’t leave.",
    ),
    "update:no_address": _shipment(
        "Parcel address not known to BigCommerce",
        "Its shipment can’t be created there.",
        "Void the parcel and process it again with items for one address, or enter the shipment there and skip this.",
    ),
    "update:no_item": _shipment(
        "Item not known to BigCommerce",
        "A parcel has an item that isn’t on the store’s order anymore.",
        "Void the parcel and set the order back to a new order status there. If asked, use the store’s lines and "
        "amounts. Then process the shipment again.",
    ),
    "update:number_in_store": _shipment(
        "Tracking number used for other items in BigCommerce",
        "Someone else shipped other items under it, so no second shipment was created.",
        "If that is this parcel, void the parcel here and take over that shipment. If that one is wrong, delete it "
        "in BigCommerce and retry. If the number here is wrong, correct it and retry.",
    ),
    "update:unlike_asked": _shipment(
        "Wrong shipment returned",
        "BigCommerce returned a different shipment from the one requested.",
        "Check the order's shipments in BigCommerce, then retry or skip it.",
        decides=True,
    ),
    "update:another_shipment": _shipment(
        "Not our shipment in BigCommerce",
        "BigCommerce has a different shipment under the number of a parcel processed here.",
        "Check the order's shipments in BigCommerce, change the right one there, and then skip this.",
    ),
    "update:like_in_store": Cause(
        CauseGroup.SHIPMENTS,
        "BigCommerce may already have the parcel",
        "Someone else shipped the same items there, also without a tracking number.",
        "If that is this parcel, void the parcel here and take over that shipment. If this is another one, send it.",
        (Action.PARCEL, Action.THERE, Action.RETRY, Action.SKIP),
        retry="Different parcel: send it",
        decides=True,
    ),
    "update:shipment_gone": _shipment(
        "Shipment deleted in BigCommerce",
        "It was about to be corrected there, but it’s gone.",
        "Void the parcel here. If it still needs to ship, process it again.",
    ),
    "update:not_deleted": _shipment(
        "Shipment not deleted by BigCommerce",
        "BigCommerce said it deleted the shipment but still shows it.",
        "Retry to delete it again, or delete it in BigCommerce and skip this.",
    ),
    "update:deleted_in_store": Cause(
        CauseGroup.SHIPMENTS,
        "Our shipment was deleted in BigCommerce",
        "Someone deleted a shipment there that was processed here.",
        "Void the parcel if it didn’t leave. Otherwise create the shipment again.",
        (Action.PARCEL, Action.RETRY, Action.THERE, Action.SKIP),
        retry="Create it again",
        decides=True,
    ),
    "update:not_in_store": Cause(
        CauseGroup.NOT_TOLD,
        _NOT_THERE,
        "It was archived or deleted there, so it can’t be updated.",
        "Skip it. If it was restored there, retry.",
        (Action.LEAVE, Action.THERE, Action.RETRY, Action.SKIP),
        leave="Skip: it’s gone",
    ),
    "update:refused": Cause(
        CauseGroup.NOT_TOLD,
        "Refused by BigCommerce",
        "BigCommerce refused the request.",
        "Check the order in BigCommerce, then retry.",
        IN_STORE,
    ),
    "update:too_large": Cause(
        CauseGroup.NOT_TOLD,
        _TOO_LARGE,
        "The update may have reached BigCommerce.",
        "Check the order in BigCommerce, then retry.",
        IN_STORE,
    ),
    "update:unreadable": Cause(
        CauseGroup.NOT_TOLD,
        _UNREADABLE,
        "The update may have reached BigCommerce.",
        "Check the order in BigCommerce, then retry.",
        IN_STORE,
    ),
    "update:quantity": Cause(
        CauseGroup.NOT_TOLD,
        "Invalid quantity",
        "A shipment in BigCommerce has an invalid quantity.",
        "Correct the shipment in BigCommerce, then retry.",
        IN_STORE,
    ),
    "update:another_order": _shipment(
        "Parcels of orders whose number BigCommerce reused",
        "BigCommerce has a different order under this number now, so the parcel isn’t sent.",
        "Skip it. If the store was reset, connect it as a new web integration with its own import source code.",
    ),
    "update:defect": _DEFECT,
    "held:on_hold": Cause(
        CauseGroup.SHIPMENTS,
        "Parcels waiting: {about}",
        "They’re processed here, but their orders are on hold, so they aren’t sent to BigCommerce.",
        "Void the parcel if it didn’t leave. If it did, a manager can release it so it’s sent.",
        (Action.RELEASE, Action.PARCEL, Action.THERE),
    ),
    "held:on_hold_status": Cause(
        CauseGroup.SHIPMENTS,
        "Parcels waiting: {about}",
        "They’re processed here, but their order status puts them on hold, so they aren’t sent to BigCommerce.",
        "Change the order’s status to send the parcel. Void the parcel if it didn’t leave.",
        (Action.RELEASE, Action.PARCEL, Action.THERE),
    ),
    "address:ship_to": Cause(
        CauseGroup.SHIPMENTS,
        "Ship-to address changed in the store",
        "The ship-to address was changed in BigCommerce after import.",
        "Use the store’s address, or keep ours. Until then nothing ships to it.",
        (Action.ADDRESS, Action.THERE),
    ),
    "label:label": Cause(
        CauseGroup.SHIPMENTS,
        "ShipStation labels not processed",
        "They were bought in ShipStation, but their shipments couldn’t be processed here.",
        "Fix the problem shown for each one on its order. Then a manager can process it, or dismiss it if it was "
        "entered by hand or voided.",
        (Action.LABEL,),
    ),
    "conflict:conflict": Cause(
        CauseGroup.CONFLICTS,
        "{about} changed here and in the store",
        "It was changed on both sides, so nothing was updated.",
        "Pick the right value.",
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
        "The API account can’t do everything that’s needed.",
        "Create an API account with the permission in BigCommerce and enter its access token.",
        ENTER_TOKEN,
    ),
    "store:time_zone": _store(
        "{about}: time zone not known",
        "No orders are imported: the start date depends on the store’s time zone, which isn’t known.",
        "Create an API account that can read information and settings, set the time zone in BigCommerce, or remove "
        "the date.",
    ),
    "store:secret": _store(
        "{about}: the access token can’t be read",
        "It was encrypted with a different key.",
        "Enter the access token again in the store setup.",
        ENTER_TOKEN,
    ),
    "store:elsewhere": _store(
        "{about}: another installation may work on the store",
        "This database was somewhere else when it last worked on the store. If both work on it, orders are imported "
        "and shipments sent twice.",
        "Make sure nothing works there anymore, then press “Work here”.",
        (Action.HERE, Action.SYNC_NOW),
    ),
    "store:api_path": _store(
        "{about}: no store at this API path",
        "There’s no store at this API path.",
        "Copy the API path from the store’s API account in BigCommerce.",
    ),
    "store:origin": _store(
        "{about}: API path not allowed",
        "Counterfoil isn’t allowed to send requests there.",
        "Copy the API path as BigCommerce shows it.",
    ),
    "store:redirect": _store(
        "{about} redirects to another address", "The store redirects to another address.", "Check the API path."
    ),
    "store:certificate": _store(
        "{about} has no valid certificate",
        "Counterfoil won’t connect to a store without a valid certificate.",
        "Check the API path, or ask your network administrator.",
    ),
    "store:unreachable": _store(
        "{about} can’t be reached",
        "Can’t reach BigCommerce.",
        "Check the internet connection. Counterfoil keeps trying.",
    ),
    "store:refused": _store(
        "{about} refuses our requests",
        "BigCommerce refuses even basic requests.",
        "Copy the API path from the store’s API account in BigCommerce.",
    ),
}
"""By kind and code, as an AttentionGroup's kind and why."""

DECISIONS = tuple(key for key, cause in CAUSES.items() if cause.decides)

_ANYTHING = Cause(
    CauseGroup.OTHER,
    "Something went wrong",
    "Each one shows what’s wrong.",
    "Follow the steps shown, then retry.",
    (Action.THERE, Action.RETRY, Action.SKIP),
)


def cause_of(kind: str, why: str) -> Cause:
    """What is said of a cause; something general of one that an earlier version wrote."""
    return CAUSES.get(f"{kind}:{why}", _ANYTHING)


def of_sort(sort: CauseGroup) -> list[str]:
    """The causes of a sort, as kind:why."""
    return [name for name, cause in CAUSES.items() if cause.sort is sort]
