// Single keys press what is on the page: arrows turn to the next picture, letters the acts. They rest while something is typed or a dialog is open.
const turns = { ArrowLeft: 'a[rel="prev"]', h: 'a[rel="prev"]', ArrowRight: 'a[rel="next"]', l: 'a[rel="next"]' };

document.addEventListener('keydown', (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.repeat) return;
  if (event.target.closest('input, select, textarea') || document.querySelector('dialog[open]')) return;
  const act = document.querySelector(turns[event.key] ?? `[data-key="${CSS.escape(event.key)}"]`);
  if (!act) return;
  event.preventDefault();
  // A dialog gives the focus back to what had it when it opened.
  if (act.hasAttribute('commandfor')) act.focus();
  act.click();
});
