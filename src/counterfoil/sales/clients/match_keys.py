"""The keys that clients are recognised by: each belongs to one client."""

from collections.abc import Sequence

from django.db import connection

from counterfoil.sales.models import MatchRule

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


def hold_matching() -> None:
    """Until the transaction ends no order is matched, and none is being matched: keys may change their owners.

    Matching locks the keys it finds, and with them this table; who calls this has locked nothing yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE sales_clientkey IN EXCLUSIVE MODE")
