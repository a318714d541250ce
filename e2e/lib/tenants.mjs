// Tenants of the fleet at hand, found the way a script would: from the list.
import { ok, plain } from './check.mjs';

// listed are name, id and address of the tenants that a query finds, at most 200.
export async function listed(page, query = '') {
  const answer = await page.context().request.get(`/tenants?per=200${query && '&'}${query}`);
  ok(`the list answers, not ${answer.status()}`, answer.ok());
  const html = await answer.text();
  return page.evaluate((text) => [...new DOMParser().parseFromString(text, 'text/html').querySelectorAll('tr[data-row] .who')]
    .map((who) => ({ name: who.querySelector('a').textContent, url: who.querySelector('a').getAttribute('href'), id: who.querySelector('.mono').textContent })), html);
}

// uniquePart is a tenant with a plain name and the first letters of it that no
// other tenant's name or id has.
export async function uniquePart(page, length) {
  const all = [...await listed(page, 'sort=name'), ...await listed(page, 'sort=-name')];
  const texts = new Map(all.map((t) => [t.id, `${t.name} ${t.id}`.toLowerCase()]));
  for (const t of all) {
    const name = plain(t.name);
    const part = name.slice(0, length).toLowerCase();
    if (!/^[a-z]+$/.test(part) || !/^[a-z0-9-]+$/.test(name)) continue;
    if ([...texts.values()].filter((text) => text.includes(part)).length === 1) return { ...t, name, part };
  }
  throw new Error(`no tenant is the only one with its first ${length} letters`);
}
