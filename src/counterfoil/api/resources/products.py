"""Products, and what else stores call them."""

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from ninja import Query

from counterfoil.api.acts import Done, act
from counterfoil.api.authentication import check_store, for_all_stores, token_of
from counterfoil.api.paging import Sorting, listed, page_of
from counterfoil.api.problems import invalid, not_found
from counterfoil.api.schemas import clients as schemas
from counterfoil.api.schemas.common import Id, PageOf
from counterfoil.api.service import Resource, answer
from counterfoil.sales.models import Product, ProductAlias
from counterfoil.sales.products.edit import add_product, edit_product
from counterfoil.stores.attention.unknown_skus import add_alias, remove_alias
from counterfoil.stores.json_output import Shape, product_row

router = Resource("Products")
BY_ID = Sorting("id", "id", downwards=False, is_time=False)
MOST_WORDS = 6
OF_ALL = "Products are shared by"


@router.reads(
    "/products",
    PageOf[schemas.ProductSchema],
    query=schemas.ProductsAsked,
    operation_id="listProducts",
    url_name="products",
)
def list_products(request: HttpRequest, asked: Query[schemas.ProductsAsked]) -> HttpResponse:
    """Lists the products."""
    products = Product.objects.all()
    for word in asked.q.split()[:MOST_WORDS]:
        alias = ProductAlias.objects.filter(product=OuterRef("pk"), sku__icontains=word)
        named = Q(part_number__icontains=word) | Q(description__icontains=word) | Q(bin__icontains=word)
        products = products.filter(named | Q(Exists(alias)))
    if asked.type is not None:
        products = products.filter(type=asked.type)
    if asked.active is not None:
        products = products.filter(active=asked.active)
    return answer(listed(request, page_of(products, BY_ID, cursor=asked.cursor, limit=asked.limit), _row))


@router.reads("/products/{product}", schemas.ProductDocumentSchema, operation_id="getProduct", url_name="product")
def get_product(request: HttpRequest, product: Id) -> HttpResponse:
    """One product, with its aliases in the token's stores."""
    return answer(_document(request, _product(product)))


def _product(pk: int) -> Product:
    found = Product.objects.filter(pk=pk).first()
    if found is None:
        raise not_found(f"There is no product {pk}.", "GET /api/v1/products lists them.")
    return found


def _row(product: Product) -> Shape:
    return {"id": product.pk} | product_row(product)


def _document(request: HttpRequest, product: Product) -> Shape:
    token = token_of(request)
    aliases = product.aliases.filter(source__in=token.stores) if token.stores else product.aliases.all()
    named = [{"id": each.pk, "store": each.source, "sku": str(each)} for each in aliases]
    return _row(product) | {"aliases": named}


@router.acts(
    "post",
    "/products",
    {201: schemas.ProductDocumentSchema},
    scope="manage",
    operation_id="addProduct",
    url_name="products",
)
def add(request: HttpRequest, sent: schemas.ProductSent) -> HttpResponse:
    """Adds a product. Orders waiting for it are then imported."""
    token = token_of(request)
    for_all_stores(token, OF_ALL)

    def do() -> Done:
        made = add_product(
            sent.part_number,
            by=token.by,
            description=sent.description,
            kind=sent.type,
            bin_name=sent.bin,
            upc=sent.upc,
        )
        headers = {"Location": f"/api/v1/products/{made.pk}"}
        return Done(_document(request, made), "Added a product.", made.part_number, status=201, headers=headers)

    return act(request, do)


@router.acts(
    "patch",
    "/products/{product}",
    {200: schemas.ProductDocumentSchema},
    scope="manage",
    operation_id="changeProduct",
    url_name="product",
)
def change(request: HttpRequest, product: Id, sent: schemas.ProductChangeSent) -> HttpResponse:
    """Changes or deactivates a product."""
    token = token_of(request)
    for_all_stores(token, OF_ALL)
    changes = {name: value for name, value in sent.model_dump(mode="json").items() if value is not None}
    if not changes:
        raise invalid("", "There is nothing to change.", f"Send at least one of: {', '.join(type(sent).model_fields)}.")

    def do() -> Done:
        changed = edit_product(_product(product).pk, by=token.by, **changes)
        return Done(_document(request, changed), "Changed a product.", changed.part_number)

    return act(request, do)


@router.acts(
    "post",
    "/products/{product}/aliases",
    {201: schemas.AliasTakenSchema},
    scope="manage",
    operation_id="addAlias",
    url_name="aliases",
)
def add_an_alias(request: HttpRequest, product: Id, sent: schemas.AliasSent) -> HttpResponse:
    """Matches a store's SKU to this product. Orders that the SKU blocked are retried."""
    token = token_of(request)

    def do() -> Done:
        found, store = _product(product), check_store(token, sent.store)
        tried = add_alias(store.code, sent.sku, found.part_number, by=token.by)
        shape = {
            "store": store.code,
            "sku": sent.sku.strip(),
            "part_number": found.part_number,
            "tried_again": tried,
        }
        return Done(shape, "Added an alias.", f"{sent.sku.strip()} of {store.code}", status=201)

    return act(request, do)


@router.acts(
    "delete",
    "/products/{product}/aliases/{alias}",
    {200: schemas.AliasRemovedSchema},
    scope="manage",
    operation_id="removeAlias",
    url_name="alias",
)
def remove_an_alias(request: HttpRequest, product: Id, alias: Id) -> HttpResponse:
    """Removes an alias of a product."""
    token = token_of(request)

    def do() -> Done:
        found = ProductAlias.objects.select_related("product").filter(pk=alias, product=product).first()
        if found is None or (token.stores and found.source not in token.stores):
            raise not_found(f"There is no alias {alias}.", "GET /api/v1/products/{product} lists its aliases.")
        shape = {"store": found.source, "sku": str(found), "removed": found.product.part_number}
        remove_alias(found.pk, by=token.by)
        return Done(shape, "Removed an alias.", f"{shape['sku']} of {found.source}")

    return act(request, do)
