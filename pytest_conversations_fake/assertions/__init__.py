"""Assertions on recorded requests and on webhook deliveries, and the text of their failures."""
