/* Builds parts of the document. Text of the graph is only ever written by textContent; it is never parsed as HTML. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const { words } = kg;
  const SVG = "http://www.w3.org/2000/svg";

  const $ = (id) => document.getElementById(id);

  /* Make an element; `on` maps events to handlers, `is` names its class, the rest are properties or attributes. */
  function make(tag, { is = "", on = {}, ...properties } = {}, ...children) {
    const element = document.createElement(tag);
    if (is) element.className = is;
    for (const [key, value] of Object.entries(properties)) {
      if (key in element) element[key] = value;
      else element.setAttribute(key, value);
    }
    for (const [event, handler] of Object.entries(on)) element.addEventListener(event, handler);
    element.append(...children.filter((child) => child !== "" && child !== null && child !== undefined));
    return element;
  }

  const button = (text, act, properties = {}) => make("button", { type: "button", textContent: text, on: { click: act }, ...properties });

  /* Text of the graph: its direction is its own and does not leak into what stands beside it. */
  const foreign = (text, is = "") => make("bdi", { is, textContent: text });

  const short = (text, most) => (text.length > most ? `${[...text.slice(0, 2 * most)].slice(0, most - 1).join("").trimEnd()}…` : text);

  function shape(kind) {
    const svg = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", "0 0 14 14");
    svg.setAttribute("class", `shape ${kind}`);
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", words.KINDS[kind].path);
    svg.append(path);
    return svg;
  }

  /* A link, if the address is one of the web; else its text. */
  function link(address, text) {
    if (!/^https?:\/\/[^\s]+$/i.test(address)) return foreign(text);
    return make("a", { href: address, target: "_blank", rel: "noopener noreferrer", textContent: text });
  }

  const arxiv = (id) => link(`https://arxiv.org/abs/${id.split("/").map(encodeURIComponent).join("/")}`, `arXiv:${id}`);

  /* The first of many items, and a button for more. */
  function list(items, draw, first = 20, is = "") {
    const box = make("div", { is });
    const grow = (from) => {
      const to = from ? from + 2 * first : first;
      box.append(...items.slice(from, to).map(draw));
      if (items.length > to) {
        const more = button(words.say("more", items.length - to), () => {
          const last = box.children[box.children.length - 2];
          more.remove();
          grow(to);
          const next = last && last.nextElementSibling && last.nextElementSibling.querySelector("button");
          if (next) next.focus();
        }, { is: "more" });
        box.append(more);
      }
    };
    grow(0);
    return box;
  }

  /* Let the arrow keys walk through the items of a box that match a selector; only one of them is a stop of Tab. */
  function rove(box, selector) {
    const items = () => [...box.querySelectorAll(selector)].filter((item) => item.offsetParent !== null);
    const stop = (item) => { items().forEach((one) => { one.tabIndex = one === item ? 0 : -1; }); };
    box.addEventListener("focusin", (event) => { if (event.target.matches(selector)) stop(event.target); });
    box.addEventListener("keydown", (event) => {
      const all = items();
      const at = all.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (at < 0 || to === undefined || !all[to]) return;
      event.preventDefault();
      event.stopPropagation();
      all[to].focus();
    });
    items().forEach((item, at) => { item.tabIndex = at ? -1 : 0; });
  }

  function tell(text) { $("status").textContent = text; }

  kg.dom = { $, make, button, foreign, short, shape, link, arxiv, list, rove, tell };
})();
