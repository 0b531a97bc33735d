// Every address that names something of somebody's, taken from the code's own tables so that none is forgotten.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './peers.mjs';

/** Addresses with a name in them that belongs to nobody's account, or that only the machine's own browser may open. */
const public_ = [
  '/static/:set/*name', '/sign-in/link/:id/:token', '/account/address/undo/:token', '/dev/checkout/:id',
];

/** Pages' addresses with an id in them, `{id}` for each: [method, path]. */
export function pageRoutes() {
  const source = readFileSync(join(repository, 'crates/web/src/pages.rs'), 'utf8');
  const rows = [...source.matchAll(/\.at\("([^"]+)",\s*((?:get|post)\([^\n]*)\)/g)];
  return rows
    .filter(([, path]) => /[:*]/.test(path) && !public_.includes(path))
    .flatMap(([, path, handlers]) => methods(handlers).map((method) => [method, path.replace(':id', '{id}')]));
}

function methods(handlers) {
  const reads = handlers.includes('get(') ? ['GET', 'HEAD'] : [];
  return handlers.includes('post(') ? [...reads, 'POST'] : reads;
}

/** The API's addresses with an id in them, from the document it serves. */
export async function apiRoutes(url) {
  const { paths } = await (await fetch(`${url}/api/openapi.json`)).json();
  const all = Object.entries(paths).filter(([path]) => path.includes('{'));
  return all.flatMap(([path, operations]) => Object.keys(operations).map((method) => [method.toUpperCase(), path]));
}

/** The address with the id of the right kind; an address of a kind nobody told of is an error. */
export function filled(path, ids) {
  const kind = Object.keys(ids).find((kind) => path.includes(`/${kind}/{id}`));
  if (!kind) throw new Error(`no id for ${path}: add its kind`);
  return path.replace('{id}', ids[kind]);
}
