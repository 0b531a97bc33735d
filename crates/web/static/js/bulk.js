// Acts on the selected pictures, or on all that match, without leaving the place and with one undo for one act. Without this module the form is sent.
import { post } from './post.js';
import { show } from './press.js';
import { lapse, say } from './toast.js';

const MOST = 200;
const form = document.querySelector('[data-bulk]');
const dialog = document.querySelector('#move');
const done = { like: 'liked', unlike: 'no longer liked', move: 'moved', trash: 'moved to trash', restore: 'restored' };
const opposite = { like: 'unlike', unlike: 'like', trash: 'restore', restore: 'trash' };
const number = new Intl.NumberFormat('en');
const pictures = (n) => `${number.format(n)} ${n === 1 ? 'picture' : 'pictures'}`;

// In steps of as many as one act takes. Answers which it was done to, or null as soon as one step failed.
async function send(act, ids, more) {
  const all = [];
  let kept = 0;
  for (let from = 0; from < ids.length; from += MOST) {
    const fields = ids.slice(from, from + MOST).map((id) => ['image', id]);
    const answer = await post(form.action, [...fields, ['act', act], ...Object.entries(more)]);
    if (!answer) return null;
    all.push(...answer.done);
    kept += answer.kept;
  }
  return { ids: all, kept };
}

// Takes tiles out and answers how to put each back where it was; a day that is left empty hides.
export function takeOut(tiles) {
  const places = tiles.map((tile) => [tile, tile.parentNode, tile.nextSibling]).reverse();
  for (const tile of tiles) tile.remove();
  const tidy = () => { for (const day of form.querySelectorAll('.day')) day.hidden = !day.querySelector('.tile'); };
  tidy();
  return () => { for (const [tile, rows, next] of places) rows.insertBefore(tile, next); tidy(); };
}

function leaves(act, folder) {
  return act === 'trash' || act === 'restore' || (act === 'unlike' && 'liked' in form.dataset) || (act === 'move' && 'folder' in form.dataset && form.dataset.folder !== folder);
}

const liked = (tile) => tile.querySelector('.like')?.getAttribute('aria-pressed') === 'true';
const tile = (id) => document.getElementById(`i-${id}`);

export async function run(act, ids, folder) {
  const likes = act === 'like' || act === 'unlike';
  const here = ids.map(tile).filter(Boolean), spared = act === 'trash' ? here.filter(liked) : [];
  const tiles = here.filter((one) => !spared.includes(one)), was = new Map(tiles.map((one) => [one, liked(one)]));
  const changed = likes ? ids.filter((id) => was.get(tile(id)) !== (act === 'like')) : null;
  if (likes) for (const one of tiles) show(one.querySelector('.like'), act === 'like');
  const beside = tiles.at(-1)?.nextElementSibling ?? tiles[0]?.previousElementSibling;
  form.reset();
  const putBack = leaves(act, folder) ? takeOut(tiles) : () => {};
  const restore = () => { putBack(); if (likes) for (const [one, before] of was) show(one.querySelector('.like'), before); };
  (beside?.isConnected ? beside : tiles[0])?.querySelector('a')?.focus({ preventScroll: true });
  const came = await send(act, ids, act === 'move' ? { folder_id: folder } : {});
  if (!came) {
    restore();
    say('That did not work, and not everything was done. Look again in a moment.');
    return;
  }
  const undone = changed ?? came.ids;
  const back = act in opposite && undone.length > 0 && (async () => {
    if (await send(opposite[act], undone, {})) restore();
    else say('It could not be taken back. Look again in a moment.');
  });
  const kept = came.kept && `${came.kept} liked ${came.kept === 1 ? 'picture was' : 'pictures were'} kept`;
  say([came.ids.length && `${pictures(came.ids.length)} ${done[act]}`, kept].filter(Boolean).join(', '), back);
}

export const picked = () => [...form.querySelectorAll('.pick :checked')].map((box) => box.value);

async function matching() {
  const answer = await fetch(form.dataset.ids).catch(() => null);
  return answer?.ok && !answer.redirected ? (await answer.json()).ids : null;
}

form.addEventListener('submit', async (event) => {
  const act = event.submitter?.name === 'act' && event.submitter.value;
  // A new folder changes the list beside: the page is asked for anew.
  if (!act || act === 'zip' || (act === 'move' && form.elements.new_folder?.value.trim())) return;
  const ids = picked();
  if (!ids.length) return;
  event.preventDefault();
  const folder = document.querySelector('#move [name="folder_id"]:checked')?.value ?? '';
  dialog?.close();
  const meant = form.elements.all?.checked ? await matching() : ids;
  if (meant) run(act, meant, folder); else say('That did not work, and nothing was changed. Look again in a moment.');
});

for (const toast of document.querySelectorAll('.toast[data-undo]')) lapse(toast);
