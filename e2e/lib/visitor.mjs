// A visitor is somebody with a browser of their own. Whatever goes wrong behind
// their back is kept and fails the journey in the end: an error on the console,
// an uncaught one on the page, a request to somebody else, an answer of 5xx.
import { password } from './demo.mjs';
import { patience } from './check.mjs';

// The three ways in which every page is looked at.
export const looks = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

export class Visitor {
  constructor(context, site) {
    this.context = context;
    this.site = site;
    this.problems = [];
    this.expected = new Set();
    context.on('page', (page) => this.#watch(page));
    context.on('request', (request) => this.#own(request.url()));
    context.on('response', (answer) => { if (answer.status() >= 500) this.problems.push(`${answer.status()} from ${answer.url()}`); });
  }

  static async arrive(browser, site, options = looks.light) {
    const context = await browser.newContext({ baseURL: site, acceptDownloads: true, locale: 'en-GB', timezoneId: 'UTC', ...options });
    context.setDefaultTimeout(patience);
    const visitor = new Visitor(context, site);
    visitor.page = await context.newPage();
    return visitor;
  }

  // expects an answer of this status: the browser writes a line about it, and
  // that line is no fault.
  expects(...statuses) {
    for (const s of statuses) this.expected.add(s);
  }

  #watch(page) {
    page.on('pageerror', (error) => this.problems.push(`uncaught on ${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const status = /^Failed to load resource: the server responded with a status of (4\d\d)/.exec(message.text())?.[1];
      const htmx = /^Response Status Error Code (4\d\d) from /.exec(message.text())?.[1];
      if (this.expected.has(Number(status ?? htmx))) return;
      this.problems.push(`console on ${page.url()}: ${message.text()}`);
    });
  }

  #own(address) {
    if (new URL(address).origin !== this.site && !/^(data|blob|about):/.test(address)) this.problems.push(`request to somebody else: ${address}`);
  }

  // open goes to a page of the dashboard.
  async open(path) {
    const answer = await this.page.goto(path, { waitUntil: 'load' });
    return answer;
  }

  async signIn(name, path = '/') {
    await this.open(path);
    await this.page.getByLabel('E-mail').fill(`${name}@example.com`);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.locator('form[action="/logout"]').first().waitFor({ state: 'attached' }); // a phone shows it under Account
    return this;
  }

  heading(name) {
    return this.page.getByRole('heading', { level: 1, name });
  }

  async leave() {
    await this.context.close();
  }
}
