"""Products and variants as the V3 catalog serves them (vendor: products and product-variants _catalog.v3.yml)."""

from typing import Any

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.catalog.products import CatalogProduct, Variant
from bigcommerce_sandbox.clock import iso8601

# The real store serves ``include=variants`` with all of a product's variants; the description no longer lists it.
SUB_RESOURCES = (
    "variants", "images", "primary_image", "options", "modifiers", "custom_fields", "bulk_pricing_rules", "videos",
    "channels",
)  # fmt: skip
_ALIKE: Document = {
    "description": "",
    **dict.fromkeys(("width", "depth", "height", "cost_price", "retail_price", "sale_price", "map_price"), 0),
    "tax_class_id": 0,
    "product_tax_code": "",
    "categories": [23],
    "brand_id": 38,
    "inventory_level": 0,
    "inventory_warning_level": 0,
    "inventory_tracking": "none",
    "fixed_cost_shipping_price": 0,
    "is_free_shipping": False,
    "is_featured": False,
    "related_products": [-1],
    **dict.fromkeys(("warranty", "layout_file", "upc", "mpn", "gtin", "search_keywords", "date_last_imported"), ""),
    "availability": "available",
    "availability_description": "",
    "gift_wrapping_options_type": "any",
    "gift_wrapping_options_list": [],
    "sort_order": 0,
    "condition": "New",
    "is_condition_shown": False,
    "order_quantity_minimum": 0,
    "order_quantity_maximum": 0,
    "page_title": "",
    "meta_keywords": [],
    "meta_description": "",
    "view_count": 0,
    "preorder_message": "",
    "is_preorder_only": False,
    "is_price_hidden": False,
    "price_hidden_label": "",
    "reviews_rating_sum": 0,
    "reviews_count": 0,
    "total_sold": 0,
    "option_set_display": "right",
    "open_graph_type": "product",
    "open_graph_title": "",
    "open_graph_description": "",
    "open_graph_use_meta_description": True,
    "open_graph_use_product_name": True,
    "open_graph_use_image": True,
}
# What is null is the product's own.
_OF_THE_PRODUCT = (
    "price", "sale_price", "retail_price", "weight", "width", "height", "depth", "fixed_cost_shipping_price",
)  # fmt: skip


def product_document(origin: str, product: CatalogProduct, included: set[str]) -> Document:
    """``included`` are names of ``SUB_RESOURCES``; ``origin`` is where its pictures would be."""
    price = money.number(product.price * 100)
    document = {"id": product.id, "name": product.name, "type": product.type, "sku": product.sku, **_ALIKE}
    document |= {"weight": product.weight, "price": price, "calculated_price": price}
    document |= {"bin_picking_number": product.bin, "is_visible": product.visible}
    document |= {"date_created": iso8601(product.created), "date_modified": iso8601(product.modified)}
    document["upc"] = "" if product.variants[0].choices else product.variants[0].upc
    document["custom_url"] = {"url": f"/product-{product.id}/", "is_customized": False}
    document["base_variant_id"] = None if product.variants[0].choices else product.variants[0].id
    return document | {name: _sub_resource(origin, product, name) for name in included}


def _sub_resource(origin: str, product: CatalogProduct, name: str) -> Any:
    if name == "variants":
        return [variant_document(product, variant) for variant in product.variants]
    if name == "images":
        return [_image(origin, product)]
    if name == "primary_image":
        return _image(origin, product)
    if name == "options":
        return _options(product)
    return [1] if name == "channels" else []


def variant_document(product: CatalogProduct, variant: Variant) -> Document:
    document = {"id": variant.id, "product_id": product.id, "sku": variant.sku}
    document["sku_id"] = variant.id + 1_000_000 if variant.choices else None
    document |= dict.fromkeys(_OF_THE_PRODUCT)
    document |= {"cost_price": 0, "calculated_price": money.number(product.price * 100)}
    document |= {"calculated_weight": product.weight, "is_free_shipping": False, "purchasing_disabled": False}
    document |= {"purchasing_disabled_message": "", "image_url": "", "upc": variant.upc, "mpn": "", "gtin": ""}
    document |= {"inventory_level": 0, "inventory_warning_level": 0, "bin_picking_number": variant.bin}
    values = [
        {
            "id": choice.value_id,
            "label": choice.label,
            "option_id": choice.option_id,
            "option_display_name": choice.option,
        }
        for choice in variant.choices
    ]
    return document | {"option_values": values}


def _image(origin: str, product: CatalogProduct) -> Document:
    path = f"{origin}/page/products/{product.id}"
    urls = {f"url_{size}": f"{path}/{size}.png" for size in ("zoom", "standard", "thumbnail", "tiny")}
    document: Document = {"id": product.id * 10, "product_id": product.id, "is_thumbnail": True, "sort_order": 0}
    document |= {"description": "", "image_file": f"p/{product.id}.png", **urls}
    return document | {"date_modified": iso8601(product.modified)}


def _options(product: CatalogProduct) -> list[Document]:
    """Options follow from the variants, which are all their combinations."""
    options: dict[int, Document] = {}
    for choice in (choice for variant in product.variants for choice in variant.choices):
        blank = {"id": choice.option_id, "product_id": product.id, "name": f"{choice.option}{choice.option_id}"}
        blank |= {"display_name": choice.option, "type": "rectangles", "sort_order": len(options)}
        option = options.setdefault(choice.option_id, blank | {"option_values": [], "config": {}})
        if all(value["id"] != choice.value_id for value in option["option_values"]):
            place = len(option["option_values"])
            value = {"id": choice.value_id, "label": choice.label, "sort_order": place, "is_default": place == 0}
            option["option_values"].append(value | {"value_data": None})
    return list(options.values())
