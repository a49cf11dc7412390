__version__ = "0.1.0"

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .conformance import assert_conforms, check
    from .layer import BatchNorm1d

__all__ = ["BatchNorm1d", "assert_conforms", "check"]

_WHERE = dict(BatchNorm1d="layer", assert_conforms="conformance", check="conformance")


def __getattr__(name: str) -> Any:
    "What the package gives, imported when it is first asked for."
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_WHERE[name]}", __name__), name)
