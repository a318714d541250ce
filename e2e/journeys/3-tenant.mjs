// Support looks at one tenant, also while Neon does not answer.
import { equal, matches, ok, plain, seen, textOf, until } from '../lib/check.mjs';
import { download, rowsOf } from '../lib/file.mjs';
import { listed } from '../lib/tenants.mjs';

export default {
  name: 'one tenant: meters, charts, tabs, live and without Neon',
  async go(here) {
    const visitor = await here.arrive();
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: here.site });
    await visitor.signIn('viewer', '/tenants');
    const [worst] = await listed(visitor.page, 'plan=pro&state=active');
    await visitor.open(worst.url);
    await liveHead(visitor);
    await meters(visitor, worst);
    await charts(visitor);
    await everyView(visitor, worst);
    await tabs(visitor, worst);
    try {
      await withoutNeon(visitor, worst, here);
    } finally {
      await here.neon.faults();
    }
    await stopped(visitor);
  },
};

const asOf = (page) => page.locator('#tenant .asof');

// liveHead: the page stands at once, and soon says that it was read live.
async function liveHead(visitor) {
  await until('the head was read live', async () => /live/i.test(await textOf(asOf(visitor.page))));
}

async function meters(visitor, tenant) {
  const { page } = visitor;
  equal('the heading', plain(await page.locator('h1').innerText()), plain(tenant.name));
  const list = page.locator('dl.meters > div');
  equal('five meters', await list.count(), 5);
  for (const text of await list.allInnerTexts()) {
    matches('used, limit, percent or unlimited, and when it begins again', plain(text), /(of .+%.*(left|over|at the limit).*(resets|does not reset))|unlimited|unknown|not been read/is);
  }
  await page.getByRole('button', { name: 'Copy the id' }).click();
  await seen('that it is copied', page.getByText('Copied'));
  equal('the id is on the clipboard', await page.evaluate(() => navigator.clipboard.readText()), tenant.id);
}

async function charts(visitor) {
  const { page } = visitor;
  for (const range of ['7 days', '30 days', '60 days', '90 days', '12 months', 'This period']) {
    await page.getByRole('group', { name: 'Range' }).getByRole('link', { name: range }).click();
    await seen(`${range} is the one chosen`, page.getByRole('group', { name: 'Range' }).locator('[aria-current=true]', { hasText: range }));
    await seen(`a chart of ${range}`, page.locator('svg.chart, svg[role=img]'));
  }
  for (const metric of ['Active', 'Storage', 'Transfer', 'Written', 'Compute']) {
    await page.getByRole('group', { name: 'Metric' }).getByRole('link', { name: metric }).click();
    await seen(`${metric} is the one chosen`, page.getByRole('group', { name: 'Metric' }).locator('[aria-current=true]', { hasText: metric }));
  }
  const image = page.getByRole('img').first();
  ok('a chart says in words what it shows', (await image.locator('desc').textContent()).length > 20);
  await page.goBack();
  await seen('Back leads to the metric before', page.getByRole('group', { name: 'Metric' }).locator('[aria-current=true]', { hasText: 'Written' }));
}

// everyView asks for each range and metric as chart and as table.
async function everyView(visitor, tenant) {
  const { request } = visitor.context;
  for (const range of ['period', '7d', '30d', '60d', '90d', '12m']) {
    for (const metric of ['compute', 'active', 'storage', 'transfer', 'written']) {
      const answer = await request.get(`${tenant.url}/usage?range=${range}&metric=${metric}`);
      const html = await answer.text();
      ok(`${range} of ${metric}: ${answer.status()}`, answer.ok());
      ok(`${range} of ${metric} has a chart, or says why not`, /<svg[^>]*role="img"/.test(html) || /class="[^"]*nochart/.test(html));
    }
    await visitor.open(`${tenant.url}/usage?range=${range}&view=table`);
    await seen(`the table of ${range}`, visitor.page.getByRole('table'));
  }
  await visitor.open(`${tenant.url}/usage?range=7d&view=table`);
  equal('seven days and the heads', await visitor.page.getByRole('row').count(), 8);
  const { text } = await download(visitor.page, visitor.page.getByRole('link', { name: 'CSV' }));
  const [head, ...days] = rowsOf(text);
  equal('the first columns', head.slice(0, 2), ['day', 'compute_cu_seconds']);
  equal('a line for each day', days.length, 7);
  await visitor.page.getByRole('link', { name: 'As chart' }).click();
  await seen('the chart again', visitor.page.getByRole('img').first());
}

async function tabs(visitor, tenant) {
  const { page } = visitor;
  const bar = page.getByRole('navigation', { name: 'Of this tenant' });
  await bar.getByRole('link', { name: 'Branches and computes' }).click();
  await seen('branches', page.getByRole('heading', { name: 'Branches' }));
  matches('they are live', await textOf(page.locator('#branches .asof')), /^Live/);
  ok('it has a branch and a compute', await page.locator('#branches tbody tr').count() >= 2);
  await page.getByRole('link', { name: 'Read again' }).click();
  await until('they are read again', async () => /^Live/.test(await textOf(page.locator('#branches .asof'))));
  await bar.getByRole('link', { name: 'Limits' }).click();
  await seen('limits', page.getByRole('heading', { name: 'Limits and computes' }));
  await bar.getByRole('link', { name: 'Activity' }).click();
  await until('activity', () => page.url().endsWith('/activity'));
  await bar.getByRole('link', { name: 'Usage' }).click();
  await until('usage again', () => !/activity|limits|branches/.test(page.url()) && page.url().includes(tenant.url));
}

// withoutNeon: refused, or never answered, the tab is there within 2.5 s with
// what was seen last, and says why; everything else is as always.
async function withoutNeon(visitor, tenant, here) {
  const { page } = visitor;
  for (const fault of [{ path: '/api/v2/projects/*', status: 503 }, { path: '/api/v2/projects/*', delay: '20s' }]) {
    await here.neon.faults(fault);
    const began = Date.now();
    await visitor.open(`${tenant.url}/branches`);
    await seen('what was seen last', page.locator('#branches tbody tr'));
    const took = Date.now() - began;
    const words = await textOf(page.locator('#branches'));
    here.notes.push(`branches with ${JSON.stringify(fault.status ?? `delay ${fault.delay}`)}: ${took} ms; ${words.slice(0, 140)}`);
    ok(`within 2.5 s, not ${took} ms`, took < 2_500);
    matches('it says that this is as last seen', words, /last (seen|read)/i);
    matches('it says why', words, /Neon/);
    for (const path of ['/', '/tenants', '/plans', tenant.url, `${tenant.url}/limits`]) {
      const from = Date.now();
      ok(`${path} answers`, (await visitor.open(path)).ok());
      ok(`${path} answers at once, not after ${Date.now() - from} ms`, Date.now() - from < 1_500);
    }
  }
}

// stopped: a tenant that Neon stopped says so, why and until when.
async function stopped(visitor) {
  const [tenant] = await listed(visitor.page, 'state=quota_reached');
  await visitor.open(tenant.url);
  await seen('the state', visitor.page.locator('.idline').getByText('Quota reached'));
  matches('why and until when', await textOf(visitor.page.locator('.notice')), /limit of .+ is reached.+until/i);
}
