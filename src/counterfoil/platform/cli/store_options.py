"""The flags of `store add` and `store set`: store setup and integration options."""

from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction
from collections.abc import Callable
from datetime import date
from pathlib import Path

from counterfoil.platform.argument_types import whole_number
from counterfoil.stores.integrations.validation import LEAST_ANSWER_SECONDS, MOST_ANSWER_SECONDS
from counterfoil.stores.models import UnknownProduct

NONE = 0  # what a flag gives that takes a number or a day away
LARGEST_CLIENT_NUMBER = 2**53
status_number = whole_number(0, 14)


def add_settings(parser: ArgumentParser) -> None:
    """Adds a flag for every setting; what is not given stays as it is."""
    _add_setup(parser)
    _add_intake(parser)
    _add_clients(parser)
    _add_telling(parser)


def _add_setup(parser: ArgumentParser) -> None:
    setup = parser.add_argument_group("store setup")
    setup.add_argument("--code", help="Import source code, as in WEB-; import IDs begin with it.")
    setup.add_argument("--description", help="Store description.")
    setup.add_argument("--api-path", help="As BigCommerce shows it: https://api.bigcommerce.com/stores/HASH")
    setup.add_argument("--client-id", help="Of the store's API account.")
    for name in ("client-secret", "access-token"):
        variable = "COUNTERFOIL_" + name.replace("-", "_").upper()
        setup.add_argument(f"--{name}", help=f"Or from {variable}, or:")
        setup.add_argument(f"--{name}-file", type=Path, metavar="PATH", help="A file that holds it.")


def _add_intake(parser: ArgumentParser) -> None:
    add = parser.add_argument_group("which orders come in, and how").add_argument
    statuses = "BigCommerce status of orders to import (11); may be given several times."
    add("--new-status", dest="new_statuses", type=status_number, action="append", metavar="N", help=statuses)
    add("--downloaded-status", type=status_number, metavar="N", help="Status after the import (9).")
    add("--error-status", type=status_number, metavar="N", help="Status of orders that could not be imported (12).")
    older = "Do not import older orders; “none”: import them all."
    add("--not-before", type=_day_or_none, metavar="YYYY-MM-DD", help=older)
    first = _number_or("all", 1_000_000)
    add("--first-orders", type=first, metavar="N", help="Take in only the first N orders for now; “all”: all of them.")
    unknown = "What to do with an order that has a product the books do not know (refuse)."
    add("--unknown-product", choices=UnknownProduct.values, help=unknown)
    cents = "Import differences of up to N cents as Rounding."
    add("--accept-cents", type=whole_number(0, 1000), metavar="N", help=cents)
    add("--shipping-default", metavar="NAME", help="The ship-via of a shipping method that you have not mapped.")
    add("--payment-default", metavar="NAME", help="The name of a payment method that you have not mapped.")
    every = "Ask the store every N seconds (60)."
    add("--poll-seconds", type=whole_number(10, 86_400), metavar="N", help=every)
    answer = whole_number(LEAST_ANSWER_SECONDS, MOST_ANSWER_SECONDS)
    add("--answer-seconds", type=answer, metavar="N", help="Wait for an answer of the store for N seconds (5).")
    add("--paused", dest="paused", action="store_const", const=True, help="Stop reading.")
    add("--resume", dest="paused", action="store_const", const=False, help="Read again.")


def _add_clients(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("how clients are found, after the customer ID")
    for flag, what in (
        ("--match-by-email", "By e-mail (on)."),
        ("--match-by-phone", "By phone and last name (on)."),
        ("--match-by-address", "By bill-to address and last name (off)."),
        ("--match-across-stores", "By an e-mail that another store knows (off)."),
    ):
        group.add_argument(flag, action=BooleanOptionalAction, help=what)
    group.add_argument(
        "--guest-client",
        dest="guest_client_id",
        type=_number_or("none", LARGEST_CLIENT_NUMBER),
        metavar="N",
        help="The number of the client for guests whom no rule finds; “none”: each becomes a client.",
    )


def _add_telling(parser: ArgumentParser) -> None:
    add = parser.add_argument_group("what the store is told, and what it says").add_argument
    add("--push-status", action=BooleanOptionalAction, help="Push order status updates.")
    one = "Order status mapping: this order status becomes that BigCommerce status; STATUS= for none. The others stay."
    add("--map", action="append", metavar="STATUS=N", help=one)
    add("--map-only", action="store_true", help="What is given with --map is the whole mapping; the others go.")
    hooks = "Let the store tell of changed orders at once, where Counterfoil has a public address (on)."
    add("--webhooks", action=BooleanOptionalAction, help=hooks)
    notes = "Say in the store's staff notes why an order was refused."
    add("--staff-notes", action=BooleanOptionalAction, help=notes)
    parcels = "Shipments made in the store become parcels here."
    add("--take-over-shipments", action=BooleanOptionalAction, help=parcels)
    nightly = "Compare the last seven days with the store every night."
    add("--reconcile-nightly", action=BooleanOptionalAction, help=nightly)
    add("--close-unshippable", action=BooleanOptionalAction, help="Close orders with nothing to ship on import.")


def _number_or(word: str, most: int) -> Callable[[str], int]:
    """For argparse's `type`: a number from 1, or the word for none at all, which gives NONE."""
    number = whole_number(1, most)

    def read(text: str) -> int:
        return NONE if text == word else number(text)

    return read


def _day_or_none(text: str) -> date | int:
    if text == "none":
        return NONE
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no day, as in 2026-01-31") from None
