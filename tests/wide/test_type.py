"""Letters of one size in the three engines, whatever each makes of a face's own figures."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.browser import NewContext
from tests.harness.server import Server
from tests.wide.devices import Firefox, WebKit

pytestmark = [pytest.mark.wide, pytest.mark.browser]

# What a sentence takes in width, in each of these places; small letters eight times larger, because WebKitGTK moves
# each letter to a whole pixel (Safari does not), which is up to 4 % of 14 px.
WIDTHS = """(() => [["label", 1], ["h1", 1], [".btn", 1], [".lede", 1], [".footer a", 8]].map(([place, times]) => {
  const box = document.createElement("span");
  box.textContent = "Repérer les finalités du restaurant Metroloco, puis comparer 0123456789";
  Object.assign(box.style, { position: "absolute", whiteSpace: "nowrap" });
  document.querySelector(place).append(box);
  box.style.fontSize = `${parseFloat(getComputedStyle(box).fontSize) * times}px`;
  const { width } = box.getBoundingClientRect();
  box.remove();
  return width / times;
}))()"""


def test_letters_have_one_size_in_the_three_engines(
    server: Server, new_context: NewContext, tmp_path: Path
) -> None:
    page = new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(server.url)
    wanted = page.evaluate(WIDTHS)
    for engine in (Firefox, lambda: WebKit(tmp_path)):
        assert widths(server.url, engine) == pytest.approx(wanted, rel=0.02)


def widths(url: str, engine: Callable[[], Firefox | WebKit]) -> list[float]:
    opened = engine()
    try:
        device = opened.open("lettres")
        device.resize(1280, 720)
        device.go(url)
        return [float(width) for width in json.loads(device.js(f"JSON.stringify({WIDTHS})"))]
    finally:
        opened.close()
