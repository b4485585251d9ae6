"""Who gets what at each address, in the order of ``access_world.ROLES``:

visitor, stranger, author, coach, juror, president, manager, other manager, sponsor, ambassador, admin.

Read a row as a sentence: who may not know gets 404, who may know but not do gets 403, who is not signed in
302. A POST is empty: 200 is the form again with its errors, 302 what was done or refused with a message.

The rows of a room stand in ``tests/architecture/access/<room>.py``.
"""

from tests.architecture.access import accounts, calls, core, home, juries, projects

# Anyone may open these, signed in or not.
PUBLIC = frozenset(
    {
        "core:health",
        "core:set_language",
        "core:theme",
        "core:components",
        "calls:page",
        "calls:begin",
        "calls:calendar",
        "calls:card",
        "calls:feed",
        "calls:paper_form",
        "calls:forget",
        "projects:follow_up_told",
        "home:demo",
        "home:robots",
        "home:security",
        "home:sitemap",
        "account_login",
        "account_request_login_code",
    }
)

# About one object, and yet for every manager: people are the authority's.
FOR_EVERY_MANAGER = frozenset({"accounts:slip"})

TABLE = {
    **core.ROWS,
    **accounts.ROWS,
    **projects.ROWS,
    **calls.ROWS,
    **juries.ROWS,
    **home.ROWS,
}
