// Pictures are dragged onto a folder or the trash of the list beside. The dialog "Move to…" does the same by key and touch.
import { picked, run } from './bulk.js';

const KIND = 'application/x-pictures';

document.addEventListener('dragstart', (event) => {
  const tile = event.target.closest?.('.tile');
  if (!tile) return;
  const id = tile.id.slice(2), ids = picked();
  event.dataTransfer.setData(KIND, (ids.includes(id) ? ids : [id]).join(' '));
  event.dataTransfer.effectAllowed = 'copyMove';
});

const place = (event) => event.dataTransfer?.types.includes(KIND) && event.target.closest?.('[data-into], [data-trash]');
const mark = (link) => { for (const one of document.querySelectorAll('.side .over')) one.classList.toggle('over', one === link); link?.classList.add('over'); };

document.addEventListener('dragover', (event) => {
  const link = place(event);
  mark(link);
  if (!link) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'move';
});

document.addEventListener('drop', (event) => {
  const link = place(event);
  mark(null);
  if (!link) return;
  event.preventDefault();
  const ids = event.dataTransfer.getData(KIND).split(' ');
  if ('trash' in link.dataset) run('trash', ids); else run('move', ids, link.dataset.into);
});

document.addEventListener('dragend', () => mark(null));
