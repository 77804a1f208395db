"""Where a key of a TOML file stands: on the line that begins it, whatever its neighbors' values look like."""

from __future__ import annotations

import pytest

from conformance.base.toml_files import line_of

TEXT = '''# name = "not a key"
[target]
name = """
[other]
base_url = "in a text"
"""
scopes = [
  ["one", "two"],
  "a = b",
]
base_url = 'https://as.example.com'

[[steps]]
fill = { user = "{username}" }
[[steps]]
"odd.key" = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["target", "name"], 3),
        (["target", "scopes"], 7),
        (["target", "base_url"], 11),
        (["other"], 1),
        (["steps", 1, "odd.key"], 16),
        (["steps", 0, "fill", "user"], 14),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_key_is_found_on_its_line(path: list[str | int], line: int, ending: str) -> None:
    assert line_of(TEXT.replace("\n", ending), path) == line
