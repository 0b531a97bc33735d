// Makes nodes of our own server's HTML: the one place where text becomes elements.
const policy = globalThis.trustedTypes?.createPolicy('studio', { createHTML: (html) => html }) ?? { createHTML: (html) => html };

// A whole page, inert: nothing in it runs or loads until it is put into ours.
export const page = (html) => new DOMParser().parseFromString(policy.createHTML(html), 'text/html');

// The one element of a fragment.
export const element = (html) => page(html).body.firstElementChild;
