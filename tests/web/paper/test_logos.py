"""Logos: which pictures are taken, and how they are given out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from counterfoil.limits import LARGEST_LOGO
from counterfoil.sales.errors import Refused
from counterfoil.stores.models import StoreLogo
from counterfoil.stores.shipping.letterheads import checked_picture
from tests.web.factories.orders import a_store
from tests.web.paper.pictures import JPEG_PICTURE, PNG_PICTURE, png

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Choose a picture first."),
        (SVG, "This isn’t a PNG or JPEG picture."),
        (b"GIF89a" + b"0" * 99, "This isn’t a PNG or JPEG picture."),
        (PNG_PICTURE[:40], "The picture is damaged."),
        (JPEG_PICTURE[:9], "The picture is damaged."),
        (png(3000, 1), "The picture has 3000 × 1 pixels."),
        (b"\x89PNG" + b"0" * LARGEST_LOGO, "The picture is larger than 256 KB."),
    ],
)
def test_other_files_are_refused_with_a_reason(content: bytes, why: str) -> None:
    """By what they are, not by what they are called."""
    with pytest.raises(Refused) as refused:
        checked_picture(content)
    assert refused.value.sentence == why


@pytest.mark.django_db
def test_a_manager_gives_a_store_its_logo_and_takes_it_away(manager: Client) -> None:
    """It is given out as the picture that it is; what is refused leaves the one before."""
    store = a_store()
    there = {"args": [store.pk]}
    for content, media_type in ((PNG_PICTURE, "image/png"), (JPEG_PICTURE, "image/jpeg")):
        manager.post(reverse("logo-set", **there), {"logo": SimpleUploadedFile("evil.svg", content)})
        answer = manager.get(reverse("logo", **there))
        assert (answer.content, answer["Content-Type"]) == (content, media_type)
        assert answer["X-Content-Type-Options"] == "nosniff"
    sent = {"logo": SimpleUploadedFile("logo.png", SVG), "next": f"/integrations/{store.pk}/edit/paper/"}
    assert (
        "This isn’t a PNG or JPEG picture."
        in manager.post(reverse("logo-set", **there), sent, follow=True).content.decode()
    )
    assert StoreLogo.objects.get().media_type == "image/jpeg"
    assert "Remove logo" in manager.get(reverse("integration-tab", args=[store.pk, "paper"])).content.decode()
    manager.post(reverse("logo-set", **there), {"remove": "1"})
    assert manager.get(reverse("logo", **there)).status_code == 404


@pytest.mark.django_db
def test_the_letterhead_is_checked_when_it_is_saved(manager: Client) -> None:
    """A country by its two letters, in any case; an address without empty lines."""
    store = a_store()
    there = reverse("integration-tab", args=[store.pk, "paper"])
    sent = {"letterhead_name": "Paper", "letterhead_address": "1 High St\r\n\r\nLeeds ", "letterhead_country": "gb"}
    assert manager.post(there, sent).status_code == 302
    store.refresh_from_db()
    assert (store.letterhead_address, store.letterhead_country) == ("1 High St\nLeeds", "GB")
    for wrong in ("QQ", "1", "G"):
        answer = manager.post(there, sent | {"letterhead_country": wrong})
        assert answer.status_code == 422
        assert "two letters" in answer.content.decode()
