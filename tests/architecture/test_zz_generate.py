import pprint
from tests.architecture import test_access as t
from tests.architecture.access_world import ROLES, World


def test_gen(site, settings, client_for):
    settings.DEMO = True
    from django.test import Client

    w = World(
        lambda u: (
            lambda c: (
                c.force_login(u, backend="django.contrib.auth.backends.ModelBackend") if u else None,
                c,
            )[1]
        )(Client(raise_request_exception=False))
    )
    out = {}
    for name, args in t.our_addresses().items():
        out[name] = {}
        for m in ("GET", "POST"):
            try:
                row = t.answers(w, name, args, m)
            except Exception as e:
                row = f"EXC {type(e).__name__} {e}"
            if set(row.split()) != {"405"}:
                out[name][m] = row
    pprint.pprint(out, width=150, sort_dicts=False, stream=open("/tmp/access.out", "w"))
