// Sends a form's fields as the form itself would, also when the page is left meanwhile. Answers what it came to, or false when it was not done. Who is not signed in any more is led to the sign-in.
export async function post(place, fields) {
  const body = new URLSearchParams(fields);
  const answer = await fetch(place, { method: 'POST', body, keepalive: true, headers: { Accept: 'application/json' } }).catch(() => null);
  if (answer?.redirected) location.assign(`/sign-in?return_to=${encodeURIComponent(location.pathname + location.search)}`);
  if (answer?.status === 204) return true;
  return answer?.status === 200 && !answer.redirected ? answer.json().catch(() => false) : false;
}
