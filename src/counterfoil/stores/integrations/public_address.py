"""Where people and stores reach the pages: as this process was told, else as another one was."""

from django.conf import settings

from counterfoil.stores.models import PublicAddress


def public_address() -> str:
    """Without a slash at its end; "" where nobody ever said (COUNTERFOIL_ADDRESS). No statement where it was said."""
    told: str = settings.ADDRESS
    return told or PublicAddress.objects.values_list("address", flat=True).first() or ""


def note_public_address() -> None:
    """Keeps what this process was told for those that are not, as a command in another shell. One statement."""
    if settings.ADDRESS:
        PublicAddress.objects.update_or_create(pk=1, defaults={"address": settings.ADDRESS})
