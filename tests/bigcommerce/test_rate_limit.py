"""The rate budget: by a fake clock, never by waiting."""

import threading

import pytest

from counterfoil.bigcommerce import QuotaSpent
from counterfoil.bigcommerce.rate_limit import RateBudget


class FakeTime:
    """A clock that only moves when someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        """Moves on."""
        self.now += seconds

    def budget(self) -> RateBudget:
        """A budget that lives by this clock."""
        return RateBudget(clock=lambda: self.now, sleep=self.sleep)


def told(left: int, *, quota: int = 100, reset_ms: int = 30_000) -> dict[str, str]:
    """The store's headers, in odd case."""
    return {
        "x-rate-limit-Requests-Quota": str(quota),
        "X-RATE-LIMIT-REQUESTS-LEFT": str(left),
        "X-Rate-Limit-Time-Reset-Ms": str(reset_ms),
        "X-Rate-Limit-Time-Window-Ms": "30000",
    }


def test_calls_are_free_until_the_store_tells_its_quota() -> None:
    """Without headers there is nothing to count by."""
    time = FakeTime()
    budget = time.budget()
    for _ in range(1000):
        budget.take(wait_at_most=0)
        budget.answered(200, {})
    assert time.now == 100


def test_waiting_for_calls_takes_none_of_them() -> None:
    """They are there afterwards, one after the other, without a further wait; of a small quota as many as there are."""
    time = FakeTime()
    budget = time.budget()
    budget.answered(200, told(21))
    with pytest.raises(QuotaSpent):
        budget.wait_for(2, wait_at_most=29)
    budget.wait_for(2, wait_at_most=0, for_shipment=True)
    budget.wait_for(2, wait_at_most=30)
    assert (time.now, budget.left) == (130, 100)
    budget.answered(200, told(1, quota=1))
    budget.wait_for(2, wait_at_most=0)
    assert time.now == 130


def test_a_part_of_the_quota_stays_with_others_and_a_part_with_shipments() -> None:
    """Of 100, reading takes 80 and shipments ten more."""
    time = FakeTime()
    budget = time.budget()
    budget.answered(200, told(100))
    for _ in range(80):
        budget.take(wait_at_most=0)
    with pytest.raises(QuotaSpent):
        budget.take(wait_at_most=0)
    for _ in range(10):
        budget.take(wait_at_most=0, for_shipment=True)
    with pytest.raises(QuotaSpent) as caught:
        budget.take(wait_at_most=29, for_shipment=True)
    assert caught.value.after == 30


def test_a_new_window_brings_the_quota_back() -> None:
    """A call waits for the window's end and goes on."""
    time = FakeTime()
    budget = time.budget()
    budget.answered(200, told(0, reset_ms=12_000))
    budget.take(wait_at_most=60)
    assert time.now == pytest.approx(112)
    assert budget.left == 99


def test_a_noisy_app_is_heeded() -> None:
    """What others took is gone for us too."""
    time = FakeTime()
    budget = time.budget()
    budget.answered(200, told(100))
    budget.take(wait_at_most=0)
    budget.answered(200, told(15))
    with pytest.raises(QuotaSpent):
        budget.take(wait_at_most=0)


def test_a_quota_that_changes_counts_at_once() -> None:
    """A plan that grew, or shrank, half-way through a window."""
    time = FakeTime()
    budget = time.budget()
    budget.answered(200, told(0, quota=10))
    budget.answered(200, told(400, quota=450))
    budget.take(wait_at_most=0)
    budget.answered(200, told(0, quota=1, reset_ms=1000))
    budget.take(wait_at_most=2)
    assert budget.quota == 1


def test_retry_after_alone_closes_the_store() -> None:
    """429 with X-Retry-After only: seconds."""
    time = FakeTime()
    budget = time.budget()
    budget.answered(429, {"X-Retry-After": "9"})
    assert budget.closed_for() == 9
    budget.take(wait_at_most=10)
    assert time.now == 109


def test_the_longer_of_both_waits_counts() -> None:
    """Wait max(Time-Reset-Ms, X-Retry-After) (bigcommerce.md, section 9)."""
    budget = FakeTime().budget()
    budget.answered(429, told(0, reset_ms=5000) | {"X-Retry-After": "3"})
    assert budget.closed_for() == 5


def test_a_bare_refusal_backs_off_longer_each_time() -> None:
    """429 without headers: 1 s, 2 s, 4 s … a minute at most; one success starts anew."""
    time = FakeTime()
    budget = time.budget()
    waits = []
    for _ in range(8):
        budget.answered(429, {})
        waits.append(budget.closed_for())
        time.sleep(waits[-1])
    for index, wait in enumerate(waits):
        assert 0.75 * min(60, 2**index) <= wait <= min(60, 2**index)
    budget.answered(200, {})
    budget.answered(429, {})
    assert budget.closed_for() <= 1


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-5", "9999999999"])
def test_headers_that_make_no_sense_are_left_alone(text: str) -> None:
    """A 429 with nonsense is a bare 429."""
    budget = FakeTime().budget()
    budget.answered(429, {"X-Retry-After": text, "X-Rate-Limit-Requests-Left": text})
    assert 0 < budget.closed_for() <= 1
    assert budget.left is None


@pytest.mark.parametrize("quota", ["0.5", "0", "", " ", "-3", "99999999999", "many", "nan", "1e400"])
def test_a_quota_that_is_none_stops_nothing(quota: str) -> None:
    """A fraction of a call is no quota of nought: what was told before counts on, and calls stay free without it."""
    budget = FakeTime().budget()
    budget.answered(200, told(0) | {"x-rate-limit-Requests-Quota": quota})
    budget.take(wait_at_most=0)
    assert budget.quota is None
    budget.answered(200, told(90))
    budget.answered(200, told(0) | {"x-rate-limit-Requests-Quota": quota})
    budget.take(wait_at_most=0)
    assert budget.quota == 100


def test_numbers_with_fractions_are_understood() -> None:
    """150.0 of 150.0, and half a second until the window ends."""
    time = FakeTime()
    budget = time.budget()
    budget.answered(200, told(0) | {"x-rate-limit-Requests-Quota": "150.0", "X-Rate-Limit-Time-Reset-Ms": "500.5"})
    budget.take(wait_at_most=1)
    assert (budget.quota, budget.left) == (150, 149)
    assert time.now == pytest.approx(100.5005)


def test_no_header_closes_a_store_for_more_than_an_hour() -> None:
    """A wrong number in a header is no reason to stay away for days."""
    budget = FakeTime().budget()
    budget.answered(429, {"X-Retry-After": "86400000"})
    assert budget.closed_for() == 3600


def test_threads_share_one_budget() -> None:
    """Eight threads at once take exactly what is there."""
    budget = RateBudget()
    budget.answered(200, told(500, quota=500, reset_ms=60_000))
    taken: list[int] = []

    def take_all() -> None:
        while True:
            try:
                budget.take(wait_at_most=0)
            except QuotaSpent:
                return
            taken.append(1)

    threads = [threading.Thread(target=take_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 400
