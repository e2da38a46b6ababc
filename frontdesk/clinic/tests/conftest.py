"""What the tests of the settings share."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from frontdesk.clinic.models import Clinic


@pytest.fixture
def desk(client: Client, carol: User, clinic: Clinic) -> Client:
    """An administrator's browser."""
    client.force_login(carol)
    return client
