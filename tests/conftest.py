"""How hard the property tests try: `pytest --hypothesis-profile deep`, or HYPOTHESIS_PROFILE=deep."""
import os

from hypothesis import HealthCheck, Phase, settings

# Brute force takes its time on some examples, and a whole rulebook is a large thing to draw.
slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
# The default tries the same examples every time, and only says which one fails: to make it small takes minutes.
# The deep profile looks for new ones, and makes what it finds small.
settings.register_profile("default", max_examples=100, deadline=None, derandomize=True,
                          suppress_health_check=slow, phases=[Phase.explicit, Phase.generate])
settings.register_profile("deep", max_examples=3000, deadline=None, suppress_health_check=slow)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# What tests find out is not kept for the user, nor taken from what the user's runs found out.
os.environ["DOTTEDLINE_CACHE"] = ""
