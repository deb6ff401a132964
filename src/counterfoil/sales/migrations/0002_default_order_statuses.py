"""The order statuses a merchant starts with."""

from typing import Any

from django.db import migrations

DEFAULTS = [
    ("New", "initial"),
    ("On Hold", ""),
    ("Released", ""),
    ("Picking", ""),
    ("Partially Shipped", "partially_shipped"),
    ("Shipped", "shipped"),
    ("Closed", ""),
    ("Cancelled", "cancelled"),
]


def add_defaults(apps: Any, _schema_editor: Any) -> None:
    apps.get_model("sales", "OrderStatus").objects.bulk_create(
        apps.get_model("sales", "OrderStatus")(name=name, role=role, position=position)
        for position, (name, role) in enumerate(DEFAULTS)
    )


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_books")]

    operations = [migrations.RunPython(add_defaults, migrations.RunPython.noop)]
