"use strict";
// The page is whole without this. It adds a filter over the cases, and unfolds everything for paper.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = all("details:not([open])");
    unfolded.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => {
    unfolded.forEach((fold) => { fold.open = false; });
  });

  const place = document.getElementById("filter");
  if (!place) return;
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const folds = all("details.area").map((fold) => ({
    fold,
    rows: all("tbody tr", fold).map((row) => ({
      row,
      text: row.textContent.toLowerCase(),
      verdicts: row.dataset.verdicts.split(" "),
    })),
  }));
  const words = make("input", { type: "search", id: "filter-words", placeholder: "session, CKR_PIN_INCORRECT, §5.6 …" });
  const verdict = make("select", { id: "filter-verdict" });
  for (const [value, text] of [["", "any"], ["pass", "pass"], ["fail", "fail"], ["known", "known"], ["na", "not applicable"], ["skipped", "skipped"]]) {
    verdict.append(make("option", { value, textContent: text }));
  }
  const found = make("p", { className: "found" });
  found.setAttribute("role", "status");

  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const filtering = wanted.length > 0 || verdict.value !== "";
    let count = 0;
    for (const { fold, rows } of folds) {
      let shown = 0;
      for (const { row, text, verdicts } of rows) {
        row.hidden = !(wanted.every((word) => text.includes(word)) && (verdict.value === "" || verdicts.includes(verdict.value)));
        if (!row.hidden) shown += 1;
      }
      fold.hidden = shown === 0;
      fold.open = filtering && shown > 0;
      count += shown;
    }
    found.textContent = filtering ? `${count} ${count === 1 ? "case" : "cases"}` : "";
  };
  words.addEventListener("input", apply);
  verdict.addEventListener("change", apply);
  place.append(
    make("label", { htmlFor: "filter-words" }, "Filter"), words,
    make("label", { htmlFor: "filter-verdict" }, "Outcome"), verdict, found,
  );
  place.classList.add("filter");
})();
