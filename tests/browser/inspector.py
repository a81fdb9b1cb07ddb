"""What the inspector of accessibility (axe) is asked; what it finds in order it need not tell: that saves time."""

from __future__ import annotations

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
