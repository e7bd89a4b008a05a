"""A hub on loopback for each test of the dashboard's downloads."""

from tests.models.hub.conftest import hub

__all__ = ["hub"]
