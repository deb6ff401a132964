"""A defect of the program, for tests: the database does not take what it is told to keep."""

from django.db import connection


def refuse_to_keep(order_id: int) -> None:
    """The database takes no sales order of this number: a defect, as far as the import can tell."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE sales_salesorder ADD CONSTRAINT planted CHECK (web_order_number <> '{order_id}') NOT VALID"
        )


def keep_again() -> None:
    """The defect is mended."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what this transaction wrote is still to be checked
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE sales_salesorder DROP CONSTRAINT planted")
