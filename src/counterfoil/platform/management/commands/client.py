"""`counterfoil client`: find clients, rename one, make one of two, and say that an order is another client's."""

from argparse import ArgumentParser
from typing import Any

from django.db.models import Count

from counterfoil.platform.argument_types import whole_number
from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.sales.clients.edit import rename_client
from counterfoil.sales.clients.merge import MergePreview, merge, merge_preview
from counterfoil.sales.clients.reassign_order import reassign_order
from counterfoil.sales.clients.search import clients_with
from counterfoil.sales.models import Client
from counterfoil.stores.json_output import Shape, client_row

client_number = whole_number(1, 2**53)


class Command(CounterfoilCommand):
    help = "Lists and renames clients, merges duplicates, moves an order to another client."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="action", required=True, metavar="list|rename|merge|not-this")
        listing = commands.add_parser("list", help="List the clients, by name.")
        listing.add_argument("--search", default="", metavar="TEXT", help="Only those with this name, e-mail or phone.")
        listing.add_argument("--limit", type=whole_number(1, 1_000_000), metavar="N", help="Only the first N.")
        one = commands.add_parser("merge", help="Show what would move from one client to another; move it.")
        one.add_argument("keep", type=client_number, metavar="KEEP", help="The number of the client to keep.")
        one.add_argument("drop", type=client_number, metavar="DROP", help="The number of the client to merge into it.")
        one.add_argument("--yes", action="store_true", help="Merge them; without it nothing is changed.")
        one.add_argument("--why", default="", metavar="TEXT", help="Kept in the history of both.")
        rename = commands.add_parser("rename", help="Rename a client.")
        rename.add_argument("client", type=client_number, metavar="NUMBER", help="The number of the client.")
        rename.add_argument("name", metavar="NAME", help="The new name.")
        move = commands.add_parser("not-this", help="Move an order, with its shopper's keys, to another client.")
        move.add_argument("import_id", metavar="IMPORT_ID", help="The import ID of the order.")
        whose = move.add_mutually_exclusive_group(required=True)
        whose.add_argument("--client", type=client_number, metavar="NUMBER", help="The client it belongs to.")
        whose.add_argument("--new", action="store_true", help="To a new client, created from the bill-to address.")
        for each in (rename, move):
            each.add_argument("--why", default="", metavar="TEXT", help="Kept in the history.")
        for each in (listing, one, rename, move):
            super().add_arguments(each)

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action'].replace('-', '_')}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        clients = clients_with(options["search"]).annotate(order_count=Count("orders")).prefetch_related("contacts")
        rows = [client_row(client, client.order_count) for client in clients[: options["limit"]]]
        if options["json"]:
            self.print_json(rows)
            return
        shown = [row | {"contacts": _contacts_text(row)} for row in rows]
        columns = {"number": "Number", "name": "Client", "contacts": "Contacts", "orders": "Orders"}
        self.print_table(shown, columns, empty="No client has this name." if options["search"] else "No clients yet.")

    def _merge(self, options: dict[str, Any]) -> None:
        keep, drop = options["keep"], options["drop"]
        done = merge(keep, drop, by=self.me(), why=options["why"]) if options["yes"] else merge_preview(keep, drop)
        if options["json"]:
            self.print_json(_merge_document(done, merged=options["yes"]))
            return
        for sentence in _in_words(done):
            self.say(sentence)
        if options["yes"]:
            self.say(f"{_called(done.drop)} was merged into {_called(done.keep)}.")
        else:
            self.say(f"Nothing was changed. Merge them with: counterfoil client merge {keep} {drop} --yes")

    def _rename(self, options: dict[str, Any]) -> None:
        changed = rename_client(options["client"], options["name"], by=self.me(), why=options["why"])
        client = Client.objects.get(pk=options["client"])
        if options["json"]:
            self.print_json({"number": client.pk, "name": client.name, "changed": changed})
            return
        self.say(f"{_called(client)} was renamed." if changed else f"{_called(client)} already has this name.")

    def _not_this(self, options: dict[str, Any]) -> None:
        order = self.find(options["import_id"])
        before = order.client
        moved = reassign_order(order.pk, options["client"], by=self.me(), why=options["why"])
        if options["json"]:
            was, now = ({"number": each.pk, "name": each.name} for each in (before, moved.client))
            self.print_json({"import_id": moved.import_id, "number": moved.number, "before": was, "client": now})
            return
        self.say(f"{moved.name} was moved from {_called(before)} to {_called(moved.client)}.")


def _contacts_text(row: Shape) -> str:
    first = [each["email"] or each["phone"] or each["name"] for each in row["contacts"][:2]]
    more = len(row["contacts"]) - len(first)
    return ", ".join([*first, *([f"{more} more"] if more else [])])


def _merge_document(done: MergePreview, *, merged: bool) -> Shape:
    """`client merge --json`: what moves (or moved), and what to look at first."""
    return {
        "merged": merged,
        "keep": {"number": done.keep.pk, "name": done.keep.name},
        "drop": {"number": done.drop.pk, "name": done.drop.name},
        "moves": [{"what": each.what, "count": each.count} for each in done.moves],
        "joined": [{"goes": pair.gone.name, "stays": pair.stays.name} for pair in done.joined],
        "keys": [{"store": key.source, "rule": key.rule, "value": key.value} for key in done.keys],
        "warnings": list(done.warnings),
    }


def _in_words(done: MergePreview) -> list[str]:
    moved = ", ".join(f"{each.count} {each.what}" for each in done.moves) or "nothing"
    return [
        *(f"Check this first: {warning}" for warning in done.warnings),
        f"From {_called(done.drop)} to {_called(done.keep)}: {moved}.",
        *(f"Contacts to merge: {pair.gone.name} → {pair.stays.name}" for pair in done.joined),
        *(f"Key to move: {key}" for key in done.keys),
    ]


def _called(client: Client) -> str:
    return f"{client.name} (No. {client.pk})"
