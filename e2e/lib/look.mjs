// What is wrong with a page as it looks: each answer is a list of sentences,
// empty where all is well.
import { violations } from './axe.mjs';

// faultsOf is everything that can be asked of a page without touching it.
export async function faultsOf(page, look) {
  const list = await violations(page, look === 'dark');
  const seen = await page.evaluate(measure, look === 'phone' ? 44 : 24);
  return [...list, ...seen];
}

// measure runs in the page. A link inside a sentence may be as high as its line;
// everything else that is pressed must be big enough for the finger or pointer.
function measure(least) {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} px wide in a window of ${innerWidth}: ${widest()}`);
  for (const target of document.querySelectorAll('button, select, summary, input:not([type=hidden], [type=checkbox], [type=radio], .sr), a.btn, a.chip, a.item, nav a, .seg a')) {
    const box = target.getBoundingClientRect();
    if (!target.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || box.width === 0 || target.closest('dialog:not([open])')) continue;
    if (box.height + 0.5 < least || (box.width + 0.5 < 24)) faults.push(`a target of ${Math.round(box.width)}×${Math.round(box.height)} px, want ${least}: ${target.tagName.toLowerCase()} “${(target.textContent.trim() || target.getAttribute('aria-label') || target.name || '').slice(0, 40)}”`);
  }
  const shift = (window.shifts ?? []).reduce((sum, s) => sum + s, 0);
  if (shift > 0.05) faults.push(`the layout shifted by ${shift.toFixed(3)} while the page came up`);
  return faults;

  function widest() {
    for (const e of document.querySelectorAll('main *, .side *')) {
      if (e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .chips, .side, .seg, .tabs')) return `${e.tagName.toLowerCase()}.${e.className}`;
    }
    return '';
  }
}

// watchShifts makes pages note how much of them jumps while they come up.
export function watchShifts(context) {
  return context.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

// ringsOf presses Tab some times and names what has the focus without a ring
// that can be seen.
export async function ringsOf(page, times) {
  const bare = [];
  for (let i = 0; i < times; i++) {
    await page.keyboard.press('Tab');
    const fault = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return null;
      const style = getComputedStyle(focused);
      const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none';
      const box = focused.getBoundingClientRect();
      const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
      return ring && inside ? null : `${focused.tagName.toLowerCase()} “${focused.textContent.trim().slice(0, 30)}” ${ring ? 'outside of the window' : 'without a ring'}`;
    });
    if (fault) bare.push(fault);
  }
  return bare;
}
