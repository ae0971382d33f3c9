"""Webhooks out: what an application is told, over HTTP or straight into its code."""
