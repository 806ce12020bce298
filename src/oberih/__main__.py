"""How is Oberih run where no script is on the path?  ``python -m oberih``."""

import sys

from oberih.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
