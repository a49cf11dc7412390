"""Batch normalization: the layer, a test of any layer, and a look inside networks."""

__version__ = "0.1.0"

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import (backward, bench, conformance, data, digits, distributed, functional,
                   in_place, layer, lecture, makemore, plot, recorded, recorder,
                   recorder_plot, report, repro, steps, surgery, train, verdict)
    from .conformance import assert_conforms, check
    from .layer import BatchNorm1d
    from .recorder import Recorder
    from .report import batchnorm_report

__all__ = ["BatchNorm1d", "Recorder", "assert_conforms", "batchnorm_report", "check"]

# Where to find what is imported at first use, torch too: name -> module
_NAMES = {"BatchNorm1d": "layer", "check": "conformance",
          "assert_conforms": "conformance",
          "Recorder": "recorder", "batchnorm_report": "report"}
_MODULES = ("backward", "bench", "conformance", "data", "digits", "distributed",
            "functional", "in_place", "layer", "lecture", "makemore", "plot",
            "recorded", "recorder", "recorder_plot", "report", "repro", "steps",
            "surgery", "train", "verdict")


def __getattr__(name: str) -> Any:
    if name in _MODULES: return import_module(f"{__name__}.{name}")
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    globals()[name] = value         # found once: from now on an ordinary attribute
    return value


def __dir__() -> list[str]: return sorted({*globals(), *__all__, *_MODULES})
