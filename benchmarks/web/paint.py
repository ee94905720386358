"""When the first words stand on a slow phone: Chromium with a slow line and a processor slowed four times.

    .venv/bin/python benchmarks/web/paint.py http://127.0.0.1:8000

The line: 400 kbit/s down and up with 400 ms there and back ("slow 3G"), then 1.6 Mbit/s with 150 ms ("fast
3G"); nothing kept from before. Prints the first contentful paint, the end of loading and what was fetched.
"""

from __future__ import annotations

import json
import shutil
import sys

from playwright.sync_api import Browser, sync_playwright

PAGES = ("/", "/chi-so/work-files-online/", "/co-quan/gia-lai/", "/ban-do/", "/tai-khoan/login/")
LINES = {"slow 3G": (400, 400), "fast 3G": (1_600, 150)}
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
_BYTES = """performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
  .reduce((sum, one) => sum + one.transferSize, 0)"""


def paint(browser: Browser, address: str, kilobits: int, delay: int) -> dict[str, object]:
    context = browser.new_context(viewport={"width": 375, "height": 800})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": delay,
            "downloadThroughput": kilobits * 125,
            "uploadThroughput": kilobits * 125,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address, timeout=120_000)
    page.wait_for_timeout(500)
    found = {
        "first_words_ms": round(page.evaluate(_PAINT)),
        "loaded_ms": round(
            page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
        ),
        "bytes": page.evaluate(_BYTES),
    }
    context.close()
    return found


def main() -> None:
    site = sys.argv[1].rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for path in PAGES:
            paint(browser, site + path, 100_000, 0)  # the server has made it once
            for line, (kilobits, delay) in LINES.items():
                found = paint(browser, site + path, kilobits, delay)
                print(json.dumps({"page": path, "line": line, **found}), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
