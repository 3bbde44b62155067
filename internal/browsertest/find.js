// Finds elements by what a person or a screen reader is told about them. It is evaluated afresh for every question and leaves nothing behind
// in the page. Acts answer {reason} while they are not possible.
() => {
  const squeeze = (s) => (s ?? '').replace(/\s+/g, ' ').trim();

  const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0 && !e.closest('[inert]');

  // spoken is the text of an element without what is hidden from screen readers, with the names of pictures.
  const spoken = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute('aria-hidden') === 'true') return '';
    if (!node.checkVisibility({ visibilityProperty: true })) return '';
    if (['SCRIPT', 'STYLE', 'SELECT', 'TEXTAREA', 'INPUT'].includes(node.tagName)) return '';
    if (node.hasAttribute('aria-label')) return node.getAttribute('aria-label');
    if (node.tagName === 'IMG') return node.alt;
    const inner = [...node.childNodes].map(spoken).join('');
    return getComputedStyle(node).display.startsWith('inline') ? inner : ` ${inner} `;
  };

  const name = (e) => {
    const byIds = (e.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean).map((id) => document.getElementById(id)).filter(Boolean);
    if (byIds.length) return squeeze(byIds.map((x) => x.textContent).join(' '));
    if (squeeze(e.getAttribute('aria-label'))) return squeeze(e.getAttribute('aria-label'));
    if (e.labels?.length) return squeeze([...e.labels].map(spoken).join(' '));
    if (e.matches('input[type=submit], input[type=button], input[type=reset]')) return squeeze(e.value);
    if (e.matches('input[type=image]')) return squeeze(e.alt);
    if (e.matches('input, select, textarea')) return squeeze(e.title || e.placeholder);
    return squeeze(spoken(e)) || squeeze(e.title);
  };

  const inputRoles = {
    checkbox: 'checkbox', radio: 'radio', submit: 'button', button: 'button', reset: 'button', image: 'button',
    search: 'searchbox', number: 'spinbutton', range: 'slider',
  };
  const role = (e) => {
    if (e.getAttribute('role')) return e.getAttribute('role');
    switch (e.tagName) {
      case 'A': return e.hasAttribute('href') ? 'link' : '';
      case 'BUTTON': case 'SUMMARY': return 'button';
      case 'SELECT': return e.multiple ? 'listbox' : 'combobox';
      case 'TEXTAREA': return 'textbox';
      case 'INPUT': return inputRoles[e.type] ?? 'textbox';
      default: return '';
    }
  };

  const fields = 'input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]):not([type=image]), select, textarea, ' +
    '[contenteditable=""], [contenteditable=true], [role=textbox], [role=checkbox], [role=switch], [role=radio], [role=combobox], [role=spinbutton]';
  const controls = 'a[href], button, summary, input:not([type=hidden]), select, textarea, [role=button], [role=link], [role=tab], [role=menuitem], ' +
    '[role=menuitemcheckbox], [role=menuitemradio], [role=option], [role=checkbox], [role=switch], [role=radio], [role=combobox], ' +
    '[contenteditable=""], [contenteditable=true], [tabindex]:not([tabindex="-1"])';

  // scope is where to look: an open modal dialog hides everything else from a person.
  const scope = (q) => {
    const top = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
    if (!q.within && !q.having) return top;
    const has = (e) => visible(e) && (!q.having || squeeze(e.innerText).includes(squeeze(q.having)));
    const hits = [...top.querySelectorAll(q.within || '*')].filter(has);
    return hits.filter((e) => !hits.some((other) => other !== e && e.contains(other)))[0];
  };

  // target is what a person presses for a control: itself, or its label where it is drawn by one.
  const target = (e) => {
    if (visible(e)) return e;
    return [...(e.labels ?? [])].find(visible);
  };

  const innermost = (found) => found.filter((e) => !found.some((other) => other !== e && e.contains(other)));

  const label = (e) => `${role(e) || e.tagName.toLowerCase()} "${name(e)}"`;

  const asked = (q) => [q.role, q.css, q.name && `"${q.name}"`].filter(Boolean).join(' ') +
    (q.within || q.having ? ` within ${[q.within, q.having && `"${q.having}"`].filter(Boolean).join(' ')}` : '');

  // find gives {e} or {reason}.
  const find = (q) => {
    const root = scope(q);
    if (!root) return { reason: `there is no ${asked({ within: q.within, having: q.having })} to look in` };
    let found = [...root.querySelectorAll(q.css || (q.field ? fields : controls))];
    if (q.css && root.matches(q.css) && root !== document.body) found.unshift(root);
    found = found.filter((e) => (q.css ? visible(e) : target(e)));
    if (q.role) found = found.filter((e) => role(e) === q.role);
    if (q.name) {
      const wanted = squeeze(q.name);
      const exact = found.filter((e) => name(e) === wanted);
      found = exact.length ? exact : found.filter((e) => name(e).toLowerCase().includes(wanted.toLowerCase()));
    }
    if (q.css) return found.length ? { e: found[0] } : { reason: `there is no ${asked(q)}` };
    found = innermost(found);
    if (!found.length) return { reason: `there is no ${asked(q)}` };
    const sameLink = found.every((e) => e.href && e.href === found[0].href);
    if (found.length > 1 && !sameLink) return { reason: `${asked(q)} could be any of ${found.length}: ${found.slice(0, 6).map(label).join(', ')}` };
    return { e: found[0] };
  };

  const withField = (q, act) => {
    const { e, reason } = find(q);
    if (!e) return { reason };
    if (e.disabled || e.readOnly) return { reason: `${label(e)} cannot be changed` };
    return act(e);
  };

  const told = (e) => {
    e.dispatchEvent(new Event('input', { bubbles: true }));
    e.dispatchEvent(new Event('change', { bubbles: true }));
  };

  const wholeText = (e) => e.innerText;

  return {
    // place scrolls to the element and gives the point to press, if that point is really its own.
    place(q) {
      const { e, reason } = find(q);
      if (!e) return { reason };
      if (e.disabled || e.getAttribute('aria-disabled') === 'true') return { reason: `${label(e)} is disabled` };
      const t = target(e);
      t.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      const box = [...t.getClientRects()].find((r) => r.width > 0 && r.height > 0);
      if (!box) return { reason: `${label(e)} has no size` };
      const x = box.left + box.width / 2, y = box.top + box.height / 2;
      const top = document.elementFromPoint(x, y);
      if (!top) return { reason: `${label(e)} is outside the window` };
      const own = t.contains(top) || top.contains(t) && getComputedStyle(t).pointerEvents === 'none' || [...(e.labels ?? [])].some((l) => l.contains(top));
      if (!own) return { reason: `${label(e)} is covered by ${top.outerHTML.slice(0, 120)}` };
      return { x, y };
    },

    fill(q, value) {
      return withField(q, (e) => {
        e.scrollIntoView({ block: 'center', behavior: 'instant' });
        e.focus();
        if (e.matches('input[type=date], input[type=time], input[type=month], input[type=week], input[type=datetime-local], input[type=color], input[type=range]')) {
          e.value = value;
          if (e.value !== value) return { reason: `${label(e)} does not take ${value}` };
          told(e);
          return { done: true };
        }
        if (e.select) e.select(); else getSelection().selectAllChildren(e);
        return { done: false };
      });
    },

    select(q, choice) {
      return withField(q, (e) => {
        if (e.tagName !== 'SELECT') return { reason: `${label(e)} is not a list` };
        const fits = [...e.options].filter((o) => !o.disabled && squeeze(o.label || o.text) === squeeze(choice));
        if (!fits.length) return { reason: `${label(e)} has no choice "${choice}" but ${[...e.options].map((o) => squeeze(o.label || o.text)).join(', ')}` };
        e.focus();
        fits[0].selected = true;
        told(e);
        return { done: true };
      });
    },

    ticked(q) {
      const { e, reason } = find(q);
      return e ? { done: e.checked ?? e.getAttribute('aria-checked') === 'true' } : { reason };
    },

    value(q) {
      const { e, reason } = find(q);
      return e ? { text: e.value ?? e.innerText } : { reason };
    },

    // file gives the element itself: the browser fills it. Styled file fields are hidden, so what is visible does not matter here.
    file(q) {
      const root = scope(q) ?? document.body;
      const all = [...root.querySelectorAll('input[type=file]')];
      const labelled = (e) => squeeze(e.getAttribute('aria-label')) || squeeze([...e.labels].map((l) => l.textContent).join(' ')) || name(e);
      return all.find((e) => labelled(e) === squeeze(q.name)) ?? all.find((e) => labelled(e).includes(squeeze(q.name))) ?? null;
    },

    text(q) {
      const { e, reason } = find(q);
      return e ? { text: squeeze(wholeText(e)) } : { reason };
    },

    texts(q) {
      return [...(scope(q)?.querySelectorAll(q.css) ?? [])].filter(visible).map((e) => squeeze(wholeText(e)));
    },

    reads(q, text) {
      const root = scope(q);
      return !!root && squeeze(wholeText(root)).includes(squeeze(text));
    },

    focused() {
      const e = document.activeElement;
      return !e || e === document.body ? '' : squeeze(`${role(e) || e.tagName.toLowerCase()} ${name(e)}`);
    },

    async unsettled() {
      const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100); });
      await frame();
      await frame();
      if (document.readyState !== 'complete') return `the document is ${document.readyState}; `;
      const swap = document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added');
      return swap ? `htmx is busy with ${swap.outerHTML.slice(0, 80)}; ` : '';
    },

    describe() {
      return {
        URL: location.href,
        Title: document.title,
        Text: squeeze(document.body?.innerText).slice(0, 800),
        Controls: [...document.querySelectorAll(controls)].filter(visible).slice(0, 60).map(label),
      };
    },
  };
}
