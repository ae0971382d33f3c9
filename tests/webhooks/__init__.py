"""Delivery of webhooks to applications."""
