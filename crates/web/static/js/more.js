// Appends older pictures below instead of leaving the page. A day that goes on is not headed twice.
import { page } from './html.js';
import { sharpen } from './sharpen.js';

document.addEventListener('click', async (event) => {
  const link = event.target.closest('.pictures a[rel="next"]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (link.ariaDisabled === 'true') return;
  link.ariaDisabled = 'true';
  try {
    const answer = await fetch(link.href);
    if (!answer.ok || answer.redirected) throw new Error('no page');
    const older = page(await answer.text()).querySelector('.pictures');
    const more = link.closest('.more'), tiles = [...older.querySelectorAll('.tile')];
    for (const day of older.querySelectorAll('.day')) {
      const here = document.querySelector(`.day[data-day="${day.dataset.day}"] .rows`);
      if (here) here.append(...day.querySelectorAll('.tile'));
      else more.before(day);
    }
    sharpen();
    const next = older.querySelector('.more');
    if (next) more.replaceWith(next);
    else more.remove();
    tiles[0]?.querySelector('a').focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
});
