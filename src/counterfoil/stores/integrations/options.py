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
from counterfoil.stores.integrations.option_types import Explanation, Option, OptionTab
from counterfoil.stores.models import UnknownProduct, WebIntegration

_FROM_NOW_ON = "It counts from the next import on; orders in the books stay as they are."
_CLIENTS_STAY = "It counts from the next import on; clients and the orders they have stay as they are."
_LEAST_ANSWER, _MOST_ANSWER = 2, 120

SETUP = OptionTab(
    name="setup",
    title="Store setup",
    about="Which store this is, and how it is reached.",
    flags_title="store setup",
)
ORDERS = OptionTab(
    name="orders",
    title="Orders in",
    about="Which orders become sales orders, and what they become in the store.",
    flags_title="which orders come in, and how",
)
MAPPING = OptionTab(
    name="mapping",
    title="Order status mapping",
    about="What the store shows when a sales order goes on to another order status here.",
    flags_title="what the store is told",
)
CLIENTS = OptionTab(
    name="clients",
    title="Clients",
    about="How the client of an order is found. The first rule that finds one decides; where none does, the client is "
    "made with the order.",
    flags_title="how clients are found, after the customer ID",
)
SHIPMENTS = OptionTab(
    name="shipments",
    title="Shipments and notes",
    about="What others ship in the store, what needs no shipping, and what is noted there.",
    flags_title="shipments and notes",
)
NAMES = OptionTab(
    name="names",
    title="Names of methods",
    about="What the store calls a method, and what you call it.",
    flags_title="what methods are called",
    has_own_page=True,
)
TABS = (SETUP, ORDERS, MAPPING, CLIENTS, SHIPMENTS, NAMES)

_SETUP_OPTIONS = (
    Option(
        name="code",
        tab=SETUP,
        kind=Text(needed="an import source code", longest=20, placeholder="WEB-"),
        label="Import source code",
        help=Explanation(
            "Import IDs begin with it: order 10234 becomes WEB-10234.",
            "A few letters and a sign at the end, as WEB- or EU-.",
            "It stays as it is from the first order on.",
        ),
        on_command_line="Import source code, as in WEB-; import IDs begin with it.",
        check=code_refusal,
    ),
    Option(
        name="description",
        tab=SETUP,
        kind=Text(needed="a store description", is_prose=True),
        label="Store description",
        help=Explanation("What your people call this store."),
        on_command_line="Store description.",
    ),
    Option(
        name="api_path",
        tab=SETUP,
        kind=Text(needed="the API path", placeholder="https://api.bigcommerce.com/stores/…", input_mode="url"),
        label="API path",
        help=Explanation(
            "Where BigCommerce answers for this store. It is shown under Settings → Store-level API accounts when an "
            "account is made.",
            changed="Once orders were seen it stays with its store: connect another store by itself.",
        ),
        on_command_line="As BigCommerce shows it: https://api.bigcommerce.com/stores/HASH",
        check=api_path_refusal,
    ),
    Option(
        name="client_id",
        tab=SETUP,
        kind=Text(),
        label="Client ID",
        help=Explanation("Of the same API account."),
        on_command_line="Of the store's API account.",
    ),
    Option(
        name="client_secret",
        tab=SETUP,
        kind=HiddenText(),
        label="Client secret",
        help=Explanation("Of the same API account. Kept encrypted, shown to nobody."),
        on_command_line="Or from COUNTERFOIL_CLIENT_SECRET, or:",
    ),
    Option(
        name="access_token",
        tab=SETUP,
        kind=HiddenText(needed="the access token of the store's API account"),
        label="Access token",
        help=Explanation(
            "What lets Counterfoil into the store. Kept encrypted, shown to nobody.",
            "An API account that nothing else uses, with the scopes Orders (modify), Information & settings "
            "(read-only) and Products (read-only). Test connection names what is missing.",
            "The new one counts from the next request on.",
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
            "An order is imported when it stands in one of these.",
            "Awaiting Fulfillment: paid, and not yet looked at.",
            "Orders that stand in a status you add are imported with the next visit. Orders in the books stay there.",
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
            "An order gets this status in BigCommerce when it is in the books here.",
            "Awaiting Shipment.",
            "It counts from the next import on. The store may e-mail its shoppers about some statuses.",
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
            "An order that cannot be imported gets this status, and is listed under Needs attention with the reason.",
            f"Manual Verification Required. {READ_BY_APPS}",
            "Orders that failed before keep the status they have.",
        ),
        on_command_line="Status of orders that could not be imported (12).",
        check=error_refusal,
    ),
    Option(
        name="not_before",
        tab=ORDERS,
        kind=Day(none="none"),
        label="Do not import orders created before",
        help=Explanation(
            "Orders created before this day, in the store's time zone, are left alone and only counted.",
            "The day on which your people begin to work here.",
            "An earlier day, or none, lets older orders in that stand in a new order status. A later one takes nothing "
            "out of the books.",
        ),
        on_command_line="Do not import older orders; “none”: import them all.",
    ),
    Option(
        name="first_orders",
        tab=ORDERS,
        kind=Number(least=1, most=1_000_000, none="all"),
        label="Take in only the first orders",
        form_label="Take in only the first … orders",
        help=Explanation(
            "To try a store with a few orders before all come. The others stay in the store as they are.",
            "Empty, once the first orders look right.",
            "When the limit goes, all that wait are imported.",
        ),
        on_command_line="Take in only the first N orders for now; “all”: all of them.",
    ),
    Option(
        name="unknown_product",
        tab=ORDERS,
        kind=OneOf(choices=UnknownProduct),
        label="Product that is not in the list",
        form_label="An order has a product that is not in the product list",
        help=Explanation(
            "What becomes of an order that has a SKU which is not in the product list.",
            "Do not import where you keep the list by hand, create where the store's catalog leads.",
            f"{_FROM_NOW_ON} Try those that were refused again under Needs attention.",
        ),
        on_command_line="What to do with an order that has a product the books do not know (refuse).",
    ),
    Option(
        name="accept_cents",
        tab=ORDERS,
        kind=Number(least=0, most=1000, unit="cent", outside="Accept a difference of 0 to 1000 cents."),
        label="Accept differences of up to",
        form_label="Accept differences of up to … cents",
        help=Explanation(
            "Where the store's own figures do not add up, a difference of up to so many cents becomes a Rounding line "
            "that everyone sees.",
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
            outside="Ask the store every 10 seconds at most, and once a day at least.",
        ),
        label="Ask the store every",
        form_label="Ask the store every … seconds",
        help=Explanation(
            "How often the store is asked for news: two calls each time while nothing waits.",
            "60.",
            "A shorter time spends more of the API requests that all apps of the store share. 10 at least.",
        ),
        on_command_line="Ask the store every N seconds (60).",
    ),
    Option(
        name="answer_seconds",
        tab=ORDERS,
        kind=Number(
            least=_LEAST_ANSWER,
            most=_MOST_ANSWER,
            unit="second",
            outside=f"Give the store {_LEAST_ANSWER} to {_MOST_ANSWER} seconds to answer.",
            kept_when_empty=True,
        ),
        label="Wait for its answers for",
        form_label="Wait … seconds for an answer",
        help=Explanation(
            "How long BigCommerce may take to answer. After that the call counts as too slow, and is tried again.",
            "5. More where the log says that BigCommerce took longer.",
            f"It counts from the next visit on. {_LEAST_ANSWER} to {_MOST_ANSWER}.",
        ),
        on_command_line="Wait for an answer of the store for N seconds (5).",
    ),
    Option(
        name="reconcile_nightly",
        tab=ORDERS,
        kind=Switch(),
        label="Compare with the store every night",
        help=Explanation(
            "After three o'clock in the store's time zone its orders of the last seven days are read, 250 a call, and "
            "compared with the books: what is missing, doubled, or differs. Whoever chose that is told by mail.",
            "On.",
            _FROM_NOW_ON,
        ),
        on_command_line="Compare the last seven days with the store every night.",
    ),
    Option(
        name="paused",
        tab=ORDERS,
        kind=Switch(off_flag="--resume", off_help="Read again."),
        label="Paused",
        help=Explanation("Stops reading the store. What was shipped here is still sent."),
        on_command_line="Stop reading.",
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
            "Off at first: shipments and their tracking numbers go to the store in any case.",
            "Only a change of an order pushes: saving this sends nothing.",
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
            "After the customer ID, which is always asked first: it is the store's own word for who bought.",
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
            "After the e-mail. A phone that more than a few clients share counts for nothing.", "On.", _CLIENTS_STAY
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
            "After customer ID, e-mail and phone: the same address, postcode and last name.",
            "Off: people move in together.",
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
            "A buyer whose e-mail another of your stores knows is the same client here.",
            "On where your stores sell to the same people.",
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
            "Guests whom no rule finds are booked to this client; its page shows its number. Empty: each guest becomes "
            "a client.",
            "Empty, unless guests never come back.",
            _CLIENTS_STAY,
        ),
        on_command_line="The number of the client for guests whom no rule finds; “none”: each becomes a client.",
    ),
)
_SHIPMENT_OPTIONS = (
    Option(
        name="take_over_shipments",
        tab=SHIPMENTS,
        kind=Switch(on="Taken over by themselves", off="Shown on the order"),
        label="Take over shipments made in the store",
        help=Explanation(
            "Another app's or a person's shipments become parcels here by themselves, and are never sent back. Off: "
            "the order shows them, and a clerk takes them over.",
            "On where another program ships, too.",
            "Shipments that were seen before stay with their orders as they are.",
        ),
        on_command_line="Shipments made in the store become parcels here.",
    ),
    Option(
        name="close_unshippable",
        tab=SHIPMENTS,
        kind=Switch(on="Closed when imported", off="Stays open"),
        label="Close orders that have nothing to ship",
        help=Explanation(
            "An order of digital goods or gift certificates goes to the shipped status when it is imported.",
            "On where such orders need nobody.",
            _FROM_NOW_ON,
        ),
        on_command_line="Close orders with nothing to ship on import.",
    ),
    Option(
        name="scan_to_ship",
        tab=SHIPMENTS,
        kind=Switch(on="Only when its items were scanned", off="With or without scanning"),
        label="Ship an order only when its items were scanned",
        help=Explanation(
            "Each item of a parcel is scanned on Process shipment or Pack and ship: its SKU, UPC, EAN or GTIN. A "
            "manager can ship one without that, with a reason. Ship from CSV refuses the orders of this store.",
            "On where the wrong item in a parcel costs you more than the scans do.",
            "Parcels that were processed before stay as they are.",
        ),
        on_command_line="Ship orders only when their items were scanned.",
    ),
    Option(
        name="staff_notes",
        tab=SHIPMENTS,
        kind=Switch(on="Written", off="Not written"),
        label="Write why an order was not imported into its staff notes",
        help=Explanation(
            "Why an order was not imported also stands in its staff notes in the store, in a marked block of ours that "
            "goes when the order is imported. All else in the notes stays as it is.",
            "On where people work in BigCommerce's own pages.",
            "Notes that were written stay until their order is imported.",
        ),
        on_command_line="Say in the store's staff notes why an order was refused.",
    ),
)
_NAME_OPTIONS = (
    Option(
        name="shipping_default",
        tab=NAMES,
        kind=Text(longest=200),
        label="Any other shipping method becomes",
        help=Explanation("The ship-via of a shipping method that has no name of yours. Empty: as it came."),
        on_command_line="The ship-via of a shipping method that you have not mapped.",
    ),
    Option(
        name="payment_default",
        tab=NAMES,
        kind=Text(longest=200),
        label="Any other payment method becomes",
        help=Explanation("The name of a payment method that has no name of yours. Empty: as it came."),
        on_command_line="The name of a payment method that you have not mapped.",
    ),
)
OPTIONS = (
    *_SETUP_OPTIONS,
    *_ORDER_OPTIONS,
    *_MAPPING_OPTIONS,
    *_CLIENT_OPTIONS,
    *_SHIPMENT_OPTIONS,
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
