"""The form that asks why an order is skipped."""

from django import forms


class SkipForm(forms.Form):
    """Why an order is given up."""

    import_id = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=500,
        error_messages={"required": "Give a reason: the next person wants to know."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
