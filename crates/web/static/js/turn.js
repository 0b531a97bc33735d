// Single keys press what is on the picture's page, or on the picture that is open over the gallery: arrows turn to the next one, letters the acts. They rest while something is typed or another dialog is open.
const turns = { ArrowLeft: 'a[rel="prev"]', h: 'a[rel="prev"]', ArrowRight: 'a[rel="next"]', l: 'a[rel="next"]' };

// Where keys are meant for: nothing while a dialog lies above.
export function place() {
  const top = [...document.querySelectorAll('dialog[open]')].at(-1);
  if (top) return top.id === 'lightbox' ? top : null;
  return document.querySelector('main.image-page');
}

document.addEventListener('keydown', (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.repeat || event.defaultPrevented) return;
  if (event.target.closest('input, select, textarea')) return;
  const over = place(), sheet = event.key === '?' && over?.id === 'lightbox' ? '[data-sheet]' : null;
  const act = over?.querySelector(turns[event.key] ?? sheet ?? `[data-key="${CSS.escape(event.key)}"]`);
  if (!act) return;
  event.preventDefault();
  // A dialog gives the focus back to what had it when it opened.
  if (act.hasAttribute('commandfor')) act.focus();
  act.click();
});
