"""From many findings to few faults: what a run found, grouped by what is behind it.

`sights` reads what a broken test rests on, `stories` what became of its credentials before, `oddities` what is odd in
its request; `causes` are systemic mistakes with how each shows, `grouping` puts findings together. All of it reads the
content of `results.json`, evidence included, and nothing else.
"""
