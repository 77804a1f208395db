"""The figure of the rooms is what the imports are, and files that import each other stand in two places alone."""

from tests.documentation.rooms import PAGE, circles, figure

# What tests say (`given`, `send`, `expect`) rests on one another, and a driver on the user agent that it drives.
MUTUAL = {"conformance.harness", "conformance.browser"}


def test_the_figure_of_the_rooms_is_what_the_imports_are() -> None:
    assert figure() in PAGE.read_text(encoding="utf-8"), "python -m tests.documentation.rooms --write"


def test_no_other_files_import_each_other() -> None:
    assert {".".join(circle[0].split(".")[:2]) for circle in circles()} == MUTUAL
