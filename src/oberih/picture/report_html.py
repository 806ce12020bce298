"""How does a report look in a browser, without a network?

One file that holds everything and asks for nothing: no script, its style sheet and drawings within it, a policy that
forbids every request.  It says what the PDF says, for it is drawn from the same `Report`; headings, tables and lists
are such, so that it can be heard, and it prints on paper.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files

from oberih.picture.map_svg import text as escaped
from oberih.picture.report import (
    Block,
    Box,
    Columns,
    Fields,
    Heading,
    Paragraph,
    Picture,
    Points,
    Report,
    Row,
    Run,
    Section,
    Table,
    Text,
)

__all__ = ["draw_report_html", "report_policy"]


def report_policy() -> str:
    """Write the content policy of a report: no script, no request, the one style sheet it carries."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def draw_report_html(report: Report) -> str:
    """Draw a report as one page of HTML; UTF-8 when written."""
    annexes = "".join(_annex(report, a) for a in report.annexes)
    contents = "".join(
        f'<li><a href="#annex-{escaped(a.letter)}">{escaped(report.annex_word)} {escaped(a.letter)}. '
        f"{escaped(a.title)}</a></li>"
        for a in report.annexes
    )
    return f"""<!DOCTYPE html>
<html lang="{escaped(report.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{report_policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escaped(report.title)}</title>
<style>{_style()}</style>
</head>
<body>
<main>
<article class="page">
<h1>{escaped(report.question)}</h1>
{_blocks(report.first)}
</article>
<article class="page">
<h1>{escaped(report.second_title)}</h1>
{_blocks(report.second)}
</article>
<nav class="contents"><ul>{contents}</ul></nav>
{annexes}
</main>
<footer>{escaped(report.foot)}</footer>
</body>
</html>
"""


@lru_cache(maxsize=1)
def _style() -> str:
    sheet = (files("oberih.picture") / "data" / "report.css").read_text(encoding="utf-8")
    widths = "".join(f".w{n}{{width:{n}%}}" for n in range(1, 101))
    shares = "".join(f".c{n}{{grid-template-columns:{n}fr {100 - n}fr}}" for n in range(10, 91))
    return sheet + widths + f"@media (min-width:50rem),print{{{shares}}}"


def _annex(report: Report, annex: Section) -> str:
    letter = escaped(annex.letter)
    return (
        f'<section class="annex" id="annex-{letter}"><h1>{escaped(report.annex_word)} {letter}. '
        f"{escaped(annex.title)}</h1>{_blocks(annex.blocks)}</section>\n"
    )


def _blocks(blocks: tuple[Block, ...]) -> str:
    return "\n".join(_block(b) for b in blocks)


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{_said(text)}</h2>"
        case Paragraph(text, style):
            return f'<p class="{style or "plain"}">{_said(text)}</p>'
        case Points(items, numbered, style):
            tag = "ol" if numbered else "ul"
            return f'<{tag} class="{style or "plain"}">{"".join(f"<li>{_said(t)}</li>" for t in items)}</{tag}>'
        case Picture(svg, alt, _):
            return f'<figure role="img" aria-label="{escaped(alt)}">{svg}</figure>'
        case Fields(rows):
            return f'<dl class="fields">{"".join(_field(name, value) for name, value in rows)}</dl>'
        case Columns(left, right, share):
            sides = f"<div>{_blocks(left)}</div><div>{_blocks(right)}</div>"
            return f'<div class="columns c{round(100 * share)}">{sides}</div>'
        case Box(blocks, style):
            return f'<div class="box {style}">{_blocks(blocks)}</div>'
        case Table():
            return _table(block)


def _field(name: str, value: Text) -> str:
    blank = "" if value else ' class="blank"'
    return f"<div><dt>{escaped(name)}</dt><dd{blank}>{_said(value)}</dd></div>"


def _table(table: Table) -> str:
    total = sum(table.widths) or 1.0
    columns = "".join(f'<col class="w{max(1, round(100 * w / total))}">' for w in table.widths)
    heads = "".join(f'<th scope="col"{_number(i, table)}>{escaped(head)}</th>' for i, head in enumerate(table.heads))
    rows = "".join(_row(row, table) for row in table.rows)
    return (
        f'<h2>{escaped(table.title)}</h2><div class="scrolls" tabindex="0" role="region" '
        f'aria-label="{escaped(table.title)}"><table><colgroup>{columns}</colgroup><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _number(column: int, table: Table) -> str:
    return ' class="number"' if column in table.numeric else ""


def _row(row: Row, table: Table) -> str:
    if row.section:
        return f'<tr><th class="section" scope="colgroup" colspan="{len(table.heads)}">{_said(row.cells[0])}</th></tr>'
    named = f' id="{escaped(row.id)}"' if row.id else ""
    faint = ' class="faint"' if row.faint else ""
    cells = "".join(
        f'<th scope="row">{_said(cell)}</th>' if i == 0 else f"<td{_number(i, table)}>{_said(cell)}</td>"
        for i, cell in enumerate(row.cells)
    )
    return f"<tr{named}{faint}>{cells}</tr>"


def _said(text: Text) -> str:
    return "".join(_run(run) for run in text)


def _run(run: Run) -> str:
    said = escaped(run.text)
    if run.kind == "strong":
        said = f"<strong>{said}</strong>"
    elif run.kind == "foreign":
        said = f'<i lang="en">{said}</i><small>\u00a0[en]</small>'
    elif run.kind == "code":
        said = f"<code>{said}</code>"
    if run.ref:
        said += f'<a class="ref" href="#{escaped(run.ref)}">{escaped(run.ref)}</a>'
    return said
