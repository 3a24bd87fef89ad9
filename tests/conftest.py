"""How hard the property tests try: `pytest --hypothesis-profile deep`, or HYPOTHESIS_PROFILE=deep."""
import os

from hypothesis import HealthCheck, settings

# Brute force takes its time on some examples, and a whole rulebook is a large thing to draw.
slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
settings.register_profile("default", max_examples=100, deadline=None, suppress_health_check=slow)
settings.register_profile("deep", max_examples=3000, deadline=None, suppress_health_check=slow)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
