"""Runs groups of claims: `run.py kms.lifecycle kms.tags`, or `run.py kms.tags --only duplicate`."""

import argparse
import importlib
import sys

from kit import claims


def main():
    """Runs the groups that the command line names; the exit code tells whether every claim held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="+", help="modules of claims, such as kms.lifecycle")
    parser.add_argument("--only", default="", help="run only claims whose names contain this")
    options = parser.parse_args()
    held = True
    for name in options.groups:
        group = importlib.import_module(name)
        held &= claims.run(group, options.only)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
