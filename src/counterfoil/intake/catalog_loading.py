"""Loads a store's catalog turn by turn, when someone has asked for it; how far it has come stands in its row."""

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import StoreTrouble
from counterfoil.intake.catalog.load import LoadedCatalog, load_catalog
from counterfoil.stores.log import log
from counterfoil.stores.models import CatalogLoad, LogKind, WebIntegration
from counterfoil.stores.sync.session import Visit
from counterfoil.stores.sync.wakeups import wake

NOT_ALLOWED = "permission"  # the code of a store that lacks one: no reason to stop reading its orders


def ask_for_catalog(integration: WebIntegration, *, by: str) -> bool:
    """Has the catalog loaded, from its beginning; False when that is under way already."""
    with transaction.atomic():
        WebIntegration.objects.select_for_update(of=("self",)).get(pk=integration.pk)
        if CatalogLoad.objects.filter(integration=integration, ended_at=None).exists():
            return False
        CatalogLoad.objects.filter(integration=integration).delete()
        CatalogLoad.objects.create(integration=integration, asked_by=by)
        log(integration, LogKind.SETTINGS, f"{by} asked to load the products from the store's catalog.")
        wake([integration.pk])
    return True


def go_on_loading(visit: Visit) -> None:
    """Loads on where the last turn stopped, if there is something to load. Raises TryAgain and StoreTrouble."""
    load = CatalogLoad.objects.filter(integration=visit.integration, ended_at=None).first()
    if load is None:
        return
    loaded = LoadedCatalog(
        next_id=load.next_id,
        products=load.products,
        variants=load.variants,
        added=load.added,
        completed=load.completed,
    )

    def keep(_what: str, _done: int, of: int) -> None:
        _keep(load, loaded, of)

    try:
        load_catalog(visit, keep, loaded)
    except StoreTrouble as trouble:
        if trouble.code != NOT_ALLOWED:
            raise
        load.trouble, load.next_step = trouble.sentence, trouble.next_step
    if loaded.finished or load.trouble:
        load.ended_at = timezone.now()
        load.save(update_fields=["ended_at", "trouble", "next_step"])


def _keep(load: CatalogLoad, loaded: LoadedCatalog, of: int) -> None:
    load.next_id, load.products, load.of, load.variants = loaded.next_id, loaded.products, of, loaded.variants
    load.added, load.completed = loaded.added, loaded.completed
    load.unreadable = len(loaded.unreadable)
    load.save(update_fields=["next_id", "products", "of", "variants", "added", "completed", "unreadable"])
