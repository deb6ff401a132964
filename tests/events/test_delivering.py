"""Webhooks come at least once, in order for each order, whatever the other side does."""

import random
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.accounts.models import Mail
from counterfoil.events import sender
from counterfoil.events.deliver import (
    FIRST_REST,
    GIVE_UP_AFTER,
    JITTER,
    LANES,
    MOST_FAILURES,
    PAUSES,
    deliver_now,
    deliver_to,
    due_endpoints,
    pause,
    take,
)
from counterfoil.events.endpoints import (
    EndpointDraft,
    add_test,
    change_endpoint,
    send_again,
    skip_delivery,
    switch_on,
)
from counterfoil.events.models import DeliveryState, OutgoingEvent, WebhookDelivery, WebhookEndpoint
from counterfoil.events.publish import events_after
from tests.events.factories import an_endpoint, deliver, events, let_pass, only
from tests.events.receiver import Receiver, Reply
from tests.web.factories.orders import a_person, a_store

pytestmark = pytest.mark.django_db


def test_an_event_comes_with_what_the_api_tells_of_it(other: Receiver) -> None:
    endpoint = an_endpoint(other.url)
    events(1)
    deliver(endpoint)
    (request,) = other.received
    event = OutgoingEvent.objects.get()
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == request.event["id"] == event.public_id
    assert set(request.event) == {"id", "type", "timestamp", "api_version", "data"}
    assert only(endpoint).state == DeliveryState.DELIVERED
    assert (only(endpoint).status, only(endpoint).answer) == (200, "ok")
    deliver(endpoint)
    assert len(other.received) == 1


def test_ten_thousandths_of_the_promise_a_third_fails_and_none_is_lost_or_out_of_order(other: Receiver) -> None:
    """The benchmark does it with 10,000 events, and looks at the memory."""
    chance = random.Random(21)
    other.replies = lambda _: Reply(500 if chance.random() < 1 / 3 else 200)
    endpoint = an_endpoint(other.url)
    events(120, subjects=7)
    accepted: dict[int, list[int]] = {}
    for _ in range(60):
        deliver(endpoint)
        let_pass()
        if not endpoint.deliveries.filter(state=DeliveryState.WAITING).exists():
            break
    seen: set[str] = set()
    for request in other.received:
        if request.headers["webhook-id"] not in seen:
            seen.add(request.headers["webhook-id"])
            accepted.setdefault(request.event["data"]["n"] % 7, []).append(request.event["data"]["n"])
    assert sorted(n for each in accepted.values() for n in each) == list(range(120))
    assert all(each == sorted(each) for each in accepted.values())


def test_a_failing_event_holds_back_its_order_and_no_other(other: Receiver) -> None:
    other.replies = lambda request: Reply(503 if request.event["data"]["n"] == 0 else 200)
    endpoint = an_endpoint(other.url)
    events(6, subjects=2)
    deliver(endpoint)
    assert sorted(each.event["data"]["n"] for each in other.received) == [0, 1, 3, 5]
    skip_delivery(endpoint.deliveries.get(position=OutgoingEvent.objects.earliest("id").position))
    deliver(endpoint)
    assert [each.event["data"]["n"] for each in other.received][4:] == [2, 4]


def test_an_endpoint_gets_its_types_and_stores_only(other: Receiver) -> None:
    a_store("SHOP-")
    endpoint = an_endpoint(other.url, types=["order.held"], stores=["SHOP-"])
    events(1, kind="order.held", store="WEB-")
    events(1, kind="order.updated", store="SHOP-")
    events(1, kind="order.held", store="SHOP-")
    deliver(endpoint)
    assert [each.event["type"] for each in other.received] == ["order.held"]
    assert endpoint.deliveries.count() == 1


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
def test_what_is_no_success_is_tried_again_later_and_no_redirect_is_followed(other: Receiver, status: int) -> None:
    other.replies = lambda _: Reply(status, b"<b>no</b>", {"Location": f"{other.origin}/elsewhere"})
    endpoint = an_endpoint(other.url)
    events(1)
    deliver(endpoint)
    assert [each.path for each in other.received] == ["/hooks"]
    waits = only(endpoint)
    assert (waits.state, waits.status, waits.answer) == (DeliveryState.WAITING, status, "<b>no</b>")
    assert waits.trouble
    assert waits.due_at > timezone.now()


def test_pauses_grow_over_three_days_and_never_fall_together() -> None:
    assert [pause(n) >= each for n, each in enumerate(PAUSES, start=1)] == [True] * len(PAUSES)
    assert all(pause(n) <= each * (1 + JITTER) for n, each in enumerate(PAUSES, start=1))
    assert len({pause(5) for _ in range(20)}) > 1
    assert sum(PAUSES[:-1], timedelta(0)) < GIVE_UP_AFTER <= sum(PAUSES, timedelta(0))


def test_retry_after_is_waited_for(other: Receiver) -> None:
    other.replies = lambda _: Reply(429, headers={"Retry-After": "7200"})
    endpoint = an_endpoint(other.url)
    events(1)
    deliver(endpoint)
    assert only(endpoint).due_at > timezone.now() + timedelta(hours=1, minutes=59)


@pytest.mark.parametrize(
    "said",
    ["soon", "-5", "Mon, 01 Jan 2024 00:00:00 +99999999999999999999", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"],
)
def test_a_retry_after_that_is_no_time_is_passed_over(other: Receiver, said: str) -> None:
    other.replies = lambda _: Reply(503, headers={"Retry-After": said})
    endpoint = an_endpoint(other.url)
    events(1)
    deliver(endpoint)
    assert (only(endpoint).status, only(endpoint).attempts) == (503, 1)
    assert only(endpoint).due_at < timezone.now() + PAUSES[0] * 2


def test_what_waits_goes_to_the_new_url_as_soon_as_it_is_changed(other: Receiver) -> None:
    endpoint = an_endpoint(other.url)
    events(2)  # of one order: the second is taken when the first has been delivered

    def moved() -> bool:
        WebhookEndpoint.objects.filter(pk=endpoint.pk, deliveries__state="delivered").update(url=f"{other.origin}/new")
        return False

    deliver_to(endpoint.pk, seconds=60.0, is_to_stop=moved)
    assert [each.path for each in other.received] == ["/hooks", "/new"]


def test_a_batch_that_fails_in_one_moment_makes_the_endpoint_rest_for_seconds(other: Receiver) -> None:
    """A receiver that restarts: thirty-two at once are no thirty-two in a row. Another URL is tried at once."""
    other.replies = lambda _: Reply(502)
    endpoint = an_endpoint(other.url)
    events(40, subjects=40)
    deliver_to(endpoint.pk, seconds=60.0)
    endpoint.refresh_from_db()
    assert endpoint.failures == MOST_FAILURES
    assert endpoint.rests_until is not None
    assert endpoint.rests_until < timezone.now() + timedelta(seconds=2 * FIRST_REST)
    other.replies = lambda _: Reply()
    draft = EndpointDraft(endpoint.name, f"{other.origin}/new", list(endpoint.types), list(endpoint.stores))
    assert change_endpoint(endpoint, draft) == ["url"]
    deliver_to(endpoint.pk, seconds=60.0)
    assert not endpoint.deliveries.filter(state=DeliveryState.WAITING).exists()


def test_after_three_days_it_is_switched_off_with_a_mail_and_goes_on_where_it_stopped(
    other: Receiver, settings: Any
) -> None:
    settings.CAN_MAIL = True
    admin = a_person(name="mira")
    admin.email = "mira@example.com"
    admin.save()
    other.replies = lambda _: Reply(500)
    endpoint = an_endpoint(other.url)
    events(2)
    deliver(endpoint)
    let_pass(GIVE_UP_AFTER)
    deliver(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.off_at is not None
    assert "three days" in endpoint.off_reason
    (mail,) = Mail.objects.all()
    assert (mail.to, "ERP" in mail.subject) == ("mira@example.com", True)
    events(1)
    let_pass()
    assert due_endpoints() == []
    assert deliver(endpoint) == 0
    other.replies = lambda _: Reply()
    other.received.clear()
    assert switch_on(endpoint)
    deliver(endpoint)
    assert [each.event["data"]["n"] for each in other.received] == [0, 1, 0]


def test_410_switches_off_at_once(other: Receiver) -> None:
    other.replies = lambda _: Reply(410)
    endpoint = an_endpoint(other.url)
    events(3)
    deliver(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.off_at is not None
    assert "410" in endpoint.off_reason
    assert len(other.received) == 1


def test_after_a_410_no_more_of_what_was_taken_with_it_is_sent(other: Receiver) -> None:
    other.replies = lambda _: Reply(410)
    endpoint = an_endpoint(other.url)
    events(24, subjects=24)
    deliver(endpoint)
    assert len(other.received) <= 2 * LANES
    assert endpoint.deliveries.filter(state=DeliveryState.WAITING).count() == 24


def test_a_consumer_that_drips_or_is_silent_is_bounded_in_time_and_bytes(
    other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "SECONDS", 1.0)
    endpoint = an_endpoint(other.url)
    events(3, subjects=3)
    kinds = [
        Reply(200, b"x" * 100, drip=5.0),
        Reply(200, silent=60.0),
        Reply(500, b"y" * 5_000_000, {"Content-Length": "5000000000"}),
    ]
    other.replies = lambda request: kinds[request.event["data"]["n"]]
    deliver(endpoint)
    dripped, silent, large = endpoint.deliveries.order_by("position")
    assert dripped.state == DeliveryState.DELIVERED  # its status said so
    assert (silent.state, silent.status) == (DeliveryState.WAITING, None)
    assert "longer than" in silent.trouble
    assert len(large.answer) == sender.KEPT_BYTES
    assert all((each.milliseconds or 0) < 20_000 for each in (dripped, silent, large))


def test_a_name_that_leads_to_a_forbidden_address_is_not_called(other: Receiver, settings: Any) -> None:
    """The name is looked up when it is called, whatever it led to when it was entered."""
    endpoint = an_endpoint(other.url.replace("127.0.0.1", "localhost"))
    settings.WEBHOOK_NETWORKS = ()
    events(1)
    deliver(endpoint)
    assert other.received == []
    assert "isn’t sent" in only(endpoint).trouble or "aren’t sent" in only(endpoint).trouble


def test_a_host_that_is_not_there_is_told_as_such(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
    endpoint = an_endpoint("http://127.0.0.1:9/")
    events(1)
    deliver(endpoint)
    assert only(endpoint).trouble == "It can’t be reached."


def test_a_delivery_whose_sender_was_killed_is_taken_again_after_its_lease(other: Receiver) -> None:
    endpoint = an_endpoint(other.url)
    events(2)
    (taken,) = take(endpoint, 32)  # and then nothing more is heard of it
    assert take(endpoint, 32) == []
    assert deliver(endpoint) == 0
    let_pass()
    deliver(endpoint)
    assert [each.event["data"]["n"] for each in other.received] == [0, 1]
    taken.refresh_from_db()
    assert (taken.state, taken.attempts) == (DeliveryState.DELIVERED, 2)


def test_an_event_put_off_before_this_machine_s_clock_was_set_back_is_sent(other: Receiver) -> None:
    endpoint = an_endpoint(other.url)
    events(1)
    an_hour_ahead = timezone.now() + timedelta(hours=1)
    endpoint.deliveries.update(due_at=an_hour_ahead, tried_at=an_hour_ahead)
    WebhookEndpoint.objects.update(rests_until=an_hour_ahead)
    assert due_endpoints() == [endpoint.pk]
    deliver(endpoint)
    assert only(endpoint).state == DeliveryState.DELIVERED


def test_an_endpoint_that_is_away_is_tried_with_one_event_at_a_time(
    other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterfoil.events.deliver.FIRST_REST", 600.0)  # no test is slow enough to outlast it
    other.replies = lambda _: Reply(502)
    endpoint = an_endpoint(other.url)
    events(40, subjects=40)
    deliver(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.rests_until is not None
    assert endpoint.rests_until > timezone.now()
    seen = len(other.received)
    assert seen < 40
    WebhookEndpoint.objects.update(rests_until=None)
    deliver(endpoint)
    assert len(other.received) == seen + 1
    other.replies = lambda _: Reply()
    let_pass()
    deliver(endpoint)
    assert not endpoint.deliveries.filter(state=DeliveryState.WAITING).exists()


def test_a_test_event_is_sent_once_to_one_endpoint_and_stands_in_no_list(other: Receiver) -> None:
    endpoint, another = an_endpoint(other.url), an_endpoint(other.url, "Warehouse")
    assert deliver_now(add_test(endpoint)).state == DeliveryState.DELIVERED
    assert [each.event["type"] for each in other.received] == ["test"]
    other.replies = lambda _: Reply(500)
    failed = deliver_now(add_test(endpoint))
    assert (failed.state, failed.status) == (DeliveryState.SKIPPED, 500)
    events(0)
    assert events_after(0, stores=[], types=[], limit=10).events == []
    assert another.deliveries.count() == 0
    assert WebhookDelivery.objects.filter(state=DeliveryState.WAITING).count() == 0


def test_send_again_sends_what_was_delivered_before_with_the_same_id(other: Receiver) -> None:
    endpoint = an_endpoint(other.url)
    events(1)
    deliver(endpoint)
    send_again(only(endpoint))
    assert deliver_now(only(endpoint)).state == DeliveryState.DELIVERED
    first, second = other.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
