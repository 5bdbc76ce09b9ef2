// What a person sees of a page, and where it can be pressed. Answers {problem} where it cannot be found as asked.
(what, ...given) => {
  const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const same = (a, b) => a.toLowerCase() === b.toLowerCase();
  const holds = (a, b) => a.toLowerCase().includes(b.toLowerCase());
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const top = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
  const byIds = (ids) => squeeze(ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent).join(" "));
  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    const own = (by && byIds(by)) || element.getAttribute("aria-label") || element.innerText || element.value || element.title;
    return squeeze(own || [...(element.labels ?? [])].map((label) => label.innerText).join(" "));
  };
  const shown = (element) => element.outerHTML.slice(0, 140);

  // The one with the name, or the only one whose name holds it.
  const choose = (all, wanted, kind) => {
    const named = all.filter(isSeen).map((element) => [element, nameOf(element)]);
    const exact = named.find(([, name]) => same(name, wanted));
    if (exact) return exact[0];
    const close = named.filter(([, name]) => holds(name, wanted));
    if (close.length === 1) return close[0][0];
    const names = named.map(([, name]) => name).join(" | ");
    return { problem: `${close.length ? "more than one" : "no"} ${kind} ${JSON.stringify(wanted)} among: ${names}` };
  };

  const place = (element) => {
    element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const box = element.getClientRects()[0];
    if (!box) return { problem: `${shown(element)} takes no room` };
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const hit = document.elementFromPoint(x, y);
    const isHit = hit && (element === hit || element.contains(hit) || hit.closest("label")?.control === element);
    if (!isHit) return { problem: `${shown(element)} is covered by ${hit ? shown(hit) : "nothing: it is outside the window"}` };
    if (element.matches(":disabled, [aria-disabled=true]")) return { problem: `${shown(element)} is disabled` };
    return { x, y };
  };

  const field = (label) => {
    const labels = [...top().querySelectorAll("label")].filter((other) => other.control);
    const found = labels.find((other) => same(squeeze(other.innerText), label)) ?? labels.find((other) => squeeze(other.innerText).toLowerCase().startsWith(label.toLowerCase()));
    const control = found?.control ?? [...top().querySelectorAll("[aria-label]")].find((other) => other.matches("input, select, textarea") && same(other.getAttribute("aria-label"), label));
    return control ?? { problem: `no field ${JSON.stringify(label)} among: ${labels.map((other) => squeeze(other.innerText)).join(" | ")}` };
  };

  const doing = {
    text: () => squeeze(document.body?.innerText),
    press: (wanted) => {
      const found = choose([...top().querySelectorAll("button, a[href], summary, input[type=submit], [role=button], [role=tab]")], wanted, "button or link");
      return found.problem ? found : place(found);
    },
    pick: (selector) => {
      const found = [...document.querySelectorAll(selector)].find(isSeen);
      return found ? place(found) : { problem: `nothing is seen of ${selector}` };
    },
    field: (label) => {
      const control = field(label);
      if (control.problem) return control;
      const kind = control.localName === "input" ? control.type : control.localName;
      return { ...place(control), kind, value: kind === "checkbox" ? control.checked : control.value };
    },
    // What a pointer cannot do in one way on all systems: lists of choices, dates.
    set: (label, value) => {
      const control = field(label);
      if (control.problem) return control;
      if (control.localName === "select") {
        const option = [...control.options].find((other) => same(squeeze(other.text), value)) ?? [...control.options].find((other) => other.value === value);
        if (!option) return { problem: `no choice ${value} among: ${[...control.options].map((other) => other.text).join(" | ")}` };
        option.selected = true;
      } else {
        control.value = value;
      }
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.dispatchEvent(new Event("change", { bubbles: true }));
      return {};
    },
    select: (label) => {
      const control = field(label);
      if (control.problem) return control;
      control.select();
      return {};
    },
    error: (label) => {
      const control = field(label);
      if (control.problem) return control;
      const said = byIds(control.getAttribute("aria-describedby") ?? "");
      return { said, isInvalid: control.getAttribute("aria-invalid") === "true", value: control.value };
    },
    focus: () => {
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return { name: "", isSeen: false };
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const isInside = box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
      const hasRing = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
      return { name: nameOf(element), tag: element.localName, id: element.id, isSeen: isInside && hasRing, shown: shown(element) };
    },
    overflow: () => {
      const over = document.scrollingElement.scrollWidth - innerWidth;
      if (over <= 0) return [];
      const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".scroll"));
      return [`${over} px wider than the window`, ...wide.slice(0, 5).map(shown)];
    },
    shifts: () => window.creelShifts ?? [],
  };
  return doing[what](...given);
}
