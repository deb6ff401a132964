"""Usernames: none that passes for somebody else's."""

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Person, Role
from counterfoil.accounts.usernames import check_username
from counterfoil.accounts.users import invite
from counterfoil.sales.errors import Refused
from tests.web.factories.orders import a_person

pytestmark = pytest.mark.django_db
OWN = "seven purple tin kettles"


@pytest.fixture(autouse=True)
def others() -> None:
    """Three people who log in already."""
    for name, email in (("admin", ""), ("mira", "mira@example.com"), ("bill.o", "bill@example.com")):
        person = a_person(Role.CLERK, name)
        person.email = email
        person.save()


@pytest.mark.parametrize(
    "name",
    [
        "аdmin",  # with a Cyrillic а
        "аdmіn",
        "adm1n",
        "ADM1N",
        "admιn",  # with a Greek iota
        "ａｄｍｉｎ",
        "rnira",
        "biII.o",
        "bi11.0",
        "MIRA",
        "mira@example.com",
        "Mira@Example.com",
        "someone@example.com",
        "invited@example.com",
        "someone＠example.com",
        "pаypal",
        "adṃin",  # with a dot below
        "ADMİN",
        "míra",
    ],
)
def test_a_name_that_passes_for_anothers_is_refused(name: str) -> None:
    """The same, one that looks like it, an e-mail address that is not one's own, a mixture of scripts."""
    invite("invited@example.com", Role.CLERK, by=None)
    with pytest.raises(Refused) as refused:
        check_username(name, email="noor@example.com")
    assert refused.value.next_step in ("Choose another.", "Use letters from one alphabet.")


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        *((name, "admin") for name in ("a.dmin", "admin.", "admin_", "admin-", "-admin", "ad+min", "A.DM1N")),
        *((name, "ben") for name in ("BEN.", "ben_", "b.en", "6en", "8en", "B-EN")),
        *((name, "maria") for name in ("nnaria", "rn.aria", "NNaria")),
        *((name, "vv") for name in ("w", "wv", "vw", "W")),
        ("bo6", "bob"),
        ("6o8", "bob"),
        ("bob", "8o6"),
        ("ovven", "owen"),
        ("__", "--"),
    ],
)
def test_signs_and_pairs_that_are_overlooked_make_no_other_name(name: str, theirs: str) -> None:
    """Dots and dashes, two letters that look like one, digits that look like a letter."""
    Person.objects.filter(username=theirs).delete()
    a_person(Role.CLERK, theirs)
    with pytest.raises(Refused, match="looks too much like"):
        check_username(name)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        *(("anna2", "anna"), ("joe", "jo"), ("jo", "joe"), ("ana", "anna"), ("ema", "emma"), ("eva", "ewa")),
        *(("packer8", "packer6"), ("packer18", "packer16"), ("ben2", "ben"), ("ken", "ben"), ("marian", "maria")),
        ("v", "vv"),
    ],
)
def test_ordinary_names_beside_one_another_are_taken(name: str, theirs: str) -> None:
    a_person(Role.CLERK, theirs)
    check_username(name)


@pytest.mark.parametrize("name", ["noor", "noor@example.com", "Noor.Haddad", "Зоя", "株式会社", "miranda", "o-neill_2"])
def test_other_names_are_taken(name: str) -> None:
    """Of any one script; one's own e-mail address too."""
    check_username(name, email="noor@example.com")


def test_an_invited_person_chooses_another_name_and_reads_why(client: Client) -> None:
    _, token = invite("noor@example.com", Role.CLERK, by=None)
    form = {"username": "mirа", "first_name": "", "last_name": "", "password1": OWN, "password2": OWN}
    choice = client.get(reverse("invitation", args=[token])).url
    answer = client.post(choice, form)
    assert answer.status_code == 422
    assert "This username mixes alphabets. Use letters from one alphabet." in answer.content.decode()
    assert not Person.objects.filter(email="noor@example.com").exists()
    assert client.post(choice, form | {"username": "noor"}).status_code == 302


def test_nobody_is_invited_to_an_address_that_is_anothers_username() -> None:
    """Both would be typed at the login."""
    a_person(Role.CLERK, "noor@example.com")
    with pytest.raises(Refused):
        invite("Noor@example.com", Role.CLERK, by=None)
