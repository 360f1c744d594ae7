for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, column) => {
    const cell = row.cells[column];
    const key = cell.dataset.key;
    return key === undefined ? cell.textContent.trim() : key === "" ? NaN : Number(key);
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
