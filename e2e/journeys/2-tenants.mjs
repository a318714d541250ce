// Support looks for tenants: by name, by what is wrong with them, page by page,
// and takes the list along as a file.
import { equal, matches, numberIn, ok, plain, seen, textOf, until } from '../lib/check.mjs';
import { download, rowsOf } from '../lib/file.mjs';
import { Hands } from '../lib/keys.mjs';
import { listed, uniquePart } from '../lib/tenants.mjs';

export default {
  name: 'tenants: search, filters, sort, pages, columns, file',
  async go(here) {
    const visitor = await here.arrive();
    await visitor.signIn('support', '/tenants');
    await findByKeys(visitor, here);
    await qualifiers(visitor);
    await chips(visitor);
    await filters(visitor);
    await sorting(visitor);
    await paging(visitor);
    await columns(visitor);
    await file(visitor);
    await nothing(visitor);
    await hostile(visitor);
  },
};

const rows = (page) => page.locator('tr[data-row]');
const search = (page) => page.getByLabel('Search tenants');
const count = async (page) => numberIn(await textOf(page.locator('#count')));
const names = (page) => page.locator('tr[data-row] .who a').allTextContents();
const heads = (page) => page.locator('thead th').allInnerTexts();

// shown waits until the list is the one for these words.
const shown = (page, words) => until(`the list is the one for “${words}”`, async () => await page.locator('#list').getAttribute('data-for') === words);

// findByKeys is the first task of product.md: / + 3–4 letters + Enter.
async function findByKeys(visitor, here) {
  const { page } = visitor;
  for (const { length, wait } of [{ length: 4, wait: true }, { length: 4, wait: false }]) {
    await visitor.open('/tenants');
    const { name, part } = await uniquePart(page, length);
    const hands = new Hands(page);
    const began = Date.now();
    await hands.type('/', part);
    if (wait) await shown(page, part);
    await hands.press('Enter');
    await seen(`the tenant ${name}`, visitor.heading(name));
    await seen('its meters', page.locator('dl.meters'));
    if (!wait) here.notes.push(`find a tenant: ${hands.said()}; its page after ${Date.now() - began} ms`);
    equal('a word and Enter are enough', hands.actions.length, 2);
  }
}

async function qualifiers(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants');
  await search(page).fill('plan:pro used:>30');
  await shown(page, 'plan:pro used:>30');
  matches('the address says it', decodeURIComponent(page.url()), /[?&]q=plan:pro[+ ]used:>30/);
  const n = await count(page);
  ok('some Pro tenants use more than 30 percent', n > 0);
  equal('as many lines as matches', await rows(page).count(), n);
  equal('all are Pro', new Set((await page.locator('td.plan').allInnerTexts()).map(plain)), new Set(['Pro']));
  visitor.expects(422); // half a qualifier is no reason for alarm: the reason stands where the rows were
  await search(page).fill('plan:pro used:abc');
  await seen('why it cannot be read', page.locator('#list').getByText('used:abc is no percentage; write it like used:>80'));
  equal('nothing is in the way', await page.getByRole('alert').count(), 0);
  await search(page).fill('plan:pro');
  await shown(page, 'plan:pro');
  equal('the count is back', await count(page), await rows(page).count());
}

async function chips(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants');
  const all = await count(page);
  const chip = page.locator('#chips').getByRole('link', { name: /^Above 80%/ });
  const promised = numberIn((await textOf(chip)).replace('80%', ''));
  await chip.click();
  await until('the chip holds', async () => await chip.getAttribute('aria-current') === 'true');
  equal('as many as the chip promised', await count(page), promised);
  matches('the search box shows the qualifier', await search(page).inputValue(), /used:>=80/);
  await chip.click();
  await until('a second click takes it off', async () => await chip.getAttribute('aria-current') === null);
  equal('all of them again', await count(page), all);
}

async function filters(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants');
  await page.getByRole('combobox', { name: 'Plan' }).selectOption({ label: 'Enterprise' });
  await until('only Enterprise', async () => new Set((await page.locator('td.plan').allInnerTexts()).map(plain)).size === 1 && /plan=enterprise/.test(page.url()));
  equal('as many lines as matches', await rows(page).count(), await count(page));
  await page.getByRole('combobox', { name: 'Region' }).selectOption({ index: 1 });
  await until('the address has both', () => /plan=enterprise/.test(page.url()) && /region=/.test(page.url()));
  await page.getByRole('link', { name: 'Clear filters' }).first().click();
  await until('nothing is narrowed any more', () => !/plan=|region=/.test(page.url()));
  equal('the choice shows all plans', await page.getByRole('combobox', { name: 'Plan' }).inputValue(), '');
}

async function sorting(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants?plan=free');
  const column = (name) => page.getByRole('columnheader', { name });
  const percents = async () => (await page.locator('td.compute .pct').allInnerTexts()).filter((t) => t.includes('%')).map(parseFloat);
  const ordered = (list, way) => list.every((v, i) => i === 0 || way * (v - list[i - 1]) >= 0);
  await column('Compute').getByRole('link').click();
  await until('sorted by compute, most first', async () => await column('Compute').getAttribute('aria-sort') === 'descending');
  ok('percent falls', ordered(await percents(), -1));
  equal('the head keeps the focus', await page.evaluate(() => document.activeElement.closest('th')?.innerText.trim().slice(0, 7)), 'Compute');
  await column('Compute').getByRole('link').click();
  await until('sorted by compute, least first', async () => await column('Compute').getAttribute('aria-sort') === 'ascending');
  ok('percent rises', ordered(await percents(), 1));
  await page.getByLabel('Order').selectOption({ label: 'By name' });
  await until('sorted by name', () => /sort=name/.test(page.url()));
  const list = await names(page);
  ok('two names in order', list[0].toLowerCase() <= list[1].toLowerCase() || /[^\x20-\x7e]/.test(list[0] + list[1]));
}

async function paging(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants?sort=name');
  const all = await count(page);
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await pages.getByRole('link', { name: '25', exact: true }).click();
  await until('25 rows', async () => await rows(page).count() === 25);
  const first = await names(page);
  await pages.getByRole('link', { name: 'Next' }).click();
  await until('the next page', async () => (await names(page))[0] !== first[0]);
  const second = await names(page);
  equal('no name twice', second.filter((n) => first.includes(n)).filter((n) => !/^(app|demo)/.test(n)), []);
  await pages.getByRole('link', { name: 'Next' }).click();
  await until('the third page', async () => (await names(page))[0] !== second[0]);
  await pages.getByRole('link', { name: 'Previous' }).click();
  await until('the second page by Previous', async () => (await names(page))[0] === second[0]);
  equal('all of it', await names(page), second);
  await page.goBack();
  await until('the third page by Back', async () => ![first[0], second[0]].includes((await names(page))[0]));
  await page.goBack();
  await until('the second page by Back', async () => (await names(page))[0] === second[0]);
  await pages.getByRole('link', { name: 'First' }).click();
  await until('the first page', async () => (await names(page))[0] === first[0]);
  await pages.getByRole('link', { name: '200', exact: true }).click();
  await until('200 rows', async () => await rows(page).count() === Math.min(200, all));
  await pages.getByRole('link', { name: 'Next' }).click();
  await until('the rest', async () => await rows(page).count() === all - 200);
  ok('there is no page after the last', await pages.getByText('Next').getAttribute('aria-disabled') === 'true');
}

async function columns(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants?plan=pro');
  await page.getByText('Columns', { exact: true }).click();
  await page.getByRole('checkbox', { name: 'Region' }).uncheck();
  await page.getByRole('checkbox', { name: 'Worst meter' }).check();
  await page.getByRole('button', { name: 'Show these' }).click();
  await until('the columns chosen', async () => (await heads(page)).includes('Worst meter') || (await heads(page)).some((h) => h.startsWith('Worst meter')));
  matches('the list is the same as before', page.url(), /plan=pro/);
  ok('Region is gone', !(await heads(page)).includes('Region'));
  const other = await visitor.context.newPage();
  await other.goto('/tenants');
  ok('another page has them too', (await heads(other)).some((h) => h.startsWith('Worst meter')));
  await other.close();
  await page.getByText('Columns', { exact: true }).click();
  await page.keyboard.press('Escape');
  ok('Esc closes the menu', await page.locator('details.menu[open]').count() === 0);
  await page.getByText('Columns', { exact: true }).click();
  await page.getByRole('button', { name: 'Usual ones' }).click();
  await until('the usual columns', async () => (await heads(page)).includes('Region'));
}

async function file(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants?per=25');
  await search(page).fill('plan:free');
  await shown(page, 'plan:free');
  const { name, text } = await download(page, page.getByRole('link', { name: 'Export CSV' }));
  matches('the file has its date', name, /^tenants-\d{4}-\d\d-\d\d\.csv$/);
  const [head, ...lines] = rowsOf(text);
  equal('the first columns', head.slice(0, 4), ['project_id', 'name', 'plan', 'state']);
  equal('one line for each match, not only of this page', lines.length, await count(page));
  ok('all of them are free', lines.every((l) => l[2] === 'free' && l.length === head.length));
  ok('no cell begins like a formula', lines.flat().every((cell) => !/^[=+@\t\r]/.test(cell)));
}

async function nothing(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants');
  await search(page).fill('nobody-is-called-like-this');
  await seen('no match is said', page.getByText('No tenant matches.'));
  equal('the count says 0', await count(page), 0);
  await page.locator('.nomatch').getByRole('link', { name: 'Clear filters' }).click();
  await until('everybody again', async () => await rows(page).count() > 10);
  equal('the box is empty', await search(page).inputValue(), '');
}

// hostile: names that are markup, formulas, right to left, emoji or very long
// are shown as they are.
async function hostile(visitor) {
  const { page } = visitor;
  const strange = (await listed(page, 'sort=name')).concat(await listed(page, 'sort=-name')).filter((t) => /[<=\u0590-\u06ff\u{1f300}-\u{1faff}]/u.test(t.name) || t.name.length > 100);
  ok('the fleet has such names', strange.length > 0);
  for (const tenant of [...new Map(strange.map((t) => [t.id, t])).values()].slice(0, 8)) {
    await visitor.open(tenant.url);
    equal('the heading is the name', plain(await page.locator('h1').innerText()), plain(tenant.name));
    ok('the title begins with the name', (await page.title()).startsWith(tenant.name.trim().slice(0, 40)));
    equal('nothing is wider than the window', await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  }
}
