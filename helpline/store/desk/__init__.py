"""Queries of the desk: accounts, cases, the queue. Callers' key presses never come here."""
