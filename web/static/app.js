// What pages do beyond links and forms. Everything here is a convenience: each
// page works without it. No framework, no eval, no inline handlers; text from
// people is never made into markup here.
'use strict';

// htmx puts markup of our own server into the page. Where the browser asks for
// a policy (Trusted Types), this is it; it must exist before htmx runs.
if (window.trustedTypes && window.trustedTypes.createPolicy) {
  window.trustedTypes.createPolicy('default', { createHTML: (markup) => markup });
}

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/* ---- theme: the form works alone; here it changes at once and is kept in the background ---- */

const themes = ['', 'light', 'dark'];

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

document.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-theme-form]');
  if (!form) return;
  event.preventDefault();
  const theme = form.elements.theme.value;
  setTheme(theme);
  fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' }).catch(() => {});
  const next = themes[(themes.indexOf(theme) + 1) % themes.length];
  form.elements.theme.value = next;
  const words = { '': 'like the device', light: 'light', dark: 'dark' };
  $('button', form).title = `Theme: ${words[theme]}. Change to: ${words[next]}`;
});

/* ---- times: "4 min ago" stays true while the page is open ---- */

// The server's clock may be another than the browser's (the demo's is).
const lag = Date.now() - Number(document.documentElement.dataset.now || 0) * 1000;

function ago(seconds) {
  const s = Math.max(0, seconds);
  if (s < 60) return `${Math.floor(s)}\u00a0s ago`;
  if (s < 3600) return `${Math.floor(s / 60)}\u00a0min ago`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)}\u00a0h ago`;
  return `${Math.floor(s / 86400)}\u00a0d ago`;
}

function refreshTimes() {
  const now = Date.now() - lag;
  for (const time of $$('time[data-ago]')) {
    const words = ago((now - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== words) time.textContent = words;
  }
}
setInterval(refreshTimes, 20000);

/* ---- palette ---- */

// Looked up each time: going back replaces the body of the page.
const palette = () => $('#palette');
let asked = 0;
let pause = 0;

async function findHits(words) {
  const mine = ++asked;
  const url = new URL(palette().dataset.find, location.href);
  if (words) url.searchParams.set('q', words);
  try {
    const answer = await fetch(url, { headers: { 'HX-Request': 'true' } });
    if (mine !== asked) return;
    if (answer.redirected || answer.status === 401) return location.reload();
    $('#palette-hits').innerHTML = answer.ok ? await answer.text() : '';
    if (!answer.ok) $('#palette-hits').textContent = 'That could not be searched just now.';
  } catch {
    if (mine === asked) $('#palette-hits').textContent = 'The dashboard does not answer.';
  }
  choose(0);
}

const options = () => $$('[role=option]', palette());

function choose(index) {
  const list = options();
  list.forEach((option, i) => option.setAttribute('aria-selected', String(i === index)));
  const input = $('input', palette());
  if (list[index]) {
    input.setAttribute('aria-activedescendant', list[index].id);
    list[index].scrollIntoView({ block: 'nearest' });
  } else {
    input.removeAttribute('aria-activedescendant');
  }
}

function openPalette() {
  const dialog = palette();
  if (!dialog || dialog.open) return;
  const input = $('input', dialog);
  input.value = '';
  dialog.showModal();
  input.focus();
  findHits('');
}

document.addEventListener('input', (event) => {
  if (!event.target.closest('#palette')) return;
  clearTimeout(pause);
  const words = event.target.value.trim();
  pause = setTimeout(() => findHits(words), 80);
});

document.addEventListener('keydown', (event) => {
  if (!event.target.closest('#palette')) return;
  const list = options();
  const at = list.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown') choose((at + 1) % list.length);
  else if (event.key === 'ArrowUp') choose((at - 1 + list.length) % list.length);
  else if (event.key === 'Enter' && list[at]) list[at].click();
  else if (event.key === 'Escape') palette().close();
  else return;
  event.preventDefault();
});

/* ---- clicks: palette, copy, dismiss, outside of a dialog ---- */

async function copy(button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not copied';
  }
  setTimeout(() => { button.textContent = before; }, 1500);
}

document.addEventListener('click', (event) => {
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (plain && palette() && event.target.closest('[data-palette-open]')) {
    event.preventDefault();
    openPalette();
  }
  const copier = event.target.closest('[data-copy]');
  if (copier) copy(copier);
  const opener = event.target.closest('[data-dialog]');
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest('[data-dismiss]')) event.target.closest('[data-toast]').remove();
  if (event.target.matches('dialog')) event.target.close();
  for (const menu of $$('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});

/* ---- keys: never while somebody types ---- */

const typing = (target) => target.closest('input, textarea, select, [contenteditable]') || $('dialog[open]');

function moveRow(step) {
  const rows = $$('tr[data-row]');
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  $('a', row).focus();
  row.scrollIntoView({ block: 'nearest' });
}

let afterG = 0;

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    return openPalette();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (Date.now() - afterG < 1500) {
    afterG = 0;
    const link = $(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) link.click();
    return;
  }
  if (event.key === 'g') afterG = Date.now();
  else if (event.key === 'j') moveRow(1);
  else if (event.key === 'k') moveRow(-1);
  else if (event.key === '?') $('#keys')?.showModal();
  else if (event.key === '/' && $('[data-search]')) $('[data-search]').select();
  else return;
  event.preventDefault();
});

// Enter in the search box opens the only match, at once where the list shows
// it already, else when it has come; with several the list stays.
let openOnly = '';

function openSingle(words) {
  const rows = $$('tr[data-row]');
  if (!words || rows.length !== 1 || $('#list')?.dataset.for !== words) return false;
  $('a', rows[0]).click();
  return true;
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && $('details.menu[open]')) {
    const menu = $('details.menu[open]');
    menu.open = false;
    $('summary', menu).focus();
  }
  if (event.key !== 'Enter' || !event.target.matches('[data-search]')) return;
  openOnly = event.target.value.trim();
  if (openSingle(openOnly)) event.preventDefault();
});
document.addEventListener('htmx:afterSettle', () => {
  openSingle(openOnly);
  openOnly = '';
});

/* ---- forms ---- */

// Choosing sends the form; where htmx is there, it does.
document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-auto]');
  if (form && event.target.matches('select') && (!window.htmx || !form.hasAttribute('hx-get'))) form.requestSubmit();
});

// Empty fields stay out of addresses.
document.addEventListener('htmx:configRequest', (event) => {
  if (event.detail.verb !== 'get') return;
  for (const [name, value] of [...event.detail.formData.entries()]) {
    if (value === '') event.detail.formData.delete(name);
  }
});

function settle(root) {
  const wrong = $('[aria-invalid=true], [data-focus]', root);
  if (wrong) wrong.focus();
  for (const hidden of $$('[data-script][hidden], [data-dismiss][hidden]', root)) hidden.hidden = false;
  const apple = /Mac|iPhone|iPad/.test(navigator.platform);
  if (apple) for (const kbd of $$('.find kbd', root)) kbd.textContent = '⌘ K';
  refreshTimes();
}

document.addEventListener('htmx:afterSwap', (event) => settle(event.detail.elt));
document.addEventListener('htmx:historyRestore', () => settle(document));
settle(document);

// Where a row of links is wider than the window, the one that holds is in sight.
for (const here of $$('.side .item[aria-current], .tabs [aria-current], .seg [aria-current], .chips [aria-current]')) {
  here.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

/* ---- a part that could not be fetched says so ---- */

document.addEventListener('htmx:responseError', (event) => {
  const answer = event.detail.xhr;
  if (answer.status === 401) return location.reload();
  const why = reasonIn(answer.responseText);
  say(why ? `That did not work. ${why}` : 'That did not work. Reload the page to see why.');
});

// reasonIn is the sentence of an error page.
function reasonIn(page) {
  return $('[role=alert] p', new DOMParser().parseFromString(page, 'text/html'))?.textContent ?? '';
}

document.addEventListener('htmx:sendError', () => say('The dashboard does not answer. It is tried again with the next click.'));

function say(words) {
  $('[data-toast]')?.remove();
  const toast = document.createElement('div');
  toast.className = 'toast';
  toast.dataset.toast = '';
  toast.setAttribute('role', 'alert');
  const text = document.createElement('span');
  text.textContent = words;
  const button = document.createElement('button');
  button.className = 'btn small';
  button.type = 'button';
  button.dataset.dismiss = '';
  button.textContent = 'Dismiss';
  toast.append(text, button);
  document.body.append(toast);
}
