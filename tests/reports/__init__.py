"""Reports and report pages."""
