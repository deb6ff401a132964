"""`counterfoil statuses`: the merchant's own list of order statuses."""

from argparse import ArgumentParser
from typing import Any

from django.db.models import Count

from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.sales.models import OrderStatus, StatusRole
from counterfoil.sales.settings.order_statuses import (
    add_status,
    bring_back,
    move_status,
    rename_status,
    retire_status,
    set_role,
)


class Command(CounterfoilCommand):
    help = "Lists the order statuses, their sales orders and roles; changes the list."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--add", metavar="NAME", help="Add one, at the end.")
        change.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"), help="Rename one; its orders stay.")
        change.add_argument("--move", nargs=2, metavar=("NAME", "up|down"), help="Move one by one place.")
        change.add_argument("--retire", metavar="NAME", help="Retire one: no more orders get it.")
        change.add_argument("--bring-back", metavar="NAME", help="Restore a retired one.")
        change.add_argument("--role", nargs=2, metavar=("NAME", "ROLE"), help=f"Give one a role: {_roles()}; or none.")

    def handle(self, *_args: Any, **options: Any) -> None:
        for name in ("add", "rename", "move", "retire", "bring_back", "role"):
            if options[name] is not None:
                getattr(self, f"_{name}")(options[name])
        self._list(as_json=options["json"])

    def _add(self, name: str) -> None:
        add_status(name)

    def _rename(self, names: list[str]) -> None:
        rename_status(_status_id(names[0]), names[1])

    def _move(self, words: list[str]) -> None:
        if words[1] not in ("up", "down"):
            raise UsageError(f"--move {words[0]}: say up or down.")
        move_status(_status_id(words[0]), up=words[1] == "up")

    def _retire(self, name: str) -> None:
        retire_status(_status_id(name))

    def _bring_back(self, name: str) -> None:
        bring_back(_status_id(name))

    def _role(self, words: list[str]) -> None:
        role = "" if words[1] == "none" else words[1].replace(" ", "_")
        if role not in StatusRole.values:
            raise UsageError(f"--role {words[0]}: there’s no role “{words[1]}”. Roles: {_roles()}; or none.")
        set_role(_status_id(words[0]), role)

    def _list(self, *, as_json: bool) -> None:
        statuses = OrderStatus.objects.annotate(orders_in_it=Count("orders")).order_by("position")
        rows = [
            {
                "name": status.name,
                "role": status.role,
                "position": status.position,
                "retired": status.retired,
                "orders": status.orders_in_it,
            }
            for status in statuses
        ]
        if as_json:
            self.print_json(rows)
            return
        columns = {"name": "Order status", "role": "Role", "retired": "Retired", "orders": "Orders"}
        shown = [row | {"role": str(row["role"]).replace("_", " ")} for row in rows]
        self.print_table(shown, columns, empty="There are no order statuses.")


def _roles() -> str:
    return ", ".join(role.value for role in StatusRole if role)


def _status_id(name: str) -> int:
    found = OrderStatus.objects.filter(name__iexact=name.strip()).values_list("pk", flat=True).first()
    if found is None:
        raise UsageError(f"There’s no order status “{name}”. “counterfoil statuses” lists them.")
    return found
