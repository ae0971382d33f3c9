"""Sweeps: run a scenario once for each of its calls and each fault that the call can meet."""
