"""The pictures that stand on packing slips."""

from django.db import models

from counterfoil.stores.models.integrations import WebIntegration


class StoreLogo(models.Model):
    """A store's logo: a PNG or JPEG picture, checked when it was taken. Apart, so that no list loads its bytes."""

    integration = models.OneToOneField(WebIntegration, on_delete=models.CASCADE, related_name="logo")
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"the logo of {self.integration_id}"
