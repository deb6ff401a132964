"""Sales orders as CSV on the pages: what is in the file, who had it, and each set again."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.accounts.models import AuditEntry
from counterfoil.sales.csv.text import read_csv
from counterfoil.sales.models import Export
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
PAGE = "order-exports"


def file_of(answer: Any) -> list[str]:
    """The import ID of each row; the file is taken to its end."""
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    header, *rows = read_csv(content.decode())
    return [row[header.index("import_id")] for row in rows]


def page(client: Client, **asked: Any) -> str:
    """The page before anything is exported."""
    return " ".join(client.get(reverse(PAGE), asked).content.decode().split())


def test_the_list_s_filter_applies(clerk: Client) -> None:
    """The page says what it is and how many; the file has these orders and is kept with who had it."""
    an_order(a_store("WEB-"), 1)
    an_order(a_store("OFF-"), 2)
    shown = page(clerk, filter="store=WEB-")
    assert "1 sales order " in shown
    assert "Store: WEB- Web shop" in shown
    answer = clerk.post(reverse(PAGE), {"filter": "store=WEB-", "which": "all"})
    assert "attachment; filename=" in answer["Content-Disposition"]
    assert file_of(answer) == ["WEB-1", "WEB-1"]
    export = Export.objects.get()
    assert (export.by, export.which, export.order_count, export.row_count) == ("clerk", "Store: WEB- Web shop", 1, 2)
    assert AuditEntry.objects.get(what="Exported 1 sales order.").about.endswith("Store: WEB- Web shop")
    assert "Store: WEB- Web shop" in page(clerk)


def test_what_is_ticked_is_exported_alone_through_the_page_to_the_file(clerk: Client) -> None:
    store = a_store()
    first, _ = an_order(store, 1), an_order(store, 2)
    assert f'name="order" value="{first.number}"' in page(clerk, order=first.number)
    assert set(file_of(clerk.post(reverse(PAGE), {"order": first.number}))) == {"WEB-1"}


def test_only_what_was_not_exported_before(clerk: Client) -> None:
    """The page counts it; a second press finds nothing and says so."""
    store = a_store()
    an_order(store, 1)
    file_of(clerk.post(reverse(PAGE), {"which": "new"}))
    an_order(store, 2)
    assert re.search(
        r'<strong>Only orders not exported before</strong> <span class="muted">\s*1\s*</span>', page(clerk)
    )
    assert set(file_of(clerk.post(reverse(PAGE), {"which": "new"}))) == {"WEB-2"}
    answer = clerk.post(reverse(PAGE), {"which": "new"})
    assert answer.status_code == 422
    assert "There are no orders to export." in answer.content.decode()


def test_a_file_that_is_not_taken_to_its_end_marks_nothing(clerk: Client) -> None:
    """The browser closed the connection: it is all new as before."""
    an_order(a_store())
    answer = clerk.post(reverse(PAGE), {"which": "new"})
    assert [next(answer._iterator) for _ in range(2)][1].startswith(b"order_number,")
    answer._iterator.close()  # as the web server does it
    assert not Export.objects.exists()


def test_a_past_export_is_fetched_again_as_it_was(clerk: Client) -> None:
    """The same orders; the audit log says so; one that is being fetched cannot be fetched."""
    store = a_store()
    an_order(store, 1)
    file_of(clerk.post(reverse(PAGE)))
    an_order(store, 2)
    export = Export.objects.get()
    assert reverse("order-export-file", args=[export.pk]) in page(clerk)
    assert set(file_of(clerk.get(reverse("order-export-file", args=[export.pk])))) == {"WEB-1"}
    assert AuditEntry.objects.filter(what__startswith="Downloaded an export").count() == 1
    Export.objects.update(finished_at=None)
    assert clerk.get(reverse("order-export-file", args=[export.pk])).status_code == 404
    assert "Downloading" in page(clerk)


def test_past_exports_are_paged_and_what_is_chosen_stays(clerk: Client) -> None:
    """The newest first; the page of them next to the choice."""
    an_order(a_store())
    Export.objects.bulk_create(Export(by=f"Ada {at}", order_count=1, finished_at=timezone.now()) for at in range(30))
    shown = page(clerk, filter="store=WEB-")
    assert "Ada 29" in shown
    assert "Ada 4<" not in shown
    assert [unescape(link) for link in re.findall(r"rel=\"next\" href=\"([^\"]+)", shown)] == [
        "?filter=store%3DWEB-&page=2"
    ]
    shown = page(clerk, filter="store=WEB-", page=2)
    assert "Ada 4<" in shown
    assert "Store: WEB- Web shop" in shown


def test_nothing_matches(clerk: Client) -> None:
    """No button that would lead nowhere."""
    shown = page(clerk, filter="q=nothing has these words")
    assert "No matching sales orders." in shown
    assert "Export CSV</button>" not in shown
