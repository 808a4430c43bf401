"""Where a token lives between two commands: one contract (contract.py), one record (RECORD.md), a module per home."""
