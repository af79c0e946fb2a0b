/**
 * The page's elements, filled without disturbing the reader: text is set only where it changed, so selections and
 * scroll positions stay. All text goes in through textContent, so nothing in it is ever taken for markup.
 */

export const byId = (id) => document.getElementById(id);

export function setText(element, text) {
  const value = text === null || text === undefined ? "" : String(text);
  if (element.textContent !== value) element.textContent = value;
}

export function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

/** Makes `parent` have exactly `n` children, made by `make`. */
function resize(parent, n, make) {
  while (parent.children.length > n) parent.lastElementChild.remove();
  while (parent.children.length < n) parent.append(make());
}

const make = (name) => document.createElement(name);

/** Only web addresses become links; anything else (a path, "javascript:...") stays text. */
function webAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Puts into `element` a link to `address` that reads `text`, or only the text where there is no web address. */
export function setLink(element, text, address, title) {
  const href = address ? webAddress(address) : null;
  if (element.title !== (title ?? "")) element.title = title ?? "";
  if (!href) {
    setText(element, address && !text ? address : text);
    return;
  }
  let link = element.firstElementChild;
  if (!link || link.tagName !== "A") {
    link = make("a");
    link.rel = "noreferrer noopener";
    element.replaceChildren(link);
  }
  if (link.href !== href) link.href = href;
  setText(link, text);
}

/** Fills a `dl` from [label, value, options] rows; options: wide, prose (wide, but no path), link. Rows whose value is null are left out. */
export function facts(list, rows) {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined);
  resize(list, shown.length, () => {
    const pair = make("div");
    pair.append(make("dt"), make("dd"));
    return pair;
  });
  shown.forEach(([label, value, options = {}], i) => {
    const pair = list.children[i];
    setText(pair.children[0], label);
    setLink(pair.children[1], value, options.link);
    setClass(pair, options.prose ? "wide prose" : options.wide ? "wide" : "");
  });
}

/**
 * A table in `box`.
 * columns: [{title, number, help, cell: row => text | {text, link, title, tone}}], the first one names the row.
 * Returns a function that shows rows.
 */
export function table(box, columns, noneText) {
  const element = make("table");
  const head = make("tr");
  for (const column of columns) {
    const th = make("th");
    th.scope = "col";
    th.className = column.number ? "number" : "";
    th.textContent = column.title;
    if (column.help) th.title = column.help;
    head.append(th);
  }
  const thead = make("thead");
  thead.append(head);
  const body = make("tbody");
  element.append(thead, body);
  const none = make("p");
  none.className = "empty";
  none.textContent = noneText;
  box.replaceChildren(none);

  const newRow = () => {
    const tr = make("tr");
    columns.forEach((column, i) => {
      const cell = make(i === 0 ? "th" : "td");
      if (i === 0) cell.scope = "row";
      tr.append(cell);
    });
    return tr;
  };
  return (rows) => {
    const wanted = rows.length ? element : none;
    if (box.firstElementChild !== wanted) box.replaceChildren(wanted);
    resize(body, rows.length, newRow);
    rows.forEach((row, r) =>
      columns.forEach((column, c) => {
        const cell = body.children[r].children[c];
        const value = column.cell(row);
        const full = value !== null && typeof value === "object" ? value : { text: value };
        setLink(cell, full.text, full.link, full.title);
        setClass(cell, [column.number ? "number" : "", full.tone ?? ""].join(" ").trim());
      }),
    );
  };
}

/** Fills a list of events, the newest first. */
export function events(list, items, time) {
  resize(list, Math.max(1, items.length), () => {
    const li = make("li");
    li.append(make("time"), make("span"));
    return li;
  });
  if (!items.length) {
    setText(list.children[0].children[0], "");
    setText(list.children[0].children[1], "Nothing has happened yet.");
    setClass(list.children[0].children[1], "empty");
    return;
  }
  items.forEach((event, i) => {
    const [when, what] = list.children[items.length - 1 - i].children;
    const iso = new Date(event.atMillis).toISOString();
    if (when.dateTime !== iso) when.dateTime = iso;
    setText(when, time(event.atMillis));
    setText(what, (event.bad ? "Problem: " : "") + event.text);
    setClass(what, event.bad ? "bad" : "");
  });
}
