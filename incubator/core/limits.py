"""Rate limits for what visitors may send, on allauth's counter (``ACCOUNT_RATE_LIMITS`` holds the rates).

The rates are generous: the agents of a whole authority often share one address.
"""

from functools import wraps

from allauth.core.ratelimit import consume

from incubator.core.views import errors


def limited(action: str):
    """Refuse with a plain 429 page when ``action`` is posted more often than its rate allows; a GET is free."""

    def decorate(view):
        @wraps(view)
        def inner(request, *args, **kwargs):
            if request.method == "POST" and not consume(request, action=action):
                return errors.too_many_requests(request)
            return view(request, *args, **kwargs)

        return inner

    return decorate
