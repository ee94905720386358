"""How many examples: few by default; ``HYPOTHESIS_PROFILE=heavy`` for a night."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

# A failing example is shown as it was drawn; the heavy profile makes it small.
settings.register_profile(
    "default", max_examples=25, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)
settings.register_profile(
    "heavy", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
