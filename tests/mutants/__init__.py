"""Mechanical mutants of the reference server's steps: does a directed test notice each small change?"""
