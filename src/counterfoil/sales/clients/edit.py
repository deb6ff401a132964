"""A client gets another name. No import changes it: an order only names the client that is made with it."""

from django.db import transaction

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Client, ClientChange

LONGEST_NAME = 300


def rename_client(client_id: int, name: str, *, by: str, why: str = "") -> bool:
    """Renames a client; False where it is called so already. Raises Refused for what is no name."""
    name = _checked(name)
    with transaction.atomic():
        client = lock_client(client_id)
        before = client.name
        if before == name:
            return False
        client.name = name
        client.save(update_fields=["name"])
        ClientChange.objects.create(client=client, by=by, what="name", before=before, after=name, why=why)
    return True


def lock_client(client_id: int) -> Client:
    """A client that the present transaction changes; raises Refused for one that is gone, or was merged."""
    client = Client.objects.select_for_update(of=("self",), no_key=True).filter(pk=client_id).first()
    if client is None:
        raise Refused("This client doesn’t exist.", "Choose one from the list.")
    if client.merged_into_id is not None:
        raise Refused(f"{client.name} was merged into another client.", "Change the client it was merged into.")
    return client


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("A client needs a name.", "Enter one.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"The name has {len(name)} characters; {LONGEST_NAME} are allowed.", "Shorten it.")
    if not name.isprintable():
        raise Refused("The name contains an unprintable character.", "Type it instead of pasting it.")
    return name
