// Search, filters, folding and keys. All of the report can be read without it.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const tools = byId("tools");
  const query = byId("q");
  const matches = byId("matches");
  const verdicts = [...tools.querySelectorAll("input[name=verdict]")];
  const choices = [...tools.querySelectorAll("select")];
  const items = [...document.querySelectorAll("[data-item]")];
  const sections = [...document.querySelectorAll("main > section")];
  const folds = [...document.querySelectorAll("main details")];
  const texts = new Map();
  const openedBySearch = new Set();

  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  const words = () => query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = () => verdicts.filter((box) => box.checked).map((box) => box.value);
  const isFiltered = () =>
    words().length > 0 || verdicts.some((box) => !box.checked) || choices.some((c) => c.value);

  // An item without a property passes the filter of that property. A process of the tree passes
  // with those below it.
  const passes = (item, wanted, allowed) => {
    const { verdict } = item.dataset;
    if (verdict !== undefined && verdicts.length > 0 && !allowed.has(verdict)) return false;
    for (const { id, value } of choices) {
      if (!value || item.dataset[id] === undefined) continue;
      const within = [item, ...item.querySelectorAll(`[data-${id}]`)];
      if (!within.some((each) => each.dataset[id].split(" ").includes(value))) return false;
    }
    return wanted.every((word) => textOf(item).includes(word));
  };

  function filter() {
    const wanted = words();
    const allowed = new Set(chosen());
    let shown = 0;
    for (const item of items) {
      item.hidden = !passes(item, wanted, allowed);
      if (!item.hidden) shown += 1;
    }
    for (const section of sections) {
      const within = section.querySelectorAll("[data-item]");
      section.hidden =
        isFiltered() && ![...within].some((item) => !item.hidden);
    }
    matches.textContent = isFiltered() ? `${shown} of ${items.length} entries` : "";
    highlight(wanted);
  }

  // Marks what was found without touching the document. What is found only in folded parts
  // of an item is unfolded.
  function highlight(wanted) {
    for (const fold of openedBySearch) fold.open = false;
    openedBySearch.clear();
    const ranges = [];
    const long = wanted.filter((word) => word.length > 1);
    for (const item of long.length > 0 ? items : []) {
      if (!item.hidden && ranges.length < 2000) markItem(item, long, ranges);
    }
    if (typeof Highlight === "function") CSS.highlights.set("found", new Highlight(...ranges));
  }

  function markItem(item, wanted, ranges) {
    const seen = new Set();
    const folded = new Map();
    const walker = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const text = node.data.toLowerCase();
      // Some letters have longer small forms: then positions differ, and nothing is marked.
      if (text.length !== node.data.length) continue;
      for (const word of wanted) {
        let at = text.indexOf(word);
        if (at < 0) continue;
        if (hiding(node.parentElement).length === 0) seen.add(word);
        else if (!folded.has(word)) folded.set(word, node.parentElement);
        for (; at >= 0; at = text.indexOf(word, at + word.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, at + word.length);
          ranges.push(range);
        }
      }
    }
    for (const [word, element] of folded) if (!seen.has(word)) unfold(element, openedBySearch);
  }

  // The closed details that an element is hidden by: their summaries are seen.
  function hiding(element) {
    const closed = [];
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details"))
      if (!fold.open && element.closest("summary")?.parentElement !== fold) closed.push(fold);
    return closed;
  }

  function unfold(element, opened) {
    for (const fold of hiding(element)) {
      fold.open = true;
      opened?.add(fold);
    }
  }

  // The state stands in the address, so that a link can hold it: #q=dial&verdict=leak&kind=tcp
  function store() {
    const state = new URLSearchParams();
    if (query.value) state.set("q", query.value);
    if (verdicts.some((box) => !box.checked)) state.set("verdict", chosen().join(","));
    for (const choice of choices) if (choice.value) state.set(choice.id, choice.value);
    try {
      history.replaceState(null, "", "#" + state);
    } catch {
      // Some viewers of attachments give a page no history.
    }
  }

  function restore() {
    const hash = location.hash.slice(1);
    const state = new URLSearchParams(hash);
    if (!["q", "verdict", ...choices.map((c) => c.id)].some((key) => state.has(key))) {
      const target = hash && byId(hash);
      if (target) {
        unfold(target);
        if (target.matches("details")) target.open = true;
        target.scrollIntoView();
      }
      return;
    }
    query.value = state.get("q") ?? "";
    const wanted = state.get("verdict")?.split(",");
    for (const box of verdicts) box.checked = !wanted || wanted.includes(box.value);
    for (const choice of choices) {
      choice.value = state.get(choice.id) ?? "";
      if (choice.selectedIndex < 0) choice.value = "";
    }
    filter();
  }

  function clear() {
    query.value = "";
    for (const box of verdicts) box.checked = true;
    for (const choice of choices) choice.value = "";
    changed();
  }

  function changed() {
    filter();
    store();
  }

  // MARK: Time

  // Follows the pointer, or the keys of the slider, and tells each line's count there.
  function followTime(chart) {
    const label = byId("moment");
    const slider = label.querySelector("input");
    const output = label.querySelector("output");
    const cursor = byId("cursor");
    const times = label.dataset.times.split(",");
    const { left, right, top, bottom } = chart.dataset;
    const rows = [...chart.parentElement.querySelectorAll("tr[data-counts]")].map((row) => ({
      first: Number(row.dataset.first),
      counts: row.dataset.counts.split(","),
      cell: row.appendChild(document.createElement("td")),
    }));
    const head = chart.parentElement.querySelector("thead tr");
    const column = head.appendChild(document.createElement("th"));
    column.scope = "col";
    for (const { cell } of [...rows, { cell: column }]) cell.className = "num moment";

    const show = () => {
      const index = Number(slider.value);
      const x = Number(left) + ((right - left) * index) / (times.length - 1);
      output.textContent = times[index];
      column.textContent = `at ${times[index]}`;
      for (const row of rows) row.cell.textContent = row.counts[index - row.first] ?? "0";
      cursor.setAttribute("d", `M${x} ${top}V${bottom}`);
    };
    slider.addEventListener("input", show);
    chart.addEventListener("pointermove", (event) => {
      const box = chart.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * chart.viewBox.baseVal.width;
      slider.value = Math.round(((x - left) / (right - left)) * (times.length - 1));
      show();
    });
    label.hidden = false;
    show();
  }
  const chart = byId("chart");
  if (chart) followTime(chart);

  // MARK: Folding

  const button = byId("fold");
  function foldAll(open) {
    for (const fold of folds) fold.open = open;
    openedBySearch.clear();
    button.textContent = open ? "Fold all" : "Unfold all";
  }
  const toggleAll = () => foldAll(button.textContent === "Unfold all");

  // For browsers whose style sheets cannot unfold.
  let closedBeforePrint = [];
  addEventListener("beforeprint", () => {
    closedBeforePrint = folds.filter((fold) => !fold.open);
    for (const fold of closedBeforePrint) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of closedBeforePrint) fold.open = false;
  });

  // MARK: Keys

  const stops = [...document.querySelectorAll("article.site > h3, details.site > summary")];
  function step(by) {
    const shown = stops.filter((stop) => stop.checkVisibility());
    if (shown.length === 0) return;
    const here = document.activeElement.closest(".site");
    const now = shown.findIndex((stop) => stop.parentElement === here);
    const next = now < 0 ? (by > 0 ? 0 : shown.length - 1) : now + by;
    const stop = shown[Math.max(0, Math.min(shown.length - 1, next))];
    stop.focus({ preventScroll: true });
    stop.parentElement.scrollIntoView({ block: "start" });
  }

  function toggleHere() {
    const here = document.activeElement.closest(".site");
    const within = here ? [...here.querySelectorAll("details")] : [];
    const own = here?.matches("details") ? [here] : within;
    const open = own.some((fold) => !fold.open);
    for (const fold of own) fold.open = open;
  }

  const keys = {
    "/": () => query.focus(),
    j: () => step(1),
    k: () => step(-1),
    o: toggleHere,
    x: toggleAll,
    "?": () => {
      byId("keys").open = !byId("keys").open;
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target === query && event.key === "Escape") {
      query.value = "";
      changed();
      query.blur();
      return;
    }
    const isTyping = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (isTyping || !byId("keys-on").checked) return;
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  tools.hidden = false;
  query.addEventListener("input", changed);
  for (const input of [...verdicts, ...choices]) input.addEventListener("change", changed);
  button.addEventListener("click", toggleAll);
  byId("clear").addEventListener("click", clear);
  addEventListener("hashchange", restore);
  restore();
})();
