// Support starts a sync and watches it; a viewer may not.
import { equal, matches, ok, seen, textOf, until } from '../lib/check.mjs';

export default {
  name: 'sync: started by support, seen live, not for viewers',
  async go(here) {
    const support = await here.arrive();
    await support.signIn('support', '/sync');
    await here.neon.faults({ method: 'GET', path: '/api/v2/projects', delay: '2s', times: 2 });
    try {
      await syncNow(support, here);
    } finally {
      await here.neon.faults();
    }
    await viewer(await here.arrive());
  },
};

async function syncNow(visitor, here) {
  const { page } = visitor;
  await page.getByRole('button', { name: 'Sync now' }).click();
  await seen('the page of the sync', visitor.heading('Sync'));
  await page.evaluate(() => { window.untouched = true; });
  const live = page.locator('#live');
  const began = Date.now();
  await seen('the sweep runs', live.locator('b', { hasText: 'Sweep' }), 6_000);
  here.notes.push(`sync: running after ${Date.now() - began} ms`);
  matches('what it is doing', await textOf(live), /Sweep/);
  await until('it ends', async () => /Nothing is running/.test(await textOf(live)), 15_000);
  here.notes.push(`sync: over after ${Date.now() - began} ms`);
  ok('without loading the page again', await page.evaluate(() => window.untouched === true));
  await page.reload();
  const last = page.getByRole('region', { name: 'Past runs' }).getByRole('row').filter({ hasText: 'support@example.com' });
  matches('the past runs say who started it', await textOf(last), /(Sweep|Usage).*support@example\.com.*Complete/);
}

async function viewer(visitor) {
  const { page } = visitor;
  await visitor.signIn('viewer', '/sync');
  equal('no button', await page.getByRole('button', { name: 'Sync now' }).count(), 0);
  matches('who can is said', await textOf(page.locator('.pagehead')), /can start a sync/);
  await visitor.open('/');
  equal('none on the overview either', await page.getByRole('button', { name: 'Sync now' }).count(), 0);
  visitor.expects(403);
  await page.evaluate(() => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: '/sync' });
    document.body.append(form);
    form.submit();
  });
  const problem = await seen('the refusal', page.getByRole('alert'));
  matches('it says who can', await textOf(problem), /admin/i);
}
