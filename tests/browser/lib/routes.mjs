// Every address that names something of somebody's, taken from the code's own tables so that none is forgotten.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './peers.mjs';

/** Addresses with a name in them that belongs to nobody's account. */
const public_ = ['/static/{set}/{path}', '/sign-in/link/{id}/{token}', '/account/address/undo/{token}', '/problems/{slug}', '/files/{path}'];

/** The acts a last part `{act}` stands for. */
const acts = {
  '/folders/{id}/{act}': ['rename', 'move', 'delete'],
  '/images/{id}/{act}': ['like', 'move', 'trash', 'restore'],
};

/** Pages' addresses with an id in them: [method, path]. */
export function pageRoutes() {
  const source = readFileSync(join(repository, 'crates/web/src/pages.rs'), 'utf8');
  const table = /pub const ALLOW[^=]*= &\[(.*?)\n\];/s.exec(source)[1];
  const rows = [...table.matchAll(/\("([A-Z, ]+)",\s*"([^"]+)"\)/g)];
  return rows
    .filter(([, , path]) => path.includes('{') && !public_.includes(path))
    .flatMap(([, methods, path]) => spelled(path).flatMap((one) => methods.split(', ').map((method) => [method, one])));
}

function spelled(path) {
  if (!path.includes('{act}')) return [path];
  if (!acts[path]) throw new Error(`say which acts ${path} has`);
  return acts[path].map((act) => path.replace('{act}', act));
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
