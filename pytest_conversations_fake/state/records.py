"""The types of records, for annotations and `isinstance`: `Conversation`, `Message` and so on.

Type checkers read their attributes in the stub beside this module, which `make stub` writes from
the resources.
"""

from __future__ import annotations

from ..api.resources import RESOURCES
from .live_record import record_type

__all__ = [*dict.fromkeys(each.stored.__name__ for each in RESOURCES)]

globals().update({name: record_type(name) for name in __all__})
