"""The imitation of the Conversations API.

No sockets, no threads, no pytest, no wall clock and no chance live in here: a request comes in as
a value and leaves as a value, and `world` is the one place that knows the time and draws sids.
"""
