"""Sweeps: run a piece of code once for each call and each fault that the call can meet."""
