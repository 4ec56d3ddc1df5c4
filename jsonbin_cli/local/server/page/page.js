// The page of `jsonbin serve`. Text from outside only ever becomes text; nothing here makes HTML of it. Records are shown
// and edited as the text that is stored, so that each number keeps its digits.

const $ = (id) => document.getElementById(id);
const FIRST_ITEMS = 100;
const MORE_ITEMS = 500;
const LONGEST_SHOWN = 2000;
const LONGEST_BEGIN = 160;

function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
}

const number = (value) => value.toLocaleString("en");
const button = (text, click, attributes) => el("button", { type: "button", click, ...attributes }, text);

let noticed;
function notice(text, bad = false) {
  clearTimeout(noticed);
  $("notice").textContent = text;
  $("notice").classList.toggle("bad", bad);
  if (!bad) noticed = setTimeout(() => notice(""), 6000);
}

const soon = (work, milliseconds) => {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => tell(work), milliseconds);
  };
};

// Run what may fail, and say how it failed.
async function tell(work, done) {
  try {
    await work();
    if (done) notice(done);
    return true;
  } catch (wrong) {
    notice(wrong.message, true);
    return false;
  }
}

// ---- what is asked of the server

let key = null;

function fetched(method, path, body, headers, signal) {
  const all = { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers };
  if (key) all["X-Master-Key"] = key;
  return fetch(path, { method, body, headers: all, cache: "no-store", signal });
}

async function text(method, path, body, headers) {
  const reply = await fetched(method, path, body, headers).catch(() => {
    throw new Error("The server does not answer");
  });
  const said = await reply.text();
  if (reply.ok) return said;
  let message;
  try {
    message = JSON.parse(said).message;
  } catch {}
  throw new Error(message ?? `Status ${reply.status}`);
}

const json = async (...call) => JSON.parse(await text(...call));
const asOwner = (method, path, body, headers) => text(method, `/page/as-owner/v3${path}`, body, headers);
const recordOf = (id, version) => asOwner("GET", `/b/${id}${version}`, undefined, { "X-Bin-Meta": "false" });

// ---- JSON text as a tree of places in it

// Each node has `start` and `end` in the text, its `key` as it is written there, and `items` where it is a container.
function parsed(text) {
  JSON.parse(text); // throws where it is not JSON
  let at = 0;
  let up = null;
  let key = null;
  const skipString = () => {
    let back;
    do {
      at = text.indexOf('"', at + 1);
      for (back = at; text[back - 1] === "\\"; back--);
    } while ((at - back) % 2);
    at++;
  };
  for (;;) {
    const letter = text[at];
    if (letter === "," || letter === ":" || letter <= " ") {
      at++;
    } else if (letter === "}" || letter === "]") {
      up.end = ++at;
      if (!up.up) return up;
      up = up.up;
    } else if (up?.type === "object" && key === null) {
      const start = at;
      skipString();
      key = text.slice(start, at);
    } else {
      const node = { start: at, end: 0, key, up, index: up?.items.length, type: "literal", items: null };
      up?.items.push(node);
      key = null;
      if (letter === "{" || letter === "[") {
        node.type = letter === "{" ? "object" : "array";
        node.items = [];
        up = node;
        at++;
        continue;
      }
      if (letter === '"') {
        node.type = "string";
        skipString();
      } else {
        if (letter === "-" || (letter >= "0" && letter <= "9")) node.type = "number";
        while (at < text.length && !",]} \t\r\n".includes(text[at])) at++;
      }
      node.end = at;
      if (!up) return node;
    }
  }
}

const plainKey = (key) => (/^"[\w$-]+"$/.test(key) ? key.slice(1, -1) : key);
const cut = (text) =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}… (${number(text.length)} characters)` : text;

// A tree of the JSON `text`, whose `root` was parsed. `edit(node, written)` puts text in the place of a node. With `marks`,
// which say what differs, only that is shown at first.
function tree(text, root, { edit, marks } = {}) {

  const editor = (node, shown) => {
    const back = (focus) => {
      form.replaceWith(shown);
      if (focus) (shown.matches("button") ? shown : shown.querySelector("button"))?.focus();
    };
    const field = el("textarea", { "aria-label": "JSON", spellcheck: "false", rows: node.items ? 8 : 1 });
    field.value = text.slice(node.start, node.end);
    const save = () => tell(() => edit(node, field.value));
    const form = el(
      "span",
      { class: "editor" },
      field,
      button("Save", save, { class: "primary" }),
      button("Cancel", () => back(true)),
    );
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        back(true);
      } else if (event.key === "Enter" && (!node.items || event.ctrlKey) && event.target === field) {
        event.preventDefault();
        save();
      }
    });
    shown.replaceWith(form);
    field.focus();
    field.select();
  };

  const label = (node) => {
    const found = marks?.get(node);
    const sign = { added: "+", removed: "−", changed: "~" }[found];
    const made = sign ? [el("span", { class: "sign", title: found }, sign)] : [];
    if (node.key !== null) made.push(el("span", { class: "key" }, plainKey(node.key)), ": ");
    else if (node.up) made.push(el("span", { class: "index" }, String(node.index)), " ");
    return made;
  };

  const line = (node) => {
    const item = el("li", { class: marks?.get(node) });
    if (node.items) {
      item.append(branch(node, false));
      return item;
    }
    const shown = cut(text.slice(node.start, node.end));
    const value = edit
      ? button(shown, () => editor(node, value), { class: `value ${node.type}`, title: "Edit" })
      : el("span", { class: `value ${node.type}` }, shown);
    item.append(...label(node), value);
    return item;
  };

  const branch = (node, open) => {
    const object = node.type === "object";
    const count = `${number(node.items.length)} ${object ? "member" : "item"}${node.items.length === 1 ? "" : "s"}`;
    const items = el("ul");
    const made = el(
      "details",
      { open: open || marks?.get(node) === "inside" },
      el(
        "summary",
        null,
        ...label(node),
        el("span", { class: "count" }, object ? `{ ${count} }` : `[ ${count} ]`),
        el("span", { class: "begin" }, text.slice(node.start, Math.min(node.end, node.start + LONGEST_BEGIN))),
      ),
      items,
    );
    let all = marks?.get(node) === "inside" ? node.items.filter((item) => marks.has(item)) : node.items;
    let shown = 0;
    const more = (most) => {
      items.querySelector(":scope > .more")?.remove();
      for (const end = Math.min(shown + most, all.length); shown < end; shown++) items.append(line(all[shown]));
      const left = all.length - shown;
      const equal = node.items.length - all.length;
      const next = left
        ? button(`Show ${number(Math.min(left, MORE_ITEMS))} more of ${number(left)}`, () => more(MORE_ITEMS))
        : button(`Show ${number(equal)} equal`, () => {
            all = node.items;
            shown = 0;
            items.replaceChildren();
            more(FIRST_ITEMS);
          });
      if (left || equal) items.append(el("li", { class: "more" }, next));
    };
    const fill = () => {
      if (items.firstChild) return;
      more(FIRST_ITEMS);
      if (!edit) return;
      const row = el("span", null, button(`Edit this ${node.type}`, () => editor(node, row), { class: "quiet" }));
      items.append(el("li", { class: "tools" }, row));
    };
    if (made.open) fill();
    made.addEventListener("toggle", () => made.open && fill());
    return made;
  };

  if (root.items) return el("div", { class: "tree" }, branch(root, true));
  return el("div", { class: "tree" }, el("ul", null, line(root)));
}

// A text as a tree and as it is, with a switch; a text that is not JSON only as it is.
function viewed(text, options = {}) {
  const place = el("div", { class: "view" });
  let asTree;
  try {
    asTree = tree(text, parsed(text), options);
  } catch {
    asTree = null;
  }
  const raw = () => el("pre", { tabindex: "0", role: "region", "aria-label": "Raw text" }, text);
  if (!asTree) {
    place.append(raw());
    return place;
  }
  const choose = (chosen) => {
    for (const one of choice.children) one.setAttribute("aria-pressed", String(one === chosen));
    place.replaceChildren(choice, chosen === choice.firstChild ? asTree : raw());
  };
  const choice = el("div", { class: "choice", role: "group", "aria-label": "Shown as" });
  for (const name of ["Tree", "Raw"]) choice.append(button(name, (event) => choose(event.target)));
  choose(choice.firstChild);
  return place;
}

// ---- the difference between two texts

// For each text a map from its nodes to `added`, `removed`, `changed`, or `inside` for what holds one of these.
function difference(left, right) {
  const marks = [new Map(), new Map()];
  const counts = { added: 0, removed: 0, changed: 0 };
  const same = (a, b) => left.slice(a.start, a.end) === right.slice(b.start, b.end);
  const mark = (side, node, what) => {
    marks[side].set(node, what);
    for (let up = node.up; up && !marks[side].has(up); up = up.up) marks[side].set(up, "inside");
  };
  const only = (side, node) => {
    const what = side ? "added" : "removed";
    counts[what]++;
    mark(side, node, what);
  };
  const objects = (a, b) => {
    const members = new Map(b.items.map((item) => [JSON.parse(item.key), item]));
    for (const item of a.items) {
      const name = JSON.parse(item.key);
      if (members.has(name)) compare(item, members.get(name));
      else only(0, item);
      members.delete(name);
    }
    for (const item of members.values()) only(1, item);
  };
  const arrays = (a, b) => {
    const ends = [a.items.length, b.items.length];
    while (ends[0] && ends[1] && same(a.items[ends[0] - 1], b.items[ends[1] - 1])) ends.forEach((_, side) => ends[side]--);
    const both = Math.min(...ends);
    for (let n = 0; n < both; n++) compare(a.items[n], b.items[n]);
    a.items.slice(both, ends[0]).forEach((item) => only(0, item));
    b.items.slice(both, ends[1]).forEach((item) => only(1, item));
  };
  const compare = (a, b) => {
    if (same(a, b)) return;
    if (a.type === b.type && a.items) {
      (a.type === "object" ? objects : arrays)(a, b);
      return;
    }
    counts.changed++;
    mark(0, a, "changed");
    mark(1, b, "changed");
  };
  const roots = [parsed(left), parsed(right)];
  compare(...roots);
  return { roots, marks, counts };
}

// ---- requests

const lines = new Map(); // by number: { line, row }
let paused = null; // what came meanwhile
let matching = null; // the numbers of those that hold the text that is searched
let names = new Map(); // of bins, by id
let last = 0;
let run = "";
let opened = null;

const binIn = (path) => /^\/v3\/(?:b|c\/[^/]+\/bins)\/([0-9a-fA-F]{24})/.exec(path)?.[1].toLowerCase() ?? "";
const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const clock = (at) => `${time.format(at)}.${String(at % 1000).padStart(3, "0")}`;
const bytes = (count) => (count < 1000 ? `${count} B` : count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(2)} MB`);
const statusText = (status) => String(status || "none");
const statusClass = (status) => `status s${Math.floor(status / 100)}`;

// A path whose ids have a middle of their own, which is left out where there is little room.
const inParts = (path) =>
  path.split(/(?<=\/[0-9a-fA-F]{4})([0-9a-fA-F]{16})(?=[0-9a-fA-F]{4}(?:\/|\?|$))/).map((part, n) => (n % 2 ? el("span", { class: "middle" }, part) : part));

function isShown(line) {
  const [bin, method, status] = ["filter-bin", "filter-method", "filter-status"].map((id) => $(id).value);
  return (
    (!bin || binIn(line.path) === bin) &&
    (!method || line.method === method) &&
    (!status || Math.floor(line.status / 100) === Number(status)) &&
    (!matching || matching.has(line.number))
  );
}

function filter() {
  for (const { line, row } of lines.values()) row.hidden = !isShown(line);
}

const search = async () => {
  const wanted = $("search").value;
  matching = wanted ? new Set(await json("GET", `/page/requests?search=${encodeURIComponent(wanted)}`)) : null;
  filter();
};
const searchSoon = soon(search, 200);

function offerBin(id) {
  if (!id || [...$("filter-bin").options].some((option) => option.value === id)) return;
  $("filter-bin").append(el("option", { value: id }, names.get(id) ?? id));
}

function add(line) {
  const show = () => open(line.number);
  const row = el(
    "tr",
    { click: show },
    el("td", { class: "wide dim" }, clock(line.time)),
    el("td", { class: "method" }, line.method),
    el(
      "td",
      { class: "path" },
      el("button", { type: "button", "aria-label": `${line.method} ${line.path}, ${statusText(line.status)}` }, ...inParts(line.path)),
    ),
    el("td", null, el("span", { class: statusClass(line.status) }, statusText(line.status))),
    el("td", { class: "number" }, line.ms.toFixed(1)),
    el("td", { class: "number wide less" }, bytes(line.size)),
    el("td", { class: "wide dim less" }, line.key || "none"),
    el("td", { class: "wide fault" }, line.fault),
  );
  row.hidden = !isShown(line);
  lines.set(line.number, { line, row });
  offerBin(binIn(line.path));
  $("lines").tBodies[0].prepend(row);
}

function arrived(found) {
  if (paused) paused.push(...found);
  else found.forEach(add);
  if (matching) searchSoon();
  if (found.some((line) => line.method !== "GET" && line.status)) binsSoon();
  last = found.at(-1).number;
  forget();
}

// The server keeps so many of the last ones, and none that were cleared.
function forget() {
  const first = inForce ? Math.max(inForce.cleared, last - inForce.most) + 1 : Infinity;
  for (const [number, { row }] of lines) {
    if (number >= first) break;
    row.remove();
    lines.delete(number);
  }
  if (paused) paused = paused.filter((line) => line.number >= first);
  showCounts();
}

function showCounts() {
  $("no-requests").hidden = lines.size > 0;
  $("lines").hidden = lines.size === 0;
  $("pause").textContent = paused ? `Resume${paused.length ? ` (${paused.length} new)` : ""}` : "Pause";
}

$("pause").addEventListener("click", () => {
  const waiting = paused;
  paused = waiting ? null : [];
  waiting?.forEach(add);
  $("pause").setAttribute("aria-pressed", String(!waiting));
  showCounts();
});
$("clear").addEventListener("click", () => tell(() => text("DELETE", "/control/requests")));
$("search").addEventListener("input", searchSoon);
$("filters").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["filter-bin", "filter-method", "filter-status"]) $(id).addEventListener("change", filter);

// Up and Down go from line to line, in each table.
for (const id of ["lines", "bin-lines"]) {
  $(id).addEventListener("keydown", (event) => {
    const way = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!way) return;
    event.preventDefault();
    let row = event.target.closest("tr")[way];
    while (row?.hidden) row = row[way];
    row?.querySelector("button").focus();
  });
}

// A pane beside a list. Escape closes it and goes back to the line.
function openPane(pane, row, ...content) {
  for (const one of row?.parentElement?.children ?? []) one.classList.toggle("chosen", one === row);
  pane.replaceChildren(...content);
  pane.hidden = false;
  pane.scrollTop = 0;
  if (matchMedia("(max-width: 60rem)").matches) pane.querySelector("button").focus();
}

function closePane(pane) {
  pane.hidden = true;
  const chosen = pane.parentElement.querySelector("tr.chosen");
  chosen?.classList.remove("chosen");
  chosen?.querySelector("button").focus();
}

for (const id of ["request", "bin"]) {
  $(id).addEventListener("keydown", (event) => event.key === "Escape" && closePane($(id)));
}

const closing = (pane) => button("Close", () => closePane(pane), { class: "close" });

async function copy(text, what) {
  await navigator.clipboard.writeText(text).catch(() => {
    throw new Error(`The browser does not let this page copy; select the text of the ${what} instead`);
  });
}

async function open(wanted) {
  opened = wanted;
  await tell(async () => {
    const seen = await json("GET", `/page/requests/${wanted}`);
    if (opened === wanted) openPane($("request"), lines.get(wanted)?.row, ...pictured(seen));
  });
}

function pictured(seen) {
  const place = el("div");
  const again = (body) =>
    tell(async () => {
      const edited = body === undefined ? "" : "?edited";
      notice("Sent again");
      const reply = await fetched("POST", `/page/requests/${seen.number}/again${edited}`, body).catch(() => null);
      if (reply?.status === 410) throw new Error("The body of that request is not kept any more");
      await reply?.text().catch(() => "");
      notice(reply ? `Sent again: ${reply.status}` : "Sent again: no whole answer");
    });
  const editAgain = () => {
    const field = el("textarea", { "aria-label": "Body to send", spellcheck: "false", rows: 10 });
    field.value = seen.body.text;
    const cancel = () => place.replaceChildren();
    place.replaceChildren(
      el("p", { class: "hint" }, "The same request with this body, and with its own key:"),
      field,
      el("p", { class: "row" }, button("Send", () => again(field.value), { class: "primary" }), button("Cancel", cancel)),
    );
    field.focus();
  };
  const copies = Object.entries(seen.copies).map(([name, text]) =>
    button(name, () => tell(() => copy(text, name), `Copied for ${name}`), {
      disabled: text === null,
      title: text ?? `There is no ${name} for this request`,
    }),
  );
  const headers = seen.headers.map(([name, value]) => el("tr", null, el("th", { scope: "row" }, name), el("td", null, value)));
  const part = (title, size, body) =>
    el(
      "section",
      null,
      el("h3", null, title, el("span", { class: "dim" }, ` ${bytes(size)}`)),
      seen.emptied && size
        ? el("p", { class: "hint" }, "Not kept any more: newer requests took the place.")
        : body.text && viewed(body.text),
      !body.exact && el("p", { class: "hint" }, "Not all of it is UTF-8; what is not is shown as �."),
    );
  return [
    el(
      "div",
      { class: "head" },
      el("h2", null, el("span", { class: "method" }, seen.method), " ", seen.path),
      closing($("request")),
    ),
    el(
      "p",
      { class: "facts" },
      el("span", { class: statusClass(seen.status) }, seen.status ? statusText(seen.status) : "no answer"),
      ` ${seen.ms.toFixed(1)} ms · ${clock(seen.time)} · key: ${seen.key || "none"}`,
      seen.fault && el("span", { class: "fault" }, ` · fault: ${seen.fault}`),
    ),
    el(
      "p",
      { class: "row" },
      button("Replay", () => again(), { class: "primary", disabled: seen.emptied }),
      button("Edit and replay", editAgain, { disabled: seen.emptied || !seen.body.exact }),
      el("span", { class: "group", role: "group", "aria-label": "Copy as" }, el("span", { class: "dim" }, "Copy as "), ...copies),
    ),
    place,
    seen.explained &&
      el(
        "section",
        { class: "explained" },
        el("h3", null, "What jsonbin would say ", el("code", null, seen.explained.slug)),
        el("p", null, seen.explained.message),
        seen.explained.hint && el("p", null, el("b", null, "hint: "), seen.explained.hint),
      ),
    part("Response", seen.size, seen.response),
    part("Request", seen.sent, seen.body),
    el("section", null, el("h3", null, "Headers"), el("table", { class: "headers" }, el("tbody", null, ...headers))),
  ].filter(Boolean);
}

// ---- bins

let shownBin = null;

async function listBins() {
  const found = await json("GET", "/page/bins");
  names = new Map(found.map((bin) => [bin.id, bin.name || bin.id]));
  for (const option of $("filter-bin").options) if (names.has(option.value)) option.textContent = names.get(option.value);
  const focused = document.activeElement.closest?.("#bin-lines tr")?.dataset.id;
  $("bin-lines").tBodies[0].replaceChildren(
    ...found.map((bin) =>
      el(
        "tr",
        { click: () => openBin(bin.id), class: bin.id === shownBin && "chosen", "data-id": bin.id },
        el("td", { class: "path" }, el("button", { type: "button" }, bin.name || "(no name)")),
        el("td", { class: "dim id" }, bin.id),
        el("td", { class: "wide" }, bin.private ? "private" : "public"),
        el("td", { class: "number" }, bytes(bin.size)),
        el("td", { class: "number" }, bin.versions || "–"),
      ),
    ),
  );
  if (focused) rowOf(focused)?.querySelector("button").focus();
  offerWriters(found);
  return found;
}

const rowOf = (id) => $("bin-lines").querySelector(`tr[data-id="${id}"]`);
const binsSoon = soon(() => listBins(), 300);

async function openBin(id) {
  await tell(async () => {
    const bin = (await listBins()).find((one) => one.id === id);
    if (!bin) throw new Error("That bin is not there any more");
    const record = await recordOf(id, "/latest");
    shownBin = id;
    openPane($("bin"), rowOf(id), ...picturedBin(bin, record));
  });
}

function picturedBin(bin, record) {
  const versioned = el("input", { type: "checkbox", id: "versioned" });
  const place = el("div", { class: "record" });

  // The whole record, with the checks of the API. What somebody else wrote in the meantime is not overwritten.
  const save = async (whole) => {
    if ((await recordOf(bin.id, "/latest")) !== record) {
      throw new Error("The bin was changed since you opened it. Open it again, so that nothing is lost");
    }
    await asOwner("PUT", `/b/${bin.id}`, whole, { "X-Bin-Versioning": String(versioned.checked) });
    await openBin(bin.id);
    notice("Saved");
  };
  const edit = (node, written) => save(record.slice(0, node.start) + written + record.slice(node.end));

  const views = {
    Tree: () => tree(record, parsed(record), { edit }),
    Raw: () => {
      const field = el("textarea", { "aria-label": "Record", spellcheck: "false", rows: 20 });
      field.value = record;
      return el("div", null, field, el("p", { class: "row" }, button("Save", () => tell(() => save(field.value)), { class: "primary" })));
    },
    Versions: () => versions(bin),
  };
  const choice = el("div", { class: "choice", role: "group", "aria-label": "Shown as" });
  const choose = (name) => {
    for (const one of choice.children) one.setAttribute("aria-pressed", String(one.textContent === name));
    place.replaceChildren(views[name]());
  };
  choice.append(...Object.keys(views).map((name) => button(name, () => choose(name))));
  choose("Tree");

  const changed = (work, done) => tell(async () => {
    await work();
    await openBin(bin.id);
  }, done);
  const name = el("input", { "aria-label": "Name", value: bin.name ?? "", placeholder: "Name", maxlength: 128 });
  const rename = () => changed(() => asOwner("PUT", `/b/${bin.id}/meta/name`, "", { "X-Bin-Name": inHeader(name.value) }), "Renamed");
  const privacy = () => changed(() => asOwner("PUT", `/b/${bin.id}/meta/privacy`, "", { "X-Bin-Private": String(!bin.private) }), bin.private ? "Public now" : "Private now");
  const remove = (event) => {
    const sure = button("Delete for good", () =>
      tell(async () => {
        await asOwner("DELETE", `/b/${bin.id}`);
        closePane($("bin"));
        shownBin = null;
        await listBins();
      }, "Deleted"), { class: "danger" });
    event.target.replaceWith(sure);
    sure.focus();
  };
  return [
    el("div", { class: "head" }, el("h2", null, bin.name || "(no name)"), closing($("bin"))),
    el("p", { class: "facts" }, `${bin.id} · ${bin.private ? "private" : "public"} · ${bytes(bin.size)} · versions: ${bin.versions} · since ${bin.createdAt.slice(0, 19).replace("T", " ")}`),
    el(
      "div",
      { class: "row" },
      el("form", { class: "group", submit: (event) => { event.preventDefault(); rename(); } }, name, el("button", null, "Rename")),
      button(bin.private ? "Make public" : "Make private", privacy),
      button("Second writer", () => changed(() => secondWriter(bin.id), "A second writer changed it")),
      button("Delete", remove),
    ),
    el("div", { class: "row" }, choice, el("label", { class: "check" }, versioned, " keep a version when saved")),
    place,
  ];
}

// Two versions beside each other, with what differs.
function versions(bin) {
  const place = el("div");
  const all = [["Latest", "/latest"]];
  for (let n = bin.versions; n; n--) all.push([`Version ${n}`, `/${n}`]);
  if (!bin.versions) return el("p", { class: "hint" }, "It has no versions. Saving with “keep a version” makes one.");
  all.push(["Before the first version", ""]);
  const select = (label, chosen) =>
    el("select", { "aria-label": label, change: () => tell(show) }, ...all.map(([name, path], n) => el("option", { value: path, selected: n === chosen }, name)));
  const left = select("Left", Math.min(2, all.length - 1));
  const right = select("Right", 0);
  const show = async () => {
    const [a, b] = await Promise.all([left, right].map((one) => recordOf(bin.id, one.value)));
    const { roots, marks, counts } = difference(a, b);
    const found = Object.entries(counts).filter(([, count]) => count).map(([what, count]) => `${count} ${what}`);
    place.replaceChildren(
      el("p", { class: "facts" }, found.join(" · ") || "No difference"),
      el("div", { class: "sides" }, tree(a, roots[0], { marks: marks[0] }), tree(b, roots[1], { marks: marks[1] })),
    );
  };
  tell(show);
  return el("div", null, el("div", { class: "sides" }, left, right), place);
}

const inHeader = (text) => text.replace(/[^\x20-\x7e]/g, "-").trim();
const created = async (body, name) => JSON.parse(await asOwner("POST", "/b", body, name ? { "X-Bin-Name": inHeader(name) } : {})).metadata.id;

$("new-bin").addEventListener("click", () => {
  const name = el("input", { id: "new-name", maxlength: 128, placeholder: "Name" });
  const field = el("textarea", { id: "new-record", spellcheck: "false", rows: 12 });
  field.value = '{\n  "n": 1\n}';
  const make = () => tell(async () => openBin(await created(field.value, name.value)), "Created");
  shownBin = null;
  openPane(
    $("bin"),
    null,
    el("div", { class: "head" }, el("h2", null, "A new bin"), closing($("bin"))),
    el("p", null, el("label", { for: "new-name" }, "Name "), name),
    el("p", null, el("label", { for: "new-record" }, "Record"), field),
    el("p", { class: "row" }, button("Create", make, { class: "primary" })),
  );
  name.focus();
});

// Each file as it is, byte for byte.
const load = (files) =>
  tell(async () => {
    for (const file of files) {
      const id = await created(file, file.name.replace(/\.json$/i, "").slice(0, 128)).catch((wrong) => {
        throw new Error(`${file.name}: ${wrong.message}`);
      });
      await openBin(id);
    }
  }, "Loaded");
$("file").addEventListener("change", () => load([...$("file").files]).then(() => ($("file").value = "")));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) {
    choose("bins");
    load([...event.dataTransfer.files]);
  }
});

$("export").addEventListener("click", () =>
  tell(async () => {
    const reply = await fetched("GET", "/page/bins.zip");
    if (!reply.ok) throw new Error(`Status ${reply.status}`);
    const link = el("a", { href: URL.createObjectURL(await reply.blob()), download: "bins.zip" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }, "Exported: the folder bins.zip"),
);

// ---- faults

let inForce = null;
const refresh = []; // how each field takes on what is in force

const change = (changes) => tell(() => text("PATCH", "/control", JSON.stringify(changes)));
const secondWriter = (id) => text("POST", `/page/bins/${id}/second-writer`, "");

const writers = el("select", { id: "writer" });
function offerWriters(found) {
  const before = writers.value;
  writers.replaceChildren(...found.map((bin) => el("option", { value: bin.id }, bin.name || bin.id)));
  if (names.has(before)) writers.value = before;
}

// A field that shows what is in force while nobody is typing in it.
function field(id, attributes, current, changed) {
  const made = el("input", { id, ...attributes, change: () => changed(made.value) });
  refresh.push(() => {
    if (document.activeElement !== made) made.value = current();
  });
  return made;
}

function faultRow([name, meaning], n) {
  const example = { STATUS: "503", "429:SECONDS": "429:5", "late-FAULT": "late-502" }[name];
  const id = `fault-${n}`;
  const named = example
    ? el("input", { id: `${id}-name`, value: example, "aria-label": name, size: 9, spellcheck: "false" })
    : null;
  const fault = () => named?.value ?? name;
  const share = el("input", { id: `${id}-share`, type: "number", min: 1, max: 100, value: 100, "aria-label": `Per cent of requests that get ${name}` });
  const on = el("input", { id, type: "checkbox", role: "switch", "aria-label": `${name} on` });
  const apply = async () => {
    const { [fault()]: _, ...others } = inForce.shares;
    const asked = on.checked ? { ...others, [fault()]: share.value / 100 } : others;
    if (!(await change({ shares: asked }))) show();
  };
  const show = () => {
    const found = Object.entries(inForce.shares).find(([one]) =>
      example ? one === fault() || (!named.matches(":focus") && matches(name, one)) : one === name,
    );
    if (found && named && document.activeElement !== named) named.value = found[0];
    on.checked = Boolean(found);
    if (found && document.activeElement !== share) share.value = Math.round(found[1] * 1000) / 10;
  };
  on.addEventListener("change", apply);
  share.addEventListener("change", () => on.checked && apply());
  refresh.push(show);
  return el(
    "tr",
    null,
    el("td", null, on),
    el("th", { scope: "row" }, named ?? el("code", null, name)),
    el("td", { class: "meaning" }, meaning),
    el("td", { class: "share" }, share, " %"),
    el("td", null, button("Next", () => change({ script: [...inForce.script, fault()] }), { title: "Only the next request gets it" })),
  );
}

const matches = (template, name) =>
  ({ STATUS: /^\d+$/, "429:SECONDS": /^429:/, "late-FAULT": /^late-/ })[template].test(name);

function settingRow([name, { values, meaning }]) {
  const set = (value) => change({ settings: { [name]: value } });
  const current = () => inForce.settings[name];
  let made;
  if (values.includes("NUMBER")) {
    made = field(name, { placeholder: "none", inputmode: "numeric", size: 8 }, () => (current() === "none" ? "" : current()), (value) => set(value || "none"));
  } else {
    made = el("select", { id: name, change: () => set(made.value) }, ...values.map((value) => el("option", null, value)));
    refresh.push(() => (made.value = current()));
  }
  return el("tr", null, el("th", { scope: "row" }, el("label", { for: name }, name)), el("td", null, made), el("td", { class: "meaning" }, meaning));
}

function buildFaults({ faults, settings }) {
  const seconds = (which) =>
    field(`latency-${which}`, { type: "number", min: 0, step: 0.1 }, () => inForce.latency[which], () => {
      let [shortest, longest] = [0, 1].map((n) => Number($(`latency-${n}`).value));
      if (shortest > longest) which ? (shortest = longest) : (longest = shortest);
      change({ latency: [shortest, longest] });
    });
  const script = field("script", { placeholder: "502,ok,cut", spellcheck: "false" }, () => inForce.script.join(","), (value) =>
    change({ script: value.split(",").map((one) => one.trim()).filter(Boolean) }),
  );
  const seed = field("seed", { type: "number" }, () => inForce.seed, (value) => change({ seed: Number(value) }));
  const part = (title, sentence, ...content) => el("fieldset", null, el("legend", null, title), el("p", { class: "hint" }, sentence), ...content);
  $("faults").firstElementChild.append(
    part(
      "Faults",
      "On: so many per cent of all requests get it. Next: the next request gets it, and no other.",
      el("table", { class: "choices" }, el("tbody", null, ...Object.entries(faults).filter(([name]) => name !== "ok").map(faultRow))),
    ),
    part("Script", "The faults of the next requests, one each; ok is none. What is left of it stands here.", el("p", { class: "row" }, el("label", { for: "script" }, "Script"), script)),
    part(
      "Latency",
      "How many seconds each answer takes, between these two. The random numbers start from the seed.",
      el("p", { class: "row" }, el("label", { for: "latency-0" }, "From"), seconds(0), el("label", { for: "latency-1" }, "to"), seconds(1), el("label", { for: "seed" }, "Seed"), seed),
    ),
    part(
      "A second writer",
      "Changes a bin now, as another program with the same key might.",
      el("p", { class: "row" }, el("label", { for: "writer" }, "Bin"), writers, button("Write now", () => tell(() => secondWriter(writers.value), "A second writer changed it"))),
    ),
    part(
      "Plan, quota and settings",
      "Where the behaviour of the service is not known, a setting chooses it. Your code should work with each.",
      el("table", { class: "choices" }, el("tbody", null, ...Object.entries(settings).map(settingRow))),
    ),
    el("p", { class: "row" }, button("Back to the start", () => tell(() => text("DELETE", "/control"), "As at the start; the requests are forgotten"))),
  );
}

function inForceNow(state) {
  if (state.run !== run) {
    run = state.run;
    last = 0;
    inForce = null;
    forget();
  }
  inForce = state;
  forget();
  for (const show of refresh) show();
  const active = Object.keys(state.shares).length + state.script.length + (state.latency[1] ? 1 : 0);
  $("active").textContent = active;
  $("active").hidden = !active;
}

// ---- views, the stream, and the start

const VIEWS = ["requests", "bins", "faults"];
function choose(view) {
  for (const one of VIEWS) {
    const tab = $(`tab-${one}`);
    tab.setAttribute("aria-selected", String(one === view));
    tab.tabIndex = one === view ? 0 : -1;
    $(one).hidden = one !== view;
  }
  if (view !== "requests") tell(listBins);
}
for (const view of VIEWS) {
  $(`tab-${view}`).addEventListener("click", () => choose(view));
  $(`tab-${view}`).addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: VIEWS.length - 1 }[event.key];
    if (!step) return;
    const next = VIEWS[(VIEWS.indexOf(view) + step) % VIEWS.length];
    choose(next);
    $(`tab-${next}`).focus();
  });
}

let stream;
async function listen() {
  stream = new AbortController();
  const reply = await fetched("GET", `/page/events?after=${run}-${last}`, undefined, {}, stream.signal);
  if (!reply.ok) throw new Error(String(reply.status));
  live(true);
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    for (let end; (end = rest.indexOf("\n\n")) >= 0; rest = rest.slice(end + 2)) {
      const [, name, data] = /^event: (\w+)\ndata: ([^]*)$/.exec(rest.slice(0, end));
      (name === "state" ? inForceNow : arrived)(JSON.parse(data));
    }
  }
}

function live(yes) {
  $("live").textContent = yes ? "live" : "no connection";
  $("live").classList.toggle("on", yes);
}

// A browser has six connections to one server for all its pages, so a page that is not visible gives its own back.
document.addEventListener("visibilitychange", () => document.hidden && stream?.abort());
const visible = () =>
  document.hidden && new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
async function listenForGood() {
  for (;;) {
    await visible();
    await listen().catch(() => {});
    live(false);
    if (!document.hidden) await new Promise((done) => setTimeout(done, 1000));
  }
}

async function start() {
  const reply = await fetched("GET", "/page/choices");
  $("key-form").hidden = reply.status !== 401;
  $("views").hidden = reply.status === 401;
  if (reply.status === 401) {
    if (key) notice("That is not the key", true);
    $("requests").hidden = true;
    live(false);
    $("key").focus();
    return;
  }
  notice("");
  $("address").textContent = `${location.origin}/v3`;
  buildFaults(await reply.json());
  choose("requests");
  await tell(listBins);
  listenForGood();
}

$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  key = $("key").value;
  $("key").value = "";
  tell(start);
});
showCounts();
tell(start);
