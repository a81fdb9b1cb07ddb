"""A page in a window of a stated size, and what the browser complains of while it is looked at."""

from __future__ import annotations

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request

WIDTHS = {"small": (320, 640), "phone": (360, 740), "desk": (1280, 900), "zoomed": (320, 256)}
"""CSS pixels. 320 x 256 is what 1280 x 1024 leaves at 400 % (WCAG 2.2, 1.4.10)."""

FAULTS = ("error", "warning", "assert")
"""What the console says beside these is no complaint: that somebody typed before the cursor was put anywhere, say."""


async def tab_of(context: BrowserContext, size: str) -> tuple[Page, list[str]]:
    """A new page in the window, and the complaints that it collects.

    A missing icon is none, and neither is a page that is answered with 404 on purpose.
    """
    tab = await context.new_page()
    width, height = WIDTHS[size]
    await tab.set_viewport_size({"width": width, "height": height})
    complaints: list[str] = []

    def heard(said: ConsoleMessage) -> None:
        expected = "favicon" in said.location.get("url", "") or "status of 40" in said.text
        if said.type in FAULTS and not expected:
            complaints.append(said.text)

    def failed(request: Request) -> None:
        if "favicon" not in request.url:  # asked for by the browser itself, and given up when it goes elsewhere
            complaints.append(f"{request.url} failed")

    tab.on("console", heard)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("requestfailed", failed)
    return tab, complaints
