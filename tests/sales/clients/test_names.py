"""What a client is called, and what is no name."""

import pytest

from counterfoil.sales.models import Contact, OrderAddress
from counterfoil.sales.text.names import client_name, is_company_name, is_name, person_name


def called(*names: str, company: str = "", email: str = "", customer_id: int = 0) -> str:
    """The name of a client with this first and last name."""
    first, last = names or ("", "")
    return client_name(company=company, first_name=first, last_name=last, email=email, customer_id=customer_id)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "--", ".", "...", "_", "*", "/", "–", "—", "…", "·", "。", "、", "・", "?", "❤️", "\u200b"),
        *("\u3164", "\u115f\u1160", "\u2800", "\u0301", "ʼ", "\ufeff.\u200e", "\x00"),
        *("N/A", "n/a", "N.A.", "n.a.", "N / A", "n\\a", "n-a", "#N/A", "(n/a)", "Ｎ／Ａ", " N/A. "),
        *("none", "None", "NONE", "none.", "<none>", "- none -", "unknown", "Not  Applicable", "undefined"),
    ],
)
def test_signs_and_words_that_stand_for_no_name_are_none(text: str) -> None:
    """Whatever their script, case and what is put around them."""
    assert not is_name(text)
    assert not is_company_name(text)
    assert called("Madonna", text) == called(text, "Madonna") == "Madonna"
    assert called("Ada", "Lovelace", company=text) == "Ada Lovelace"
    assert OrderAddress(first_name="Madonna", last_name=text, company=text, city="Detroit").lines == [
        "Madonna",
        "Detroit",
    ]
    assert Contact(first_name=text, last_name="Madonna").name == "Madonna"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Na",
            "NA",
            "X",
            "O",
            "Ng",
            "Null",
            "Nil",
            "Nan",
            "Nonesuch",
            "Anone",
            "Unknown Pleasures",
            "N&A",
            "3",
            "٣",
            "Ⅳ",
        ),
        *("王", "李", "나", "あ", "Ω", "ש", "Ж", "नम", "O’Brien-Müller", "J.", "(Jean)", "@home"),
    ],
)
def test_names_however_short_or_odd_stay(text: str) -> None:
    """Also those that a program might take for nothing."""
    assert is_name(text)
    assert called("Ada", text) == f"Ada {text}"


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("Jennifer", "Null", "Jennifer Null"),
        ("jennifer", "null", "jennifer null"),
        ("", "Null", "Null"),
        ("null", "Smith", "Smith"),
        ("null", "null", ""),
        ("-", "NULL", ""),
    ],
)
def test_null_is_the_name_of_people_unless_a_program_wrote_it(first: str, last: str, name: str) -> None:
    """A last name that stands alone, or behind a first name, is somebody's."""
    assert person_name(first, last) == name


@pytest.mark.parametrize("company", ["NA", "na", "null", "NULL"])
def test_a_company_that_is_not_applicable_is_replaced_by_the_person(company: str) -> None:
    """Whoever entered it has a name."""
    assert called("Mi-sun", "Na", company=company) == "Mi-sun Na"


@pytest.mark.parametrize(
    ("known", "name"),
    [
        ({"company": " Engines  & Co ", "email": "ada@example.com"}, "Engines & Co"),
        ({"email": "ada@example.com", "customer_id": 5}, "ada@example.com"),
        ({"email": "N/A", "customer_id": 5}, "Customer 5"),
        ({"company": ".", "email": "-"}, "Unnamed guest"),
    ],
)
def test_what_is_known_of_someone_without_a_name_names_them(known: dict[str, str | int], name: str) -> None:
    """Company, e-mail, customer ID: who has one is no guest."""
    assert called("-", ".", **known) == name  # type: ignore[arg-type]


def test_a_person_is_called_by_first_and_last_name_however_they_are_spaced() -> None:
    assert called(" Ada  Augusta ", "Lovelace ") == "Ada Augusta Lovelace"
