"""The figure of the rooms is what the imports are, and no files import each other."""

from tests.documentation.rooms import PAGE, circles, figure


def test_the_figure_of_the_rooms_is_what_the_imports_are() -> None:
    assert figure() in PAGE.read_text(encoding="utf-8"), "python -m tests.documentation.rooms --write"


def test_no_files_import_each_other() -> None:
    assert circles() == []
