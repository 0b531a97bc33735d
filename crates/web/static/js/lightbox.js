// Opens a picture over the gallery instead of leaving it: the same page in a dialog, with the same address. Turning keeps to the filter; closing is going back.
import './copy.js';
import './turn.js';
import { takeOut } from './bulk.js';
import { page } from './html.js';
import { whole } from './look.js';
import { post } from './post.js';
import { show as pressed } from './press.js';
import { sharpen } from './sharpen.js';
import { say } from './toast.js';

const box = document.getElementById('lightbox');
const title = document.title;
const kept = new Map();
const main = () => box.querySelector('.image-page');
const tile = (id = main()?.dataset.picture) => document.getElementById(`i-${id}`);

async function fetched(href) {
  const answer = await fetch(href);
  if (!answer.ok || answer.redirected) throw new Error('no picture');
  return page(await answer.text()).getElementById('main');
}

// The pages beside, and their pictures, are asked for before they are wanted: two in each direction.
function ahead(root, depth = 2) {
  for (const rel of depth > 1 ? ['next', 'prev'] : ['next']) {
    const href = root.querySelector(`a[rel="${rel}"]`)?.href;
    if (!href) continue;
    if (!kept.has(href)) kept.set(href, fetched(href).catch(() => { kept.delete(href); return null; }));
    kept.get(href).then((beside) => {
      const picture = beside?.querySelector('.sharp');
      if (!picture) return;
      Object.assign(new Image(), { sizes: picture.sizes, srcset: picture.srcset });
      if (depth > 1) ahead(beside, depth - 1);
    });
  }
}

async function put(href) {
  let fresh = await (kept.get(href) ?? null) ?? await fetched(href);
  kept.clear();
  const view = document.createElement('div');
  view.className = `${fresh.className}${main()?.classList.contains('bare') ? ' bare' : ''}`;
  Object.assign(view.dataset, fresh.dataset);
  view.append(...fresh.cloneNode(true).childNodes);
  const shelf = box.querySelector('.toasts');
  if (shelf) view.querySelector('.toasts')?.replaceWith(shelf);
  whole();
  box.replaceChildren(view);
  view.querySelector('[data-bare]')?.setAttribute('aria-pressed', String(view.classList.contains('bare')));
  document.title = `${view.dataset.title}, ${title.split(', ').at(-1)}`;
  if (!box.open) box.showModal();
  box.scrollTop = 0;
  sharpen(box);
  ahead(view);
  // The focus stays on the dialog: its name and the picture's are read, and every key is at hand.
  box.tabIndex = -1;
  box.focus({ preventScroll: true });
}

async function open(href, how) {
  try {
    await put(href);
    if (how) history[how]({ picture: true }, '', href);
  } catch {
    location.assign(href);
  }
}

// Back in the gallery, at the picture that was looked at last.
function closed() {
  // A second Escape closes without asking.
  if (location.pathname.startsWith('/images/') && history.state?.picture) history.back();
  const last = tile();
  document.title = title;
  box.replaceChildren();
  kept.clear();
  const link = last?.querySelector('a');
  last?.scrollIntoView({ block: 'nearest' });
  link?.focus({ preventScroll: true });
}

const leave = () => { if (history.state?.picture) history.back(); else box.close(); };

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  const link = event.target.closest('a');
  if (!link) return;
  if (link.matches('.tile > a')) {
    event.preventDefault();
    open(link.href, 'pushState');
  } else if (link.closest('#lightbox')) {
    if (!link.matches('[rel="prev"], [rel="next"], [data-turn], [data-close]')) return;
    event.preventDefault();
    if ('close' in link.dataset) leave(); else open(link.href, 'replaceState');
  }
});

box.addEventListener('cancel', (event) => { if (event.target === box) { event.preventDefault(); leave(); } });
box.addEventListener('close', (event) => { if (event.target === box) closed(); });
addEventListener('popstate', () => {
  if (location.pathname.startsWith('/images/')) open(location.href); else if (box.open) box.close();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'x' || !box.open || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
  const pick = tile()?.querySelector('.pick input');
  if (!pick) return;
  pick.checked = !pick.checked;
  say(pick.checked ? 'Selected' : 'No longer selected');
});

// A like shows on the picture in its row too.
box.addEventListener('click', (event) => {
  const like = event.target.closest('button[name="liked"]');
  if (like) setTimeout(() => { const own = tile()?.querySelector('.like'); if (own) pressed(own, like.getAttribute('aria-pressed') === 'true'); });
});

async function gone(form, says, back) {
  const here = location.href, id = main().dataset.picture, after = new URL(form.elements.return_to.value, location);
  if (!await post(form.action, [])) return say('That did not work, and nothing was changed. Look again in a moment.');
  kept.clear();
  const own = tile(id), putBack = own ? takeOut([own]) : () => {};
  const undo = back && (async () => {
    if (!await post(form.action.replace(/[^/]+$/, back), [])) return say('It could not be taken back. Look again in a moment.');
    putBack();
    if (box.open) open(here, 'replaceState');
  });
  if (after.pathname.startsWith('/images/') && !after.pathname.includes(id)) await open(after.href, 'replaceState'); else leave();
  say(says, undo);
}

box.addEventListener('submit', async (event) => {
  const form = event.target, act = new URL(form.action).pathname.split('/').at(-1);
  if (!['trash', 'restore', 'move'].includes(act)) return;
  event.preventDefault();
  if (act === 'trash') return gone(form, '1 picture moved to trash', 'restore');
  if (act === 'restore') return gone(form, '1 picture restored', 'trash');
  const folder = new FormData(form).get('folder_id');
  form.closest('dialog').close();
  if (!await post(form.action, [['folder_id', folder]])) return say('That did not work, and nothing was changed. Look again in a moment.');
  const grid = document.querySelector('[data-bulk]'), own = tile();
  kept.clear();
  if (own && 'folder' in grid.dataset && grid.dataset.folder !== folder) takeOut([own]);
  await open(location.href);
  say('1 picture moved');
});
