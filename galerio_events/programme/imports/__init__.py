"""Bytes to programmes."""
