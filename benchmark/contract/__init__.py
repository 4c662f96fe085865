"""What a tracker must do to be measured, as checks that anybody can run on their own (docs/check-tracker.md).

In a test of a tracker's own package::

    from benchmark.contract import assert_sound

    def test_contract():
        assert_sound("mine")
"""

from benchmark.contract.checks import assert_sound, check_tracker
from benchmark.contract.finding import Finding

__all__ = ["Finding", "assert_sound", "check_tracker"]
