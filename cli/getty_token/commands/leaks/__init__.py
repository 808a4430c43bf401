"""Secrets where they must not be: in a built site, in logs, in cassettes, in the history of a repository."""
