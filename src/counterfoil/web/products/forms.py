"""The form of a product."""

from django import forms


class ProductForm(forms.Form):
    """A product to add to the product list."""

    part_number = forms.CharField(max_length=300)
    description = forms.CharField(max_length=1000, required=False)
