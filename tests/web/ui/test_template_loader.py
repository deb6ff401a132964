"""Templates are written one element a line and sent without that indentation: what a browser shows stays the same."""

import pytest
from django.template import engines

from counterfoil.web.ui.template_loader import compact


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<p>\n  Text\n</p>\n", "<p>Text</p>"),
        ("<a\n  href='/'\n  class='b'\n>Go</a>", "<a href='/' class='b'>Go</a>"),
        ("<b>one</b>\n<b>two</b>", "<b>one</b> <b>two</b>"),
        ("<button>A</button>\n<button>\n  B\n</button>", "<button>A</button> <button>B</button>"),
        ("<p>\n  {% if a %}\n    A\n  {% endif %}\n  B\n</p>", "<p>{% if a %}A{% endif %} B</p>"),
        ("1 {% if a %}\n  2\n{% endif %}\n3", "1 {% if a %}2{% endif %} 3"),
        ("1{% if a %}\n2\n{% endif %}\n3", "1{% if a %} 2{% endif %} 3"),
        ("1{% if a %} 2 {% endif %}{% if b %} 3{% endif %}", "1{% if a %} 2 {% endif %}{% if b %} 3{% endif %}"),
        ("1{% if a %}. {% endif %} {% if b %} 2 {% endif %}", "1{% if a %}.{% endif %} {% if b %}2 {% endif %}"),
        ("1{% if a %} 2 {% else %} 3 {% endif %}4", "1{% if a %} 2 {% else %} 3 {% endif %}4"),
        ("<p>\n  {% for a in b %}\n    {{ a }}\n  {% endfor %}\n</p>", "<p>{% for a in b %} {{ a }} {% endfor %}</p>"),
        ("<p>\n  {% if a %}\n    A\n  {% endif %}\n</p>", "<p>{% if a %}A{% endif %}</p>"),
        ("{{ a }}\n{{ b }}", "{{ a }} {{ b }}"),
        ("by\n{% moment at %}\nhere", "by {% moment at %} here"),
        ("{% if a > b %}<i>x</i>{% endif %}", "{% if a > b %}<i>x</i>{% endif %}"),
        ("<textarea>{{ a }}</textarea>", "<textarea>{{ a }}</textarea>"),
    ],
)
def test_blanks_go_where_a_browser_shows_none_and_stay_where_it_shows_one(written: str, sent: str) -> None:
    assert compact(written).strip() == sent


def test_a_text_of_several_lines_keeps_them() -> None:
    """It comes with the page's values, which no template has."""
    page = engines["django"].from_string(compact("<div>\n  <textarea>{{ text }}</textarea>\n</div>"))
    assert "a\n  b" in page.render({"text": "a\n  b"})
