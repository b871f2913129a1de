"""« Vos données » and « Transparence » in a browser: axe, 360 px, dark; pictures to be looked at."""

from tests.harness import backups
from tests.harness.browser import NewContext, axe, shot
from tests.harness.server import Server

PHONE = {"width": 360, "height": 740}


def test_the_pages_look_right(server: Server, new_context: NewContext) -> None:
    person = backups.seed(server, 1)[0]
    with backups.writing(server, [person]) as writers:
        backups.until(lambda: writers[0].acknowledged > 1)
    for name, options in (("360", {"viewport": PHONE}), ("sombre", {"color_scheme": "dark"}), ("1280", {})):
        context = new_context(**options)
        context.add_cookies([{"name": "participant", "value": person["cookie"], "url": server.url}])
        tab = context.new_page()
        for path in ("vos-donnees", "transparence"):
            tab.goto(f"{server.url}/{path}/")
            axe(tab)
            shot(tab, f"{path}-{name}")
            assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        tab.goto(f"{server.url}/vos-donnees/")
        for summary in tab.locator("summary").all():
            summary.click()
        axe(tab)
        shot(tab, f"vos-donnees-ouvert-{name}")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
