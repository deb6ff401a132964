"""One spelling for what people spell in many ways: names, e-mails, phones, streets."""

import unicodedata
from functools import lru_cache

import phonenumbers

LONGEST = 120  # a key holds three of them at most, and an index of the database takes 2,700 bytes
LONGEST_EMAIL = 254


def fold(text: str) -> str:
    """Without case, accents, punctuation and spaces: "O’Brien-Müller " → "obrienmuller"; 120 letters at most."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    return "".join(letter for letter in decomposed if letter.isalnum() or _belongs_to_its_letter(letter))[:LONGEST]


def _belongs_to_its_letter(letter: str) -> bool:
    """Vowel signs and voicing marks make another letter (か, が); accents and points (é, שָׁ) are left out."""
    if not unicodedata.category(letter).startswith("M"):
        return False
    drawn = unicodedata.combining(letter)
    return drawn < 10 or 40 < drawn < 200


def without_unseen(text: str) -> str:
    """Without the characters that nobody sees, such as a space of no width."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def fold_email(email: str) -> str:
    """The e-mail as a key: trimmed and without case; empty when it is no e-mail.

    Characters that nobody sees come along when it is pasted; they are left out.
    """
    email = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", without_unseen(email)).strip().casefold())
    name, at, host = email.rpartition("@")
    if not (name and at and "." in host) or len(email) > LONGEST_EMAIL:
        return ""
    return "" if any(letter.isspace() or not letter.isprintable() for letter in email) else email


@lru_cache(maxsize=4096)
def fold_phone(phone: str, country_code: str) -> str:
    """The phone in E.164, read with the country of the bill-to address; empty when it is no valid number."""
    try:
        number = phonenumbers.parse(phone, country_code.upper() or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
