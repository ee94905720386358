"""Synthetic records for the Bình Định example, the same for the same seed.

Everything made here is made up, calibrated to published figures where there are any (see
``calibration.py``). No person appears: applicants are random tokens.
"""

from kieng.examples.generate.everything import generate
from kieng.examples.generate.files import GeneratedFile

__all__ = ["GeneratedFile", "generate"]
