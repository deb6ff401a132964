"""Webhooks go to public addresses by https, and nowhere else unless an administrator allows it."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from counterfoil.events.network import checked_url, may_call
from counterfoil.platform.webhook_networks import read
from counterfoil.sales.errors import Refused

NEVER = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0.0.0.0",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1",
    "2001:0:7f00:1::1", "::127.0.0.1", "no address",
)  # fmt: skip


@pytest.mark.parametrize("address", NEVER)
def test_an_address_that_is_not_public_is_never_called(address: str) -> None:
    assert not may_call(address, secure=True)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_a_public_one_is_called_by_https_only(address: str) -> None:
    assert may_call(address, secure=True)
    assert not may_call(address, secure=False)


def test_an_allowed_network_is_called_in_each_way_of_writing_it(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = (ip_network("10.1.0.0/16"),)
    assert may_call("10.1.2.3", secure=False)
    assert may_call("::ffff:10.1.2.3", secure=False)
    assert not may_call("10.2.0.1", secure=True)


@pytest.mark.parametrize(
    "url",
    [
        "", "erp", "ftp://erp.example.com/", "http://erp.example.com/", "https://", "https://u:p@erp.example.com/",
        "https://erp.example.com/#a", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://erp.example.com:0/", "https://erp.example.com:99999/", "https://erp .example.com/",
        "https://erp.example.com/\nX: y", "https://[::1", "https://" + "a" * 64 + ".com/", "https://x/" + "a" * 2000,
        "javascript:alert(1)", "https://erp.example.com\\@127.0.0.1/", "https://169.254.169.254/latest/meta-data/",
    ],
)  # fmt: skip
def test_a_url_that_cannot_be_used_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_url(url)
    assert refused.value.sentence
    assert refused.value.next_step


def test_the_setting_takes_networks_and_nothing_else() -> None:
    assert [str(each) for each in read(["10.1.0.0/16", " ::1 ", ""])] == ["10.1.0.0/16", "::1/128"]
    with pytest.raises(ImproperlyConfigured, match="erp"):
        read(["erp"])
