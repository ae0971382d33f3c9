"""The report on a fake, as text and as an HTML page."""
