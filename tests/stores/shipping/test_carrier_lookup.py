"""Carrier names as people write them, and the store's values for them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterfoil.sales.shipping.carrier_detection import _CERTAIN, _PARCEL_POSTS, _POSSIBLE, _POSTS
from counterfoil.stores.models import Carrier
from counterfoil.stores.shipping.carrier_lookup import CarrierBook, CarrierValues, store_values, tracking_carriers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["UPS", "ups", " Ups ", "U.P.S.", "UPS®", "United Parcel Service"])
def test_a_carrier_is_found_whatever_the_case_of_its_name(name: str) -> None:
    """The list that a merchant starts with knows the common ones."""
    assert store_values(name) == CarrierValues("ups", "ups")


def test_a_carrier_that_is_not_listed_has_no_values() -> None:
    """It is told apart from one that the store does not know by itself, and from no carrier at all."""
    Carrier.objects.create(name="Bike courier")
    assert not store_values("Foo").is_listed
    assert store_values("bike courier").is_listed
    assert not store_values("bike courier").is_named
    assert store_values("DHL").is_named
    assert store_values(" ") == CarrierValues()


@pytest.mark.parametrize(
    ("name", "provider", "slug", "service"),
    [
        ("Fed Ex", "fedex", "fedex", ""),
        ("FEDEX GROUND", "fedex", "fedex", "GROUND"),
        ("FedEx® 2Day", "fedex", "fedex", "2Day"),
        ("fedexground", "fedex", "fedex", "ground"),
        ("fedex_ground", "fedex", "fedex", "ground"),
        ("Federal Express", "fedex", "fedex", ""),
        ("UPS Ground", "ups", "ups", "Ground"),
        ("UPSGround", "ups", "ups", "Ground"),
        ("UPS Next Day Air®", "ups", "ups", "Next Day Air"),
        ("UPS Mail Innovations", "", "ups-mi", ""),
        ("RoyalMail", "royalmail", "", ""),
        ("royal-mail", "royalmail", "", ""),
        ("Royal Mail 24", "royalmail", "", "24"),
        ("Royal Mail Tracked 48", "royalmail", "", "Tracked 48"),
        ("auspost", "auspost", "australia-post", ""),
        ("Aus Post Express", "auspost", "australia-post", "Express"),
        ("Australia Post", "auspost", "australia-post", ""),
        ("canadapost", "canadapost", "canada-post", ""),
        ("Canada Post Expedited Parcel", "canadapost", "canada-post", "Expedited Parcel"),
        ("stamps.com", "usps", "usps", ""),
        ("Stamps.com Priority Mail", "usps", "usps", "Priority Mail"),
        ("usps.com", "usps", "usps", ""),
        ("www.auspost.com.au", "auspost", "australia-post", ""),
        ("AusPost eParcel", "auspost", "australia-post", "eParcel"),
        ("NZ Post", "", "new-zealand-post", ""),
        ("USPS Priority Mail", "usps", "usps", "Priority Mail"),
        ("USPS - First-Class", "usps", "usps", "First-Class"),
        ("United States Postal Service", "usps", "usps", ""),
        ("Evri", "", "myhermes-uk", ""),
        ("EVRI Next Day", "", "myhermes-uk", "Next Day"),
        ("myhermes-uk", "", "myhermes-uk", ""),
        ("myHermes", "", "myhermes-uk", ""),
        ("DHL Express", "", "dhl", ""),
        ("DHL eCommerce Asia", "", "dhl-global-mail-asia", ""),
        ("DHL Paket", "", "dhl", "Paket"),
        ("Parcel Force", "", "parcel-force", ""),
        ("ParcelForce 24", "", "parcel-force", "24"),
        ("Yodel 48", "", "yodel", "48"),
        ("ceska posta", "", "ceska-posta", ""),
        ("Česká Pošta", "", "ceska-posta", ""),
        ("On Trac", "", "ontrac", ""),
        ("Purolator Inc.", "", "purolator", ""),
        ("Amazon", "", "amazon", ""),
    ],
)
def test_a_name_is_known_as_people_write_it(name: str, provider: str, slug: str, service: str) -> None:
    """Blanks, signs and accents do not count; what stands behind the carrier's name is the service."""
    assert store_values(name) == CarrierValues(provider, slug, service=service)


@pytest.mark.parametrize(
    "name",
    ["Own van", "Foo", "Leader trucks", "Express", "Next day", "Pick up", "Line", "Hand delivery", "LTL", "Upshot"],
)
def test_what_is_no_carrier_s_name_is_not_taken_for_one(name: str) -> None:
    """An own van is sent as what it is called."""
    assert not store_values(name).is_listed


def test_the_merchant_s_own_list_goes_before_the_vendor_s() -> None:
    """Its values too, and the services of its carriers, whatever they are called."""
    Carrier.objects.create(name="Yodel", shipping_provider="carrier_7")
    Carrier.objects.create(name="City Van", shipping_provider="carrier_5")
    assert store_values("YODEL") == CarrierValues("carrier_7", "")
    assert store_values("CityVan") == CarrierValues("carrier_5", "")
    assert store_values("City Van by bike") == CarrierValues("carrier_5", "", service="by bike")


def test_many_names_take_one_statement() -> None:
    """A file of a thousand rows does not ask for each."""
    with CaptureQueriesContext(connection) as taken:
        book = CarrierBook()
        assert all(name in book for name in ["UPS", "ups ground", "Evri", "Yodel"] * 50)
        assert "Own van" not in book
    assert len(taken) == 1


def test_the_vendor_s_list_is_data_of_the_product() -> None:
    """BigCommerce's tracking_carrier_values.csv: a slug and a name in each line, sorted, each pair once."""
    listed = list(tracking_carriers())
    assert len(listed) > 850
    slugs = [slug for slug, _ in listed]
    assert (slugs, len(listed)) == (sorted(slugs), len(set(listed)))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and name.strip() == name != "" for slug, name in listed)
    facts = {
        *{("myhermes-uk", "EVRi"), ("ups", "UPS"), ("usps", "USPS"), ("fedex", "FedEx"), ("dhl", "DHL Express")},
        *{("australia-post", "Australia Post"), ("canada-post", "Canada Post"), ("dhl-germany", "Deutsche Post DHL")},
        *{("parcel-force", "Parcel Force"), ("la-poste-colissimo", "La Poste"), ("dpd-uk", "DPD UK")},
    }
    assert facts <= set(listed)
    assert "royal-mail" not in dict(listed)


def test_what_a_merchant_starts_with_are_carriers_of_the_vendor_s() -> None:
    """No slug that the store would not know."""
    slugs = dict(tracking_carriers())
    unknown = [
        carrier.name
        for carrier in Carrier.objects.exclude(tracking_carrier="")
        if carrier.tracking_carrier not in slugs
    ]
    assert unknown == []


def test_each_carrier_that_a_number_tells_is_one_that_the_store_knows() -> None:
    """By the name under which it is noted."""
    told = {carrier for carrier, *_ in (*_CERTAIN, *_POSSIBLE)} | set(_POSTS.values())
    told |= {carrier for carriers in _PARCEL_POSTS.values() for carrier in carriers}
    book = CarrierBook()
    assert [name for name in sorted(told) if not book.values(name).is_named or book.values(name).service] == []
