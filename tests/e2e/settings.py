"""The product's settings as a demonstration, with the suite's rules: no undefined variable, no writing GET."""

from incubator.settings.base import *  # noqa: F403
from incubator.settings.base import MIDDLEWARE, TEMPLATES
from tests.strict import Undefined

MIDDLEWARE = ["tests.strict.GetMayNotWrite", *MIDDLEWARE]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined()
