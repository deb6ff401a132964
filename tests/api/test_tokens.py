"""Tokens: who gets in, with what, from where; and what is kept of them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from counterfoil.accounts.api_tokens import TokenDraft, end_token, make_token, token_with
from counterfoil.accounts.models import ApiToken, AuditEntry
from counterfoil.accounts.signals import AT_MOST
from counterfoil.api.authentication import ENDED_TOKEN
from counterfoil.api.rate_limit import SECONDS, RateLimiter
from counterfoil.api.resources import attention
from counterfoil.sales.clients.contacts import add_contact
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from tests.api.factories import Program, a_program
from tests.platform.commands import run as counterfoil
from tests.web.conftest import logged_in
from tests.web.factories.orders import a_refused_order, a_store, an_order

pytestmark = pytest.mark.django_db


def test_a_token_is_shown_once_and_kept_as_its_digest() -> None:
    token, secret = make_token(TokenDraft("Warehouse", ["read"]), by="Ada")
    assert secret.startswith("cf_")
    assert len(secret) == 3 + 43  # 256 random bits
    kept = ApiToken.objects.values().get(pk=token.pk)
    assert secret not in str(kept)
    assert (kept["ending"], len(kept["digest"])) == (secret[-4:], 64)
    assert token_with(secret) == token
    assert token_with(secret[:-1]) is None


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer cf_nonsense", "Bearer x", "Basic Y2ZfOng="], ids=repr
)
def test_without_a_token_there_is_nothing(header: str) -> None:
    answer = Client().get("/api/v1/orders", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith('Bearer realm="Counterfoil"')
    assert answer.json()["next_step"]


def test_an_ended_and_an_expired_token_open_nothing() -> None:
    ended, expired = a_program(name="Ended"), a_program(name="Expired")
    end_token(ApiToken.objects.get(name="Ended"), by="Ada")
    ApiToken.objects.filter(name="Expired").update(expires_at=timezone.now() - timedelta(seconds=1))
    for program, word in ((ended, "was revoked"), (expired, "has expired")):
        answer = program.get("/orders")
        assert answer.status_code == 401
        assert word in answer.json()["detail"]
        assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_a_login_of_a_page_opens_nothing_and_a_token_no_page() -> None:
    assert logged_in("administrator").get("/api/v1/orders").status_code == 401
    secret = a_program().secret
    assert Client().get("/", headers={"Authorization": f"Bearer {secret}"}).status_code == 302


def test_a_token_does_what_its_scopes_say() -> None:
    order = an_order(a_store())
    answer = a_program("read").post(f"/orders/{order.import_id}/status", {"status": "Released"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert 'scope="ship"' in answer["WWW-Authenticate"]
    assert a_program("ship", name="Ships").get("/orders").status_code == 403


def test_a_token_of_one_store_sees_nothing_of_another_not_even_that_it_is_there() -> None:
    mine, other = an_order(a_store("WEB-"), 1), an_order(a_store("EU-"), 2)
    program = a_program(stores=["WEB-"])
    assert [order["import_id"] for order in program.get("/orders").json()["data"]] == [mine.import_id]
    hidden = program.get(f"/orders/{other.import_id}")
    missing = program.get("/orders/EU-999")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json()["detail"].replace("EU-2", "EU-999") == missing.json()["detail"]
    sent = {"parcels": [{}]}
    assert program.post(f"/orders/{other.import_id}/shipments", sent).status_code == 404
    assert program.post(f"/orders/{other.number}/shipments", sent).status_code == 404
    assert program.get("/stores/EU-").status_code == 404
    assert [store["code"] for store in program.get("/stores").json()["data"]] == ["WEB-"]
    assert [client["number"] for client in program.get("/clients").json()["data"]] == [mine.client_id]
    assert program.get("/log", store="EU-").status_code == 404
    assert program.get("/exports").json()["code"] == "all_stores"


def test_what_waits_in_other_stores_leaves_room_for_that_of_the_tokens_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "MOST", 2)
    store, shop = a_store(), a_store("SHOP-")
    for number in (1, 2, 3):
        a_refused_order(store, number)
    a_refused_order(shop, 4)
    of_shop = a_program(stores=["SHOP-"], name="Shop")
    of_both = a_program(stores=["SHOP-", "WEB-"], name="Both")
    assert [each["import_id"] for each in of_shop.get("/attention").json()["data"]] == ["SHOP-4"]
    assert [each["import_id"] for each in of_both.get("/attention").json()["data"]] == ["WEB-1", "WEB-2"]
    assert of_shop.post("/attention/retry", {"all": True}).json() == {"retried": 1}
    assert of_both.post("/attention/retry", {"all": True}).json() == {"retried": 4}


def test_a_token_is_used_from_its_networks_only() -> None:
    inside = a_program("read", networks=["127.0.0.0/8", "2001:db8::/32"])
    outside = a_program("read", name="Elsewhere", networks=["203.0.113.0/24"])
    assert inside.get("/orders").status_code == 200
    answer = outside.get("/orders")
    assert (answer.status_code, answer.json()["code"]) == (403, "network_not_allowed")
    assert "127.0.0.1" in answer.json()["detail"]


def test_the_last_use_is_written_once_a_minute() -> None:
    program = a_program("read")
    program.get("/orders")
    first = ApiToken.objects.get()
    assert (first.last_used_from, first.last_used_at is not None) == ("127.0.0.1", True)
    program.get("/orders")
    assert ApiToken.objects.get().last_used_at == first.last_used_at
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    program.get("/orders")
    assert ApiToken.objects.get().last_used_at > first.last_used_at


def test_too_many_requests_wait_and_are_told_how_long(settings: object) -> None:
    settings.API_REQUESTS_A_MINUTE = 3  # type: ignore[attr-defined]
    program = a_program("read")
    answers = [program.get("/stores") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[0]["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert answers[-1].json()["code"] == "too_many_requests"
    assert 1 <= int(answers[-1]["Retry-After"]) <= 20
    assert a_program("read", name="Another").get("/stores").status_code == 200


def test_who_guesses_tokens_waits() -> None:
    answers = [Program("cf_guess").get("/orders").status_code for _ in range(31)]
    assert answers == [401] * 30 + [429]


def test_wrong_tokens_are_written_down_a_few_times() -> None:
    """Where from, and nothing of the token; the right one adds no line."""
    right = a_program("read")
    before = AuditEntry.objects.count()
    for _ in range(31):
        Client().get("/api/v1/orders", headers={"Authorization": "Bearer cf_guess"}, REMOTE_ADDR="203.0.113.9")
    assert right.get("/stores").status_code == 200
    Client().get("/api/v1/orders")
    entries = AuditEntry.objects.filter(what="Tried a wrong API token.", address="203.0.113.9", about="", person=None)
    assert (entries.count(), AuditEntry.objects.count() - before) == (AT_MOST, AT_MOST)


def test_a_program_that_goes_on_with_an_ended_token_is_named_once_a_day() -> None:
    """From each address; the administrator reads which one to mend, and guesses do not drown."""
    expired, ended = a_program("read", name="Warehouse"), a_program("read", name="Old shop")
    ApiToken.objects.filter(name="Warehouse").update(expires_at=timezone.now())
    ApiToken.objects.filter(name="Old shop").update(ended_at=timezone.now())
    for program in (expired, expired, ended, expired):
        assert program.get("/stores").status_code == 401
    entries = AuditEntry.objects.filter(what=ENDED_TOKEN)
    assert sorted(entries.values_list("about", flat=True)) == ["Old shop", "Warehouse"]


def test_the_limit_fills_again_evenly() -> None:
    limiter = RateLimiter()
    taken = [limiter.take("me", 4, now=0.0) for _ in range(5)]
    assert [each.left for each in taken] == [3, 2, 1, 0, 0]
    assert taken[-1].wait == 16
    assert limiter.take("me", 4, now=SECONDS / 4).wait == 0
    assert limiter.take("me", 4, now=SECONDS / 4).wait > 0
    assert limiter.take("me", 4, now=SECONDS * 3).left == 3


@pytest.mark.parametrize(
    "draft",
    [
        TokenDraft("", ["read"]),
        TokenDraft("x" * 101, ["read"]),
        TokenDraft("Odd\x07", ["read"]),
        TokenDraft("None", []),
        TokenDraft("All", ["everything"]),
        TokenDraft("Where", ["read"], networks=["here"]),
        TokenDraft("Shop", ["read"], stores=["NO-"]),
        TokenDraft("Late", ["read"], expires_at=timezone.now() - timedelta(days=1)),
    ],
    ids=lambda draft: draft.name[:10] or "nameless",
)
def test_what_is_no_token_is_refused_with_a_next_step(draft: TokenDraft) -> None:
    with pytest.raises(Refused) as refused:
        make_token(draft, by="Ada")
    assert refused.value.next_step
    assert not ApiToken.objects.exists()


def test_a_token_is_made_and_ended_on_a_page_with_lines_in_the_audit_log() -> None:
    store = a_store()
    browser = logged_in("administrator")
    sent = {"name": "Warehouse", "scope": ["read", "ship"], "store": [store.code], "networks": "127.0.0.1, ::1"}
    made = browser.post("/tokens/add/", sent | {"until": "2999-12-31"})
    token = ApiToken.objects.get()
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert secret not in browser.get("/tokens/").content.decode()
    assert (token.scopes, token.stores, token.networks) == (["read", "ship"], ["WEB-"], ["127.0.0.1/32", "::1/128"])
    assert Program(secret).get("/orders").status_code == 200
    bad = browser.post("/tokens/add/", {"name": "Other", "scope": ["read"], "networks": "nowhere"})
    assert (bad.status_code, "isn’t a network" in bad.content.decode()) == (422, True)
    browser.post(f"/tokens/{token.pk}/end/")
    assert Program(secret).get("/orders").status_code == 401
    whats = set(AuditEntry.objects.filter(about="Warehouse").values_list("what", flat=True))
    assert whats == {"Created an API token: Read, Ship.", "Revoked an API token.", ENDED_TOKEN}
    assert secret not in str(list(AuditEntry.objects.values()))


def test_the_command_makes_lists_and_ends_tokens() -> None:
    a_store()
    made = counterfoil("token", "add", "Warehouse", "--scope", "ship", "--scope", "read", "--store", "WEB-", "--json")
    program = Program(made.json["token"])
    order = an_order(a_store("EU-"), 5)
    assert program.get(f"/orders/{order.import_id}").status_code == 404
    (row,) = counterfoil("token", "list", "--json").json
    assert (row["name"], row["scopes"], row["ending"]) == ("Warehouse", ["read", "ship"], made.json["token"][-4:])
    assert "token" not in row
    assert counterfoil("token", "history", "Warehouse", "--json").json == []
    assert counterfoil("token", "end", "Warehouse", "--json").json == {"name": "Warehouse", "ended": True}
    assert program.get("/orders").status_code == 401
    assert AuditEntry.objects.filter(about="Warehouse").exclude(what=ENDED_TOKEN).count() == 2


def test_a_token_for_one_store_sees_and_changes_nobody_s_contact_of_another() -> None:
    """One client with an address at work, where they ordered in the other store."""
    ours, theirs = an_order(a_store(), 1), an_order(a_store("EU-"), 2)
    work = add_contact(ours.client_id, {"last_name": "King", "email": "ada@work.example"}, by="Ada")
    SalesOrder.objects.filter(pk=theirs.pk).update(client=ours.client, contact=work)
    SalesOrder.objects.filter(pk=ours.pk).update(contact=ours.client.contacts.exclude(pk=work.pk).first())
    program, whole = a_program(stores=["WEB-"]), a_program(name="Both")
    client = f"/clients/{ours.client_id}"
    assert "ada@work.example" not in program.get(client).content.decode()
    assert "ada@work.example" not in program.get("/contacts").content.decode()
    assert program.get(f"/contacts/{work.pk}").status_code == 404
    assert "ada@work.example" in whole.get(client).content.decode()
    refused = program.post(client, {"name": "Countess", "why": "Married"}, method="patch")
    assert (refused.status_code, "also ordered in other stores" in refused.content.decode()) == (409, True)
    assert whole.post(client, {"name": "Countess", "why": "Married"}, method="patch").status_code == 200
