"""Idempotency-Key: what is sent again is answered again, and done once."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from counterfoil.accounts.api_tokens import KEEP_KEYS, forget_api
from counterfoil.accounts.models import ApiAct, IdempotencyKey
from counterfoil.sales.models import SalesOrder, Shipment
from tests.api.factories import Program, a_program
from tests.web.factories.orders import a_store, an_order

ROUNDS = 12
SENT = {"parcels": [{"items": [{"part_number": "ENGINE-0", "quantity": 1}]}]}


@pytest.mark.django_db
def test_a_request_that_is_sent_again_is_answered_again_and_done_once() -> None:
    path = f"/orders/{an_order(a_store()).import_id}/shipments"
    program = a_program("ship")
    first = program.post(path, SENT, key="k-1")
    again = program.post(path, SENT, key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (again["Idempotency-Replayed"], again["Location"]) == ("true", first["Location"])
    assert not first.has_header("Idempotency-Replayed")
    assert (Shipment.objects.count(), ApiAct.objects.count()) == (1, 1)
    assert program.post(path, SENT, key="k-2").status_code == 201
    assert Shipment.objects.count() == 2


@pytest.mark.django_db
def test_a_key_is_for_one_request_and_one_token() -> None:
    order = an_order(a_store())
    path = f"/orders/{order.import_id}/shipments"
    program = a_program("ship")
    assert program.post(path, SENT, key="k-1").status_code == 201
    other = program.post(path, {"parcels": [{}]}, key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert program.post(f"/orders/{order.import_id}/status", {"status": "Released"}, key="k-1").status_code == 422
    assert a_program("ship", name="Another").post(path, SENT, key="k-1").status_code == 201
    for bad in ("", "x" * 256, "with blank", "ä"):
        answer = program.client.post(
            f"/api/v1{path}",
            SENT,
            content_type="application/json",
            headers={"Authorization": f"Bearer {program.secret}", "Idempotency-Key": bad},
        )
        assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key"), bad


@pytest.mark.django_db
def test_a_refusal_does_nothing_and_its_key_is_free() -> None:
    order = an_order(a_store())
    program = a_program("ship", "manage")
    path = f"/orders/{order.import_id}"
    program.post(f"{path}/hold", {"reason": "Wait"})
    assert program.post(f"{path}/shipments", SENT, key="k-1").status_code == 409
    program.post(f"{path}/release", {"why": "They called."})
    assert program.post(f"{path}/shipments", SENT, key="k-1").status_code == 201


@pytest.mark.django_db
def test_answers_are_kept_for_seven_days() -> None:
    program = a_program("ship")
    program.post(f"/orders/{an_order(a_store()).import_id}/shipments", SENT, key="k-1")
    assert forget_api(timezone.now() - KEEP_KEYS)["idempotency_keys"] == 0
    IdempotencyKey.objects.update(at=timezone.now() - KEEP_KEYS)
    assert forget_api(timezone.now()) == {"idempotency_keys": 1, "api_acts": 1}


def both_at_once(program: Program, path: str, key: str) -> list[HttpResponse]:
    """The answers to two same requests that were sent at the same moment."""
    together, answers = Barrier(2), []

    def send() -> None:
        mine = Program(program.secret)
        together.wait(30)
        answers.append(mine.post(path, SENT, key=key))
        connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_the_work_once() -> None:
    """The fault harness does a thousand rounds, with kills between (R21)."""
    store = a_store()
    program = a_program("ship")
    for number in range(1, ROUNDS + 1):
        order = an_order(store, number)
        answers = both_at_once(program, f"/orders/{order.import_id}/shipments", f"round-{number}")
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        assert [answer.has_header("Idempotency-Replayed") for answer in answers].count(True) == 1
    assert Shipment.objects.count() == ROUNDS == SalesOrder.objects.count()
