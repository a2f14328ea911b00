// What every browser test needs: the browser, a watched page, and the checks of portal.md 8.9.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Whether pictures are asked for (--shots), and what else is. */
export const shots = process.argv.includes('--shots');
export const names = process.argv.slice(2).filter((one) => one !== '--shots');

/** A picture under web/test/shots, when asked for: nobody looks at those of a test run, and they cost a fifth of it. */
export async function shoot(page, name) {
  if (!shots) return;
  const folder = new URL('./shots/', import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}${name}.png` });
}

/** The same engine twice: the whole browser, as people have it, and the one without windows, for a third less of the processor. */
export const WHOLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SHELL = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell';

export function launch(executablePath = SHELL) {
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
  });
}

/** A page whose every complaint is kept: console errors, CSP reports, uncaught errors. */
export async function watchedPage(context, allowed = []) {
  const page = await context.newPage();
  const complaints = [];
  const note = (text) => {
    if (!allowed.some((pattern) => pattern.test(text))) complaints.push(text.slice(0, 300));
  };
  page.on('console', (message) => {
    // "Failed to load resource" does not say which.
    if (['error', 'warning'].includes(message.type())) note(`${message.text()} ${message.location().url}`.trim());
  });
  page.on('pageerror', (error) => note(`uncaught: ${error.message}`));
  return { page, complaints };
}

export async function signIn(page, url, email, password = 'carillon-demo') {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('main').waitFor();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
}

/** To another page as the menu leads there: what stays is not loaded again, which costs more than all that is looked at. */
export function follow(page, href) {
  return page.evaluate((to) => {
    history.pushState({ depth: 1 }, '', to);
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
    return new Promise((resolve) => requestAnimationFrame(() => resolve()));
  }, href);
}

/** The window as somebody else has it, until it is drawn so. */
export async function show(page, [width, height, colorScheme]) {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.waitForFunction(([wide, theme]) => innerWidth === wide && matchMedia(`(prefers-color-scheme: ${theme})`).matches, [width, colorScheme]);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))));
}

/** What is wrong by axe, or too small. axe goes in through the debugger: the page's own CSP would refuse a script tag, as it must. */
export async function axe(page) {
  if (!(await page.evaluate(() => 'axe' in window))) {
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: `${axeSource};void 0` });
    await session.detach();
  }
  const violations = await page.evaluate(async (tags) => (await window.axe.run(document, {
    runOnly: tags, reporter: 'no-passes', preload: false, rules: { 'target-size': { enabled: false } }, // smallTargets() looks at sizes in a hundredth of the time, and knows no exceptions for what has room around it
  })).violations, AXE_TAGS);
  const found = violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ''}`).join(' | ')}`);
  return [...found, ...(await smallTargets(page))];
}

/** Nothing may be wider than the window: neither the page nor a table inside a card that clips it. */
export function overflow(page) {
  return page.evaluate(() => {
    const wide = [];
    const main = document.getElementById('main');
    if (document.documentElement.scrollWidth > innerWidth) wide.push(`page ${document.documentElement.scrollWidth} > ${innerWidth}`);
    if (main && main.scrollWidth > main.clientWidth) wide.push(`main ${main.scrollWidth} > ${main.clientWidth}`);
    for (const table of document.querySelectorAll('table')) {
      if (table.scrollWidth > table.parentElement.clientWidth + 1) wide.push(`table ${table.scrollWidth} > ${table.parentElement.clientWidth}`);
    }
    return wide;
  });
}

/** Buttons and links smaller than 24 px, except links inside text (WCAG 2.5.8). */
export function smallTargets(page) {
  return page.evaluate(() => [...document.querySelectorAll('button, a[href], input, select, textarea, summary, [role=option], [role=menuitem], [role=tab], [role=slider]')]
    .filter((element) => element.checkVisibility() && !element.closest('.sr, .skip'))
    .map((element) => ({ box: element.getBoundingClientRect(), text: element.textContent?.trim().slice(0, 30) || element.id, inline: getComputedStyle(element).display === 'inline', type: element.type }))
    .filter(({ box, inline, type }) => box.width > 1 && !inline && type !== 'checkbox' && (box.width < 24 || box.height < 24))
    .map(({ box, text }) => `small ${text} ${Math.round(box.width)}x${Math.round(box.height)}`));
}
