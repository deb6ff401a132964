"""The password asked again, and the code with it where the login asks for one."""

from typing import Any

from django import forms

from counterfoil.accounts.login import CodeForm, PasswordAgainForm


class ReauthenticationForm(PasswordAgainForm):
    """All that the person logs in with: a stolen password alone changes no login.

    OWASP ASVS 5.0.0, 7.5.1, asks for no less before an e-mail address or a second factor changes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if getattr(self.user, "has_second_factor", False):
            app = {"autocomplete": "one-time-code"}
            self.fields["code"] = forms.CharField(
                label="Code",
                max_length=50,
                widget=forms.TextInput(attrs=app),
                help_text="From your authenticator app, or a recovery code.",
            )

    def clean(self) -> dict[str, Any]:
        """A code is used up only where the password was right."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "code" in self.fields and not self.errors:
            checked = CodeForm({"code": given["code"]}, user=self.user)
            if checked.is_valid():
                checked.authenticator.record_usage()
            else:
                self.add_error("code", checked.errors["code"])
        return given
