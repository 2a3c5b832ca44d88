"""Draws the ratios of a run as SVG: bars on a logarithmic axis, from the line at 1.

    python Benchmarks/plot.py RESULTS.json PLOT.svg
"""

import json
import math
import sys
from xml.sax.saxutils import escape

from table import figure

WIDTH, LEFT, RIGHT = 920, 322, 112
BAR, GAP, SECTION = 11, 7, 34
COLORS = {1: "#2f6db3", 2: "#8db8e4"}
OTHER_COLOR = "#b9c4d0"
INK, FAINT, GRID, TARGET, BAD = "#1f2933", "#66727f", "#e3e8ed", "#e8890c", "#c2330b"
SECTIONS = {
    "call": "time of one call", "first": "time from file to first result", "memory": "peak memory beyond mapped files",
}  # fmt: skip
TICKS = [digit * 10.0**power for power in range(-2, 3) for digit in (1, 2, 5)]


class Axis:
    """A logarithmic axis that shows 1 and all values, but for those below a hundredth or above 500."""

    def __init__(self, values):
        self.low = max((tick for tick in TICKS if tick <= min(*values, 0.5)), default=TICKS[0])
        self.high = min((tick for tick in TICKS if tick >= max(*values, 2)), default=TICKS[-1])

    def place(self, value):
        value = min(max(value, self.low), self.high)
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(value / self.low) / math.log(self.high / self.low)

    def ticks(self):
        return [tick for tick in TICKS if self.low <= tick <= self.high]


class Drawing:
    """Elements of SVG, in the order in which they are painted: what comes later lies over what came before."""

    def __init__(self):
        self.elements = []

    def text(self, x, y, text, color=INK, size=12, anchor="start", weight="normal"):
        self.elements.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" font-size="{size}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(text)}</text>')  # fmt: skip

    def box(self, x, y, width, height, color, radius=0):
        self.elements.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{color}" rx="{radius}"/>')

    def line(self, x1, y1, x2, y2, color, width=1.0):
        self.elements.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="{width}"/>')

    def svg(self, height):
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" '
            'font-family="-apple-system, Segoe UI, Helvetica, Arial, sans-serif">'
        )
        return "\n".join([head, *self.elements, "</svg>"]) + "\n"


def grouped(rows):
    """The rows of each section by case, without those that have no ratio."""
    sections = {kind: {} for kind in SECTIONS}
    for row in rows:
        if row["kind"] in sections and row["ratio"]:
            sections[row["kind"]].setdefault(row["case"], []).append(row)
    return {kind: cases for kind, cases in sections.items() if cases}


def bars(drawing, marks, axis, y, rows):
    """The bars of one case, one for each number of threads, and its target across them. Gives where they end."""
    top = y
    for row in rows:
        one, end = axis.place(1), axis.place(row["ratio"])
        drawing.box(min(one, end), y, max(abs(end - one), 1), BAR, COLORS.get(row["threads"], OTHER_COLOR), 1.5)
        low, high = axis.place(row["lowest"]), axis.place(row["highest"])
        if high - low > 1.5:
            drawing.line(low, y + BAR / 2, high, y + BAR / 2, INK, 1)
        if row["ratio"] < axis.low:
            drawing.text(end + 3, y + BAR - 1.5, "◂ beyond the axis", "#ffffff", 9)
        drawing.text(WIDTH - RIGHT + 44, y + BAR - 1.5, figure(row["ratio"]), BAD if row["met"] is False else INK, 11, "end")
        y += BAR + 1
    target = rows[0]["target"]
    if target is not None:
        marks.line(axis.place(target), top - 2, axis.place(target), y + 1, TARGET, 2)
        drawing.text(WIDTH - RIGHT + 94, (top + y) / 2 + 3.5, f"{target:g}", FAINT, 11, "end")
    return y


def legend(drawing, threads, y):
    x = LEFT
    for count in threads:
        drawing.box(x, y - BAR + 2, 18, BAR, COLORS.get(count, OTHER_COLOR), 1.5)
        drawing.text(x + 24, y, f"{count} thread{'s' if count > 1 else ''}", FAINT, 11)
        x += 96
    drawing.line(x + 4, y - BAR, x + 4, y + 3, TARGET, 2)
    drawing.text(x + 12, y, "target", FAINT, 11)
    drawing.line(x + 66, y - 3.5, x + 86, y - 3.5, INK, 1)
    drawing.text(x + 92, y, "lowest to highest turn", FAINT, 11)
    drawing.text(WIDTH - RIGHT + 94, y, "red: target not met", BAD, 11, "end")


def write(result, path):
    """Draws the rows of a run that have ratios."""
    sections = grouped(result["rows"])
    shown = [row for cases in sections.values() for rows in cases.values() for row in rows]
    values = [row[key] for row in shown for key in ("ratio", "lowest", "highest")]
    axis = Axis(values + [row["target"] for row in shown if row["target"] is not None] + [1.0])
    drawing, over, marks = Drawing(), Drawing(), Drawing()
    over.text(20, 30, "swift-nnm to the better of NumPy and ONNX Runtime", size=16, weight="bold")
    over.text(20, 50, "Ratio of medians taken in turns, on a logarithmic scale; left of 1 is less time, or less memory.", FAINT)
    legend(over, sorted({row["threads"] for row in shown}), 76)
    y = top = 92
    for kind, cases in sections.items():
        y += SECTION - 8
        over.text(20, y, SECTIONS[kind], weight="bold")
        if y < top + SECTION:
            over.text(WIDTH - RIGHT + 44, y, "ratio", FAINT, 11, "end")
            over.text(WIDTH - RIGHT + 94, y, "target", FAINT, 11, "end")
        y += 12
        for case, rows in cases.items():
            name = case.removesuffix(", file to first result").removesuffix(", peak memory")
            over.text(LEFT - 12, y + (BAR + 1) * len(rows) / 2 + 3.5, name, INK, 11.5, "end")
            y = bars(over, marks, axis, y, rows) + GAP
    drawing.box(0, 0, WIDTH, y + 64, "#ffffff", 6)
    for tick in axis.ticks():
        drawing.line(axis.place(tick), top, axis.place(tick), y + 4, GRID)
        over.text(axis.place(tick), y + 18, f"{tick:g}", FAINT, 11, "middle")
    over.line(axis.place(1), top, axis.place(1), y + 4, INK, 1.5)
    machine, versions = result["machine"], result["versions"]
    names = ", ".join(f"{name} {version}" for name, version in versions.items())
    over.text(20, y + 46, f"{machine['processor']}, {machine['cores']} cores; {names}", FAINT, 11)
    drawing.elements += over.elements + marks.elements
    with open(path, "w") as file:
        file.write(drawing.svg(y + 64))


if __name__ == "__main__":
    with open(sys.argv[1]) as results:
        write(json.load(results), sys.argv[2])
