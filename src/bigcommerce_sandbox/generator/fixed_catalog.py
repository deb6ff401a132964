"""The small fixed catalog that made orders draw from, so that SKUs repeat. ``making.shelf`` puts it into the store."""

from typing import NamedTuple

Options = tuple[tuple[str, tuple[str, ...]], ...]


class Product(NamedTuple):
    """``price`` in cents, ``weight`` in ounces; ``parts`` are (SKU, quantity) of a kit."""

    id: int
    sku: str
    name: str
    price: int
    weight: int = 16
    type: str = "physical"
    brand: str = "Harbour & Vale"
    options: Options = ()
    parts: tuple[tuple[str, int], ...] = ()


_SIZES = ("Size", ("S", "M", "L", "XL"))
_COLOURS = ("Color", ("Oat", "Slate", "Moss", "Brick"))

ALL = (
    Product(101, "MUG-STONE", "Stoneware mug", 1895, 14),
    Product(102, "MUG-ENAMEL", "Enamel camping mug", 1450, 9),
    Product(103, "TEAPOT-1L", "Glass teapot, 34 oz", 3900, 28),
    Product(104, "KETTLE-GN", "Gooseneck kettle", 7999, 42),
    Product(105, "GRINDER-H", "Hand grinder", 6450, 22),
    Product(106, "FILTER-100", "Paper filters, box of 100", 725, 8),
    Product(107, "BEANS-250", "House espresso beans, 250 g", 1190, 10),
    Product(108, "BEANS-1KG", "House espresso beans, 1 kg", 3850, 37),
    Product(109, "TEA-EARL", "Earl Grey tea, tin", 1275, 6),
    Product(110, "TOWEL-LIN", "Linen tea towel", 1600, 5, options=(_COLOURS,)),
    Product(111, "APRON-CAN", "Canvas apron", 4200, 16, options=(_COLOURS, _SIZES)),
    Product(112, "SHIRT-CREW", "Crew neck T-shirt", 2800, 7, options=(_SIZES, _COLOURS)),
    Product(113, "BOARD-OAK", "Oak serving board", 5400, 51),
    Product(114, "KNIFE-BR", "Bread knife", 4725, 12),
    Product(115, "SPOON-SET", "Measuring spoons, set of 5", 1333, 6),
    Product(116, "CANDLE-FIG", "Fig candle", 2199, 15),
    Product(117, "NOTEBOOK-A5", "Recipe notebook, A5", 1699, 11),
    Product(118, "PEN-BRASS", "Brass pen", 3150, 3),
    Product(119, "STICKER-01", "Sticker", 99, 1),
    Product(120, "SALT-FLAKE", "Flaked sea salt", 649, 9),
    Product(121, "OLIVE-500", "Olive oil, 500 ml", 1849, 34),
    Product(122, "EBOOK-BREW", "Brewing at home (e-book)", 1200, 0, type="digital"),
    Product(123, "COURSE-LAT", "Latte art video course", 4900, 0, type="digital"),
    Product(124, "", "Sample bag", 350, 3),
    Product(130, "KIT-STARTER", "Starter brewing kit", 13900, 80, parts=(("KETTLE-GN", 1), ("FILTER-100", 2))),
    Product(
        131, "KIT-GIFT", "Breakfast gift box", 5950, 60, parts=(("MUG-STONE", 2), ("BEANS-250", 1), ("SALT-FLAKE", 1))
    ),
)
PRODUCTS = {product.sku: product for product in ALL if product.sku}
SINGLES = tuple(product for product in PRODUCTS.values() if product.type == "physical" and not product.parts)
DIGITAL = tuple(product for product in ALL if product.type == "digital")
KITS = tuple(product for product in ALL if product.parts)
WITHOUT_SKU = next(product for product in ALL if not product.sku)
