"""Webhooks: delivery to applications, and `fake.webhooks`.

A delivery goes from the dispatcher to the worker, which finds the destination of its URL and sends
it to the target there. No application runs on the event loop of the worker or of the server.
"""
