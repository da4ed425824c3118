"""Stands in for Colab's own module, which its kernel imports before the first cell runs."""

from google.colab import drive

__all__ = ["drive"]
