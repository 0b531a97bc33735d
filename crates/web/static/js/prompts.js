// Earlier prompts without leaving the page: a list to search and choose from, and Alt with an arrow in the prompt field.
// What is put into the field can be taken back by the browser's own undo.
import { page } from './html.js';

const at = (id) => document.getElementById(id);
let dialog, walked, place = -1, own = '';

async function fetched(q = '') {
  const answer = await fetch(`/studio/prompts?${new URLSearchParams({ q })}`);
  return page(await answer.text()).querySelector('main');
}

function write(text) {
  const prompt = at('prompt');
  prompt.focus();
  prompt.select();
  // The one way to type that undo knows of.
  if (!document.execCommand('insertText', false, text)) prompt.setRangeText(text, 0, prompt.value.length, 'end');
}

async function open() {
  if (!dialog) {
    dialog = document.createElement('dialog');
    dialog.className = 'dialog prompts-page';
    dialog.ariaLabel = 'Earlier prompts';
    document.body.append(dialog);
    let waiting, asked = 0;
    dialog.addEventListener('input', ({ target }) => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const now = asked += 1;
        const fresh = (await fetched(target.value)).querySelector('.wordings');
        if (now === asked) dialog.querySelector('.wordings').replaceWith(fresh);
      }, 150);
    });
    dialog.addEventListener('submit', (event) => event.preventDefault());
    dialog.addEventListener('click', (event) => {
      const link = event.target.closest('.wordings a');
      if (event.target.closest('.close-prompts')) dialog.close();
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      dialog.close();
      write(link.querySelector('.wording').textContent);
    });
  }
  const main = await fetched();
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'button low close-prompts';
  close.textContent = 'Close';
  dialog.replaceChildren(main.querySelector('h1'), main.querySelector('.search'), main.querySelector('.wordings'), close);
  dialog.showModal();
  dialog.querySelector('input').focus();
}

async function walk(step) {
  walked ??= [...(await fetched()).querySelectorAll('.wording')].map((one) => one.textContent);
  if (place < 0) own = at('prompt').value;
  const next = Math.min(Math.max(place + step, -1), walked.length - 1);
  if (next === place) return;
  place = next;
  write(place < 0 ? own : walked[place]);
}

export function prompts() {
  document.addEventListener('click', (event) => {
    if (!event.target.closest('#earlier') || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open().catch(() => location.assign('/studio/prompts'));
  });
  document.addEventListener('keydown', (event) => {
    if (event.target.id !== 'prompt' || !event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key)) return;
    event.preventDefault();
    walk(event.key === 'ArrowUp' ? 1 : -1).catch(() => {});
  });
  // What is sent is the newest from now on.
  document.addEventListener('submit', (event) => { if (event.target.id === 'composer') { walked = undefined; place = -1; } });
}
