"""The figure and the table of the rooms are what the imports are; no files import each other, and none is too long."""

from tests.documentation.rooms import faults


def test_the_house_is_as_its_page_says() -> None:
    assert list(faults()) == []
