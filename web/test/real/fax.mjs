// A PDF dropped in Maya's browser arrives at Ana as the preview showed it, dot by dot, and neither page had to be loaded anew.
import { fileURLToPath } from 'node:url';
import { signIn, watchedPage } from '../browser.mjs';
import { launchWithTone, startHouse } from './house.mjs';

const FAX_MS = 90_000;
const house = await startHouse();
const browser = await launchWithTone(600);
let failed = 0;

async function personOf(email) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(15_000);
  const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/]);
  await signIn(page, house.url, email);
  return { page, complaints };
}

/** What is drawn, as bytes of grey: two pictures of the same page are the same here. */
const dots = (picture) => picture.evaluate(async (image) => {
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const hash = await crypto.subtle.digest('SHA-256', data);
  const black = data.reduce((sum, value, at) => sum + (at % 4 === 0 && value === 0 ? 1 : 0), 0);
  return { size: `${canvas.width}x${canvas.height}`, black, hash: [...new Uint8Array(hash)].join() };
});

const maya = await personOf('maya@northwind.localhost');
const ana = await personOf('ana@harbor.localhost');

try {
  await ana.page.getByRole('link', { name: 'Received faxes' }).click();
  await ana.page.getByText('No faxes yet').waitFor();
  await maya.page.getByRole('link', { name: 'Send fax' }).click();
  await maya.page.locator('input[type=file]').setInputFiles(fileURLToPath(new URL('../../../test/scene/fax.pdf', import.meta.url)));
  const preview = maya.page.getByRole('img', { name: 'Page 1 of 1' });
  await preview.waitFor();
  const seen = await dots(preview);
  if (!seen.black) throw new Error('the preview is white');
  await maya.page.getByLabel('To', { exact: true }).fill('+1 628 555 0199');
  await maya.page.getByLabel('Subject').fill('Case 20481');
  await maya.page.getByRole('button', { name: 'Send fax' }).click();
  await maya.page.getByText('Fax is on its way').waitFor();
  await maya.page.getByRole('table').getByText('Sending page 1 of 1').waitFor({ timeout: FAX_MS });
  console.log('ok a dropped PDF is shown, sent, and its progress is seen');
  await maya.page.getByRole('table').getByText('Sent', { exact: true }).waitFor({ timeout: FAX_MS });
  await maya.page.getByRole('link', { name: '+1 628 555 0199' }).click();
  await maya.page.getByText('Arrived', { exact: true }).waitFor();
  await maya.page.getByText('1 of 1 page').waitFor();
  console.log('ok it is told as sent, with the try that did it');
  await ana.page.getByRole('table').getByText('New', { exact: true }).waitFor({ timeout: 15_000 });
  await ana.page.getByLabel('1 unread').waitFor();
  await ana.page.getByRole('link', { name: '+1 415 555 0111', exact: true }).click();
  const arrived = ana.page.getByRole('img', { name: 'Page 1 of 1' });
  await arrived.waitFor();
  const got = await dots(arrived);
  if (got.hash !== seen.hash) throw new Error(`sent ${JSON.stringify(seen)}, arrived ${JSON.stringify(got)}`);
  await ana.page.getByLabel('1 unread').waitFor({ state: 'detached' });
  console.log('ok what arrives is what the preview showed, and reading it takes the mark away');
} catch (error) {
  failed += 1;
  for (const { page } of [maya, ana]) console.log(`    main: ${(await page.locator('body').innerText()).replace(/\n/g, ' | ').slice(0, 500)}`);
  console.log(`not ok a fax from page to page\n    ${String(error.message).split('\n').slice(0, 8).join('\n    ')}`);
}
const bad = [...maya.complaints, ...ana.complaints];
await browser.close();
bad.push(...(await house.close()));
for (const text of bad) console.log(`complaint: ${text}`);
console.log(failed + bad.length ? `${failed + bad.length} failed` : 'all faxes ok');
process.exit(failed + bad.length ? 1 : 0);
