"""Log lines name the store, the order and the request, and hold no secret and nothing of what an order holds."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import AuditEntry, Role
from counterfoil.platform.log_paths import LONGEST, NO_PAGE, RoutesOnly
from counterfoil.platform.logs import FORMS, configuration, where_it_broke, with_short_fields
from counterfoil.stores.models import WebOrder
from counterfoil.stores.sync.isolation import for_each_isolated
from counterfoil.stores.sync.session import open_session
from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import a_person

Lines = list[dict[str, Any]]


class Kept(io.StringIO):
    """What was logged, as JSON."""

    @property
    def lines(self) -> Lines:
        """One for each event."""
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Kept]:
    """The program's log, in the form for programs."""
    kept = Kept()
    handler = logging.StreamHandler(kept)
    given = configuration("json")["formatters"]["lines"]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=given["foreign_pre_chain"], processors=given["processors"]
        )
    )
    handler.addFilter(RoutesOnly())
    loggers = [logging.getLogger(name) for name in ("counterfoil", "django", "waitress")]
    for logger in loggers:
        logger.addHandler(handler)
    yield kept
    for logger in loggers:
        logger.removeHandler(handler)


def test_a_defect_names_the_order_and_where_it_broke_but_not_what_it_said(log: Kept) -> None:
    """The words of an exception may hold a customer's name or a secret."""

    def broken(_order: WebOrder) -> None:
        raise ValueError("Ada Lovelace, token tok-3f1b6c")

    with structlog.contextvars.bound_contextvars(store="WEB-"):
        for_each_isolated([WebOrder(import_id="WEB-7")], broken, again=lambda *_: None, defect=lambda *_: None)
    (line,) = log.lines
    assert (line["event"], line["level"], line["store"], line["order"]) == ("defect", "error", "WEB-", "WEB-7")
    assert line["exception"] == "builtins.ValueError"
    assert "test_logs.py" in line["trace"]
    assert line["trace"].endswith("broken")
    assert "Lovelace" not in log.getvalue()
    assert "tok-3f1b6c" not in log.getvalue()


@pytest.mark.django_db
def test_what_is_logged_during_a_sync_names_the_store(store: SandboxStore, log: Kept) -> None:
    """Also where a person had it synced; nothing stays bound afterwards."""
    integration = connect(store)
    logger = structlog.get_logger("counterfoil")
    with open_session(integration, seconds=5):
        logger.warning("inside")
    logger.warning("outside")
    inside, outside = log.lines
    assert inside["store"] == "WEB-"
    assert "store" not in outside


@pytest.mark.django_db
def test_a_sync_logs_neither_the_token_nor_a_customer(store: SandboxStore, log: Kept) -> None:
    """Whatever the store answers."""
    integration = connect(store)
    order_id = store.place()[0]
    store.fault("GET", "/orders", status=500, times=1)
    run_sync(integration)
    run_sync(integration)
    said = log.getvalue()
    name = store.order(order_id)["header"]["billing_address"]["last_name"]
    assert store.token not in said
    assert name not in said


@pytest.mark.django_db
def test_a_request_has_an_id_in_the_log_and_in_the_answer(log: Kept) -> None:
    """A proxy's own is taken over when it looks like one."""
    answer = Client().get("/not/there", headers={"X-Request-ID": "proxy-0123456789"})
    assert answer["X-Request-ID"] == "proxy-0123456789"
    assert log.lines[-1]["request"] == "proxy-0123456789"
    odd = Client().get("/not/there", headers={"X-Request-ID": "x\tinjected=1"})
    assert len(odd["X-Request-ID"]) == 32
    assert "request" not in structlog.contextvars.get_contextvars()


@pytest.mark.django_db
def test_a_refusal_is_logged_with_who_was_refused(log: Kept) -> None:
    """By their number; the audit log knows their name."""
    clerk = a_person(Role.CLERK)
    logged_in_as(clerk).get(reverse("people"))
    assert (log.lines[-1]["level"], log.lines[-1]["person"]) == ("warning", clerk.pk)
    assert "Permission denied" in log.lines[-1]["event"]
    assert {"person", "request"} & set(structlog.contextvars.get_contextvars()) == set()


@pytest.mark.django_db
def test_a_forged_form_and_a_foreign_host_are_logged(log: Kept) -> None:
    """Whoever tries to get around what guards the pages leaves a line."""
    client = Client(enforce_csrf_checks=True)
    client.post(reverse("account_login"), {"login": "mira"})
    assert "CSRF" in log.lines[-1]["event"]
    client.get(reverse("account_login"), headers={"Host": "evil.example"})
    assert "evil.example" in " ".join(line["event"] for line in log.lines)


@pytest.mark.django_db
def test_the_audit_log_is_in_the_log_without_what_was_typed(log: Kept) -> None:
    """So that it can be kept on another machine; a password typed as the name leaves no trace."""
    Client().post(reverse("account_login"), {"login": "hunter2 my password", "password": "x"})
    (line,) = (each for each in log.lines if each["event"] == "audit")
    assert line["what"] == "Tried to log in with a wrong name or password."
    assert line["entry"] == AuditEntry.objects.latest("pk").pk
    assert "hunter2" not in log.getvalue()


def test_a_line_is_one_line_in_either_form_whatever_stands_in_it() -> None:
    for form in FORMS.values():
        line = form(None, "info", {"event": "turn\nevent=forged", "store": "WEB-"})
        assert len(line.splitlines()) == 1


@pytest.mark.django_db
def test_a_line_is_as_long_as_its_fields_may_be_whatever_was_sent(log: Kept, settings: Any) -> None:
    """A host, a method, the address of the API: anybody could else fill the disk a thousand times as fast."""
    settings.ACCESS_LOG = True
    many = 60_000 * "a"
    Client().get("/login/", headers={"Host": f"{many}.example"})
    Client().generic(many.upper(), "/login/")
    Client().generic(many.upper(), "/api/v1/orders")
    Client().get(f"/{many}")
    assert {"access", "api"} <= {line["event"] for line in log.lines}
    fields = [value for line in log.lines for value in line.values() if isinstance(value, str)]
    assert max(map(len, fields)) == 501
    assert any(each.endswith("A…") for each in fields)
    assert any(each.startswith("Invalid HTTP_HOST") and each.endswith("a…") for each in fields)


@pytest.mark.parametrize("sent", ["a", "a ", "/a ", "a://", "a:", "/login/ "])
def test_a_bounded_part_of_a_line_is_looked_through_for_addresses(sent: str) -> None:
    """Anybody could else keep the processor busy with a host or a method of 60 KB."""
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s", (sent * 20_000,), None)
    assert RoutesOnly().filter(record)
    assert isinstance(record.args, tuple)
    assert len(str(record.args[0])) <= (LONGEST + 1) * len(NO_PAGE)


@pytest.mark.parametrize(("name", "most"), [("event", 500), ("host", 500), ("trace", 20_000)])
def test_a_field_of_a_line_is_shortened_beyond_its_length(name: str, most: int) -> None:
    """A trace may be longer; what is no text stays."""
    for length in (most, most + 1):
        said = with_short_fields(None, "info", {name: "ä" * length, "ms": 10**600})
        assert said == {name: "ä" * most + "…" * (length > most), "ms": 10**600}


def test_an_event_without_an_exception_stays_as_it_is() -> None:
    """Nothing is added to it."""
    assert where_it_broke(None, "error", {"event": "x", "exc_info": None}) == {"event": "x"}


def test_another_form_is_refused_with_a_sentence() -> None:
    """It names the variable."""
    with pytest.raises(ImproperlyConfigured, match="COUNTERFOIL_LOG"):
        configuration("xml")


TOKEN = "dG9rZW4tb2YtYW4taW52aXRhdGlvbg"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "route"),
    [
        (f"/hooks/{TOKEN}/", "/hooks/<slug:token>/"),
        (f"/invitation/{TOKEN}/", "/invitation/<str:token>/"),
        (f"/invitations/{TOKEN}/", None),
        (f'/hook/{TOKEN} {TOKEN}"{TOKEN}/', None),
        (f"/{TOKEN}/", None),
        (f"/password/lost/2-{TOKEN}/", "/^password/lost/"),
    ],
)
def test_a_line_names_the_route_and_never_the_address(path: str, route: str | None, log: Kept) -> None:
    """Not found, wrong method, forged form, mistake of the program: a mistyped link is a token, too."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for answer in (browser.get(path), browser.put(path), browser.post(path, headers={"Referer": f"http://x{path}"})):
        assert answer.status_code in (200, 301, 302, 403, 404, 405, 410)
    assert log.lines
    assert TOKEN not in log.getvalue()
    assert "(no page)" in log.getvalue() if route is None else route in log.getvalue()


@pytest.mark.django_db
def test_a_referer_that_is_not_believed_is_named_by_its_route(log: Kept) -> None:
    """Django says which it was."""
    headers = {"Referer": f"https://testserver/invitation/{TOKEN}/"}
    Client(enforce_csrf_checks=True).post("/login/", headers={**headers, "Host": "localhost"}, secure=True)
    assert "Referer checking failed" in log.getvalue()
    assert TOKEN not in log.getvalue()


@pytest.mark.django_db
def test_a_defect_of_a_page_and_of_the_server_name_the_route(log: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes the line."""
    monkeypatch.setattr("counterfoil.web.integrations.webhook_views.StoreHooks", None)
    Client(raise_request_exception=False).post(f"/hooks/{TOKEN}/", b"{}", content_type="application/json")
    logging.getLogger("waitress").error("Exception while serving %s", f"/hooks/{TOKEN}/")
    assert [line["event"] for line in log.lines] == [
        "Internal Server Error: /hooks/<slug:token>/",
        "Exception while serving /hooks/<slug:token>/",
    ]


@pytest.mark.django_db
def test_the_access_log_has_routes(log: Kept, settings: Any) -> None:
    """One line a request, when somebody wants it; without what was searched for."""
    settings.ACCESS_LOG = True
    Client().get("/orders/", {"q": "Lovelace"})
    Client().get(f"/invitation/{TOKEN}/")
    Client().get(f"/invitations/{TOKEN}/")
    lines = [line for line in log.lines if line["event"] == "access"]
    told = [(line["method"], line["route"], line["status"]) for line in lines]
    assert told == [
        ("GET", "/orders/", 302),
        ("GET", "/invitation/<str:token>/", 410),
        ("GET", "(no page)", 404),
    ]
    assert all(line["request"] and line["ms"] >= 0 for line in lines)
    assert "Lovelace" not in log.getvalue()
    assert TOKEN not in log.getvalue()
