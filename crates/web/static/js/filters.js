// Filters as soon as one is chosen, and reaches the search by "/".
const form = document.querySelector('[data-filters]');

form.addEventListener('change', (event) => { if (event.target.type !== 'search') form.requestSubmit(); });
form.addEventListener('formdata', (event) => { for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name); });
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.closest('input:not([type="checkbox"]), select, textarea, dialog')) return;
  event.preventDefault();
  form.q.focus();
});
