"""The benchmarks of the interface to other systems, in a short form: `make bench` runs all of them whole."""

import importlib
from pkgutil import iter_modules

import bench
import pytest
from bench import api, webhooks
from django.test import override_settings


@pytest.mark.parametrize("name", [each.name for each in iter_modules(bench.__path__)])
def test_each_benchmark_can_be_loaded(name: str) -> None:
    importlib.import_module(f"bench.{name}")


@pytest.mark.django_db(transaction=True)
def test_the_api_and_webhooks_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """The API next to the library alone; a consumer that fails a third of the time gets each event once."""
    with override_settings():
        api.measure(2)
        webhooks.measure(20)
    said = capsys.readouterr().out
    assert "process shipment" in said
    assert "20 events" in said
