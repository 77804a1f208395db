"""The one tally: catalogue, topics, verdicts, results, faults, baseline and journal. Data and pure functions."""
