"""A StreamField whose blocks stay out of the migrations.

The column is JSON whatever the blocks are: adding or renaming one changes no table and needs no
migration. The migration only keeps that there is a stream.
"""

from wagtail.fields import StreamField as WagtailStreamField


class StreamField(WagtailStreamField):
    def __init__(self, block_types=(), **kwargs):
        super().__init__(block_types or [], **kwargs)

    def deconstruct(self):
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
