// Counts what somebody does with the keyboard as product.md counts it: typing a
// value is one action, with the key that leads to its box; any other key is one.
export class Hands {
  constructor(page) {
    this.page = page;
    this.actions = [];
  }

  async press(key) {
    this.actions.push(key);
    await this.page.keyboard.press(key);
  }

  async type(lead, text) {
    this.actions.push(lead + text);
    await this.page.keyboard.press(lead);
    await this.page.keyboard.type(text, { delay: 15 });
  }

  said() {
    return `${this.actions.join(', ')}: ${this.actions.length} actions`;
  }
}
