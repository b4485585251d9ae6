from wagtail import hooks

from projects.viewsets import IncubatorGroup


@hooks.register("register_admin_viewset")
def incubator_viewsets():
    return [IncubatorGroup()]
