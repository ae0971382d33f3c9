"""What there is to tell of a fake when a test has failed: as a text, and as a page."""
