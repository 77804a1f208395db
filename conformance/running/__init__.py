"""Executes tests: in processes, group by group, from the options of a run to its reports."""
