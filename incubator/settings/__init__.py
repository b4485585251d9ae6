"""Settings: ``base`` reads everything from the environment, ``test`` is what the test suite uses."""
