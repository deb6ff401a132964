"""One spelling for what people spell in many ways: names, e-mails, phones, streets."""

import unicodedata
from functools import lru_cache

import phonenumbers


def fold(text: str) -> str:
    """Without case, accents, punctuation and spaces: "O’Brien-Müller " → "obrienmuller"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


def fold_email(email: str) -> str:
    """The e-mail as a key: trimmed and without case; empty when it is no e-mail."""
    email = unicodedata.normalize("NFKC", email).strip().casefold()
    name, at, host = email.rpartition("@")
    return email if name and at and "." in host and not any(letter.isspace() for letter in email) else ""


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
