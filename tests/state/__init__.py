"""Collections, records and snapshots."""
