// Acts on the selected pictures without leaving the place, with one undo for one act. Without this module the form is sent.
import { post } from './post.js';
import { show } from './press.js';
import { lapse, say } from './toast.js';

const form = document.querySelector('[data-bulk]');
const dialog = document.querySelector('#move');
const done = { like: 'liked', unlike: 'no longer liked', move: 'moved', trash: 'moved to trash', restore: 'restored' };
const opposite = { like: 'unlike', unlike: 'like', trash: 'restore', restore: 'trash' };

function send(act, tiles, more = {}) {
  const fields = tiles.map((tile) => ['image', tile.id.slice(2)]);
  return post(form.action, [...fields, ['act', act], ...Object.entries(more)]);
}

// Takes tiles out and answers how to put each back where it was; a day that is left empty hides.
function takeOut(tiles) {
  const places = tiles.map((tile) => [tile, tile.parentNode, tile.nextSibling]).reverse();
  for (const tile of tiles) tile.remove();
  const tidy = () => { for (const day of form.querySelectorAll('.day')) day.hidden = !day.querySelector('.tile'); };
  tidy();
  return () => { for (const [tile, rows, next] of places) rows.insertBefore(tile, next); tidy(); };
}

function leaves(act, folder) {
  return act === 'trash' || act === 'restore' || (act === 'unlike' && 'liked' in form.dataset) || (act === 'move' && 'folder' in form.dataset && form.dataset.folder !== folder);
}

async function run(act, tiles, folder) {
  const pressed = tiles.map((tile) => tile.querySelector('.like')).map((like) => [like, like?.getAttribute('aria-pressed') === 'true']);
  const changed = act === 'like' || act === 'unlike' ? tiles.filter((_, n) => pressed[n][1] !== (act === 'like')) : tiles;
  if (act === 'like' || act === 'unlike') for (const [like] of pressed) show(like, act === 'like');
  const beside = tiles.at(-1)?.nextElementSibling ?? tiles[0]?.previousElementSibling;
  form.reset();
  const putBack = leaves(act, folder) ? takeOut(tiles) : () => {};
  const restore = () => { putBack(); for (const [like, liked] of pressed) if (like) show(like, liked); };
  (beside?.isConnected ? beside : tiles[0])?.querySelector('a')?.focus({ preventScroll: true });
  if (!await send(act, tiles, act === 'move' ? { folder_id: folder } : {})) {
    restore();
    say('That did not work, and nothing was changed. Look again in a moment.');
    return;
  }
  const back = act in opposite && changed.length > 0 && (async () => {
    if (await send(opposite[act], changed)) restore();
    else say('It could not be taken back. Look again in a moment.');
  });
  say(`${tiles.length} ${tiles.length === 1 ? 'picture' : 'pictures'} ${done[act]}`, back);
}

form.addEventListener('submit', (event) => {
  const act = event.submitter?.name === 'act' && event.submitter.value;
  const tiles = [...form.querySelectorAll('.pick :checked')].map((box) => box.closest('.tile'));
  if (!act || !tiles.length || tiles.length > 200) return;
  event.preventDefault();
  const folder = document.querySelector('#move [name="folder_id"]:checked')?.value ?? '';
  dialog.close();
  run(act, tiles, folder);
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.target.closest('dialog, input[type="search"]') && form.querySelector('.pick :checked')) form.reset();
});

for (const toast of document.querySelectorAll('.toast[data-undo]')) lapse(toast);
