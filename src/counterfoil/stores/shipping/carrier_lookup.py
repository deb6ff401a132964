"""What the store calls a carrier, however a person has written its name.

A name is looked up in the merchant's own carrier list, then in the vendor's list of tracking carriers, which is data of
the product (`tracking_carriers.tsv`: the AfterShip slug and a name, facts of BigCommerce's tracking_carrier_values.csv
as of 2026). What stands behind a known name, as in "UPS Ground", is the service.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from counterfoil.sales.errors import Refused
from counterfoil.sales.shipping.carrier_names import carrier_key, carrier_words
from counterfoil.stores.models import Carrier

# The store's own shipping providers by their slug (enum `shipping_provider_standard` of its API description).
_PROVIDERS = {
    "ups": "ups",
    "usps": "usps",
    "fedex": "fedex",
    "australia-post": "auspost",
    "canada-post": "canadapost",
}
# All values that the store takes as `shipping_provider`, besides one of a carrier app: carrier_ and its number.
_ALL_PROVIDERS = "auspost canadapost endicia fedex royalmail shipperhq ups upsonline upsready usps"
PROVIDERS = tuple(_ALL_PROVIDERS.split())
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_OF_AN_APP = re.compile(r"carrier_[0-9]{1,18}")
# Companies by a full, former or trading name that no spelling leads to.
_OTHER_NAMES = {
    "unitedparcelservice": "ups",
    "unitedstatespostalservice": "usps",
    "uspostalservice": "usps",
    "stamps": "usps",
    "stampscom": "usps",
    "federalexpress": "fedex",
    "fastwayaustralia": "fastway-au",
    "myhermes": "myhermes-uk",
    "hermesuk": "myhermes-uk",
    "nzpost": "new-zealand-post",
}
# What may stand behind the name of a carrier that the merchant has not listed, and still be only a service.
_SERVICES = (
    "1st 2day 2nd 3day advantage air am and by class connect day delivery direct domestic early economy ems "
    "evening expedited express first flat freight ground guaranteed home intl international letter light ltl mail "
    "media mm next night noon overnight packet parcel parcels plus pm post premium priority rate registered "
    "returns same saturday saver second select service signature signed special standard th third tracked "
    "untracked worldwide eparcel xpresspost"
)
_SERVICE_WORDS = frozenset(_SERVICES.split())
_SERVICE = re.compile(rf"(?:{'|'.join(sorted(_SERVICE_WORDS, key=len, reverse=True))}|\d)+")
_SHORTEST_BEGINNING = 3  # letters of a carrier's name that a service follows without a blank
_TOO_COMMON = ("be", "carriers", "line", "ltl", "pickup")  # words of their own in a carrier column
_NO_NAME = "ag bv co company corp corporation gmbh inc limited llc ltd plc pty the via"
_WEB_ADDRESS = re.compile(r"^www\.|\.com(\.[a-z]{2})?\b", re.IGNORECASE)  # "usps.com", "www.auspost.com.au"
_AROUND = " -–—_:,/®™()."  # signs between a carrier's name and its service
_LEGAL_FORMS = frozenset(_NO_NAME.split())


@dataclass(frozen=True, slots=True)
class CarrierValues:
    """A carrier in the store's words: `shipping_provider` and `tracking_carrier` (AfterShip slug), "" where none.

    `is_listed`: the carrier list, or the vendor's, has it. `service`: what was written behind its name, as in
    "USPS Priority Mail".
    """

    shipping_provider: str = ""
    tracking_carrier: str = ""
    is_listed: bool = True
    service: str = ""

    @property
    def is_named(self) -> bool:
        """Whether the store shows by itself which carrier this is."""
        return bool(self.shipping_provider or self.tracking_carrier)


def checked_provider(text: str) -> str:
    """A value for the store's `shipping_provider` as the store writes it, "" for none; raises Refused for any other."""
    provider = text.strip().casefold()
    if provider and provider not in PROVIDERS and not _OF_AN_APP.fullmatch(provider):
        raise Refused(
            f"BigCommerce has no shipping provider “{text.strip()[:50]}”.",
            f"Choose one of {', '.join(PROVIDERS)}, or carrier_ and the number of a carrier app. Leave it empty if "
            "none fits: the tracking carrier or tracking URL is used instead.",
        )
    return provider


def checked_slug(text: str) -> str:
    """A value for the store's `tracking_carrier`, "" for none; raises Refused for what cannot be an AfterShip slug."""
    slug = text.strip().casefold()
    if slug and not _SLUG.fullmatch(slug):
        raise Refused(
            f"“{text.strip()[:50]}” isn’t a tracking carrier.",
            "Enter its AfterShip code, lowercase with dashes, such as dhl-germany, or leave it empty.",
        )
    return slug


class CarrierBook:
    """The carriers that are known now; one statement, however many names are looked up.

    `name in book` tells whether a name is one of a known carrier.
    """

    def __init__(self, carriers: Iterable[Carrier] | None = None) -> None:
        self._own: dict[str, CarrierValues] = {}
        self._names: dict[str, str] = {}
        for carrier in Carrier.objects.all() if carriers is None else carriers:
            self._names.setdefault(carrier_key(carrier.name), carrier.name)
            values = CarrierValues(carrier.shipping_provider, carrier.tracking_carrier)
            self._own[carrier.name.casefold().strip()] = values
            self._own.setdefault(carrier_key(carrier.name), values)
        self._known: dict[str, CarrierValues] = {}

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.values(name).is_listed

    def values(self, name: str) -> CarrierValues:
        """The store's values for a name; no name needs no values."""
        name = " ".join(name.split())
        if not name:
            return CarrierValues()
        if name not in self._known:
            self._known[name] = self._own.get(name.casefold()) or self._recognized(name)
        return self._known[name]

    @property
    def names(self) -> list[str]:
        """The carriers of the merchant's own list, as they are called there."""
        return sorted(self._names.values(), key=str.casefold)

    def carrier_and_service(self, method: str) -> tuple[str, str]:
        """The carrier that a shipping method names, as the list calls it, and its service; ("", "") where it is none.

        "UPS® (UPS Next Day Air®)" is UPS and "UPS Next Day Air".
        """
        method = " ".join(method.split())
        values = self.values(method)
        if not method or not values.is_listed:
            return "", ""
        at = method.casefold().rfind(values.service.casefold()) if values.service else len(method)
        carrier = method[: at if at > 0 else len(method)].strip(_AROUND)
        return self._names.get(carrier_key(carrier), carrier), values.service

    def _recognized(self, name: str) -> CarrierValues:
        """By the longest beginning of the name that is a carrier's; the rest is its service."""
        whole = carrier_key(name)
        found = self._own.get(whole) or _vendors().get(whole)
        if found:
            return found
        name = _WEB_ADDRESS.sub("", name)
        whole = carrier_key(name)
        words = [word for word in carrier_words(name) if word.casefold() not in _LEGAL_FORMS]
        for count in range(len(words), 0, -1):
            key = "".join(words[:count]).casefold()
            rest = words[count:]
            found = self._own.get(key) or (_vendors().get(key) if _is_service(rest) else None)
            if found:
                return replace(found, service=_as_written(name, words[:count])) if rest else found
        return self._run_together(name, whole) or CarrierValues(is_listed=False)

    def _run_together(self, name: str, whole: str) -> CarrierValues | None:
        """The same where nothing stands between the words: "fedexground"."""
        for length in range(len(whole) - 1, _SHORTEST_BEGINNING - 1, -1):
            found = self._own.get(whole[:length]) or _vendors().get(whole[:length])
            if found and _SERVICE.fullmatch(whole, length):
                return replace(found, service=_as_written(name, list(whole[:length])))
        return None


def _is_service(words: list[str]) -> bool:
    return all(word.isdigit() or word.casefold() in _SERVICE_WORDS for word in words)


def _as_written(name: str, carrier: list[str]) -> str:
    """What stands in the name behind the carrier's words, or letters."""
    left = name
    for word in carrier:
        at = left.casefold().find(word.casefold())
        left = left[at + len(word) :] if at >= 0 else left
    return left.strip(_AROUND)


@cache
def _vendors() -> dict[str, CarrierValues]:
    """The vendor's tracking carriers by the key of their name, and of their slug."""
    by_slug: dict[str, CarrierValues] = {}
    known: dict[str, CarrierValues] = {}
    for slug, name in tracking_carriers():
        values = by_slug.setdefault(slug, CarrierValues(_PROVIDERS.get(slug, ""), slug))
        known.setdefault(carrier_key(name), values)
    for slug, values in by_slug.items():
        known.setdefault(carrier_key(slug), values)
    known |= {key: by_slug[slug] for key, slug in _OTHER_NAMES.items()}
    known |= {provider: by_slug[slug] for slug, provider in _PROVIDERS.items()}
    for key in ("", *_TOO_COMMON):
        known.pop(key, None)
    return known


def tracking_carriers() -> Iterator[tuple[str, str]]:
    """The vendor's list: the slug, and a name; a slug that has two names comes twice."""
    text = files(__package__).joinpath("tracking_carriers.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        slug, _, name = line.partition("\t")
        yield slug, name


def store_values(name: str) -> CarrierValues:
    """The store's values for a carrier, however its name is written; no name needs no values. One statement."""
    return CarrierBook().values(name) if name.strip() else CarrierValues()
