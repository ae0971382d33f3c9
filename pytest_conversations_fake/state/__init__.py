"""The state of a fake as a test reads it: collections, records, accounts and counts."""
