import pytest, time
from django.db import connection
from tests.intake.test_updating import *
from counterfoil.dispatch import ending
from counterfoil.stores.models import StoreUpdate, WebOrder

pytestmark = pytest.mark.django_db


def test_a():
    test_no_edit_in_the_store_breaks_what_was_shipped()


def test_b(store):
    for t in ("stores_weborder", "stores_storeupdate", "stores_webintegration", "sales_salesorder"):
        with connection.cursor() as c:
            c.execute("select relpages, reltuples from pg_class where relname=%s", [t])
            print(t, c.fetchone())
    time.sleep(75)
    for t in ("stores_weborder", "stores_storeupdate", "stores_webintegration", "sales_salesorder"):
        with connection.cursor() as c:
            c.execute("select relpages, reltuples from pg_class where relname=%s", [t])
            print(t, c.fetchone())
    store.set(plan="enterprise")
    store.place(400, kind="guest")
    integration = connect(store)
    turn(integration)
    u = StoreUpdate.objects.first()
    q = (
        ending.lockable().filter(pk=u.pk)
        if hasattr(ending, "lockable")
        else StoreUpdate.objects.select_for_update(of=("self", "web_order"), no_key=True)
        .select_related("web_order__integration")
        .filter(pk=u.pk)
    )
    sql, params = q.query.sql_with_params()
    with connection.cursor() as c:
        c.execute("EXPLAIN (ANALYZE, BUFFERS) " + sql, params)
        for r in c.fetchall():
            print(r[0])
    assert 0
