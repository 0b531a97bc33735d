// Older pictures follow below as one scrolls, by the link that leads to them without this module. After some pages the link waits to be pressed, so that the end of the page can be reached. A day that goes on is not headed twice.
import { page } from './html.js';
import { sharpen } from './sharpen.js';

const UNASKED = 5;
let left = UNASKED;
const ahead = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting || left === 0) continue;
    left -= 1;
    append(target.querySelector('a'), false);
  }
}, { rootMargin: '0px 0px 2000px' });

// While pages come by themselves the foot stays below the next screen, so that it is not pushed away under the eyes.
function expect(more) {
  more.classList.toggle('coming', left > 0);
  ahead.observe(more);
}

async function append(link, asked) {
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
    const next = older.querySelector('.more'), held = more.contains(document.activeElement);
    if (next) more.replaceWith(next); else more.remove();
    if (next) expect(next);
    if (asked || held) tiles[0]?.querySelector('a').focus({ preventScroll: true });
  } catch {
    link.ariaDisabled = null;
    if (asked) location.assign(link.href);
  }
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('.pictures a[rel="next"]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  left = UNASKED;
  append(link, true);
});

const more = document.querySelector('.pictures .more');
if (more) expect(more);
