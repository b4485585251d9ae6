from wagtail import hooks

from juries.viewsets import GridViewSet


@hooks.register("register_admin_viewset")
def register_grids():
    return GridViewSet("grids")
