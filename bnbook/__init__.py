__version__ = "0.1.0"

from .layer import BatchNorm1d

__all__ = ["BatchNorm1d"]
