// Every page there is, by name, so that none is left out of a look or a picture.

/** Pages open to anybody: [name, path, status]. */
export const open = [
  ['landing', '/', 200],
  ['pricing', '/pricing', 200],
  ['sign-in', '/sign-in', 200],
  ['sign-in-link', '/sign-in/link/x/y', 200],
  ['outbox', '/dev/outbox', 200],
  ['api', '/api', 200],
  ['not-found', '/nowhere', 404],
  ['problem', '/problems/insufficient-credits', 200],
];
