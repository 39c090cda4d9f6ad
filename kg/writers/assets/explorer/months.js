/* Papers by month as a bar chart whose bars filter. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words, dom } = kg;
  const MOST = 48; // more bars than this are drawn as years

  /* Sum months to bars: {label, from, to, count}. */
  function barsOf(months, counts) {
    if (months.length <= MOST) return months.map((month, at) => ({ label: month, from: month, to: month, count: counts[at] }));
    const years = new Map();
    months.forEach((month, at) => {
      const year = month.slice(0, 4);
      const bar = years.get(year) || { label: year, from: month, to: month, count: 0 };
      years.set(year, { ...bar, to: month, count: bar.count + counts[at] });
    });
    return [...years.values()];
  }

  /* Draw the chart. `pick(from, to)` is told of the range that a bar, or a bar with Shift, means. */
  function chart(months, counts, { from = "", to = "", pick }) {
    const bars = barsOf(months, counts);
    const most = Math.max(1, ...bars.map((bar) => bar.count));
    const box = dom.make("div", { is: "months", role: "group", "aria-label": words.say("papersByMonth") });
    bars.forEach((bar) => {
      const chosen = Boolean(from || to) && bar.to >= (from || "0") && bar.from <= (to || "9");
      const name = `${bar.label}: ${words.papersCount(bar.count)}`;
      const fill = dom.make("span", { is: "fill" });
      fill.style.height = `${bar.count ? Math.max(4, Math.round((100 * bar.count) / most)) : 0}%`;
      const button = dom.make("button", { type: "button", is: "month", title: name, "aria-label": name, "aria-pressed": String(chosen),
        on: { click: (event) => {
          if (event.shiftKey && from) pick(from < bar.from ? from : bar.from, (to || from) > bar.to ? to || from : bar.to);
          else if (from === bar.from && to === bar.to) pick("", "");
          else pick(bar.from, bar.to);
        } } }, fill);
      button.dataset.from = bar.from;
      box.append(button);
    });
    dom.rove(box, "button.month");
    const axis = dom.make("div", { is: "axis" }, dom.make("span", { textContent: bars.length ? bars[0].label : "" }),
      dom.make("span", { textContent: bars.length > 1 ? bars[bars.length - 1].label : "" }));
    axis.setAttribute("aria-hidden", "true");
    return dom.make("div", {}, box, axis);
  }

  kg.months = { chart };
})();
