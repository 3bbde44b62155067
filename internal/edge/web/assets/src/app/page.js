// Small words used by all parts.

export const find = (selector, root = document) => root.querySelector(selector);
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

// on calls act(element, event) when the event comes from inside an element that matches.
export function on(type, selector, act) {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element && event.target.closest(selector);
    if (element) act(element, event);
  });
}

// onContent runs act(root) for the page as it stands and for everything swapped in later.
export function onContent(act) {
  act(document.body);
  document.addEventListener("htmx:after:process", (event) => act(event.target instanceof Element ? event.target : document.body));
}

// within is findAll that also takes the root itself.
export const within = (root, selector) => [...(root.matches(selector) ? [root] : []), ...findAll(selector, root)];

// say tells a screen reader.
export function say(words) {
  const live = find("#live");
  if (live) live.textContent = words;
}

// toast shows a line at the bottom for six seconds.
export function toast(words) {
  const shelf = find("#toasts");
  if (!shelf || !words) return;
  const line = document.createElement("div");
  line.className = "rp-toast";
  line.textContent = words;
  shelf.append(line);
  setTimeout(() => line.remove(), 6000);
}

export const phrase = (name) => find("#toasts")?.dataset[name] ?? "";
