// Elements from templates. Texts become text nodes, so that hostile texts stay texts.

/** A copy of the template. A slot without a value is removed. */
export function stamp(name, slots = {}) {
  const copy = document.getElementById(`template-${name}`).content.firstElementChild.cloneNode(true);
  for (const slot of copy.querySelectorAll("[data-slot]")) {
    const content = [slots[slot.dataset.slot]].flat(2).filter((each) => each != null && each !== "");
    if (content.length) slot.append(...content);
    else slot.remove();
  }
  return copy;
}

/** An element. Attributes of the value false or null are left out. */
export function element(name, attributes = {}, ...content) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value != null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...content.flat(2).filter((each) => each != null && each !== ""));
  return node;
}

/** A list of names and values. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value != null && value !== "");
  const rows = shown.map(([name, value]) => [
    element("dt", {}, visible(name)),
    element("dd", {}, typeof value === "string" ? visible(value, "\n") : value),
  ]);
  return shown.length ? element("dl", {}, rows) : null;
}

/** Text with its control characters as escapes, so that it cannot change the order of the page. */
export function visible(text, keep = "") {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    if (keep.includes(character) || character === "\u200d") return character; // joins emoji
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    return `\\u${character.codePointAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Text with the first characters of each sid only. */
export function shortened(text) {
  return visible(text).replace(/([A-Z]{2}[0-9a-f]{4})[0-9a-f]{28}/g, "$1…");
}

export function cut(text, length) {
  return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}

export function counted(number, noun, plural = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}

/** A value of JSON for people: a text has no quotation marks. */
export function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
