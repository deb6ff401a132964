"""What each setting of a web integration does, what we recommend, and what follows when it is changed."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.stores.integrations.mapping_warnings import READ_BY_APPS
from counterfoil.stores.integrations.validation import LEAST_ANSWER_SECONDS, MOST_ANSWER_SECONDS

_FROM_NOW_ON = "It counts from the next import on; orders in the books stay as they are."
_CLIENTS_STAY = "It counts from the next import on; clients and the orders they have stay as they are."


@dataclass(frozen=True, slots=True)
class Explanation:
    """Sentences shown next to a setting; what does not apply is empty."""

    what: str
    recommended: str = ""
    changed: str = ""

    @property
    def html(self) -> SafeString:
        """A line for each."""
        lines = format_html("<span>{}</span>", self.what)
        for word, sentence in (("Recommended", self.recommended), ("If you change it", self.changed)):
            if sentence:
                lines += format_html("<span><strong>{}:</strong> {}</span>", word, sentence)
        return lines


EXPLAINED = {
    "code": Explanation(
        "Import IDs begin with it: order 10234 becomes WEB-10234.",
        "A few letters and a sign at the end, as WEB- or EU-.",
        "It stays as it is from the first order on.",
    ),
    "description": Explanation("What your people call this store."),
    "api_path": Explanation(
        "Where BigCommerce answers for this store. It is shown under Settings → Store-level API accounts when an "
        "account is made.",
        changed="Once orders were seen it stays with its store: connect another store by itself.",
    ),
    "client_id": Explanation("Of the same API account."),
    "client_secret": Explanation("Of the same API account. Kept encrypted, shown to nobody."),
    "access_token": Explanation(
        "What lets Counterfoil into the store. Kept encrypted, shown to nobody.",
        "An API account that nothing else uses, with the scopes Orders (modify), Information & settings (read-only) "
        "and Products (read-only). Test connection names what is missing.",
        "The new one counts from the next request on.",
    ),
    "new_statuses": Explanation(
        "An order is imported when it stands in one of these.",
        "Awaiting Fulfillment: paid, and not yet looked at.",
        "Orders that stand in a status you add are imported with the next visit. Orders in the books stay there.",
    ),
    "downloaded_status": Explanation(
        "An order gets this status in BigCommerce when it is in the books here.",
        "Awaiting Shipment.",
        "It counts from the next import on. The store may e-mail its shoppers about some statuses.",
    ),
    "error_status": Explanation(
        "An order that cannot be imported gets this status, and is listed under Needs attention with the reason.",
        f"Manual Verification Required. {READ_BY_APPS}",
        "Orders that failed before keep the status they have.",
    ),
    "not_before": Explanation(
        "Orders created before this day, in the store's time zone, are left alone and only counted.",
        "The day on which your people begin to work here.",
        "An earlier day, or none, lets older orders in that stand in a new order status. A later one takes nothing out "
        "of the books.",
    ),
    "first_orders": Explanation(
        "To try a store with a few orders before all come. The others stay in the store as they are.",
        "Empty, once the first orders look right.",
        "When the limit goes, all that wait are imported.",
    ),
    "unknown_product": Explanation(
        "What becomes of an order that has a SKU which is not in the product list.",
        "Do not import where you keep the list by hand, create where the store's catalog leads.",
        f"{_FROM_NOW_ON} Try those that were refused again under Needs attention.",
    ),
    "accept_cents": Explanation(
        "Where the store's own figures do not add up, a difference of up to so many cents becomes a Rounding line that "
        "everyone sees.",
        "0: a person decides each time.",
        _FROM_NOW_ON,
    ),
    "match_by_email": Explanation(
        "After the customer ID, which is always asked first: it is the store's own word for who bought.",
        "On.",
        _CLIENTS_STAY,
    ),
    "match_by_phone": Explanation(
        "After the e-mail. A phone that more than a few clients share counts for nothing.", "On.", _CLIENTS_STAY
    ),
    "match_by_address": Explanation(
        "After customer ID, e-mail and phone: the same address, postcode and last name.",
        "Off: people move in together.",
        _CLIENTS_STAY,
    ),
    "match_across_stores": Explanation(
        "A buyer whose e-mail another of your stores knows is the same client here.",
        "On where your stores sell to the same people.",
        _CLIENTS_STAY,
    ),
    "guest_client": Explanation(
        "Guests whom no rule finds are booked to this client; its page shows its number. Empty: each guest becomes a "
        "client.",
        "Empty, unless guests never come back.",
        _CLIENTS_STAY,
    ),
    "take_over_shipments": Explanation(
        "Another app's or a person's shipments become parcels here by themselves, and are never sent back. Off: the "
        "order shows them, and a clerk takes them over.",
        "On where another program ships, too.",
        "Shipments that were seen before stay with their orders as they are.",
    ),
    "close_unshippable": Explanation(
        "An order of digital goods or gift certificates goes to the shipped status when it is imported.",
        "On where such orders need nobody.",
        _FROM_NOW_ON,
    ),
    "reconcile_nightly": Explanation(
        "After three o'clock in the store's time zone its orders of the last seven days are read, 250 a call, and "
        "compared with the books: what is missing, doubled, or differs. Whoever chose that is told by mail.",
        "On.",
        _FROM_NOW_ON,
    ),
    "staff_notes": Explanation(
        "Why an order was not imported also stands in its staff notes in the store, in a marked block of ours that "
        "goes when the order is imported. All else in the notes stays as it is.",
        "On where people work in BigCommerce's own pages.",
        "Notes that were written stay until their order is imported.",
    ),
    "poll_seconds": Explanation(
        "How often the store is asked for news: two calls each time while nothing waits.",
        "60.",
        "A shorter time spends more of the API requests that all apps of the store share. 10 at least.",
    ),
    "answer_seconds": Explanation(
        "How long BigCommerce may take to answer. After that the call counts as too slow, and is tried again.",
        "5. More where the log says that BigCommerce took longer.",
        f"It counts from the next visit on. {LEAST_ANSWER_SECONDS} to {MOST_ANSWER_SECONDS}.",
    ),
    "paused": Explanation("Stops reading the store. What was shipped here is still sent."),
    "push_status": Explanation(
        "When a sales order's status changes here, the BigCommerce status follows the mapping below.",
        "Off at first: shipments and their tracking numbers go to the store in any case.",
        "Only a change of an order pushes: saving this sends nothing.",
    ),
}
