"""Addresses as each country writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.sales.text.postal_addresses import (
    PostalAddress,
    address_lines,
    country_code_of,
    country_name,
    folded,
    state_code,
)

WORDS = st.text(st.sampled_from("abcdeÉßZ019 "), min_size=0, max_size=12).map(str.strip)
CODES = st.sampled_from(
    ["", "us", "GB", "CA", "DE", "FR", "NL", "JP", "BR", "IE", "HK", "SG", "AE", "ES", "XK", "ZZ", "?"]
)


def written(*, home: str = "US", **parts: str) -> list[str]:
    """The lines below the street."""
    return address_lines(PostalAddress(first_name="Ada", street_1="1 Main St", **parts), home=home)[2:]


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        ("Oakland|California|94607|United States|US", "Oakland, CA 94607"),
        ("Oakland|CA|94607|United States|us", "Oakland, CA 94607"),
        ("Oakland|ca|94607|USA|", "Oakland, CA 94607"),
        ("Oakland||94607||US", "Oakland 94607"),
        ("Oakland|CA|||US", "Oakland, CA"),
        ("|CA|94607||US", "CA 94607"),
        ("APO|Armed Forces Europe|09499|United States|US", "APO AE 09499"),
        ("San Juan|Puerto Rico|00901|Puerto Rico|PR", "San Juan, PR 00901"),
        ("Leeds||ls1 4ap|United Kingdom|GB", "Leeds LS1 4AP/UNITED KINGDOM"),
        ("Leeds|West Yorkshire|LS1 4AP|United Kingdom|GB", "Leeds LS1 4AP/West Yorkshire/UNITED KINGDOM"),
        ("Montréal|Québec|H2T 1S6|Canada|CA", "Montréal QC H2T 1S6/CANADA"),
        ("Berlin|Berlin|10115|Germany|DE", "10115 Berlin/GERMANY"),
        ("München|Bayern|80331||DE", "80331 München/Bayern/GERMANY"),
        ("Paris||75001|France|FR", "75001 Paris/FRANCE"),
        ("Amsterdam|Noord-Holland|1012 AB|Netherlands|NL", "1012 AB Amsterdam/Noord-Holland/NETHERLANDS"),
        ("Chiyoda-ku|Tokyo|100-0001|Japan|JP", "Chiyoda-ku, Tokyo/100-0001/JAPAN"),
        ("São Paulo|Sao Paulo|01310-100|Brazil|BR", "São Paulo-SP/01310-100/BRAZIL"),
        ("Dublin|Dublin||Ireland|IE", "Dublin/IRELAND"),
        ("Central|Hong Kong Island||Hong Kong|HK", "Central/Hong Kong Island/HONG KONG"),
        ("Sydney|New South Wales|2000|Australia|AU", "Sydney NSW 2000/AUSTRALIA"),
        ("Zürich||8001|Switzerland|CH", "8001 Zürich/SWITZERLAND"),
        ("Madrid|Madrid|28013|Spain|ES", "28013 Madrid/SPAIN"),
        ("Singapore||018989|Singapore|SG", "Singapore 018989/SINGAPORE"),
        ("Dubai|Dubai||United Arab Emirates|AE", "Dubai/UNITED ARAB EMIRATES"),
        ("Bangkok|Bangkok|10110|Thailand|TH", "Bangkok/10110/THAILAND"),
        ("Makati|Metro Manila|1200|Philippines|PH", "Makati/1200 Metro Manila/PHILIPPINES"),
        ("Montréal|Québec|h2t1s6|Canada|CA", "Montréal QC H2T 1S6/CANADA"),
        ("London||sw1a1aa|United Kingdom|GB", "London SW1A 1AA/UNITED KINGDOM"),
        ("Oakland|CA|946071234||US", "Oakland, CA 94607-1234"),
        ("Campinas|SP|13010000|Brazil|BR", "Campinas-SP/13010-000/BRAZIL"),
        ("渋谷区|Tokyo|1500001|Japan|JP", "渋谷区, Tokyo/150-0001/JAPAN"),
        ("Stockholm||11120|Sweden|SE", "111 20 Stockholm/SWEDEN"),
        ("Dublin||d02af30|Ireland|IE", "Dublin/D02 AF30/IRELAND"),
        ("Amsterdam||1012ab|Netherlands|NL", "1012 AB Amsterdam/NETHERLANDS"),
        ("Nowhere|North|123|Atlantis|", "Nowhere, North 123/ATLANTIS"),
        ("Nowhere|North|123||QQ", "Nowhere, North 123/QQ"),
        ("||||", ""),
    ],
)
def test_each_country_has_its_own_form(parts: str, lines: str) -> None:
    """For mail from the United States: foreign countries are named, in capitals, on the last line."""
    names = ("city", "state", "postcode", "country", "country_code")
    given = dict(zip(names, parts.split("|"), strict=True))
    assert "/".join(written(**given)) == lines


def test_the_country_is_left_out_only_for_mail_that_stays_in_it() -> None:
    """And named where nobody knows where the mail comes from."""
    leeds = {"city": "Leeds", "postcode": "LS1 4AP", "country": "United Kingdom", "country_code": "gb"}
    assert written(home="GB", **leeds) == ["Leeds LS1 4AP"]
    assert written(home="gb", **leeds) == ["Leeds LS1 4AP"]
    assert written(home="", **leeds) == ["Leeds LS1 4AP", "UNITED KINGDOM"]
    apo = {"city": "APO", "state": "AE", "postcode": "09499", "country_code": "US"}
    assert written(home="GB", **apo) == ["APO AE 09499", "UNITED STATES"]


def test_japanese_in_its_own_script_begins_with_the_largest() -> None:
    """In Latin letters it ends with it."""
    there = PostalAddress("太郎", "山田", "", "丸の内1-1", "", "千代田区", "東京都", "100-0001", "Japan", "JP")
    assert address_lines(there, home="JP")[:3] == ["〒100-0001", "東京都千代田区", "丸の内1-1"]


@pytest.mark.parametrize("company", ["Ada Lovelace", "ADA LOVELACE", " ada  lovelace. ", "Lovelace, Ada", "N/A", ""])
def test_no_name_stands_there_twice(company: str) -> None:
    """A company that is the person's name is left out, in any case; a line of the street that repeats one too."""
    lines = address_lines(PostalAddress("Ada", "Lovelace", company, "1 Main St", "1 main st"), home="US")
    assert lines == ["Ada Lovelace", "1 Main St"]


def test_person_and_company_stand_in_the_order_of_the_country() -> None:
    """The person first in the United States, the company first in France."""
    who = ("Ada", "Lovelace", "Engines Ltd")
    assert address_lines(PostalAddress(*who, country_code="US"))[:2] == ["Ada Lovelace", "Engines Ltd"]
    assert address_lines(PostalAddress(*who, country_code="FR"))[:2] == ["Engines Ltd", "Ada Lovelace"]


def test_states_and_countries_are_known_by_their_names() -> None:
    """Where envelopes have codes for states; without accents and case."""
    assert state_code("district of columbia", "US") == "DC"
    assert state_code("Bayern", "DE") == "Bayern"
    assert state_code("Sonora", "US") == "Sonora"
    assert [country_code_of("", name) for name in ("england", "USA", "Côte d'Ivoire", "Atlantis")] == [
        "GB",
        "US",
        "CI",
        "",
    ]
    assert (country_name("de"), country_name("QQ")) == ("GERMANY", "QQ")
    assert (country_name("hu"), country_code_of("", "Hungary")) == ("HUNGARY", "HU")


@given(
    st.fixed_dictionaries(
        dict.fromkeys(("first_name", "company", "street_1", "street_2", "city", "state", "postcode", "country"), WORDS)
    ),
    CODES,
    st.sampled_from(["", "US", "DE"]),
)
def test_nothing_that_was_entered_is_lost(parts: dict[str, str], code: str, home: str) -> None:
    """Each field's text stands there, or the code of its state; the country is lost only at home."""
    address = PostalAddress(**parts, country_code=code)
    text = folded(" ".join(address_lines(address, home=home)))
    at_home = country_code_of(code, parts["country"]) == home != ""
    person, company = (sorted(map(folded, parts[name].split())) for name in ("first_name", "company"))
    for name, value in parts.items():
        if (name == "country" and at_home) or (name == "company" and person == company):
            continue
        shown = state_code(value, country_code_of(code, parts["country"])) if name == "state" else value
        assert folded(shown) in text, (name, value)
