"""Usernames and full names: none that passes for somebody else's."""

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Person, Role
from counterfoil.accounts.usernames import check_full_name, check_username
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
        *((f"ruth{mark}", "ruth") for mark in "\u02bc\u02cc\u02b9\u02d7\ua788"),
        ("\u0639\u0640\u0644\u064a", "\u0639\u0644\u064a"),  # an Arabic name that is drawn out
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
        ("だいち", "たいち"),
        ("げん", "けん"),
        ("パク", "ハク"),
        ("ハナー", "ハナ"),
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


@pytest.fixture
def olivia() -> Person:
    """The administrator, whom histories call "Olivia Reed", and the audit log "Olivia Reed (admin)"."""
    Person.objects.filter(username="admin").update(first_name="Olivia", last_name="Reed", email="olivia@example.com")
    return Person.objects.get(username="admin")


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("Olivia", "Reed (admin)", "Names can’t have brackets. Leave them out."),
        ("Olivia", "Reed ［admin］", "Names can’t have brackets. Leave them out."),
        ("Olivia", "Reed <admin>", "Names can’t have brackets. Leave them out."),
        ("Olivia", "R\u202eeed", "This name has invisible characters. Type it instead of pasting it."),
        ("Olivia\n", "Reed", "This name has invisible characters. Type it instead of pasting it."),
        ("Olivia", "Reed\u200b", "This name has invisible characters. Type it instead of pasting it."),
        ("\u2800", "", "Names need at least one letter. Enter your name, or leave it empty."),
        ("Оlga", "Berg", "This name mixes alphabets within a word. Use letters from one alphabet."),
        *(
            (first, last, "This name looks too much like somebody else’s. Add a middle initial or a last name.")
            for first, last in (
                ("Olivia", "Reed"),
                ("OLIVIA", "REED"),
                ("Olívia", "Reed"),
                ("Оlivia", "Rееd"),  # with a Cyrillic О and е
                ("Olivia Reed", ""),
                ("", "Olivia  Reed."),
                ("Olivia", "Reed\u3164"),
                ("Olivia", "Reed\u200d"),
                ("0livia", "Reed"),
                ("Olivia", "Reed – admin"),
                ("Olivia", "Reed, Admin"),
                ("Admin", ""),
                ("A.", "D. Min"),
                ("Mira", ""),
                ("Bill", "O"),
                ("olivia@example.com", ""),
                ("BigCommerce", ""),
                ("The command", "line"),
            )
        ),
    ],
)
@pytest.mark.parametrize("active", [True, False])
def test_a_full_name_that_passes_for_anothers_is_refused(
    first: str, last: str, sentence: str, active: bool, olivia: Person
) -> None:
    """For anybody's full name, username, address or both names; of people who left, too: histories keep them."""
    Person.objects.filter(pk=olivia.pk).update(is_active=active)
    with pytest.raises(Refused) as refused:
        check_full_name(first, last, Person(email="eve@example.com"))
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("first", "last"),
    [
        *(
            ("", ""),
            ("Olivia", ""),
            ("Olivia M.", "Reed"),
            ("Oliver", "Reed"),
            ("Siobhán", "O’Brien-Smith"),
            ("Eve", ""),
        ),
        *(("Зоя", "Smith"), ("山田", "ハナ子"), ("علی\u200cرضا", ""), ("राम", "कुमार"), ("Sammy", "Davis, Jr.")),
        *(("Lan", "Nguye\u0302\u0303n"), ("Lan", "Nguyê\u0303n"), ("Sade", "Ade\u0301bo\u0323\u0300wa\u0301le\u0301")),
        *(("Sade", "Adébọ\u0300wálé"), ("Kimo", "Kaʻahumanu")),
    ],
)
@pytest.mark.usefixtures("olivia")
def test_other_full_names_are_taken(first: str, last: str) -> None:
    """Of any script, also with an initial beside somebody who is called the same, and none."""
    check_full_name(first, last, Person(email="eve@example.com"))


def test_people_who_are_called_the_same_already_keep_their_names(olivia: Person) -> None:
    """Saving theirs unchanged is allowed; another name is checked."""
    double = a_person(Role.CLERK, "reed")
    Person.objects.filter(pk=double.pk).update(first_name="Olivia", last_name="Reed")
    for each in (double, olivia):
        check_full_name("Olivia", "Reed", each)
    check_full_name("Olivia M.", "Reed", double)
    with pytest.raises(Refused):
        check_full_name("Olivia", "Réed", double)


@pytest.mark.parametrize("name", ["Olivia.Reed", "oliviareed", "OLIVIA_REED", "0livia-reed"])
@pytest.mark.usefixtures("olivia")
def test_a_username_that_passes_for_a_full_name_is_refused(name: str) -> None:
    """Histories say it of somebody without a full name."""
    with pytest.raises(Refused, match="looks too much like"):
        check_username(name, email="eve@example.com")


@pytest.mark.usefixtures("olivia")
def test_an_invited_person_takes_no_full_name_of_another(client: Client) -> None:
    """The form says why, and what to do."""
    _, token = invite("mallory@example.com", Role.CLERK, by=None)
    choice = client.get(reverse("invitation", args=[token])).url
    form = {
        "username": "mallory",
        "first_name": "Olivia",
        "last_name": "Reed (admin)",
        "password1": OWN,
        "password2": OWN,
    }
    for last, said in (("Reed (admin)", "Leave them out."), ("Reed", "Add a middle initial or a last name.")):
        answer = client.post(choice, form | {"last_name": last})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert not Person.objects.filter(username="mallory").exists()
    answer = client.post(choice, form | {"first_name": "Olivia M.", "last_name": "Reed"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert str(Person.objects.get(username="mallory")) == "Olivia M. Reed"
