"""An order status may hold orders: by default *On Hold* does, and the orders that stand in it."""

from typing import Any

from django.db import migrations, models

HOLD = "hold"
HELD_BY_STATUS = "Its order status puts it on hold."
ROLES = [
    ("", "No role"),
    ("initial", "Initial"),
    ("hold", "On hold"),
    ("partially_shipped", "Partially shipped"),
    ("shipped", "Shipped"),
    ("cancelled", "Cancelled"),
]


def give_role(apps: Any, _schema_editor: Any) -> None:
    """The role goes to the status that is called so, where it has no other and is in use."""
    statuses = apps.get_model("sales", "OrderStatus").objects
    status = statuses.filter(name__iexact="on hold", role="", retired=False).first()
    if status is None:
        return
    statuses.filter(pk=status.pk).update(role=HOLD)
    orders = apps.get_model("sales", "SalesOrder").objects
    orders.filter(status=status, hold_reason="").update(hold_reason=HELD_BY_STATUS)


def take_role(apps: Any, _schema_editor: Any) -> None:
    """Nothing is held by its status any more."""
    apps.get_model("sales", "OrderStatus").objects.filter(role=HOLD).update(role="")
    orders = apps.get_model("sales", "SalesOrder").objects
    orders.filter(hold_reason=HELD_BY_STATUS).update(hold_reason="", hold_overridden_by="")


class Migration(migrations.Migration):
    dependencies = [("sales", "0015_lines_by_part_number")]

    operations = [
        migrations.AlterField(
            model_name="orderstatus",
            name="role",
            field=models.CharField(blank=True, choices=ROLES, default="", max_length=20),
        ),
        migrations.RunPython(give_role, take_role),
    ]
