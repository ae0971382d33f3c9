"""Webhooks: delivery to applications, and `fake.webhooks`."""
