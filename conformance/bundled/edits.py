"""What the bundled server can be given, by name: deliberate breaches, and conformant differences."""

from reference_server.defect import Defect
from reference_server.defects import DEFECTS
from reference_server.variants import VARIANTS

__all__ = ["DEFECTS", "VARIANTS", "Defect"]
