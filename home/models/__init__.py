from home.models.accessibility import AccessibilityStatement
from home.models.pages import ContentPage, HomePage

__all__ = ["AccessibilityStatement", "ContentPage", "HomePage"]
