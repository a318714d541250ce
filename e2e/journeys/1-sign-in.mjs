// Somebody on call signs in, looks at the fleet and finds their way by keys.
import { equal, gone, matches, numberIn, ok, seen, textOf, until } from '../lib/check.mjs';
import { password } from '../lib/demo.mjs';
import { download, rowsOf } from '../lib/file.mjs';
import { uniquePart } from '../lib/tenants.mjs';

export default {
  name: 'sign in, overview, palette and keys',
  async go(here) {
    const visitor = await here.arrive();
    await wrongThenRight(visitor);
    await figures(visitor);
    await metricsAndTable(visitor);
    await palette(visitor, here);
    await keys(visitor);
  },
};

async function wrongThenRight(visitor) {
  const { page } = visitor;
  visitor.expects(422);
  await visitor.open('/tenants?plan=pro');
  matches('an address behind the door leads to it', page.url(), /\/login\?next=/);
  equal('the first field has the focus', await page.evaluate(() => document.activeElement.name), 'email');
  await page.getByLabel('E-mail').fill('admin@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  const alert = await seen('the refusal', page.getByRole('alert'));
  equal('the refusal', await textOf(alert), 'That address and password do not match. Four tries left before a pause of one minute.');
  equal('the address is kept', await page.getByLabel('E-mail').inputValue(), 'admin@example.com');
  equal('the password is to be typed next', await page.evaluate(() => document.activeElement.name), 'password');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await seen('the page asked for', visitor.heading('Tenants'));
  matches('signing in leads where somebody wanted', page.url(), /\/tenants\?plan=pro$/);
  await page.getByRole('link', { name: 'Overview' }).click();
  await seen('the overview', visitor.heading('Overview'));
}

async function figures(visitor) {
  const { page } = visitor;
  const figure = (name) => page.locator('dl.figures > div').filter({ has: page.getByText(name, { exact: true }) }).locator('dd');
  for (const name of ['Tenants', 'Active today', 'At a limit', 'Suspended', 'Compute time', 'Active time', 'Storage', 'Transfer', 'Written']) {
    matches(`the figure of ${name}`, await textOf(figure(name)), /\d/);
  }
  const tenants = numberIn(await textOf(figure('Tenants')));
  ok(`about 300 tenants, not ${tenants}`, tenants >= 280 && tenants <= 340);
  equal('the side bar counts the same', numberIn(await textOf(page.getByRole('link', { name: /^Tenants/ }))), tenants);
  await figure('Tenants').getByRole('link').first().click();
  await seen('the figure leads to its tenants', visitor.heading('Tenants'));
  equal('the list counts the same', numberIn(await textOf(page.locator('#count'))), tenants);
  await page.goBack();
}

async function metricsAndTable(visitor) {
  const { page } = visitor;
  const usage = page.locator('#usage');
  for (const [metric, about] of [['Storage', /storage/i], ['Written', /written/i], ['Compute', /compute/i]]) {
    await usage.getByRole('group', { name: 'Metric' }).getByRole('link', { name: metric }).click();
    await seen(`${metric} is the one chosen`, usage.locator('a[aria-current=true]', { hasText: metric }));
    matches(`the chart's name with ${metric}`, await usage.getByRole('img').first().locator('title').first().textContent(), about);
  }
  await usage.getByRole('link', { name: 'Table' }).click();
  await seen('the table', usage.getByRole('table'));
  ok('the table has a row for each day', await usage.getByRole('row').count() > 1);
  const file = await download(page, usage.getByRole('link', { name: 'CSV' }));
  ok('the file has a row for each day and plan', rowsOf(file.text).length > 1);
  await usage.getByRole('link', { name: 'Chart' }).click();
  await seen('the chart again', usage.getByRole('img').first());
}

async function palette(visitor, here) {
  const { page } = visitor;
  const dialog = page.getByRole('dialog', { name: 'Find or jump to' });
  const { name, part } = await uniquePart(page, 4);
  const before = page.getByRole('link', { name: 'All plans' });
  await before.focus();
  await page.keyboard.press('Control+k');
  await seen('the palette', dialog);
  await seen('pages to go to, before a word is typed', dialog.getByRole('option').first());
  await page.keyboard.press('Escape');
  await gone('the palette', dialog);
  ok('Esc gives the focus back', await before.evaluate((link) => link === document.activeElement));

  await page.keyboard.press('Control+k');
  await page.keyboard.type(part);
  const began = Date.now();
  await seen(`${name} among the hits`, dialog.getByRole('option').filter({ hasText: name }));
  here.notes.push(`palette: Ctrl K, “${part}”, Enter; hits after ${Date.now() - began} ms`);
  equal('the first hit is marked', await dialog.getByRole('option').first().getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Enter');
  await seen('the tenant', visitor.heading(name));
}

async function keys(visitor) {
  const { page } = visitor;
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await page.keyboard.press('?');
  await seen('the list of keys', dialog);
  await page.keyboard.press('Escape');
  await gone('the list of keys', dialog);
  for (const [key, title] of [['t', 'Tenants'], ['p', 'Plans'], ['s', 'Sync'], ['o', 'Overview']]) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await seen(`g ${key} leads to ${title}`, visitor.heading(title));
  }
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await seen('the list', visitor.heading('Tenants'));
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const second = page.locator('tr[data-row]').nth(1).getByRole('link').first();
  ok('j j marks the second row', await second.evaluate((link) => link === document.activeElement));
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await until('Enter opens the row that is marked', () => /\/tenants\/[^/?]+$/.test(page.url()));
  await page.keyboard.press('/');
  ok('/ does nothing where nothing is to be searched', await page.evaluate(() => document.activeElement.tagName !== 'INPUT'));
}
