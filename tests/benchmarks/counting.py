"""How many statements a request costs: told in a header, those of transactions not counted."""

from django.db import connection

TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class CountQueries:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        count = 0

        def note(execute, sql, params, many, context):
            nonlocal count
            count += not sql.lstrip().upper().startswith(TRANSACTIONS)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            response = self.get_response(request)
            if response.streaming:  # an export is read to its end, so that what it asks is counted
                response.streaming_content = iter([b"".join(response.streaming_content)])
        response["X-Queries"] = str(count)
        return response
