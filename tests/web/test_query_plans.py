"""What pages read of a database that is large: never a hundred times what they show.

A plan does not depend on how busy the machine is. The rows are those of `make bench-large`, which times the same pages.
"""

from itertools import islice

import pytest
from bench.finding import pages
from bench.seeding import seed
from django.db import connection
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.api_tokens import TokenDraft, make_token
from counterfoil.accounts.models import Role
from counterfoil.sales.models import OrderLine, Parcel
from counterfoil.sales.orders import statistics
from tests.query_plans import Plan, is_read, plan_of, recorded
from tests.web.conftest import logged_in

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = 17_000  # with 51,000 lines
SHOWN = 2 * 50
"""A list shows fifty rows, each with what another table says of it: the client of an order, the order of a parcel."""
MOST_ROWS = 100 * SHOWN
MOST_BLOCKS = 4 * MOST_ROWS
"""A row that is looked up by its key takes three blocks of an index, and its own."""
OF_EACH_KIND = 6  # more than any kind of list has addresses that are not alike
READ_WHOLE = {
    "/orders/?show=shipped&store=EU-": 40_000,
    "/shipments/?store=EU-": 25_000,
    "/shipments/?store=by-hand": 25_000,
    "/shipments/?state=sent&store=EU-": 25_000,
}
"""Up to so many rows. Whether an order has shipped is told by its lines, and a small store has few among all orders.
Few shipments of one store are found quickest among all parcels while there are no more than here; of a million they
are looked up."""


def plans(client: Client, path: str) -> list[Plan]:
    """How the database goes about what the page asks of it."""
    with recorded() as statements:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return [plan_of(each) for each in statements if is_read(each)]


def words_that_triggers_would_change() -> int:
    """How many of the seeded words are not what the database itself would have written."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE seeded AS SELECT order_id, words FROM sales_orderwords WHERE order_id <= 500")
        cursor.execute("SELECT sales_write_words(ARRAY(SELECT order_id FROM seeded))")
        cursor.execute(
            "SELECT count(*) FROM seeded JOIN sales_orderwords AS kept USING (order_id)"
            " WHERE kept.words <> seeded.words"
        )
        return int(cursor.fetchone()[0])


def test_no_page_reads_a_hundred_times_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind of list, search, sorting and record; a parcel is found along the index of its number."""
    monkeypatch.setattr(statistics, "MANY", 1_000)
    seed(ORDERS, indexes_last=False)
    assert OrderLine.objects.count() == 3 * ORDERS
    assert words_that_triggers_would_change() == 0
    _, secret = make_token(TokenDraft("Plans", ["read"]), by="Ada")
    client = logged_in(Role.ADMINISTRATOR)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"  # the API looks at no login of a page
    found: dict[str, tuple[str, int, int, list[tuple[int, int, list[str], str]]]] = {}
    for name, paths in pages(ORDERS):
        wanted = list(dict.fromkeys(islice(paths, OF_EACH_KIND)))
        client.get(wanted[0])  # what is read once in a process is read
        for path in wanted:
            read = plans(client, path)
            rows, blocks = sum(each.rows for each in read), sum(each.blocks for each in read)
            if rows > READ_WHOLE.get(path, MOST_ROWS) or blocks > MOST_BLOCKS:
                worst = [(each.rows, each.blocks, each.nodes, each.sql) for each in read if each.rows > SHOWN]
                found[name] = (path, rows, blocks, worst)
    assert found == {}
    number = Parcel.objects.earliest("pk").tracking_number
    for typed in (number, number[:9], number[-8:]):
        nodes = [node for each in plans(client, f"{reverse('shipments')}?q={typed}") for node in each.nodes]
        assert any("parcel_by_code" in node for node in nodes), typed
        assert not any(node.startswith("Seq Scan sales_parcel") for node in nodes), typed
