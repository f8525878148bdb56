"""The one manner of the API (ARCHITECTURE 4), written once; a noun declares what is special to it."""

from service.api.manner.noun import Noun
from service.api.manner.routes import routes_for

__all__ = ["Noun", "routes_for"]
