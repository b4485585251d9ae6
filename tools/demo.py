"""``make demo``: start the demonstration's data again (the site may be running meanwhile)."""

import os
import sys

import common


def main() -> int:
    try:
        common.ensure_environment()
        code = common.call([common.python(), "tools/prepare.py", "--reset"], env={"DEMO": "1"})
    except common.Problem as problem:
        return common.fail(str(problem))
    except KeyboardInterrupt:
        return 130
    if code == 0:
        common.say(
            f"The demonstration is as new: make run{' PORT=' + os.environ['PORT'] if os.environ.get('PORT') else ''}"
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
