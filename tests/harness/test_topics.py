"""Every finding can explain itself: the topics cover what can be broken, and name nothing that isn't there."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.base.documents import Document
from conformance.tally.catalogue import load_catalogue
from conformance.tally.topics import Topic, load_topics, places_of, topics_of

CATALOGUE = load_catalogue()
TOPICS = load_topics()


def test_every_requirement_that_can_be_broken_has_a_topic() -> None:
    can_break = [r.id for r in CATALOGUE.requirements if r.can_be_broken]
    lacking = sorted(set(can_break) - set(topics_of(CATALOGUE.requirements, TOPICS)))
    assert lacking == [], "name these, or their section, in a topic of the document"


def test_what_clients_break_is_told_of_clients() -> None:
    found = topics_of(CATALOGUE.requirements, TOPICS)
    roles = {topic.name: {CATALOGUE.by_id[name].role for name in found if found[name] is topic} for topic in TOPICS}
    mixed = sorted(name for name, bound in roles.items() if "client" in bound and len(bound) > 1)
    assert mixed == []


def test_topics_cover_what_is_there_and_each_place_once() -> None:
    known = {place for requirement in CATALOGUE.requirements for place in places_of(requirement)}
    places = [place for topic in TOPICS for place in topic.covers]
    assert sorted(set(places) - known) == []
    assert sorted({place for place in places if places.count(place) > 1}) == []


def test_every_topic_is_somebodys_and_its_name_is_its_own() -> None:
    used = {topic.name for topic in topics_of(CATALOGUE.requirements, TOPICS).values()}
    names = [topic.name for topic in TOPICS]
    assert sorted(names) == sorted(used)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_topics_speak_in_sentences(topic: Topic) -> None:
    for text in (topic.matters, topic.causes):
        assert text[0].isupper() or text.startswith("`")
        assert text.endswith(".")
        assert text.count("`") % 2 == 0
        assert 40 < len(text) < 400


def test_the_most_specific_place_wins() -> None:
    requirement = CATALOGUE.by_id["rfc6749-4.1.2-reused-code-denied"]
    section, own = (Topic(name, (name,), "", "") for name in ("rfc6749-4.1", requirement.id))
    assert topics_of([requirement], [section])[requirement.id] == section
    assert topics_of([requirement], [section, own])[requirement.id] == own


def test_a_topic_that_lacks_a_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "topics.toml").write_text('[[topic]]\nname = "odd"\ncovers = []\nmatters = "x"\n')
    with pytest.raises(ValueError, match=r"own/topics\.toml: odd: lacks 'causes'"):
        load_topics([Document("own", tmp_path, "Our own")])
