// Everything that a person needs works without JavaScript.
import { equal, matches, numberIn, ok, plain, seen, textOf, until } from '../lib/check.mjs';
import { looks } from '../lib/visitor.mjs';

export default {
  name: 'without JavaScript',
  async go(here) {
    const visitor = await here.arrive({ ...looks.light, javaScriptEnabled: false });
    await visitor.signIn('support', '/tenants');
    await search(visitor);
    await filterAndSort(visitor);
    await pages(visitor);
    await tenant(visitor);
    await find(visitor);
    await syncNow(visitor);
    await theme(visitor);
    await visitor.page.getByRole('button', { name: 'Sign out' }).first().click();
    await seen('the page to sign in', visitor.heading('Sign in'));
    await visitor.open('/tenants');
    matches('signed out is signed out', visitor.page.url(), /\/login/);
  },
};

const rows = (page) => page.locator('tr[data-row]');
const show = (page) => page.getByRole('button', { name: 'Show' });

async function search({ page }) {
  await page.getByLabel('Search tenants').fill('used:>50');
  await show(page).click();
  matches('the address has it', decodeURIComponent(page.url()), /q=used:>50/);
  equal('as many lines as matches', await rows(page).count(), numberIn(await textOf(page.locator('#count'))));
  await page.getByRole('link', { name: 'Clear filters' }).first().click();
  ok('everybody again', await rows(page).count() > 20);
}

async function filterAndSort({ page }) {
  await page.getByRole('combobox', { name: 'Plan' }).selectOption({ label: 'Pro' });
  await page.getByLabel('Order').selectOption({ label: 'By name' });
  await show(page).click();
  equal('only Pro', new Set((await page.locator('td.plan').allInnerTexts()).map(plain)), new Set(['Pro']));
  await page.getByRole('columnheader', { name: 'Storage' }).getByRole('link').click();
  equal('sorted by storage', await page.getByRole('columnheader', { name: 'Storage' }).getAttribute('aria-sort'), 'descending');
  matches('the filter stays', page.url(), /plan=pro/);
}

async function pages(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants?per=25&sort=name');
  const name = () => page.locator('tr[data-row] .who a').first().textContent();
  const first = await name();
  await page.getByRole('link', { name: 'Next' }).click();
  ok('the next page', await name() !== first);
  await page.getByRole('link', { name: 'Previous' }).click();
  equal('the page before', await name(), first);
}

async function tenant(visitor) {
  const { page } = visitor;
  await visitor.open('/tenants?plan=pro');
  await page.locator('tr[data-row] .who a').first().click();
  equal('five meters', await page.locator('dl.meters > div').count(), 5);
  await page.getByRole('link', { name: '30 days' }).click();
  await page.getByRole('link', { name: 'As table' }).click();
  equal('thirty days and the heads', await page.getByRole('row').count(), 31);
  await page.getByRole('link', { name: 'Branches and computes' }).click();
  ok('branches', await page.locator('#branches tbody tr').count() >= 1);
  equal('no button that does nothing', await page.getByRole('button', { name: /^Copy/ }).count(), 0);
}

async function find(visitor) {
  const { page } = visitor;
  await page.getByRole('link', { name: /Find or jump to/ }).click();
  await page.getByRole('searchbox', { name: 'Find' }).fill('plans');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Plans' }).click();
  await seen('the page found', visitor.heading('Plans'));
}

async function syncNow(visitor) {
  const { page } = visitor;
  await visitor.open('/sync');
  const began = Date.now();
  await page.getByRole('button', { name: 'Sync now' }).click();
  await seen('the page of the sync', visitor.heading('Sync'));
  const runs = page.getByRole('region', { name: 'Past runs' }).getByRole('row').filter({ hasText: 'support@example.com' });
  await until('a run that began now', async () => {
    await page.reload();
    if (!await runs.count()) return false;
    return Date.parse(await runs.first().locator('time').first().getAttribute('datetime')) > began - 5_000;
  }, 10_000);
}

async function theme({ page }) {
  const html = page.locator('html');
  const before = await html.getAttribute('data-theme');
  await page.getByRole('button', { name: 'Theme' }).click();
  ok('the theme changes', await html.getAttribute('data-theme') !== before);
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('button', { name: 'Theme' }).click();
  equal('and comes round', await html.getAttribute('data-theme'), before);
}
