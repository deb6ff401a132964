"""`counterfoil store`: web integrations."""

import getpass
import os
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction
from datetime import date
from pathlib import Path
from typing import Any

from counterfoil.platform.command import STORE_TROUBLE, CounterfoilCommand, UsageError
from counterfoil.platform.numbers import whole_number
from counterfoil.platform.shapes import Shape
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.connection import save_integration, test_connection
from counterfoil.stores.mapping_check import warnings
from counterfoil.stores.models import StoreState, UnknownProduct, WebIntegration
from counterfoil.stores.present_statuses import PresentStatus, present_statuses, send_present_statuses
from counterfoil.stores.secrets import Secret
from counterfoil.stores.settings_check import problems

PLAIN = (
    "code",
    "description",
    "api_path",
    "client_id",
    "new_statuses",
    "downloaded_status",
    "error_status",
    "not_before",
    "unknown_product",
    "push_status",
    "poll_seconds",
    "accept_cents",
    "match_by_address",
    "staff_notes",
    "take_over_shipments",
    "close_unshippable",
    "paused",
)
status_number = whole_number(0, 14)
FLAGS = {"new_statuses": "--new-status", "mapping": "--map"}


class Command(CounterfoilCommand):
    help = "Web integrations: each connects one BigCommerce store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="action", required=True, metavar="add|list|show|test|set|send-statuses")
        add = commands.add_parser("add", help="Connect a store.")
        change = commands.add_parser("set", help="Change settings of a store.")
        change.add_argument("which", metavar="CODE", help="Its import source code.")
        for each in (add, change):
            _add_settings(each)
        listing = commands.add_parser("list", help="List the stores.")
        show = commands.add_parser("show", help="Show a store's settings and how it is doing.")
        test = commands.add_parser("test", help="Test the connection; names each missing permission.")
        send = commands.add_parser(
            "send-statuses", help="List the present statuses that differ in the store; send them."
        )
        send.add_argument("--yes", action="store_true", help="Send them; without it they are only listed.")
        for each in (show, test, send):
            each.add_argument("which", metavar="CODE", help="Its import source code.")
        for each in (add, change, listing, show, test, send):
            super().add_arguments(each)

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action'].replace('-', '_')}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        self._save(WebIntegration(code=options["code"] or "", description=""), options)

    def _set(self, options: dict[str, Any]) -> None:
        self._save(_find(options["which"]), options)

    def _save(self, integration: WebIntegration, options: dict[str, Any]) -> None:
        for name in PLAIN:
            if options[name] is not None:
                setattr(integration, name, options[name])
        client_secret = _secret("client_secret", options)
        access_token = _secret("access_token", options)
        if access_token is not None:
            integration.access_token = Secret.of(access_token)
        mapping = _mapping(options["map"]) if options["map"] is not None else None
        found = problems(integration, mapping)
        if found:
            lines = [f"  {FLAGS.get(name, '--' + name.replace('_', '-'))}: {why}" for name, why in found.items()]
            raise UsageError("Not saved.\n" + "\n".join(lines))
        save_integration(
            integration, by=getpass.getuser(), client_secret=client_secret, access_token=access_token, mapping=mapping
        )
        integration = _find(integration.code)
        if options["json"]:
            self.print_json(_shape(integration))
            return
        for sentence in warnings(integration):
            self.say(f"Know: {sentence}")
        self.say(f"Saved. Test it with: counterfoil store test {integration.code}")

    def _list(self, options: dict[str, Any]) -> None:
        rows = [_shape(integration) for integration in WebIntegration.objects.select_related("state")]
        if options["json"]:
            self.print_json(rows)
            return
        columns = {"code": "Code", "description": "Store", "api_path": "API path", "condition": "Condition"}
        self.print_table(rows, columns, empty="No web integration yet: counterfoil store add.")

    def _show(self, options: dict[str, Any]) -> None:
        shape = _shape(_find(options["which"]))
        if options["json"]:
            self.print_json(shape)
            return
        rows = [{"name": name.replace("_", " "), "value": value} for name, value in shape.items()]
        self.print_table(rows, {"name": "Setting", "value": "Value"}, empty="")

    def _test(self, options: dict[str, Any]) -> None:
        checks = test_connection(_find(options["which"]))
        if options["json"]:
            names = ("name", "ok", "sentence", "next_step")
            self.print_json([{name: getattr(check, name) for name in names} for check in checks])
        else:
            for check in checks:
                self.say(f"{'✓' if check.ok else '✗'} {check.name}: {check.sentence} {check.next_step}".rstrip())
        if not all(check.ok for check in checks):
            self.end(STORE_TROUBLE)

    def _send_statuses(self, options: dict[str, Any]) -> None:
        integration = _find(options["which"])
        rows = [_status_row(each) for each in present_statuses(integration)]
        sent = send_present_statuses(integration, by=self.me()) if options["yes"] else 0
        if options["json"]:
            self.print_json({"sent": sent, "orders": rows})
            return
        columns = {"import_id": "Import ID", "status": "Order status", "from": "In the store", "to": "Would become"}
        self.print_table(rows, columns, empty="Every mapped status stands in the store already.")
        if options["yes"]:
            self.say(f"{sent} statuses are sent with the next pass.")
        elif rows:
            self.say(f"Nothing was sent. Send them with: counterfoil store send-statuses {integration.code} --yes")


def _status_row(each: PresentStatus) -> Shape:
    integration = each.web_order.integration
    return {
        "import_id": each.web_order.import_id,
        "status": each.order.status.name,
        "from_status_id": each.from_status,
        "to_status_id": each.to_status,
        "from": integration.status_text(each.from_status),
        "to": integration.status_text(each.to_status),
    }


def _add_settings(parser: ArgumentParser) -> None:
    setup = parser.add_argument_group("store setup")
    setup.add_argument("--code", help="Import source code, as in WEB-; import IDs begin with it.")
    setup.add_argument("--description", help="Store description.")
    setup.add_argument("--api-path", help="As BigCommerce shows it: https://api.bigcommerce.com/stores/HASH")
    setup.add_argument("--client-id", help="Of the store's API account.")
    for name in ("client-secret", "access-token"):
        variable = "COUNTERFOIL_" + name.replace("-", "_").upper()
        setup.add_argument(f"--{name}", help=f"Or from {variable}, or:")
        setup.add_argument(f"--{name}-file", type=Path, metavar="PATH", help="A file that holds it.")
    options = parser.add_argument_group("integration options")
    options.add_argument(
        "--new-status",
        dest="new_statuses",
        type=status_number,
        action="append",
        metavar="N",
        help="BigCommerce status of orders to import (11); may be given several times.",
    )
    options.add_argument("--downloaded-status", type=status_number, metavar="N", help="Status after the import (9).")
    options.add_argument(
        "--error-status", type=status_number, metavar="N", help="Status of orders that could not be imported (12)."
    )
    options.add_argument("--not-before", type=_day, metavar="YYYY-MM-DD", help="Do not import older orders.")
    options.add_argument(
        "--unknown-product",
        choices=UnknownProduct.values,
        help="What to do with an order that has a product the books do not know (refuse).",
    )
    options.add_argument("--push-status", action=BooleanOptionalAction, help="Push order status updates.")
    options.add_argument("--map", action="append", metavar="STATUS=N", help="Order status mapping; STATUS= for none.")
    options.add_argument(
        "--poll-seconds", type=whole_number(10, 86_400), metavar="N", help="Ask the store every N seconds (60)."
    )
    options.add_argument(
        "--accept-cents",
        type=whole_number(0, 1000),
        metavar="N",
        help="Import differences of up to N cents as Rounding.",
    )
    options.add_argument("--match-by-address", action=BooleanOptionalAction, help="Match clients by address too.")
    options.add_argument(
        "--staff-notes", action=BooleanOptionalAction, help="Say in the store's staff notes why an order was refused."
    )
    options.add_argument(
        "--take-over-shipments", action=BooleanOptionalAction, help="Shipments made in the store become parcels here."
    )
    options.add_argument(
        "--close-unshippable", action=BooleanOptionalAction, help="Close orders with nothing to ship on import."
    )
    options.add_argument("--paused", dest="paused", action="store_const", const=True, help="Stop reading.")
    options.add_argument("--resume", dest="paused", action="store_const", const=False, help="Read again.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no day, as in 2026-01-31") from None


def _find(code: str) -> WebIntegration:
    integration = WebIntegration.objects.select_related("state").filter(code=code).first()
    if integration is None:
        raise UsageError(f"There is no web integration {code}. “counterfoil store list” shows them.")
    return integration


def _secret(name: str, options: dict[str, Any]) -> str | None:
    """From a flag, a file or the environment; None when it was not given."""
    path: Path | None = options[f"{name}_file"]
    if path is not None:
        try:
            return path.read_text().strip()
        except (OSError, UnicodeDecodeError) as trouble:
            raise UsageError(f"{path} cannot be read: {getattr(trouble, 'strerror', 'it is no text')}") from trouble
    given: str | None = options[name] or os.environ.get(f"COUNTERFOIL_{name.upper()}")
    return given


def _mapping(pairs: list[str]) -> dict[int, int]:
    """`Shipped=2` → the order status's id and the BigCommerce status; `Shipped=` is not assigned."""
    statuses = {status.name.casefold(): status.pk for status in OrderStatus.objects.all()}
    mapping: dict[int, int] = {}
    for pair in pairs:
        name, _, number = pair.rpartition("=")
        if name.casefold() not in statuses:
            raise UsageError(f"--map {pair}: there is no order status “{name}”.")
        if not number:
            continue
        if not number.isdigit() or int(number) > 14:
            raise UsageError(f"--map {pair}: BigCommerce statuses have the numbers 0 to 14.")
        mapping[statuses[name.casefold()]] = int(number)
    return mapping


def _shape(integration: WebIntegration) -> Shape:
    """`store show --json`. Secrets show as set or not set only."""
    state, _ = StoreState.objects.get_or_create(integration=integration)
    shape: Shape = {name: getattr(integration, name) for name in PLAIN}
    mapping = integration.status_mapping.select_related("order_status")
    return shape | {
        "client_secret": "set" if integration.client_secret else "not set",
        "access_token": "set" if integration.access_token else "not set",
        "warnings": warnings(integration),
        "map": {row.order_status.name: row.status_id for row in mapping},
        "store_name": state.store_name,
        "time_zone": state.time_zone,
        "condition": state.trouble or ("paused" if integration.paused else "connected"),
        "counts": state.counts,
        "visited_at": state.visited_at,
    }
