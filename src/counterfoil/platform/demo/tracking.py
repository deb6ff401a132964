"""Tracking numbers of made-up parcels, with the check digits that their carriers compute."""

from random import Random

from counterfoil.sales.shipping.shipments import Tracking

HOME = "US"
_LETTERS = {chr(ord("A") + place): (place + 2) % 10 for place in range(26)}


def tracking(rng: Random, country: str) -> Tracking:
    """A parcel to this country (ISO 3166, two letters)."""
    if country != HOME:
        return Tracking("UPS", "Worldwide Saver", _ups(rng, "65"))
    if rng.random() < 0.35:
        return Tracking("USPS", "Priority Mail", _usps(rng))
    return Tracking("UPS", "Ground", _ups(rng, "03"))


def _ups(rng: Random, service: str) -> str:
    """1Z, the shipper, the service, seven digits and a check digit: every second one counts twice."""
    text = f"7W6R42{service}{rng.randrange(10**7):07d}"
    digits = [_LETTERS.get(sign, 0) if sign.isalpha() else int(sign) for sign in text]
    total = sum(digit * (2 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"1Z{text}{-total % 10}"


def _usps(rng: Random) -> str:
    """22 digits; from the last one before the check digit on, every second one counts three times."""
    text = f"94055116{rng.randrange(10**13):013d}"
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(text)))
    return f"{text}{-total % 10}"
