"""A hub on loopback for the services."""

from tests.models.hub.conftest import hub

__all__ = ["hub"]
