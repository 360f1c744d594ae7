const raised = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
const written = new RegExp(`(-?\\d+(?:\\.\\d+)?)(?:.\u00d7.10(\u207b?[${raised}]+))?`);
const plain = (power) => [...power].map((sign) => (sign === "\u207b" ? "-" : raised.indexOf(sign))).join("");
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, column) => {
    const cell = row.cells[column];
    const key = cell.dataset.key;
    if (key !== undefined) return key === "" ? NaN : Number(key);
    const text = cell.textContent.trim();
    if (!cell.classList.contains("figure")) return text;
    const [all, mantissa, power] = text.replaceAll(",", "").replace("\u2212", "-").match(written) ?? [];
    return all === undefined ? NaN : Number(`${mantissa}e${power ? plain(power) : 0}`);
  };
  const order = (a, b) => {
    if (typeof a === "string") return a.localeCompare(b);
    return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : Infinity) : Number.isNaN(b) ? -Infinity : a - b;
  };
  table.tHead.querySelectorAll("th:not(.plain)").forEach((head) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => {
        const sign = order(value(a, head.cellIndex), value(b, head.cellIndex));
        return Number.isFinite(sign) && down ? -sign : sign;
      });
      body.append(...rows);
    });
  });
}
