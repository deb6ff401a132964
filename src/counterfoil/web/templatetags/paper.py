"""What stands on printed pages: barcodes, addresses as they are sent from somewhere, long messages cut."""

from django import template
from django.utils.safestring import SafeString

from counterfoil.sales.models import OrderAddress
from counterfoil.web.paper.barcodes import code_128
from counterfoil.web.paper.messages import capped

register = template.Library()


@register.simple_tag
def barcode(text: str) -> SafeString:
    """The text as Code 128."""
    return code_128(text)


@register.filter
def lines_from(address: OrderAddress, home: str) -> list[str]:
    """The lines of an address for mail from the country with this code."""
    return address.lines_from(home)


@register.filter
def cut(message: str) -> str:
    """A message that takes no more than its part of a page; what is left out stands on the order page."""
    return capped(message)


@register.filter
def besides(lines: list[str], line: str) -> list[str]:
    """The lines of an address below a heading that says one of them already."""
    said = " ".join(line.split())
    return [each for each in lines if each != said]
