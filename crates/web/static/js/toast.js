// Says once and politely what was done, with the way to take it back. Goes after ten seconds, but never while a pointer or the focus is on it.
const PATIENCE = 10_000;
// Over an open picture the shelf is its own: what lies behind a dialog is out of reach.
const shelf = () => document.querySelector('#lightbox[open] .toasts') ?? document.querySelector('.toasts');

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon small');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

export function lapse(toast) {
  let left = PATIENCE, since = 0, timer;
  const run = () => { since = performance.now(); timer = setTimeout(() => toast.remove(), left); };
  const hold = () => { clearTimeout(timer); left -= performance.now() - since; };
  for (const name of ['pointerenter', 'focusin']) toast.addEventListener(name, hold);
  for (const name of ['pointerleave', 'focusout']) toast.addEventListener(name, run);
  run();
}

export function say(text, undo) {
  const toast = document.createElement('div');
  toast.className = 'toast';
  const words = document.createElement('span');
  words.textContent = text;
  toast.append(words);
  if (undo) {
    toast.dataset.undo = '';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button low';
    const key = document.createElement('kbd');
    key.textContent = 'u';
    button.append(icon('undo'), ' Undo ', key);
    button.addEventListener('click', () => { toast.remove(); undo(); });
    toast.append(button);
  }
  shelf().replaceChildren(toast);
  lapse(toast);
}

document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input:not([type="checkbox"]), select, textarea, dialog:not(#lightbox)');
  if (event.key !== 'u' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  shelf()?.querySelector('[data-undo] button')?.click();
});
