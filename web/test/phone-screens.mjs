// The phone in every state it can show: in both themes, wide and narrow, under axe; with --shots it takes pictures, too.
import { axe, launch, overflow, shoot, signIn, watchedPage } from './browser.mjs';
import { startServer } from './mock/server.mjs';

const server = await startServer();
const browser = await launch();
let failed = 0;

async function person(email, width, height, theme) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', hasTouch: width < 500, permissions: ['microphone'] });
  context.setDefaultTimeout(8000);
  const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/]);
  await signIn(page, server.url, email);
  return { page, complaints, panel: page.getByRole('complementary', { name: 'Phone' }), context };
}

async function openPanel({ page, panel }) {
  if (!(await panel.isVisible())) await page.getByRole('button', { name: /^Phone/ }).first().click();
  await panel.getByText('Ready', { exact: true }).waitFor();
}

async function look({ page, complaints }, name) {
  await page.waitForTimeout(250);
  await shoot(page, name);
  const bad = [...(await axe(page)), ...(await overflow(page)), ...complaints.splice(0)];
  console.log(`${bad.length ? 'not ok' : 'ok'} ${name}${bad.length ? `\n    ${bad.join('\n    ')}` : ''}`);
  if (bad.length) failed += 1;
}

async function dial({ panel }, number) {
  await panel.getByRole('textbox', { name: 'Name or number' }).fill(number);
  await panel.getByRole('button', { name: 'Call', exact: true }).click();
}

async function answer({ page }) {
  await page.getByRole('region', { name: 'Incoming call' }).getByRole('button', { name: /answer/i }).click();
}

const tom = await person('tom@northwind.localhost', 1440, 900, 'light');
const priya = await person('priya@northwind.localhost', 1440, 900, 'light');
await Promise.all([openPanel(tom), openPanel(priya)]);

for (const [width, height, theme] of [[1440, 900, 'light'], [390, 844, 'dark'], [320, 640, 'light'], [820, 1100, 'dark']]) {
  const maya = await person('maya@northwind.localhost', width, height, theme);
  const name = (state) => `phone-${state}-${width}-${theme}`;
  const { panel, page } = maya;
  await openPanel(maya);
  await look(maya, name('keypad'));
  await dial(tom, '1001');
  await page.getByRole('region', { name: 'Incoming call' }).waitFor();
  await page.getByText('Called Front desk').first().waitFor();
  await look(maya, name('incoming'));
  await answer(maya);
  await panel.getByText(/^Call time: 0:0[2-9]$/).waitFor();
  await look(maya, name('call'));
  await panel.getByRole('button', { name: 'Record', exact: true }).click();
  await panel.getByText('Recording', { exact: true }).waitFor();
  await look(maya, name('recorded'));
  await panel.getByRole('button', { name: 'Pause recording' }).click();
  await panel.getByText('Recording paused').waitFor();
  await look(maya, name('paused'));
  await panel.getByRole('button', { name: 'Go on recording' }).click();
  await panel.getByRole('button', { name: 'Keypad' }).click();
  await panel.getByRole('button', { name: 'Send 5' }).click();
  await look(maya, name('keys'));
  await panel.getByRole('button', { name: 'Hide keypad' }).click();
  await dial(priya, '1001');
  await page.getByRole('button', { name: 'Hold and answer' }).waitFor();
  await look(maya, name('second'));
  await answer(maya);
  await panel.getByRole('button', { name: /^Swap/ }).waitFor();
  await look(maya, name('two'));
  await priya.panel.getByRole('button', { name: 'Hang up' }).click();
  await panel.getByText(/^Call time: On hold/).waitFor();
  await panel.getByRole('button', { name: 'Hold', exact: true }).click();
  await panel.getByRole('button', { name: 'Transfer' }).click();
  await panel.getByRole('button', { name: /Priya Raman/ }).click();
  await look(maya, name('transfer'));
  await panel.getByRole('button', { name: 'Ask first' }).click();
  await answer(priya);
  await panel.getByRole('button', { name: 'Complete transfer' }).waitFor();
  await look(maya, name('consult'));
  await panel.getByRole('button', { name: 'Cancel transfer' }).click();
  await panel.getByRole('button', { name: 'Close phone panel' }).click();
  await look(maya, name('bar'));
  await tom.panel.getByRole('button', { name: 'Hang up' }).click();
  await page.getByRole('button', { name: /^Phone/ }).first().click();
  await panel.getByText('They hung up.').waitFor();
  await look(maya, name('ended'));
  await maya.context.close();
}
await browser.close();
await server.close();
process.exit(failed ? 1 : 0);
