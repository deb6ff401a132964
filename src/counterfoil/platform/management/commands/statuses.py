"""`counterfoil statuses`: list the order statuses."""

from typing import Any

from django.db.models import Count

from counterfoil.platform.command import CounterfoilCommand
from counterfoil.sales.models import OrderStatus


class Command(CounterfoilCommand):
    help = "Lists the order statuses, how many sales orders stand in each, and what a role makes of some of them."

    def handle(self, *_args: Any, **options: Any) -> None:
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
        if options["json"]:
            self.print_json(rows)
            return
        columns = {"name": "Order status", "role": "Role", "retired": "Retired", "orders": "Orders"}
        self.print_table(rows, columns, empty="There are no order statuses.")
