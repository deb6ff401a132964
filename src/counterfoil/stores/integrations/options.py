"""The settings of a web integration: each option is one entry here, and a field of the model.

The pages (their tabs, the store's own page), `counterfoil store` and the checks read this list. `docs/commands.md` and
`docs/set-up.md` name each option; a test compares.
"""

from collections.abc import Iterable

from counterfoil.stores.integrations.mapping_warnings import READ_BY_APPS
from counterfoil.stores.integrations.option_checks import (
    api_path_refusal,
    code_refusal,
    downloaded_refusal,
    error_refusal,
    letterhead_address_refusal,
    letterhead_country_refusal,
)
from counterfoil.stores.integrations.option_kinds import (
    ClientNumber,
    Day,
    HiddenText,
    Number,
    OneOf,
    OneStatus,
    SomeStatuses,
    Switch,
    Text,
)
from counterfoil.stores.integrations.option_types import (
    CLIENTS,
    MAPPING,
    NAMES,
    ORDERS,
    PAPER,
    SETUP,
    SHIPMENTS,
    Explanation,
    Option,
    OptionTab,
)
from counterfoil.stores.models import UnknownProduct, WebIntegration

_FROM_NOW_ON = "Applies from the next import on; existing orders stay as they are."
_CLIENTS_STAY = "Applies from the next import on; existing clients and their orders stay as they are."
_LEAST_ANSWER, _MOST_ANSWER = 2, 120

_SETUP_OPTIONS = (
    Option(
        name="code",
        tab=SETUP,
        kind=Text(needed="an import source code", longest=20, placeholder="WEB-"),
        label="Import source code",
        help=Explanation(
            "Import IDs start with it: order 10234 becomes WEB-10234.",
            "A few letters with a symbol at the end, such as WEB- or EU-.",
            "It can’t be changed after the first order.",
        ),
        on_command_line="Import source code, as in WEB-; import IDs start with it.",
        check=code_refusal,
    ),
    Option(
        name="description",
        tab=SETUP,
        kind=Text(needed="a store description", is_prose=True),
        label="Store description",
        help=Explanation("What your team calls this store."),
        on_command_line="Store description.",
    ),
    Option(
        name="api_path",
        tab=SETUP,
        kind=Text(needed="the API path", placeholder="https://api.bigcommerce.com/stores/…", input_mode="url"),
        label="API path",
        help=Explanation(
            "Where this store's API is. BigCommerce shows it under Settings → Store-level API accounts when you "
            "create an account.",
            changed="Once orders have been imported, it stays with this store: connect another store separately.",
        ),
        on_command_line="As BigCommerce shows it: https://api.bigcommerce.com/stores/HASH",
        check=api_path_refusal,
    ),
    Option(
        name="client_id",
        tab=SETUP,
        kind=Text(),
        label="Client ID",
        help=Explanation("From the same API account."),
        on_command_line="From the store's API account.",
    ),
    Option(
        name="client_secret",
        tab=SETUP,
        kind=HiddenText(),
        label="Client secret",
        help=Explanation("From the same API account. Stored encrypted and never shown."),
        on_command_line="Or from COUNTERFOIL_CLIENT_SECRET, or:",
    ),
    Option(
        name="access_token",
        tab=SETUP,
        kind=HiddenText(needed="the access token of the store's API account"),
        label="Access token",
        help=Explanation(
            "Gives Counterfoil access to the store. Stored encrypted and never shown.",
            "An API account nothing else uses, with the scopes Orders (modify), Information & settings "
            "(read-only) and Products (read-only). Test connection shows what is missing.",
            "The new one is used from the next request on.",
        ),
        on_command_line="Or from COUNTERFOIL_ACCESS_TOKEN, or:",
    ),
)
_ORDER_OPTIONS = (
    Option(
        name="new_statuses",
        tab=ORDERS,
        kind=SomeStatuses(needed="Choose at least one new order status."),
        label="New order status",
        help=Explanation(
            "Orders in one of these statuses are imported.",
            "Awaiting Fulfillment: paid and not yet processed.",
            "Orders in a status you add are imported on the next sync. Imported orders stay.",
        ),
        flag="--new-status",
        on_command_line="BigCommerce status of orders to import (11); may be given several times.",
    ),
    Option(
        name="downloaded_status",
        tab=ORDERS,
        kind=OneStatus(),
        label="Downloaded order status",
        help=Explanation(
            "An order gets this status in BigCommerce once it’s imported.",
            "Awaiting Shipment.",
            "Applies from the next import on. The store may e-mail shoppers about some statuses.",
        ),
        on_command_line="Status after the import (9).",
        check=downloaded_refusal,
    ),
    Option(
        name="error_status",
        tab=ORDERS,
        kind=OneStatus(),
        label="Import error status",
        help=Explanation(
            "An order that can’t be imported gets this status and is listed under Needs attention with the reason.",
            f"Manual Verification Required. {READ_BY_APPS}",
            "Orders that failed before keep the status they have.",
        ),
        on_command_line="Status of orders that couldn’t be imported (12).",
        check=error_refusal,
    ),
    Option(
        name="not_before",
        tab=ORDERS,
        kind=Day(none="none"),
        label="Do not import orders created before",
        help=Explanation(
            "Orders created before this day, in the store's time zone, are only counted.",
            "The day your team starts to work here.",
            "An earlier day, or none, brings in older orders in a new order status. A later day removes nothing.",
        ),
        on_command_line="Do not import older orders; “none”: import them all.",
    ),
    Option(
        name="first_orders",
        tab=ORDERS,
        kind=Number(least=1, most=1_000_000, none="all"),
        label="Import only the first orders",
        form_label="Import only the first … orders",
        help=Explanation(
            "To try a store with a few orders first. The others stay in the store as they are.",
            "Empty once the first orders look right.",
            "Without the limit, all waiting orders are imported.",
        ),
        on_command_line="Import only the first N orders for now; “all”: all of them.",
    ),
    Option(
        name="unknown_product",
        tab=ORDERS,
        kind=OneOf(choices=UnknownProduct),
        label="Product not in the list",
        form_label="An order has a product that isn’t in the product list",
        help=Explanation(
            "What happens to an order with a SKU that isn’t in the product list.",
            "Don’t import if you keep the list by hand; create if the store's catalog is the source.",
            f"{_FROM_NOW_ON} Retry refused orders under Needs attention.",
        ),
        on_command_line="What to do with an order that has an unknown product (refuse).",
    ),
    Option(
        name="accept_cents",
        tab=ORDERS,
        kind=Number(least=0, most=1000, unit="cent", outside="Accept a difference of 0 to 1000 cents."),
        label="Accept differences of up to",
        form_label="Accept differences of up to … cents",
        help=Explanation(
            "If the store's figures don’t add up, a difference of up to this many cents becomes a visible Rounding "
            "line.",
            "0: a person decides each time.",
            _FROM_NOW_ON,
        ),
        on_command_line="Import differences of up to N cents as Rounding.",
    ),
    Option(
        name="poll_seconds",
        tab=ORDERS,
        kind=Number(
            least=10,
            most=86_400,
            unit="second",
            outside="Check the store every 10 seconds at most, and once a day at least.",
        ),
        label="Check the store every",
        form_label="Check the store every … seconds",
        help=Explanation(
            "How often the store is checked for changes: two API requests each time while nothing is waiting.",
            "60.",
            "A shorter time uses more of the API quota that all of the store's apps share. 10 at least.",
        ),
        on_command_line="Check the store every N seconds (60).",
    ),
    Option(
        name="answer_seconds",
        tab=ORDERS,
        kind=Number(
            least=_LEAST_ANSWER,
            most=_MOST_ANSWER,
            unit="second",
            outside=f"Give the store {_LEAST_ANSWER} to {_MOST_ANSWER} seconds to respond.",
            kept_when_empty=True,
        ),
        label="Wait for responses for",
        form_label="Wait … seconds for a response",
        help=Explanation(
            "How long BigCommerce may take to respond before the request is retried.",
            "5. More if the log says BigCommerce took longer.",
            f"Applies from the next sync on. {_LEAST_ANSWER} to {_MOST_ANSWER}.",
        ),
        on_command_line="Wait N seconds for the store to respond (5).",
    ),
    Option(
        name="reconcile_nightly",
        tab=ORDERS,
        kind=Switch(),
        label="Compare with the store every night",
        help=Explanation(
            "After 3 a.m. in the store's time zone, its orders of the last seven days are read, 250 per request, and "
            "compared with yours: what is missing, duplicated or different. People who chose it get an e-mail.",
            "On.",
            _FROM_NOW_ON,
        ),
        on_command_line="Compare the last seven days with the store every night.",
    ),
    Option(
        name="paused",
        tab=ORDERS,
        kind=Switch(off_flag="--resume", off_help="Import again."),
        label="Paused",
        help=Explanation("Stops importing from the store. Shipments made here are still sent."),
        on_command_line="Stop importing.",
        has_button=True,
    ),
)
_MAPPING_OPTIONS = (
    Option(
        name="push_status",
        tab=MAPPING,
        kind=Switch(on="On", off="Off"),
        label="Push order status updates",
        help=Explanation(
            "When a sales order's status changes here, the BigCommerce status follows the mapping below.",
            "Off at first: shipments and tracking numbers always go to the store.",
            "Only status changes are pushed: saving this sends nothing.",
        ),
        on_command_line="Push order status updates.",
    ),
)
_CLIENT_OPTIONS = (
    Option(
        name="match_by_email",
        tab=CLIENTS,
        kind=Switch(rule="e-mail"),
        label="Match clients by e-mail",
        help=Explanation(
            "After the customer ID, which is always checked first: it’s the store's own record of the shopper.",
            "On.",
            _CLIENTS_STAY,
        ),
        on_command_line="By e-mail (on).",
    ),
    Option(
        name="match_by_phone",
        tab=CLIENTS,
        kind=Switch(rule="phone and last name"),
        label="Match clients by phone and last name",
        help=Explanation(
            "After the e-mail. A phone number shared by more than a few clients isn’t used.", "On.", _CLIENTS_STAY
        ),
        on_command_line="By phone and last name (on).",
    ),
    Option(
        name="match_by_address",
        tab=CLIENTS,
        kind=Switch(rule="bill-to address and last name"),
        label="Match clients by bill-to address and last name",
        form_label="Also match clients by bill-to address and last name",
        help=Explanation(
            "After customer ID, e-mail and phone: the same address, ZIP or postal code and last name.",
            "Off: people share addresses.",
            _CLIENTS_STAY,
        ),
        on_command_line="By bill-to address and last name (off).",
    ),
    Option(
        name="match_across_stores",
        tab=CLIENTS,
        kind=Switch(rule="e-mail in other stores"),
        label="Match clients of other stores by e-mail",
        help=Explanation(
            "A shopper whose e-mail is known from another of your stores is the same client here.",
            "On if your stores sell to the same people.",
            _CLIENTS_STAY,
        ),
        on_command_line="By an e-mail that another store knows (off).",
    ),
    Option(
        name="guest_client",
        tab=CLIENTS,
        kind=ClientNumber(none="none"),
        label="One client for guests",
        form_label="One client for guests: its number",
        help=Explanation(
            "Guests no rule matches go to this client; its page shows its number. Empty: each guest becomes a client.",
            "Empty, unless guests never come back.",
            _CLIENTS_STAY,
        ),
        on_command_line="The number of the client for guests no rule matches; “none”: each becomes a client.",
    ),
)
_SHIPMENT_OPTIONS = (
    Option(
        name="take_over_shipments",
        tab=SHIPMENTS,
        kind=Switch(on="Taken over automatically", off="Shown on the order"),
        label="Take over shipments made in the store",
        help=Explanation(
            "Shipments made by another app or a person become parcels here automatically and are never sent back. "
            "Off: the order shows them, and a clerk takes them over.",
            "On if another app also ships.",
            "Shipments seen before stay as they are.",
        ),
        on_command_line="Shipments made in the store become parcels here.",
    ),
    Option(
        name="close_unshippable",
        tab=SHIPMENTS,
        kind=Switch(on="Closed when imported", off="Stays open"),
        label="Close orders that have nothing to ship",
        help=Explanation(
            "An order of only digital goods or gift certificates changes to the shipped status on import.",
            "On if nobody needs to handle such orders.",
            _FROM_NOW_ON,
        ),
        on_command_line="Close orders with nothing to ship on import.",
    ),
    Option(
        name="scan_to_ship",
        tab=SHIPMENTS,
        kind=Switch(on="Only after its items were scanned", off="With or without scanning"),
        label="Ship an order only after its items were scanned",
        help=Explanation(
            "Each item of a parcel is scanned on Process shipment or Pack and ship: its SKU, UPC, EAN or GTIN. A "
            "manager can ship one without that, with a reason. Ship from CSV refuses the orders of this store.",
            "On where the wrong item in a parcel costs you more than the scans do.",
            "Parcels already processed stay as they are.",
        ),
        on_command_line="Ship orders only after their items were scanned.",
    ),
    Option(
        name="staff_notes",
        tab=SHIPMENTS,
        kind=Switch(on="Written", off="Not written"),
        label="Write the reason for a failed import in the staff notes",
        help=Explanation(
            "The reason an order wasn’t imported is also written to its staff notes in the store, in a marked block "
            "that is removed once the order is imported. The rest of the notes stays as it is.",
            "On if people work in BigCommerce's control panel.",
            "Existing notes stay until their order is imported.",
        ),
        on_command_line="Write why an order was refused in the store's staff notes.",
    ),
)
_LETTERHEAD_OPTIONS = (
    Option(
        name="letterhead_name",
        tab=PAPER,
        kind=Text(longest=100, is_prose=True),
        label="Name on packing slips",
        help=Explanation("Your company, at the top of each packing slip. Empty: the store's own name."),
        on_command_line="Your company's name, at the top of each packing slip.",
    ),
    Option(
        name="letterhead_address",
        tab=PAPER,
        kind=Text(longest=400, is_prose=True, rows=4),
        label="Return address",
        help=Explanation("Street, city and ZIP or postal code, as on an envelope. Leave the country out."),
        on_command_line="Your return address, line by line, without the country.",
        check=letterhead_address_refusal,
    ),
    Option(
        name="letterhead_country",
        tab=PAPER,
        kind=Text(longest=2, placeholder="US"),
        label="Ships from country",
        form_label="Ships from country, two letters",
        help=Explanation(
            "Addresses in this country are shown without it; all others have it on their last line.",
            "Empty: the store’s country.",
        ),
        on_command_line="The country that you ship from, two letters as in US (the store's own).",
        check=letterhead_country_refusal,
    ),
    Option(
        name="letterhead_foot",
        tab=PAPER,
        kind=Text(longest=600, is_prose=True, rows=3),
        label="Text below the items",
        help=Explanation("A thank-you, your returns policy, how to reach you."),
        on_command_line="The text below the items on each packing slip.",
    ),
)
_NAME_OPTIONS = (
    Option(
        name="shipping_default",
        tab=NAMES,
        kind=Text(longest=200),
        label="All other shipping methods become",
        help=Explanation("The ship via for a shipping method you haven’t named. Empty: unchanged."),
        on_command_line="The ship via for a shipping method you haven’t named.",
    ),
    Option(
        name="payment_default",
        tab=NAMES,
        kind=Text(longest=200),
        label="All other payment methods become",
        help=Explanation("The name for a payment method you haven’t named. Empty: unchanged."),
        on_command_line="The name for a payment method you haven’t named.",
    ),
)
OPTIONS = (
    *_SETUP_OPTIONS,
    *_ORDER_OPTIONS,
    *_MAPPING_OPTIONS,
    *_CLIENT_OPTIONS,
    *_SHIPMENT_OPTIONS,
    *_LETTERHEAD_OPTIONS,
    *_NAME_OPTIONS,
)
OF_FORM = tuple(option for option in OPTIONS if not option.tab.has_own_page)
"""What the form of a web integration saves."""
SECRETS = tuple(option for option in OPTIONS if option.is_secret)


def options_of(tab: OptionTab) -> tuple[Option, ...]:
    """The options that stand together, in their order."""
    return tuple(option for option in OPTIONS if option.tab is tab)


def names_of(options: Iterable[Option]) -> tuple[str, ...]:
    """The names of their fields."""
    return tuple(option.name for option in options)


def matched_by(integration: WebIntegration) -> str:
    """The rules that find the client of an order, in their order: "Customer ID, e-mail"."""
    switches = [(option.kind, option) for option in OPTIONS if isinstance(option.kind, Switch)]
    on = [kind.rule for kind, option in switches if kind.rule and getattr(integration, option.key)]
    return ", ".join(["Customer ID", *on])
