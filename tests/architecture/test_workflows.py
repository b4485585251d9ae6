"""Every state x every move: what is possible, and where it leads."""

import importlib

from incubator.core.workflow import Workflow
from tests.architecture.house import PACKAGES


def workflows() -> dict[str, Workflow]:
    """Every transition table of the house, by ``package.name``."""
    found = {}
    for package in PACKAGES:
        try:
            module = importlib.import_module(f"{package}.workflow")
        except ModuleNotFoundError:
            continue
        for name, value in vars(module).items():
            if isinstance(value, Workflow) and value.log.__module__.startswith(package):
                found[f"{package.rpartition('.')[2]}.{name}"] = value
    return found
