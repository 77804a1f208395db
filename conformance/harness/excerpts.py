"""A short piece of a reply, around what shows a breach."""

from __future__ import annotations

import re

# Characters of an excerpt, and how many of them stand ahead of the proof.
LONGEST = 240
AHEAD = 80
BLANK = re.compile(r"\s+")
# What of a page a person doesn't see.
UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.I | re.S)
TAG = re.compile(r"<[^>]*>")


def excerpt(text: str, proof: str) -> str:
    """The surroundings of the proof in one line; the beginning of the text where the proof isn't in it.

    Both are redacted already: a cut must not go through a secret that is looked for afterwards.
    """
    place = text.find(proof) if proof else -1
    if place < 0:
        text, place = _seen(text), 0
    start = max(0, place - AHEAD)
    piece = BLANK.sub(" ", text[start : start + LONGEST]).strip()
    return f"{'...' if start else ''}{piece}{'...' if start + LONGEST < len(text) else ''}"


def _seen(text: str) -> str:
    """What a person sees of a page; any other text as it is."""
    if not re.match(r"\s*<(!doctype|html|head|body)\b", text, re.I):
        return text
    return BLANK.sub(" ", TAG.sub(" ", UNSEEN.sub(" ", text))).strip()
