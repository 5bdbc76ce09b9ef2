// What pages do more smoothly where scripts run. Every page works without it. No library but htmx, no storage but one choice.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const KEYS_OFF = "creel.keys-off";

  // Copying: the text that stands beside the button, or what the button names.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = button.dataset.copy ? document.getElementById(button.dataset.copy) : button.parentElement.querySelector("pre, code, .secret");
    if (!source || !navigator.clipboard) return;
    navigator.clipboard.writeText(source.value ?? source.textContent).then(() => {
      const before = button.textContent;
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = before; }, 1500);
    }, () => { button.textContent = "Press Ctrl C"; getSelection().selectAllChildren(source); });
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "true";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // A filter that changes is applied at once: the form itself says so.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-apply]");
    if (form) form.requestSubmit();
  });

  // The palette.
  const palette = () => document.getElementById("palette");
  const openPalette = () => {
    const dialog = palette();
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const input = dialog.querySelector("input");
    input.select();
    htmx.trigger(input, "open");
  };
  const options = () => [...palette().querySelectorAll('li[role="option"]:not([aria-disabled])')];
  const choose = (option) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (!option) return;
    palette().querySelector("input").setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) openPalette();
    if (event.target === palette()) palette().close();
  });
  document.addEventListener("keydown", (event) => {
    const dialog = palette();
    if (!dialog || !dialog.open) return;
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
    } else if (event.key === "Escape") {
      // A field for searching would only empty itself.
      event.preventDefault();
      dialog.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const link = (all[at] ?? all[0])?.querySelector("a");
      if (link) location.href = link.href;
    }
  });

  // The assistant's panel; on its own page the question stands there already. What is refused is said in the panel too.
  const openAssistant = () => {
    const panel = document.getElementById("assistant");
    const here = document.querySelector("main .talk textarea");
    if (here) { here.focus(); return; }
    if (!panel) return;
    panel.showPopover();
    (panel.querySelector("textarea") ?? panel.querySelector("a")).focus();
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-ask]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openAssistant();
  });
  // An answer that is told anew stays as somebody opened it, and is followed by whoever reads its end.
  const told = new WeakMap();
  const scroller = (turn) => turn.closest(".assistant-panel") ?? document.scrollingElement;
  const details = (turn) => [...turn.querySelectorAll("details")];
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    const turn = event.target.closest(".turn");
    if (!turn) return;
    const around = scroller(turn);
    const atEnd = around.scrollHeight - around.scrollTop - around.clientHeight < 120;
    told.set(turn, { open: details(turn).map((part) => part.open), atEnd });
  });
  document.addEventListener("htmx:sseMessage", (event) => {
    const turn = event.target.closest(".turn");
    const before = turn && told.get(turn);
    if (!before) return;
    details(turn).forEach((part, at) => { part.open = Boolean(before.open[at]); });
    const around = scroller(turn);
    if (before.atEnd) around.scrollTop = around.scrollHeight;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr || event.detail.xhr.status < 400 || !event.detail.target.closest(".talk")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  // A question is sent by Enter as by its button; Shift and Enter begin a line.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches(".question textarea")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });

  // Keys: Ctrl K anywhere; single letters where nothing is being typed, unless somebody turned them off.
  const GO = { o: "/", r: "/robots", u: "/runs", s: "/schedules", c: "/captures", b: "/billing" };
  const NEW = { r: "/robots/new", u: "/runs/new", s: "/schedules/new" };
  let before = "";
  const base = () => document.querySelector('link[rel="icon"]').getAttribute("href").split("/assets/")[0];
  const keysAreOff = () => { try { return localStorage.getItem(KEYS_OFF) === "true"; } catch { return false; } };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    const typing = event.target.closest("input, select, textarea, [contenteditable], dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || keysAreOff() || !document.querySelector(".shell")) return;
    const ways = before === "g" ? GO : before === "n" ? NEW : null;
    const way = ways && ways[event.key];
    before = event.key === "g" || event.key === "n" ? event.key : "";
    if (way) { event.preventDefault(); location.href = base() + way; return; }
    if (event.key === "/") {
      const search = document.querySelector('main input[type="search"]');
      event.preventDefault();
      if (search) search.focus(); else openPalette();
    } else if (event.key === "a" && before === "") {
      event.preventDefault();
      openAssistant();
    } else if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys) keys.showPopover();
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "keys-on") return;
    try { localStorage.setItem(KEYS_OFF, String(!event.target.checked)); } catch { /* the choice holds for this page */ }
  });
  document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("keys-on");
    if (box) box.checked = !keysAreOff();
  });

  // A page whose live part has come to its end is another page: what can be done with it has changed.
  document.addEventListener("htmx:sseClose", (event) => {
    if (event.detail.type !== "message" || !event.target.closest("[data-whole-at-end]")) return;
    htmx.ajax("GET", location.pathname, { target: "#content", select: "#content", swap: "outerHTML" });
  });

  // Relative times grow old while a page stands open.
  const units = [[60000, "min"], [3600000, "h"], [86400000, "day"]];
  const words = (ms) => {
    const size = Math.abs(ms);
    if (size >= 14 * 86400000) return null;
    if (size < 60000) return ms <= 0 ? "just now" : "in a moment";
    const [length, unit] = [...units].reverse().find(([length]) => size >= length);
    const number = Math.floor(size / length);
    const long = `${number} ${unit}${unit === "day" && number !== 1 ? "s" : ""}`;
    return ms < 0 ? `${long} ago` : `in ${long}`;
  };
  setInterval(() => {
    for (const time of document.querySelectorAll("time[datetime][title]")) {
      const text = words(Date.parse(time.dateTime) - Date.now());
      if (text && text !== time.textContent) time.textContent = text;
    }
  }, 30000);
})();
