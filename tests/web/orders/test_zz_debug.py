import re
import pytest
from django.urls import reverse
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db


def test_dbg(clerk):
    web = a_store()
    an_order(web, 1)
    page = clerk.get(reverse("orders")).content.decode()
    i = page.index('class="tabs views"')
    print(page[i : i + 900])
    q = "?q=10&show=to_ship&store=WEB-&channel=2&status=1&since=2020-01-01&until=2030-01-01&sort=client&page=2"
    for a in ("", q):
        with CaptureQueriesContext(connection) as c:
            clerk.get(reverse("orders") + a)
        for x in c.captured_queries:
            print(x["sql"][:260])
            print()
    assert 0
