"""Which sales orders have a product."""

from counterfoil.sales.models import OrderLine, Product


def newest_lines(product: Product, most: int) -> list[OrderLine]:
    """The lines of the product that came last, at most so many, with order, client and status. One statement.

    Lines get their ids as they come, so that those of a product in a million orders are found from the end.
    """
    lines = OrderLine.objects.filter(product=product).select_related("order__client", "order__status")
    return sorted(lines.order_by("-pk")[:most], key=lambda line: line.order.order_date, reverse=True)
