// Every page as it looks: light, dark and on a phone. axe finds nothing, nothing
// is too wide, too small or jumps, and the keyboard shows where it is. The
// README's screenshots are taken here.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { equal, ok, seen } from '../lib/check.mjs';
import { faultsOf, ringsOf, watchShifts } from '../lib/look.mjs';
import { listed } from '../lib/tenants.mjs';
import { looks } from '../lib/visitor.mjs';

const titles = { light: 'every page in light', dark: 'every page in dark', phone: 'every page at 390 px, by touch' };

export default Object.entries(titles).map(([look, name]) => ({ name, go: (here) => lookAround(here, look) }));

async function lookAround(here, look) {
  const phone = look === 'phone';
  const visitor = await here.arrive(looks[look]);
  const ask = async (name, page) => {
    for (const fault of await faultsOf(page, look)) here.faults.push(`${name}: ${fault}`);
  };
  await visitor.open('/login');
  await ask('sign in', visitor.page);
  await visitor.signIn('admin');
  visitor.expects(400, 404);
  await watchShifts(visitor.context);
  const paths = await addresses(visitor.page);
  for (const [name, path] of Object.entries(paths)) {
    await visitor.open(path);
    await visitor.page.waitForFunction(() => !document.querySelector('[hx-trigger=load]')); // the head of a tenant, read live
    await ask(name, visitor.page);
    await shoot(visitor.page, here.shots, name, look);
  }
  await opened(visitor, ask, phone);
  if (!phone) here.faults.push(...await byKeyboard(visitor));
  here.notes.push(`${Object.keys(paths).length} pages`);
}

// addresses are all pages, and their states that look different.
async function addresses(page) {
  const one = async (query) => (await listed(page, query))[0].url;
  const [pro, stopped, gone, loose] = [await one('plan=pro&state=active'), await one('state=quota_reached'), await one('state=missing'), await one('q=is:unassigned')];
  const names = await listed(page, 'sort=name');
  const longest = names.reduce((a, b) => (b.name.length > a.name.length ? b : a)).url;
  return {
    overview: '/', 'overview, storage': '/?metric=storage', 'overview as a table': '/?view=table',
    tenants: '/tenants?per=25', 'tenants by compute': '/tenants?sort=-compute&per=25', 'tenants by name': '/tenants?sort=name&per=25', 'tenants, no match': '/tenants?q=nobody-at-all',
    'tenants, narrowed': '/tenants?q=used:%3E%3D80&plan=free&state=quota_reached&state=suspended',
    tenant: pro, 'tenant, stopped': stopped, 'tenant, missing': gone, 'tenant, unassigned': `${loose}/limits`, 'tenant with a long name': longest,
    'a tenant over 90 days': `${pro}/usage?range=90d&metric=storage`, 'a tenant over 12 months': `${pro}/usage?range=12m`, 'a tenant as a table': `${pro}/usage?range=30d&view=table`,
    branches: `${pro}/branches`, limits: `${pro}/limits`, activity: `${pro}/activity`,
    plans: '/plans', 'one plan': '/plans/pro', sync: '/sync', find: '/find?q=nova', account: '/account',
    'no such page': '/nowhere', 'a wrong address': '/tenants?sort=beauty',
  };
}

// The README's pictures, by page and look.
const pictures = {
  'overview light': 'overview-light', 'overview dark': 'overview-dark', 'tenants by compute light': 'tenants', 'tenant light': 'tenant', 'tenants phone': 'phone',
};

async function shoot(page, folder, name, look) {
  const picture = pictures[`${name} ${look}`];
  if (!picture) return;
  const path = join(folder, `${picture}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide', scale: 'css' });
  ok(`${picture}.png is smaller than 300 kB`, statSync(path).size < 300_000);
}

// opened looks at what is only there after a click: palette, keys, columns.
async function opened({ page }, ask, phone) {
  await page.goto('/tenants?per=25');
  await page.getByText('Columns', { exact: true }).click();
  await ask('columns', page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('nov');
  await seen('a hit', page.getByRole('option').filter({ hasText: 'nov' }));
  await ask('palette', page);
  await page.keyboard.press('Escape');
  if (phone) return;
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('?');
  await ask('keys', page);
}

// byKeyboard: Tab first offers to skip to the content, and always shows where
// it is.
async function byKeyboard({ page }) {
  const faults = [];
  for (const path of ['/', '/tenants?per=25', '/account']) {
    await page.goto(path);
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    ok(`Tab first leads to the skip link on ${path}`, await skip.evaluate((link) => link === document.activeElement));
    const box = await skip.boundingBox();
    ok('the skip link can be seen', box.x >= 0 && box.y >= 0);
    await page.keyboard.press('Enter');
    equal('it leads to the content', await page.evaluate(() => document.activeElement.id), 'main');
    await page.goto(path);
    faults.push(...(await ringsOf(page, 25)).map((f) => `by keyboard on ${path}: ${f}`));
  }
  return faults;
}
