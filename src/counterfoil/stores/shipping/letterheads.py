"""What stands at the top and the foot of a store's packing slips, and which country its parcels leave from."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from counterfoil.limits import LARGEST_LOGO, MOST_LOGO_PIXELS
from counterfoil.sales.errors import Refused
from counterfoil.stores.models import StoreLogo, WebIntegration

PNG, JPEG = "image/png", "image/jpeg"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_JPEG_START = b"\xff\xd8\xff"
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the frame headers (ITU T.81, table B.1)
_OTHER_PICTURE = "Choose a PNG or JPEG picture."


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who sends a parcel. `logo_of`: the web integration whose logo stands there, by its id; None without one.

    `home`: the code of the country it is sent from; "" where nobody has said.
    """

    name: str = ""
    lines: tuple[str, ...] = ()
    foot: str = ""
    home: str = ""
    logo_of: int | None = None


NO_LETTERHEAD = Letterhead()


def home_of(integration: WebIntegration) -> str:
    """The code of the country that parcels of the store leave from; "" where nobody has said. Needs the state."""
    return integration.letterhead_country or integration.state.country_code


def letterheads(sources: Iterable[str]) -> dict[str, Letterhead]:
    """The letterheads of the stores with these import source codes; one statement."""
    logo = StoreLogo.objects.filter(integration=OuterRef("pk"))
    found = WebIntegration.objects.filter(code__in=set(sources)).select_related("state").annotate(has_logo=Exists(logo))
    return {
        each.code: Letterhead(
            each.letterhead_name or each.state.store_name,
            tuple(each.letterhead_address.splitlines()),
            each.letterhead_foot,
            home_of(each),
            each.pk if each.has_logo else None,
        )
        for each in found
    }


def save_logo(integration: WebIntegration, content: bytes) -> None:
    """Keeps the picture as the store's logo. Raises Refused for what is none, or too large."""
    media_type = checked_picture(content)
    StoreLogo.objects.update_or_create(integration=integration, defaults={"content": content, "media_type": media_type})


def remove_logo(integration: WebIntegration) -> None:
    """The store's slips have no logo any more."""
    StoreLogo.objects.filter(integration=integration).delete()


def checked_picture(content: bytes) -> str:
    """The media type of a PNG or JPEG picture, told by its bytes, whatever its file is called. Raises Refused.

    SVG is refused: it is a document that can hold scripts and links.
    """
    if not content:
        raise Refused("Choose a picture first.", _OTHER_PICTURE)
    if len(content) > LARGEST_LOGO:
        raise Refused(f"The picture is larger than {LARGEST_LOGO // 1024} KB.", "Make it smaller.")
    if content.startswith(_PNG_START):
        media_type, size = PNG, _png_size(content)
    elif content.startswith(_JPEG_START):
        media_type, size = JPEG, _jpeg_size(content)
    else:
        raise Refused("This isn’t a PNG or JPEG picture.", _OTHER_PICTURE)
    if size is None or 0 in size:
        raise Refused("The picture is damaged.", _OTHER_PICTURE)
    if max(size) > MOST_LOGO_PIXELS:
        raise Refused(f"The picture has {size[0]} × {size[1]} pixels.", f"Use at most {MOST_LOGO_PIXELS} pixels.")
    return media_type


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height, from the header that comes first."""
    if len(content) < 33 or content[12:16] != b"IHDR" or not content.rstrip(b"\0").endswith(b"IEND\xaeB`\x82"):
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height, from the first frame header."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
