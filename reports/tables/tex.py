"""Text as TeX sets it: escaped, breakable, and how wide it will be."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["FOOTNOTE", "SCRIPT", "escape", "longest_piece", "width"]

FOOTNOTE, SCRIPT = 8.5, 8.0
"""Points of an em of Computer Modern at ``\\footnotesize`` and ``\\scriptsize`` of a 10 pt article, as if it were drawn
like its 10 pt size: small sizes are wider."""
_BOLD = 1.15
_WORD, _PIECE = 45.0, 56.0
"""Points at ``\\footnotesize`` beyond which a word may break after signs, and beyond which it may break anywhere."""
_RUN = 6
"""Characters between breaks in what has none of its own."""
_BREAKS = re.compile(r"(?<=[-_/.,:;=+@|)}])(?![-_/.,:;=+@|)}])|(?<=[^({])(?=[({])")
_SIGNS = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "[": "{[}", "*": "{*}", "`": "{}`", "–": r"\textendash{}", "—": r"\textemdash{}",
    "−": "$-$", "→": r"$\rightarrow$", "≥": r"$\geq$", "≤": r"$\leq$", "≈": r"$\approx$", "±": r"$\pm$",
    "×": r"$\times$", "Δ": r"$\Delta$", "·": r"$\cdot$", "…": r"\ldots{}", "’": "'", "‘": "`", "“": "``", "”": "''",
    "ß": r"\ss{}", "æ": r"\ae{}", "œ": r"\oe{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}",
}  # fmt: skip
"""What LaTeX reads otherwise; brackets and stars because they are options after ``\\\\``."""
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
}  # fmt: skip
_WIDTHS = {
    "ijl.,:;'|!I ": 0.30, "frst()-[]`zceJ\"": 0.42, "abdghknopquvxy0123456789/_{}?–": 0.545, "EFLSPZ": 0.66,
    "ABCDGHKNOQRTUVXY&+=<>~^−×±≈→≥≤w": 0.78, "mM%#@$*—": 0.88, "W…": 1.03,
}  # fmt: skip
"""Of cmr10, in em, each class at its widest."""
_EMS = {character: ems for characters, ems in _WIDTHS.items() for character in characters}


def escape(text: str) -> str:
    """Return a text in one line of LaTeX that any engine sets; long names may break after signs.

    A letter that LaTeX's own fonts lack is a question mark.
    """
    return " ".join(r"\allowbreak{}".join(map(_piece, _pieces(word))) for word in text.split())


def width(text: str, size: float, bold: bool = False) -> float:
    """Return about how many points a text takes in one line; rather too many than too few."""
    ems = sum(_EMS.get(character, 0.6) for character in text)
    return ems * size * (_BOLD if bold else 1.0)


def longest_piece(text: str, size: float) -> float:
    """Return how wide the widest part of a text is that cannot be broken."""
    return max((width(piece, size) for word in text.split() for piece in _pieces(word)), default=0.0)


def _pieces(word: str) -> list[str]:
    """Return a word cut where a line may end: a long one after signs, then every few letters."""
    if width(word, FOOTNOTE) <= _WORD or re.fullmatch(r"[-+\d.,%]+", word):
        return [word]
    found = []
    for piece in filter(None, _BREAKS.split(word)):
        step = len(piece) if width(piece, FOOTNOTE) <= _PIECE else _RUN
        found += [piece[k : k + step] for k in range(0, len(piece), step)]
    return found


def _piece(piece: str) -> str:
    return re.sub("-(?=-)", "-{}", "".join(map(_character, piece)))  # two hyphens would become a dash


def _character(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if " " < character <= "~":
        return character
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in _ACCENTS:
        return f"\\{_ACCENTS[parts[1]]}{{{parts[0]}}}"
    return "?"
