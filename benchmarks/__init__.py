"""Benchmarks: the fake side by side with a floor and with peers. Run `make bench`.

The floor is a bare aiohttp handler with a ready answer, on an event loop in a thread. In each
round every subject is measured once, in rotating order, so that other load on the machine meets
all of them. Figures are medians of the rounds. Compare ratios: absolute values vary between runs.
"""
