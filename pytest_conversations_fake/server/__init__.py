"""The fake on a socket: aiohttp in a thread of its own drives the engine."""
