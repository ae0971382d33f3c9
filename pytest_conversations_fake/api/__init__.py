"""The imitation of the Conversations API.

It has no sockets, threads, pytest, wall clock or randomness: a request comes in as a value, its
answer goes out as a value, and only `world.clock` and `world.sids` know the time and draw sids. Its
modules do not import each other in rings, not even for type checkers.
"""
