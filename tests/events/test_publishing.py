"""Events stand in one order in which nothing appears late, and are kept for thirty days."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from counterfoil.events.models import OutgoingEvent, Publication
from counterfoil.events.publish import AFTER_RESTORE, forget_events, leave_out_positions, publish
from tests.api.factories import a_program
from tests.events.factories import events
from tests.web.factories.orders import a_store


def add(subject: str) -> None:
    """One event that nobody has published yet."""
    OutgoingEvent.objects.create(type="order.updated", store="WEB-", subject=subject, data={})


def listed(after: str = "", **asked: object) -> tuple[list[str], str]:
    """The subjects that the API lists after this one, and its cursor."""
    answer = a_program("read", name=f"Reader {Publication.objects.count()} {timezone.now()}").get(
        "/events", after=after, **asked
    )
    assert answer.status_code == 200, answer.content
    found = answer.json()
    return [OutgoingEvent.objects.get(uuid=each["id"][4:]).subject for each in found["data"]], found["cursor"] or ""


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_is_listed_after_those_that_were_listed_before_it() -> None:
    """Its id is lower; whoever reads on from the cursor gets it all the same."""
    written, go_on = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            add("late")
            written.set()
            go_on.wait(30)
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    written.wait(30)
    add("early")
    first, cursor = listed()
    go_on.set()
    thread.join()
    second, _ = listed(cursor)
    assert OutgoingEvent.objects.get(subject="late").pk < OutgoingEvent.objects.get(subject="early").pk
    assert (first, second) == (["early"], ["late"])


@pytest.mark.django_db
def test_pages_follow_each_other_without_a_gap_and_the_id_of_an_event_is_a_cursor_too() -> None:
    events(25, subjects=25)
    found, cursor = listed(limit=10)
    for _ in range(2):
        more, cursor = listed(cursor, limit=10)
        found += more
    assert found == [f"WEB-{n}" for n in range(25)]
    assert listed(cursor) == ([], cursor)
    fifth = OutgoingEvent.objects.get(subject="WEB-5").public_id
    assert listed(fifth, limit=2)[0] == ["WEB-6", "WEB-7"]


@pytest.mark.django_db
def test_a_token_of_some_stores_gets_their_events_only_and_types_narrow_the_list() -> None:
    a_store("SHOP-")
    events(1)
    events(1, store="SHOP-", kind="order.held")
    program = a_program("read", stores=["SHOP-"])
    assert [each["type"] for each in program.get("/events").json()["data"]] == ["order.held"]
    assert program.get("/events", store="WEB-").status_code == 404
    assert program.get("/events", type="order.updated").json()["data"] == []
    assert program.get("/events", type="order.gone").status_code == 422


@pytest.mark.django_db
def test_events_are_kept_for_a_time_and_whoever_missed_some_is_told() -> None:
    events(3, subjects=3)
    _, cursor = listed(limit=1)
    OutgoingEvent.objects.exclude(subject="WEB-2").update(at=timezone.now() - timedelta(days=31))
    assert forget_events(timezone.now() - timedelta(days=30)) == 2
    assert listed()[0] == ["WEB-2"]
    program = a_program("read")
    gone = program.get("/events", after=cursor)
    assert (gone.status_code, gone.json()["code"]) == (410, "events_gone")
    for wrong in ("evt_00000000000000000000000000000000", "nothing", "9" * 15, "-1"):
        assert program.get("/events", after=wrong).status_code == 410, wrong


@pytest.mark.django_db
def test_who_follows_a_quiet_store_goes_on_after_what_is_forgotten_of_others() -> None:
    events(1, kind="order.held")
    events(3)
    assert listed(type="order.held")[0] == ["WEB-0"]
    _, cursor = listed(type="order.held")
    OutgoingEvent.objects.update(at=timezone.now() - timedelta(days=31))
    forget_events(timezone.now() - timedelta(days=30))
    events(1, kind="order.held")
    assert listed(cursor, type="order.held")[0] == ["WEB-0"]


@pytest.mark.django_db
def test_after_a_restore_no_position_is_given_twice() -> None:
    events(2)
    leave_out_positions()
    events(1)
    assert OutgoingEvent.objects.latest("position").position == 2 + AFTER_RESTORE + 1
    assert publish() == 0
