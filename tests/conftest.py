"""Pytest set-up shared by all suites: tests/ on the import path, and how many examples Hypothesis draws."""

import os
import sys

from hypothesis import HealthCheck, Phase, settings

sys.path.insert(0, os.path.dirname(__file__))

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": QUIET,
    "report_multiple_bugs": False,
    "phases": [Phase.explicit, Phase.generate, Phase.shrink],
}

settings.register_profile("quick", max_examples=25, derandomize=True, **COMMON)
settings.register_profile("thorough", max_examples=1000, **COMMON)
settings.load_profile(os.environ.get("WENGERT_TEST_PROFILE", "quick"))
