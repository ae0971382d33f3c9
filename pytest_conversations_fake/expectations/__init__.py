"""What a test asks of a fake: its records and its requests, and what to say when they differ."""
