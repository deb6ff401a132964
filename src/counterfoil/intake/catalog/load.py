"""Loads the product list from the store's catalog: the products with their variants, a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.bigcommerce.catalog import CatalogPage, CatalogProduct, CatalogVariant
from counterfoil.sales.models import ProductType
from counterfoil.sales.products.catalog_import import CatalogItem, import_variants
from counterfoil.sales.products.edit import LONGEST_UPC
from counterfoil.sales.products.order_lines import give_loaded_products
from counterfoil.sales.text.plural import count_of
from counterfoil.stores.attention.unknown_skus import retry_blocked
from counterfoil.stores.log import log
from counterfoil.stores.models import CatalogLoad, LogKind, WebIntegration
from counterfoil.stores.sync.session import Progress, StoreSession
from counterfoil.stores.sync.wakeups import wake

PAGE = 250
AT_ONCE = 2000  # variants a statement
LOADING = "Loading products"


@dataclass
class LoadedCatalog:
    """What came of it: products and variants read, product list entries added, and those that took what they lacked.

    `unreadable` are the store's ids of products that could not be read. `finished`: whether the whole catalog was seen;
    if not, it goes on at the product `next_id`. `tried_again`: orders that had lacked a product.
    """

    next_id: int = 1
    products: int = 0
    variants: int = 0
    added: int = 0
    completed: int = 0
    unreadable: list[int] = field(default_factory=list)
    finished: bool = False
    tried_again: int = 0


def load_catalog(
    session: StoreSession, progress: Progress | None = None, loaded: LoadedCatalog | None = None
) -> LoadedCatalog:
    """Adds each variant that the product list does not have yet, and learns which product it is in the store.

    What the merchant has written is never written over. One call for each 250 products; each page is imported
    before the next is read. `loaded`: what was loaded before, where it is to go on. Raises TryAgain and StoreTrouble;
    what was loaded stays.
    """
    loaded = loaded or LoadedCatalog()
    tell, source = progress or session.progress, session.integration.code
    for page in _pages(session, loaded.next_id):
        items = [item for product in page.products for item in _items(product)]
        for start in range(0, len(items), AT_ONCE):
            stocked = import_variants(source, items[start : start + AT_ONCE])
            loaded.added += stocked.added
            loaded.completed += stocked.completed
        loaded.unreadable += page.unreadable
        before = loaded.products
        loaded.products += len(page.listed)
        loaded.variants += len(items)
        loaded.next_id = max(page.listed) + 1
        tell(LOADING, loaded.products, max(before + page.total, loaded.products))
    loaded.finished = not session.is_over
    give_loaded_products(source)
    loaded.tried_again = retry_blocked(source=source)
    log(session.integration, LogKind.SETTINGS, describe(loaded))
    return loaded


def describe(loaded: LoadedCatalog) -> str:
    """As a line of the log."""
    products, variants = count_of(loaded.products, "product"), count_of(loaded.variants, "variant")
    text = f"{products} with {variants} {'was' if loaded.products == 1 else 'were'} read from the catalog: "
    text += f"{loaded.added:,} new."
    if loaded.unreadable:
        ids = ", ".join(str(product_id) for product_id in loaded.unreadable[:5])
        text += f" {len(loaded.unreadable)} couldn’t be read (product {ids})."
    return text if loaded.finished else f"{text} The rest hasn’t been loaded yet."


def _pages(session: StoreSession, min_id: int) -> Iterator[CatalogPage]:
    """By id and not by page, since products come and go while we read; a page that is too much is halved."""
    limit, whole = PAGE, False
    while not session.is_over:
        try:
            page = session.api.catalog_products(min_id=min_id, limit=limit, whole=whole)
        except TryAgain as trouble:
            if not trouble.smaller or limit == 1:
                raise
            limit = max(1, limit // 2)
            continue
        if not whole and any(not product.variants for product in page.products):
            whole = True  # this store leaves the variants out where single fields are asked for
            continue
        if not page.listed or max(page.listed) < min_id:
            return
        yield page
        min_id = max(page.listed) + 1
        if len(page.listed) < limit and len(page.listed) >= page.total:  # some stores send fewer than asked for
            return


def _items(product: CatalogProduct) -> list[CatalogItem]:
    """Its variants; the base variant of a product without options is called like the product."""
    alone = len(product.variants) == 1
    return [
        CatalogItem(
            product_id=product.id,
            variant_id=variant.id,
            sku=(variant.sku or (product.sku if alone else "")).strip(),
            description=_description(product, variant),
            type=ProductType.DIGITAL if product.type == ProductType.DIGITAL else ProductType.PHYSICAL,
            bin=(variant.bin_picking_number or product.bin_picking_number).strip(),
            active=product.is_visible,
            alone=alone,
            upc=_barcode(product, variant, alone=alone),
        )
        for variant in product.variants
    ]


def _barcode(product: CatalogProduct, variant: CatalogVariant, *, alone: bool) -> str:
    """The number on its barcode; the product's own says nothing of which of several variants it is."""
    found = variant.upc or variant.gtin or ((product.upc or product.gtin) if alone else "")
    return found.strip()[:LONGEST_UPC]


def _description(product: CatalogProduct, variant: CatalogVariant) -> str:
    """As in "T-shirt (XL, Moss)"."""
    choices = ", ".join(value.label for value in variant.option_values if value.label)
    return f"{product.name.strip()} ({choices})" if choices else product.name.strip()


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


def go_on_loading(session: StoreSession) -> None:
    """Loads on where the last sync stopped, if there is something to load. Raises TryAgain and StoreTrouble."""
    load = CatalogLoad.objects.filter(integration=session.integration, ended_at=None).first()
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
        load_catalog(session, keep, loaded)
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
