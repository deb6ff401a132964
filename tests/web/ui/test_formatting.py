"""How sentences, moments and amounts are shown."""

import pytest

from counterfoil.web.ui.formatting import with_code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("No code.", "No code."),
        ("`q` alone", "<code>q</code> alone"),
        ("Send `a<b` or `c`", "Send <code>a&lt;b</code> or <code>c</code>"),
        ("One <b> and `open", "One &lt;b&gt; and <code>open</code>"),
    ],
)
def test_backticks_become_code(text: str, shown: str) -> None:
    """All else is escaped; one backtick without its other goes on to the end."""
    assert with_code(text) == shown
