"""The command `autallo`, also as `python -m autallo`: a stop is a stop from the first moment.

Nothing but the standard library is loaded before the signals are taken care of.
"""

import signal
import sys
from typing import NoReturn

from autallo.errors import ExitCode, StoppedError

__all__ = ["main"]


def main() -> None:
    """Run the command; on Ctrl-C or a request to end, say so and leave with its exit code."""
    try:
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        from autallo.cli import run_command

        run_command()
    except StoppedError:
        sys.stderr.write("Stopped. Earlier results are as they were.\n")
        sys.exit(ExitCode.STOPPED)


def _stop(*_: object) -> NoReturn:
    raise StoppedError


if __name__ == "__main__":
    main()
