"""How hard hypothesis looks: quickly for `make check`, thoroughly for `make test`, against no clock in either."""

from hypothesis import settings

settings.register_profile("quick", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("thorough", max_examples=250, deadline=None, print_blob=True)
settings.load_profile("quick")
