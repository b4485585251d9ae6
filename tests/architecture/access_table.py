NOT_OURS = ("wagtail", "None")
PUBLIC = set()
OPEN_TO_ALL_SIGNED_IN = set()
TABLE = {}
