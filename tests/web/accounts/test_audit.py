"""The audit log: searched, narrowed, taken along."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.accounts.models import AuditEntry, Person, Role
from counterfoil.sales.orders.status import put_on_hold
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import MARKUP, ODD, a_person, a_refused_order, a_store, an_order

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def root() -> Person:
    """The administrator."""
    return a_person(Role.ADMINISTRATOR, "root")


@pytest.fixture
def browser(root: Person) -> Client:
    """Theirs; the line of their login is gone."""
    browser = logged_in_as(root)
    with connection.cursor() as cursor:  # the database itself lets nobody do this
        cursor.execute("SET session_replication_role = replica")
        AuditEntry.objects.all().delete()
        cursor.execute("SET session_replication_role = DEFAULT")
    return browser


def test_nobody_changes_what_the_log_says(root: Person) -> None:
    """Not even the program: the database refuses; an old entry goes, and one whose person is removed stays."""
    an_entry("Did something.", at=timezone.now(), person=root)
    an_entry("Did something long ago.", at=timezone.now() - timedelta(days=31))
    entries = AuditEntry.objects.order_by("at")
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        entries.update(what="Did nothing.")
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        entries.delete()
    entries[0].delete()
    root.delete()
    assert list(entries.values_list("what", "by", "person")) == [("Did something.", "mira", None)]


def lines(browser: Client, **asked: object) -> list[str]:
    """What stands under "What", narrowed to what was asked."""
    page = browser.get(reverse("audit"), asked)
    assert page.status_code == 200
    return [entry.record.what for entry in page.context["table"].paginated_rows]


def an_entry(what: str, *, by: str = "mira", at: datetime = DAY, about: str = "", person: Person | None = None) -> None:
    """A line of the log."""
    AuditEntry.objects.create(by=by, what=what, about=about, at=at, person=person)


def test_the_newest_line_is_the_first(browser: Client) -> None:
    """Page by page, without counting."""
    for number in range(60):
        an_entry(f"Line {number}.")
    assert lines(browser)[:2] == ["Line 59.", "Line 58."]
    assert lines(browser, page=2)[-1] == "Line 0."


def test_it_is_searched_by_any_words(browser: Client) -> None:
    """In who, what and about; every word counts."""
    an_entry("Changed a role.", about="noor")
    an_entry("Changed settings.", about="WEB-")
    assert lines(browser, q="changed NOOR") == ["Changed a role."]
    assert lines(browser, q="mira changed") == ["Changed settings.", "Changed a role."]
    assert lines(browser, q="nothing like it") == []


def test_it_is_narrowed_to_a_person_and_to_days(browser: Client, root: Person) -> None:
    """Both ends of the days belong to them."""
    an_entry("Before.", at=DAY - timedelta(days=2))
    an_entry("First.", at=DAY - timedelta(days=1), person=root)
    an_entry("Last.", at=DAY)
    an_entry("After.", at=DAY + timedelta(days=1))
    assert lines(browser, since="2026-11-19", until="2026-11-20") == ["Last.", "First."]
    assert lines(browser, person=str(root.pk)) == ["First."]


@pytest.mark.parametrize("value", ["\x00", "9" * 40, "-1", "'; DROP TABLE", "2026-13-45", ODD])
@pytest.mark.parametrize("key", ["q", "person", "since", "until", "page"])
def test_nonsense_in_its_address_is_passed_over(key: str, value: str, browser: Client) -> None:
    """No query makes it answer with an error."""
    assert browser.get(reverse("audit"), {key: value}).status_code == 200
    assert browser.get(reverse("audit-csv"), {key: value}).status_code == 200


def test_odd_names_are_shown_as_they_are_and_never_as_markup(browser: Client) -> None:
    an_entry(ODD[:300], by=ODD, about=ODD)
    page = browser.get(reverse("audit")).content.decode()
    assert MARKUP not in page
    assert "&lt;script&gt;" in page


def test_the_file_holds_what_the_page_is_narrowed_to(browser: Client) -> None:
    """No formulas in it; that it was taken along stands in the log."""
    an_entry("Changed a role.", by="=HYPERLINK(1)", about="noor")
    an_entry("Logged in.")
    answer = browser.get(reverse("audit-csv"), {"q": "role"})
    assert answer["Content-Type"].startswith("text/csv")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "When (UTC),Who,What,About,From"
    assert len(rows) == 2
    assert rows[1].startswith("2026-11-20 12:00:00,'=HYPERLINK")
    entry = AuditEntry.objects.latest("id")
    assert (entry.by, entry.what) == ("root", "Exported the audit log.")


# address, what it is about, what is sent, what stands in the log
WRITTEN_DOWN: list[tuple[str, str, dict[str, str], str, str]] = [
    ("order-release", "order", {"why": "The client called"}, "Released an order from hold.", "WEB-10234"),
    ("integration-pause", "store", {}, "Paused the store.", "WEB-"),
    ("integration-resume", "store", {}, "Resumed the store.", "WEB-"),
    ("integration-lift", "store", {}, "Lifted the limit of first orders.", "WEB-"),
    ("status-add", "", {"name": "Ready"}, "Added an order status.", "Ready"),
    ("carriers", "", {"name": "Post"}, "Added a carrier.", "Post"),
    ("field-add", "", {"scope": "order", "type": "text", "label": "New"}, "Added a custom field.", "New"),
    ("accept", "", {"import_id": "WEB-77"}, "Accepted a difference as a Rounding line.", "WEB-77"),
]


@pytest.mark.parametrize(("name", "of", "sent", "what", "about"), WRITTEN_DOWN, ids=lambda value: str(value)[:20])
def test_settings_and_overrides_are_written_down(
    name: str, of: str, sent: dict[str, str], what: str, about: str, browser: Client
) -> None:
    """With who, what and about what."""
    integration = a_store()
    order = an_order(integration)
    put_on_hold(order.pk, "Cancelled in the store.", by="test")
    a_refused_order(integration, 77, code="totals", payload=b"{}")
    arguments = {"order": [order.number], "store": [integration.pk], "": []}[of]
    assert browser.post(reverse(name, args=arguments) + "?seen=0.01", sent).status_code == 302
    entry = AuditEntry.objects.latest("id")
    assert (entry.by, entry.what, entry.about) == ("root", what, about)


@pytest.mark.parametrize("name", ["open-orders", "products-csv", "audit-csv"])
def test_what_is_taken_along_is_written_down(name: str, browser: Client) -> None:
    """Each file of customers or products leaves a line."""
    browser.get(reverse(name))
    entry = AuditEntry.objects.latest("id")
    assert entry.by == "root"
    assert "CSV" in entry.what or "Exported" in entry.what


def test_of_settings_the_names_are_written_down_and_of_secrets_that_they_were_replaced(browser: Client) -> None:
    """Never a value."""
    integration = a_store()
    sent = {
        "code": "WEB-",
        "description": "Renamed",
        "api_path": integration.api_path,
        "client_id": "client-id",
        "access_token": "a-new-token-that-nobody-reads",
    }
    browser.post(reverse("integration-tab", args=[integration.pk, "setup"]), sent)
    entry = AuditEntry.objects.latest("id")
    assert entry.what == "Changed settings: Store description, Access token replaced."
