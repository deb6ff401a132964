"""`counterfoil shipstation`: connections of ShipStation, and the labels that it sent."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.accounts.audit import record_as
from counterfoil.platform.argument_types import whole_number
from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.json_output import Shape
from counterfoil.stores.models import ShipStationConnection, ShipStationNotice
from counterfoil.stores.shipstation.connections import (
    ConnectionDraft,
    find_connection,
    make_connection,
    new_password,
)
from counterfoil.stores.shipstation.notices import UNSCANNED, dismiss_notice, find_notice, open_notices, process_notice


class Command(CounterfoilCommand):
    help = "ShipStation: connect it, list its connections, see and process the labels that need a person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(
            dest="action", required=True, metavar="add|list|password|notices|retry|dismiss"
        )
        add = commands.add_parser("add", help="Add a connection. Its password is shown once.")
        add.add_argument("name", metavar="NAME", help="What the order history calls it.")
        add.add_argument("--username", required=True, metavar="NAME", help="The username ShipStation logs in with.")
        add.add_argument("--store", action="append", default=[], metavar="CODE", help="Only this store; repeatable.")
        add.add_argument(
            "--network", action="append", default=[], metavar="CIDR", help="Only from this network: 203.0.113.0/24."
        )
        listing = commands.add_parser("list", help="List the connections.")
        password = commands.add_parser("password", help="Create a new password; the current one stops working.")
        password.add_argument("name", metavar="NAME", help="As the list shows it.")
        notices = commands.add_parser("notices", help="List the labels that need a person.")
        retry = commands.add_parser("retry", help="Process such a label now.")
        dismiss = commands.add_parser("dismiss", help="Dismiss such a label.")
        for each in (retry, dismiss):
            each.add_argument("notice", type=whole_number(1, LARGEST_ID), metavar="ID", help="As the list shows it.")
        for each in (add, listing, password, notices, retry, dismiss):
            super().add_arguments(each)

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        draft = ConnectionDraft(options["name"], options["username"], options["store"], networks=options["network"])
        connection, secret = make_connection(draft, by=self.me())
        record_as(self.me(), "Added a ShipStation connection.", about=connection.name)
        self._tell(options, connection, secret)

    def _list(self, options: dict[str, Any]) -> None:
        rows = [_row(connection) for connection in ShipStationConnection.objects.all()]
        if options["json"]:
            self.print_json(rows)
            return
        shown = [row | {name: ", ".join(row[name]) or "all" for name in ("stores", "networks")} for row in rows]
        columns = {
            "name": "Name",
            "username": "Username",
            "stores": "Stores",
            "networks": "Networks",
            "active": "On",
            "path": "Path",
        }
        columns |= {"last_export_at": "Last export", "last_notice_at": "Last label"}
        self.print_table(shown, columns, empty="No connections yet.")

    def _password(self, options: dict[str, Any]) -> None:
        connection = find_connection(options["name"])
        secret = new_password(connection)
        record_as(self.me(), "Created a new password for a ShipStation connection.", about=connection.name)
        self._tell(options, connection, secret)

    def _tell(self, options: dict[str, Any], connection: ShipStationConnection, secret: str) -> None:
        row = _row(connection)
        if options["json"]:
            self.print_json(row | {"password": secret})
            return
        self.say(f"{connection.name}: username {connection.username}, path {row['path']}. Copy this password now:")
        self.say(secret)

    def _notices(self, options: dict[str, Any]) -> None:
        names = ("id", "at", "order_number", "order_ref", "carrier", "tracking_number", "sentence", "next_step")
        rows = [{name: getattr(each, name) for name in names} for each in open_notices()]
        if options["json"]:
            self.print_json(rows)
            return
        columns = {"id": "ID", "at": "Time", "order_number": "Order", "carrier": "Carrier"}
        columns |= {"tracking_number": "Tracking number", "sentence": "Why"}
        self.print_table(rows, columns, empty="No label needs a person.")

    def _retry(self, options: dict[str, Any]) -> None:
        notice = process_notice(find_notice(options["notice"]).pk, by=self.me(), unscanned=UNSCANNED)
        if options["json"]:
            self.print_json({"id": notice.pk, "state": notice.state, "shipment": notice.shipment_id})
        else:
            self.say(f"Label {notice.pk} was processed.")

    def _dismiss(self, options: dict[str, Any]) -> None:
        pk = find_notice(options["notice"]).pk
        if dismiss_notice(pk, by=self.me()):
            record_as(self.me(), "Dismissed a notice from ShipStation.", about=str(pk))
        if options["json"]:
            self.print_json({"id": pk, "state": ShipStationNotice.objects.get(pk=pk).state})
        else:
            self.say(f"Label {pk} was dismissed.")


def _row(connection: ShipStationConnection) -> Shape:
    """One row of `shipstation list --json`."""
    names = (
        "name",
        "username",
        "stores",
        "networks",
        "active",
        "made_by",
        "made_at",
        "last_export_at",
        "last_notice_at",
    )
    return {name: getattr(connection, name) for name in names} | {"path": f"/api/shipstation/{connection.pk}"}
