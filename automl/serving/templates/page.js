"use strict";
(() => {
  const form = document.getElementById("row");
  const find = (id) => document.getElementById(id);

  const valueOf = (field) => {
    if (field.value === "") return null;
    if (field.dataset.kind === "numeric") return Number(field.value);
    if (field.dataset.kind === "boolean") return field.value === "true";
    return field.value;
  };

  const record = () =>
    Object.fromEntries([...form.querySelectorAll("[data-name]")].map((field) => [field.dataset.name, valueOf(field)]));

  const ask = async (options) => {
    const answer = await fetch(form.dataset.action, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ records: [record()], ...options }),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${said.error.message} ${said.error.hint ?? ""}`);
    return said;
  };

  const short = (number) => {
    const size = Math.abs(number);
    return size !== 0 && (size < 0.001 || size >= 1e6) ? number.toExponential(2) : String(Number(number.toPrecision(4)));
  };

  const cell = (row, text, style) => {
    const added = row.insertCell();
    added.textContent = text;
    if (style) added.className = style;
    return added;
  };

  const bar = (row, share, style) => {
    const track = document.createElement("div");
    track.className = style;
    track.style.width = `${Math.max(1, 100 * share)}%`;
    cell(row, "", "track").append(track);
  };

  const emptied = (table) => {
    const body = table.tBodies[0];
    body.replaceChildren();
    return body;
  };

  const heading = (row, text) => {
    const added = document.createElement("th");
    added.scope = "row";
    added.textContent = text;
    row.append(added);
  };

  const showShares = (prediction) => {
    const shares = Object.entries(prediction).filter(([name]) => name.startsWith("proba_"));
    const body = emptied(find("shares"));
    for (const [name, share] of shares) {
      const row = body.insertRow();
      heading(row, name.slice("proba_".length));
      cell(row, `${short(100 * share)} %`, "figure");
      bar(row, share, "rises");
    }
    find("shares").hidden = shares.length === 0;
  };

  const showReasons = (reasons, sent) => {
    const parts = Object.entries(reasons.contributions).slice(0, 12);
    const largest = Math.max(...parts.map(([, value]) => Math.abs(value)), Number.MIN_VALUE);
    const what = reasons.label === null ? "the prediction" : `the ${reasons.space.replace("_", "-")} of ${reasons.label}`;
    find("reasons-title").textContent = `What each column adds to ${what}, which is ${short(reasons.base)} on average`;
    const body = emptied(find("reasons"));
    for (const [name, value] of parts) {
      const row = body.insertRow();
      heading(row, name);
      cell(row, sent[name] === null || sent[name] === undefined ? "not known" : String(sent[name]).slice(0, 60));
      cell(row, `${value < 0 ? "−" : "+"}${short(Math.abs(value))}`, "figure");
      bar(row, Math.abs(value) / largest, value < 0 ? "falls" : "rises");
    }
    find("reasons").hidden = parts.length === 0;
  };

  const showPrediction = (said) => {
    const [prediction] = said.predictions;
    find("outcome").className = "outcome";
    find("outcome").textContent =
      typeof prediction.prediction === "number" ? short(prediction.prediction) : prediction.prediction;
    showShares(prediction);
    const unread = Object.keys(said.unparsed), unseen = Object.keys(said.unseen);
    find("notes").textContent = [
      unread.length ? `Counted as missing, because it could not be read: ${unread.join(", ")}.` : "",
      unseen.length ? `Never seen in training: ${unseen.join(", ")}.` : "",
    ].join(" ");
  };

  const showBounds = (prediction) => {
    const set = prediction.prediction_set;
    find("bounds").textContent =
      prediction.lower !== undefined && prediction.lower !== null
        ? `Nine times in ten between ${short(prediction.lower)} and ${short(prediction.upper)}.`
        : set && set.length
          ? `Nine times in ten one of: ${set.join(", ")}.`
          : "";
  };

  const refuse = (error) => {
    find("outcome").className = "outcome refused";
    find("outcome").textContent = error.message;
    for (const id of ["shares", "reasons"]) find(id).hidden = true;
    for (const id of ["bounds", "notes"]) find(id).textContent = "";
  };

  const optional = async (options, show) => {
    try {
      show(await ask(options));
    } catch (error) {
      console.info(error.message);
    }
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button"), sent = record();
    button.disabled = true;
    try {
      showPrediction(await ask({}));
      find("waiting").hidden = true;
      find("told").hidden = false;
      if (form.dataset.bounds === "yes") await optional({ interval: 0.9 }, (said) => showBounds(said.predictions[0]));
      await optional({ contributions: true }, (said) => showReasons(said.predictions[0].reasons, sent));
    } catch (error) {
      find("waiting").hidden = true;
      find("told").hidden = false;
      refuse(error);
    } finally {
      button.disabled = false;
    }
  });
})();
