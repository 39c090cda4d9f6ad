/* Sets labels, the most important first, each where nothing stands yet: none overlap, whatever the zoom. */
(() => {
  "use strict";
  const kg = globalThis.kgExplorer;
  const CELL = 64;

  /* Rectangles that are taken, kept in a coarse grid. */
  function takenBoxes() {
    const cells = new Map();
    const each = (box, act) => {
      for (let row = Math.floor(box[1] / CELL); row <= Math.floor(box[3] / CELL); row += 1) {
        for (let column = Math.floor(box[0] / CELL); column <= Math.floor(box[2] / CELL); column += 1) {
          if (act(row * 4096 + column)) return true;
        }
      }
      return false;
    };
    const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
    return {
      free: (box) => !each(box, (cell) => (cells.get(cell) || []).some((held) => meets(box, held))),
      take: (box) => { each(box, (cell) => { if (!cells.has(cell)) cells.set(cell, []); cells.get(cell).push(box); return false; }); },
    };
  }

  /* Measure texts in em, each once. */
  function ruler(context, family) {
    const widths = new Map();
    return (text, weight) => {
      const key = `${weight} ${text}`;
      if (!widths.has(key)) {
        context.font = `${weight} 50px ${family}`;
        widths.set(key, context.measureText(text).width / 50);
      }
      return widths.get(key);
    };
  }

  const SIDES = [[0, 1], [0, -1], [1, 0], [-1, 0]]; // below, above, right, left

  function boxAt(item, width, [across, down]) {
    const gap = item.radius + 3;
    const x = item.x + across * (gap + width / 2);
    const y = item.y + down * (gap + item.size / 2 + 1);
    return { x, y, box: [x - width / 2 - 5, y - item.size / 2 - 3, x + width / 2 + 5, y + item.size / 2 + 3] };
  }

  const inside = (box, frame) => !frame || (box[0] >= frame[0] && box[1] >= frame[1] && box[2] <= frame[2] && box[3] <= frame[3]);

  /* Move the name of a place that lies in the frame so far that all of it does. */
  function inward(item, width, frame) {
    if (!frame || item.x < frame[0] || item.x > frame[2]) return item.x;
    return Math.max(frame[0] + width / 2 + 8, Math.min(frame[2] - width / 2 - 8, item.x));
  }

  function spotsOf(item, width, frame) {
    if (!item.centred) return SIDES.map((side) => boxAt(item, width, side));
    const x = inward(item, width, frame);
    return [{ x, y: item.y, box: [x - width / 2 - 6, item.y - item.size / 2 - 4, x + width / 2 + 6, item.y + item.size / 2 + 4] }];
  }

  /* Set as many labels as there is room for; best within a frame [left, top, right, bottom], if one is given; strict: nowhere else.
     Items: {x, y, radius, text, size, weight, must?, centred?, ...}; gives those set, with the middle of their text as `lx`, `ly`. */
  function set(items, measure, most, { taken = takenBoxes(), frame = null, strict = false } = {}) {
    const placed = [];
    for (const item of items) {
      if (placed.length >= most) break;
      const width = measure(item.text, item.weight) * item.size;
      const spots = spotsOf(item, width, frame);
      const free = spots.filter(({ box }) => taken.free(box));
      const spot = free.find(({ box }) => inside(box, frame)) || (strict ? null : free[0]) || (item.must ? spots[0] : null);
      if (!spot) continue;
      taken.take(spot.box);
      placed.push({ ...item, lx: spot.x, ly: spot.y, width });
    }
    return placed;
  }

  /* Marks of direction and control characters would turn or break a line on a canvas. */
  const plain = (text) => text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, " ").trim();

  /* Shorten to so many columns; a character of Han takes two. */
  function brief(text, most) {
    let columns = 0;
    let at = 0;
    for (const char of text) {
      columns += /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/.test(char) ? 2 : 1;
      if (columns > most) return `${text.slice(0, at).trimEnd()}…`;
      at += char.length;
    }
    return text;
  }

  kg.labels = { set, takenBoxes, ruler, plain, brief };
})();
