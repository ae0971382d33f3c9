"""Sweeps over faults."""
