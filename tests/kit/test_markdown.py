"""Markdown on a page: what the allow-list lets through is what the author meant."""

from metroloco_site.kit.markdown import to_html

TABLE = "| Outil | Part | Usage |\n|:--|--:|:-:|\n| Odoo | 12 | gérer |\n"


def test_the_alignment_of_a_column_is_kept_without_a_style() -> None:
    html = to_html(TABLE)
    assert html.count('class="to-right"') == html.count('class="to-center"') == 2, "a heading and a cell each"
    assert "style" not in html
    assert "align=" not in html
    assert "<td>Odoo</td>" in html


def test_no_other_class_gets_through() -> None:
    assert 'class=""' in to_html('<table><tr><td class="btn to-the-left">x</td></tr></table>')
