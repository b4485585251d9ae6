from django.urls import path

from home.views import demo, next_cohort, portfolio, today, wellknown

app_name = "home"

urlpatterns = [
    path("aujourdhui/", today.today, name="today"),
    path("portefeuille/", portfolio.portfolio, name="portfolio"),
    path("portefeuille/export.csv", portfolio.export, name="portfolio_export"),
    path("portefeuille/couts.csv", portfolio.costs, name="cohort_costs"),
    path("appels/<slug:code>/prochaine-promotion/", next_cohort.next_cohort, name="next_cohort"),
    path("demo/", demo.index, name="demo"),
    path("demo/<slug:persona>/", demo.enter, name="demo_enter"),
    path("robots.txt", wellknown.robots, name="robots"),
    path(".well-known/security.txt", wellknown.security, name="security"),
    path("sitemap.xml", wellknown.sitemap, name="sitemap"),
]
