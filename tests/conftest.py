"""How hard the property tests try: `pytest --hypothesis-profile deep`, or HYPOTHESIS_PROFILE=deep."""
import os

from hypothesis import HealthCheck, Phase, settings

# Brute force takes its time on some examples, and a whole rulebook is a large thing to draw.
slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
# To make a failing example small takes minutes: the default says no more than that there is one, and keeps it in
# .hypothesis/, where the deep profile finds it again and makes it small.
settings.register_profile("default", max_examples=100, deadline=None, suppress_health_check=slow,
                          phases=[Phase.explicit, Phase.reuse, Phase.generate])
settings.register_profile("deep", max_examples=3000, deadline=None, suppress_health_check=slow)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
