"""All tables of the product in one metadata: importing the models is what registers them."""

import importlib
import pkgutil

import inventory
import provisioning
from inventory.base import Base


def metadata_of_all() -> type[Base]:
    """Base with every model of inventory and provisioning loaded."""
    for package in (inventory, provisioning):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rsplit(".", 1)[-1] == "model":
                importlib.import_module(module.name)
    return Base
