"""Torch building blocks of learned methods."""
