// Looking closely: full size and larger, dragged, scrolled or moved by arrows; details away; a swipe turns to the next picture.
import { place } from './turn.js';

const SCALES = [1, 1.5, 2, 3, 4], SWIPE = 60;
let scale = 0, held = null;

const hang = () => place()?.querySelector('[data-hang]');
const zoomed = () => scale > 0 && hang()?.classList.contains('zoomed');

export function whole() { scale = 0; held = null; }

function zoom(to) {
  const figure = hang();
  if (!figure) return;
  const box = figure.querySelector('.pic'), sharp = figure.querySelector('.sharp'), button = place().querySelector('[data-zoom]');
  const [x, y] = zoomed() ? [(figure.scrollLeft + figure.clientWidth / 2) / figure.scrollWidth, (figure.scrollTop + figure.clientHeight / 2) / figure.scrollHeight] : [0.5, 0.5];
  scale = to;
  figure.classList.toggle('zoomed', to > 0);
  const width = to > 0 ? `${Number(sharp.getAttribute('width')) * to}px` : '';
  box.style.inlineSize = width;
  if (to > 0) sharp.sizes = width; else sharp.sizes = '(min-width: 60rem) 60vw, 100vw';
  button.setAttribute('aria-pressed', String(to > 0));
  if (to > 0) { figure.tabIndex = 0; figure.scrollTo(x * figure.scrollWidth - figure.clientWidth / 2, y * figure.scrollHeight - figure.clientHeight / 2); } else figure.removeAttribute('tabindex');
}

function step(by) {
  const at = zoomed() ? SCALES.indexOf(scale) : -1;
  zoom(SCALES[Math.min(at + by, SCALES.length - 1)] ?? 0);
}

const toggle = () => zoom(zoomed() ? 0 : 1);
const pans = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener('keydown', (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || !hang() || event.target.closest('input, select, textarea')) return;
  const pan = zoomed() && pans[event.key];
  if (pan) hang().scrollBy({ left: pan[0] * 120, top: pan[1] * 120 });
  else if (event.key === '+' || event.key === '=') step(1);
  else if (event.key === '-') step(-1);
  else if (event.key === '0') zoom(0);
  else return;
  // Arrows that move over the picture do not turn it.
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-zoom]')) return toggle();
  const bare = event.target.closest('[data-bare]');
  if (!bare) return;
  const away = bare.closest('.image-page').classList.toggle('bare');
  bare.setAttribute('aria-pressed', String(away));
});

document.addEventListener('dblclick', (event) => { if (event.target.closest('[data-hang] .pic')) toggle(); });

// The mouse drags what is zoomed, as fingers scroll it; a finger that moves across turns the page.
document.addEventListener('pointerdown', (event) => {
  const figure = event.target.closest('[data-hang]');
  if (!figure || event.button > 0 || !event.isPrimary) { held = null; return; }
  held = { figure, x: event.clientX, y: event.clientY, left: figure.scrollLeft, top: figure.scrollTop, zoomed: zoomed(), touch: event.pointerType !== 'mouse' };
});
document.addEventListener('pointermove', (event) => {
  if (!held?.zoomed || held.touch) return;
  held.figure.scrollTo(held.left + held.x - event.clientX, held.top + held.y - event.clientY);
});
document.addEventListener('pointerup', (event) => {
  const from = held;
  held = null;
  if (!from?.touch || from.zoomed || visualViewport.scale > 1.05) return;
  const [across, down] = [event.clientX - from.x, event.clientY - from.y];
  if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) place()?.querySelector(across < 0 ? 'a[rel="next"]' : 'a[rel="prev"]')?.click();
});
document.addEventListener('pointercancel', () => { held = null; });
