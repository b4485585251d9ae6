"""What a page with a form hides, read as a browser would send it."""

import re

TOKEN = "a" * 32  # Django compares the cookie with the field: here they are the same by construction
FORM = re.compile(r'<form\b[^>]*\bid="(?:step|score)".*?</form>', re.S)


def hidden_fields(html: str) -> dict[str, str]:
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", html):
        name, value = re.search(r'\bname="([^"]*)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
        if name and 'type="hidden"' in tag:
            fields[name.group(1)] = value.group(1) if value else ""
    fields.pop("csrfmiddlewaretoken", None)
    return fields
