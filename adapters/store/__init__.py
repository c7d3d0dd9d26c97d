"""Stores: where turns, ledgers and memories outlive the program. SQLite for one machine."""
