// Somebody changes how pages look, mistypes a new password, and signs out a
// browser left open elsewhere.
import { equal, matches, ok, seen, textOf, until } from '../lib/check.mjs';
import { password } from '../lib/demo.mjs';

export default {
  name: 'account: theme, password, sessions',
  async go(here) {
    const visitor = await here.arrive();
    await visitor.signIn('finance', '/account');
    await theme(visitor);
    await zone(visitor);
    await mismatch(visitor);
    await elsewhere(visitor, here);
  },
};

// theme: the answer itself says it, so that no page flashes in the other one.
async function theme(visitor) {
  const { page } = visitor;
  const choose = async (label) => {
    await page.getByRole('combobox', { name: 'Theme' }).selectOption({ label });
    await page.getByRole('button', { name: 'Save' }).click();
    await seen('that it is saved', page.getByText('Saved.'));
  };
  const answered = async (path) => /<html[^>]*data-theme="(\w+)"/.exec(await (await visitor.context.request.get(path)).text())?.[1];
  await choose('Dark');
  equal('the first bytes of the next page', await answered('/'), 'dark');
  await visitor.open('/');
  equal('the page is dark on a light device', await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  await page.getByRole('button', { name: 'Theme' }).click();
  await until('the button changes it at once', async () => await page.locator('html').getAttribute('data-theme') === null);
  await until('and it is kept', async () => await answered('/') === undefined);
  await visitor.open('/account');
  await choose('Light');
  equal('the sign-in page too remembers', await answered('/account'), 'light');
  await choose('Like the device');
}

async function zone(visitor) {
  const { page } = visitor;
  visitor.expects(422);
  const field = page.getByLabel(/^Time zone/);
  await field.fill('Mars/Olympus');
  await page.getByRole('button', { name: 'Save' }).click();
  matches('what is wrong', await textOf(await seen('the refusal', page.getByRole('alert'))), /no time zone/);
  equal('what was typed is kept', await field.inputValue(), 'Mars/Olympus');
  ok('and has the focus', await field.evaluate((input) => input === document.activeElement));
  await field.fill('Europe/Berlin');
  await page.getByRole('button', { name: 'Save' }).click();
  await seen('that it is saved', page.getByText('Saved.'));
  matches('times are in it', await textOf(page.locator('.foot')), /Europe\/Berlin|CET|CEST/);
  await field.fill('UTC');
  await page.getByRole('button', { name: 'Save' }).click();
  await seen('that it is saved', page.getByText('Saved.'));
}

async function mismatch(visitor) {
  const { page } = visitor;
  await page.getByLabel('Current password').fill(password);
  await page.getByLabel('New password', { exact: true }).fill('harbour-lantern-journey');
  await page.getByLabel('New password again').fill('harbour-lantern-jurney');
  await page.getByRole('button', { name: 'Change password' }).click();
  equal('what is wrong', await textOf(await seen('the refusal', page.getByRole('alert'))), 'The two new passwords differ. Type the same one twice.');
  ok('the field to type again has the focus', await page.getByLabel('New password again').evaluate((input) => input === document.activeElement));
}

async function elsewhere(visitor, here) {
  const other = await here.arrive();
  await other.signIn('finance', '/tenants');
  await visitor.open('/account');
  const sessions = visitor.page.getByRole('region', { name: 'Sessions' });
  ok('both browsers are listed', await sessions.getByRole('row').count() >= 3);
  equal('this one is marked', await sessions.getByText('This one').count(), 1);
  await sessions.getByRole('button', { name: /^Sign out/ }).first().click();
  await seen('that it is done', visitor.page.getByText('That session is signed out.'));
  await other.page.reload();
  await seen('the other browser is signed out', other.heading('Sign in'));
  await visitor.page.reload();
  await seen('this one is not', visitor.heading('Account'));
}
