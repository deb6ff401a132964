"""On which paper a person prints: for one print, for all of theirs, or as the store's country does."""

from collections.abc import Iterable

from django.http import HttpRequest

from counterfoil.accounts.models import PaperSize
from counterfoil.web.ui.security import current_user

LETTER_COUNTRIES = frozenset(("CA", "CL", "CO", "CR", "DO", "GT", "MX", "PA", "PH", "PR", "SV", "US", "VE"))
"""Where Letter is the usual paper (Unicode CLDR, paperSize of territories); elsewhere it is A4."""


def paper_of(request: HttpRequest, homes: Iterable[str] = ()) -> PaperSize:
    """`paper` of the query, else what the person has chosen, else what is usual where all of it is sent from."""
    for chosen in (request.GET.get("paper", ""), current_user(request).paper):
        if chosen in PaperSize.values:
            return PaperSize(chosen)
    countries = set(homes)
    return PaperSize.LETTER if countries and countries <= LETTER_COUNTRIES else PaperSize.A4
