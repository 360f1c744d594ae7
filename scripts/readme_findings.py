"""Write the list of findings into the README, between its two marks: ``python scripts/readme_findings.py``."""

from pathlib import Path

from automl.cli.catalogue import findings

README = Path(__file__).resolve().parents[1] / "README.md"
START, END = "<!-- findings:start -->\n", "<!-- findings:end -->"


def table() -> str:
    """Return the findings as a Markdown table, in the order of ``automl list findings``."""
    lines = ["| code | severity | what it means | what fit does |", "|---|---|---|---|"]
    lines += [f"| `{each['code']}` | {each['severity']} | {each['title']} | {each['action']} |" for each in findings()]
    return "".join(f"{line}\n" for line in lines)


def with_findings(text: str) -> str:
    """Return the README's text with the list as it is now."""
    before, _, rest = text.partition(START)
    return f"{before}{START}{table()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    README.write_text(with_findings(README.read_text(encoding="utf-8")), encoding="utf-8")
