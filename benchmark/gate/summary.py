"""The gate's result for others to read: Markdown for a pull request, JUnit XML for a build server."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from benchmark.gate.verdict import GateResult, Verdict
from trackers.printable import printable

SIGNS = {"pass": "ok", "fail": "**WORSE**", "unsure": "cannot tell"}


def markdown(result: GateResult) -> str:
    """Return a summary for a pull request: the verdicts that matter first, all of them folded below."""
    sign = {"pass": "Passed", "fail": "Failed", "unsure": "Could not tell"}[result.status]
    lines = [
        f"### Gate: {sign.lower()}",
        "",
        f"{result.headline}. {result.coverage}, profile {result.profile}; baseline `{_code(result.baseline)}`, blessed"
        f" {result.blessed}.",
        "",
    ]
    telling = [verdict for verdict in result.verdicts if verdict.status != "pass"]
    if telling:
        lines += [*_table(telling), ""]
    lines += [f"- {_text(remark)}" for remark in result.remarks] + ([""] if result.remarks else [])
    lines += ["<details><summary>All verdicts</summary>", "", *_table(list(result.verdicts)), "", "</details>"]
    return "\n".join(lines) + "\n"


def junit(result: GateResult) -> str:
    """Return JUnit XML: a test case a verdict; what could not be told counts as skipped."""
    count = {status: sum(verdict.status == status for verdict in result.verdicts) for status in SIGNS}
    facts = {"tests": str(len(result.verdicts)), "failures": str(count["fail"]), "skipped": str(count["unsure"])}
    root = ElementTree.Element("testsuites", {"name": "gate", **facts})
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": _xml(f"gate: {result.coverage}"), "errors": "0", "timestamp": result.date, **facts}
    )
    for verdict in result.verdicts:
        case = ElementTree.SubElement(suite, "testcase", classname=_xml(verdict.tracker), name=verdict.measure)
        if verdict.status == "fail":
            failure = ElementTree.SubElement(case, "failure", message=_xml(verdict.says), type="regression")
            failure.text = _xml(verdict.basis)
        elif verdict.status == "unsure":
            ElementTree.SubElement(case, "skipped", message=_xml(verdict.says))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def number(verdict: Verdict, value: float | None) -> str:
    """Return a figure of a verdict as people read it."""
    if value is None:
        return "-"
    if verdict.measure == "accuracy":
        return f"{value:.4f}"
    return f"{value:.1f} {verdict.facts['unit']}" if value >= 10 else f"{value:.2f} {verdict.facts['unit']}"


def _table(verdicts: list[Verdict]) -> list[str]:
    rows = ["| tracker | measure | verdict | baseline | now | found | judged by |", "|---|---|---|---|---|---|---|"]
    for one in verdicts:
        cells = (_text(one.tracker), one.measure, SIGNS[one.status], number(one, one.old), number(one, one.new),
                 _text(one.says), _text(one.basis))  # fmt: skip
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _text(text: str) -> str:
    """Return text that Markdown and HTML leave alone, on one line."""
    plain = printable(" ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]|#@])", r"\\\1", plain)


def _code(text: str) -> str:
    return printable(text).replace("`", "'")


def _xml(text: str) -> str:
    """Return text with the characters spelt out that XML forbids, or that a terminal would obey."""
    return printable(text).replace("\ufffe", "?").replace("\uffff", "?")
