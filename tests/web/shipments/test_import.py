"""Ship from CSV on the page: a test run first, each row answered, then applied; and the file of what is open."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from counterfoil.limits import LARGEST_UPLOAD
from counterfoil.sales.models import Parcel
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
ROWS = "order,carrier,tracking,sku,qty\nWEB-1,UPS,1Z1,ENGINE-0,1\nWEB-1,UPS,1Z1,ENGINE-1,2\nWEB-9,UPS,1Z9,,\n"


@pytest.mark.parametrize("name", ["parcels.xlsx", "parcels.csv.exe", "parcels", "../../parcels.html"])
def test_a_file_that_does_not_end_as_a_csv_is_refused(name: str, clerk: Client) -> None:
    """Whatever is in it; nothing is done, and the page says how to save it."""
    answer = clerk.post(reverse("ship-file"), {"file": SimpleUploadedFile(name, b"order,tracking\n1,2\n")})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "doesn’t end in .csv, .tsv or .txt" in page
    assert "Save as" in page


def upload(text: bytes) -> dict[str, SimpleUploadedFile]:
    """As the browser sends a chosen file."""
    return {"file": SimpleUploadedFile("parcels.csv", text, content_type="text/csv")}


def test_the_test_run_answers_each_row_and_ships_nothing(clerk: Client) -> None:
    """What is refused stands first, with its sentence."""
    an_order(a_store(), 1)
    page = clerk.post(reverse("ship-file"), upload(ROWS.encode())).content.decode()
    assert "Test run: nothing shipped yet" in page
    assert page.index("There’s no sales order WEB-9.") < page.index("Ships 1 × ENGINE-0, 2 × ENGINE-1.")
    assert "Ship these 2 rows" in page
    assert not Parcel.objects.exists()


def test_what_was_tested_is_applied_and_a_second_time_skipped(clerk: Client) -> None:
    """Reloading the page, or choosing the file again, ships nothing twice."""
    order = an_order(a_store(), 1)
    sent = {"content": ROWS, "apply": "1"}
    page = clerk.post(reverse("ship-file"), sent).content.decode()
    assert "Shipped 1 × ENGINE-0, 2 × ENGINE-1." in page
    parcel = Parcel.objects.get()
    assert (parcel.tracking_number, parcel.shipment.processed_by) == ("1Z1", "clerk")
    page = clerk.post(reverse("ship-file"), sent).content.decode()
    assert "Already applied" in page
    assert Parcel.objects.count() == 1
    order.refresh_from_db()
    assert order.status.role == "partially_shipped"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"order,weight\nWEB-1,3\n", "There’s no column “weight”."),
        (b"carrier\nUPS\n", "The column “order” is missing."),
        (b"x" * (LARGEST_UPLOAD + 1), "The file is larger than 2 MB."),
        (b"\n", "The file is empty."),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: bytes, sentence: str, clerk: Client) -> None:
    """And what its columns are to be."""
    answer = clerk.post(reverse("ship-file"), upload(text))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_without_a_file_the_page_asks_for_one(clerk: Client) -> None:
    """Pasted rows will do."""
    assert "No file selected." in clerk.post(reverse("ship-file"), {"content": " "}).content.decode()
    an_order(a_store(), 1)
    page = clerk.post(reverse("ship-file"), {"content": "order\nWEB-1"}).content.decode()
    assert "Ships 2 × ENGINE-0, 2 × ENGINE-1." in page


def test_a_carrier_that_the_stores_do_not_know_is_named(clerk: Client) -> None:
    """It is shipped all the same."""
    an_order(a_store(), 1)
    page = clerk.post(reverse("ship-file"), {"content": "order,carrier\nWEB-1,Own van"}).content.decode()
    assert "“Own van” isn’t in the carrier list" in page


def test_the_open_orders_come_in_the_same_columns_and_go_back_in(clerk: Client) -> None:
    """As a download that spreadsheets open rightly."""
    an_order(a_store(), 1)
    answer = clerk.get(reverse("open-orders"), {"layout": "items"})
    assert answer["Content-Disposition"].startswith('attachment; filename="open-orders-')
    assert answer.content.startswith(b"\xef\xbb\xbforder,carrier,service,")
    page = clerk.post(reverse("ship-file"), upload(answer.content)).content.decode()
    assert "Ship these 2 rows" in page
    answer = clerk.get(reverse("open-orders"))
    assert answer.content.decode().count("\r\n") == 2
    page = clerk.post(reverse("ship-file"), upload(answer.content)).content.decode()
    assert "Ship this row" in page


def test_numbers_that_are_used_already_are_asked_about(clerk: Client) -> None:
    """A second test run allows them, and what it showed is what is shipped."""
    store = a_store()
    an_order(store, 1)
    an_order(store, 2)
    sent = {"content": "order,tracking,sku,qty\nWEB-1,1Z1,ENGINE-0,1\nWEB-2,1z-1,ENGINE-0,1\n"}
    page = clerk.post(reverse("ship-file"), sent).content.decode()
    assert "1z-1 is already used on order WEB-1." in page
    assert "Test run allowing used numbers" in page
    sent |= {"allow_used": "1"}
    page = clerk.post(reverse("ship-file"), sent).content.decode()
    assert "Ship these 2 rows" in page
    assert page.count('name="allow_used" value="1"') == 1
    clerk.post(reverse("ship-file"), sent | {"apply": "1"})
    assert Parcel.objects.count() == 2
