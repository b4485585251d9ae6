"""``make load``: set up, then press the site for some minutes (tests/benchmarks/load.py says how)."""

import sys

import common


def main() -> int:
    try:
        common.ensure_environment(dev=True)
        return common.call([common.python(), "-m", "tests.benchmarks.load", *sys.argv[1:]])
    except common.Problem as problem:
        return common.fail(str(problem))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
