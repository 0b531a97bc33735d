// Single keys, for all modules on a page: switched off they are heard by none, moved they are heard as the key they stand for.
// "?" opens the list of them, where both are chosen. Keys rest while something is typed.
const KEPT = 'keys';
const usual = () => ({ off: false, moved: {} });
let keys = usual();
try { keys = { ...keys, ...JSON.parse(localStorage.getItem(KEPT)) }; } catch { /* the usual ones */ }

const typing = (target) => target.closest?.('input:not([type="checkbox"], [type="radio"]), select, textarea, [contenteditable]');
const single = (event) => event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
const pressed = (own) => keys.moved[own] ?? own;

function keep() {
  try { localStorage.setItem(KEPT, JSON.stringify(keys)); } catch { /* it lasts for this page */ }
}

const acts = {
  '?': () => sheet(),
  g: () => location.assign('/gallery'),
  n: () => { const prompt = document.getElementById('prompt'); if (prompt) prompt.focus(); else location.assign('/studio'); },
};

// Before anybody else hears it.
addEventListener('keydown', (event) => {
  if (!event.isTrusted || !single(event) || typing(event.target) || event.target.closest?.('[data-listens]')) return;
  const own = Object.keys(keys.moved).find((one) => keys.moved[one] === event.key);
  if (keys.off || (!own && event.key in keys.moved)) return event.stopImmediatePropagation();
  if (!own || own === event.key) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  event.target.dispatchEvent(new KeyboardEvent('keydown', { key: own, bubbles: true, cancelable: true }));
}, { capture: true });

document.addEventListener('keydown', (event) => {
  if (!single(event) || typing(event.target) || event.repeat || document.querySelector('dialog[open]') || !(event.key in acts)) return;
  if (event.key !== '?' && !document.querySelector('.bar .meter')) return;
  event.preventDefault();
  acts[event.key]();
});

// The list as a dialog over whatever page is open; it has a page of its own too.
async function sheet() {
  let dialog = document.getElementById('keys-sheet');
  if (!dialog) {
    const { page } = await import('./html.js');
    const list = page(await (await fetch('/keys')).text()).querySelector('[data-keys]');
    dialog = document.createElement('dialog');
    dialog.id = 'keys-sheet';
    dialog.className = 'dialog keys-page';
    dialog.ariaLabel = 'Keyboard';
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'button low close-keys';
    close.textContent = 'Close';
    close.addEventListener('click', () => dialog.close());
    dialog.append(...list.childNodes, close);
    document.body.append(dialog);
    settings(dialog);
  }
  dialog.showModal();
}

function settings(root) {
  const on = root.querySelector('#keys-on'), said = root.querySelector('#keys-said');
  const show = () => {
    on.checked = !keys.off;
    for (const button of root.querySelectorAll('[data-own]')) {
      const key = pressed(button.dataset.own);
      button.firstElementChild.textContent = key;
      button.ariaLabel = button.ariaLabel.replace(/^Move \S+,/, `Move ${key},`);
    }
  };
  const move = (button, key) => {
    const { own } = button.dataset;
    const taken = [...root.querySelectorAll('[data-own]')].find((other) => other !== button && pressed(other.dataset.own) === key);
    if (taken) { said.textContent = `${key} is taken: ${taken.closest('div').querySelector('dd').textContent}.`; return; }
    if (key === own) delete keys.moved[own]; else keys.moved[own] = key;
    said.textContent = `Now ${key}: ${button.closest('div').querySelector('dd').textContent}.`;
  };
  on.addEventListener('change', () => { keys.off = !on.checked; keep(); });
  root.querySelector('#keys-back').addEventListener('click', () => { keys = usual(); keep(); show(); said.textContent = 'All keys are where they were.'; });
  for (const button of root.querySelectorAll('[data-own]')) {
    button.addEventListener('click', () => { button.dataset.listens = ''; said.textContent = 'Press the new key, or Escape.'; });
    button.addEventListener('blur', () => { delete button.dataset.listens; show(); });
    button.addEventListener('keydown', (event) => {
      if (!('listens' in button.dataset)) return;
      if (event.key === 'Escape') { event.preventDefault(); said.textContent = ''; } else if (single(event)) { event.preventDefault(); move(button, event.key); } else return;
      event.stopPropagation();
      delete button.dataset.listens;
      keep();
      show();
    });
  }
  show();
}

const own = document.querySelector('main[data-keys]');
if (own) settings(own);
