"""The server: aiohttp on an event loop in its own thread, which drives the engine."""
