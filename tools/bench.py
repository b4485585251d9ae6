"""``make bench``: set up, then measure (tests/benchmarks/bench.py says what)."""

import sys

import common


def main() -> int:
    try:
        common.ensure_environment(dev=True)
        return common.call([common.python(), "-m", "tests.benchmarks.bench", *sys.argv[1:]])
    except common.Problem as problem:
        return common.fail(str(problem))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
