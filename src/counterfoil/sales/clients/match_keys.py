"""The keys that clients are recognised by: each belongs to one client."""

from collections.abc import Sequence

from django.db import connection

from counterfoil.sales.models import Client, ClientKey, MatchRule, SalesOrder

Key = tuple[MatchRule, str]

_TEACH = """
    INSERT INTO sales_clientkey (client_id, source, rule, value)
    SELECT %s, %s, rule, value FROM unnest(%s::text[], %s::text[]) AS key (rule, value)
    ON CONFLICT (source, rule, value) DO NOTHING
"""


def teach(client_id: int, source: str, keys: Sequence[Key]) -> int:
    """Gives the client keys that no client holds yet; returns how many it got. One statement."""
    if not keys:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_TEACH, [client_id, source, [rule.value for rule, _ in keys], [value for _, value in keys]])
        taught: int = cursor.rowcount
    return taught


def customer_ids(client_id: int, source: str) -> set[str]:
    """The store's customers that the client is."""
    keys = ClientKey.objects.filter(client=client_id, source=source, rule=MatchRule.CUSTOMER)
    return set(keys.values_list("value", flat=True))


_HAND_OVER = """
    UPDATE sales_clientkey AS held SET client_id = %(after)s
    FROM unnest(%(rules)s::text[], %(values)s::text[]) AS wanted (rule, value)
    WHERE held.client_id = %(before)s AND held.source = %(source)s
        AND held.rule = wanted.rule AND held.value = wanted.value
        AND NOT EXISTS (SELECT FROM sales_clientkey WHERE client_id = %(before)s AND rule = 'customer')
        AND NOT EXISTS (SELECT FROM sales_salesorder WHERE client_id = %(before)s AND id <> %(order)s)
"""


def hand_over(keys: Sequence[Key], order: SalesOrder, *, before: Client) -> None:
    """Gives those of the keys that the client before holds to the order's present one, if it was known by that order.

    A guest who proves to be a customer was a client of their own. It is left without an order, and is not to catch
    the customer's next order as a guest. A client that is a customer, or has other orders, keeps its keys.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _HAND_OVER,
            {
                "rules": [rule.value for rule, _ in keys],
                "values": [value for _, value in keys],
                "before": before.pk,
                "after": order.client_id,
                "source": order.source,
                "order": order.pk,
            },
        )


def join_matching() -> None:
    """For who locks an order and matches it afterwards: waits for `hold_matching` now, not with the order locked."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE sales_clientkey IN ROW EXCLUSIVE MODE")


def hold_matching() -> None:
    """Until the transaction ends no order is matched, and none is being matched: keys may change their owners.

    Matching locks the keys it finds, and with them this table; who calls this has locked nothing yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE sales_clientkey IN EXCLUSIVE MODE")
