// A PDF dropped in Maya's browser arrives at Ana as the preview showed it, dot by dot, and neither page had to be loaded anew. The
// number is busy at first.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, signIn, watchedPage } from '../browser.mjs';
import { apiOf, sleep, startHouse, startPhone, until, walker } from './house.mjs';

const LOGO_TOP = 150, LOGO_ROWS = 180;
const FAX_MS = 90_000, CALLING_HZ = 1100, KNOWN_MS = 6000, LONG = 120, NUMBER = '+16285550199', STATION = 'Chen Family Dentistry';
const house = await startHouse({ clock: true, mail: true, conf: { CARILLON_FAX_PAGES: LONG } });
const browser = await launch();
let failed = 0;

async function personOf(email) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(15_000);
  const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/, /422 \(Unprocessable Content\)/]);
  await signIn(page, house.url, email);
  return { page, complaints };
}

/** Rows of the line over each page that was sent in fine quality. */
const LINE = Number(/LINE_FINE = (\d+)/.exec(readFileSync(new URL('../../../doc-convert/line.h', import.meta.url), 'utf8'))[1]);

/** What is drawn, as bytes of grey, below so many rows or in so many: two pictures of the same page are the same here. */
const dots = (picture, above = 0, rows = 0) => picture.evaluate(async (image, [from, high]) => {
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = high || image.naturalHeight - from;
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, -from);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const hash = await crypto.subtle.digest('SHA-256', data);
  const black = data.reduce((sum, value, at) => sum + (at % 4 === 0 && value === 0 ? 1 : 0), 0);
  return { size: `${canvas.width}x${canvas.height}`, black, hash: [...new Uint8Array(hash)].join() };
}, [above, rows]);

/** A PDF of so many pages, each with its number. */
function longPdf(pages) {
  const objects = ['<</Type/Catalog/Pages 2 0 R>>', `<</Type/Pages/Count ${pages}/Kids[${Array.from({ length: pages }, (_, at) => `${4 + 2 * at} 0 R`).join(' ')}]>>`, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'];
  for (let page = 1; page <= pages; page += 1) {
    const text = `BT /F1 96 Tf 200 400 Td (${page}) Tj ET`;
    objects.push(`<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents ${objects.length + 2} 0 R>>`, `<</Length ${text.length}>>stream\n${text}\nendstream`);
  }
  return Buffer.from(`%PDF-1.4\n${objects.map((one, at) => `${at + 1} 0 obj\n${one}\nendobj\n`).join('')}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\n%%EOF\n`);
}

/** What the pages of a PDF show below their lines, as `dots`. */
async function picturesOf(pdf) {
  const dir = mkdtempSync(join(tmpdir(), 'carillon-pdf-'));
  const made = spawnSync('pdfimages', ['-png', pdf, join(dir, 'page')], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`no PDF: ${made.stderr}`);
  const page = await browser.newPage(), pictures = [];
  for (const name of readdirSync(dir).sort()) {
    await page.route('**/page.png', (route) => route.fulfill({ path: join(dir, name), contentType: 'image/png' }));
    await page.goto(`${house.url}/page.png`);
    pictures.push(await dots(page.locator('img'), LINE));
    await page.unrouteAll();
  }
  await page.close();
  rmSync(dir, { recursive: true });
  return pictures;
}

/** A fax number that is a busy telephone as long as the result is not called. */
async function busyNumber() {
  const { ask } = await apiOf(house, 'admin@harbor.localhost');
  const { id, dest } = (await ask('GET', '/dids')).rows.find((one) => one.number === NUMBER);
  const desk = (await ask('GET', '/extensions')).rows.find((one) => one.number === '1002');
  await ask('PUT', `/extensions/${desk.id}/settings`, { voicemail: false });
  const phone = await startPhone(house, desk.number, 'harbor.localhost', 700);
  phone.say('busy');
  await ask('PATCH', `/dids/${id}`, { dest: { kind: 'extension', target: desk.number } });
  return async () => {
    await ask('PATCH', `/dids/${id}`, { dest: { kind: dest.kind, target: dest.target } });
    await phone.close();
  };
}

/** A page under the line that a try at this moment has, as a file that is previewed dot by dot. */
function lined(tiff, startedAt) {
  const part = Object.fromEntries(new Intl.DateTimeFormat('en', { timeZone: 'America/Los_Angeles', hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })
    .formatToParts(startedAt).map((one) => [one.type, one.value]));
  const dir = mkdtempSync(join(tmpdir(), 'carillon-line-'));
  writeFileSync(join(dir, 'in.tif'), tiff);
  const line = { time: `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}`, name: STATION, numbers: `From +14155550111 to ${NUMBER}` };
  const request = { op: 'headed', inputs: [join(dir, 'in.tif')], out: join(dir, 'out.tif'), first: 0, fine: true, line };
  const program = join(process.env.BUILD_FOLDER ?? fileURLToPath(new URL('../../../build', import.meta.url)), 'doc-convert');
  const made = spawnSync(program, { input: JSON.stringify(request), encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the line is not drawn: ${made.stdout}${made.stderr}`);
  const buffer = readFileSync(join(dir, 'out.tif'));
  rmSync(dir, { recursive: true });
  return { name: 'lined.tif', mimeType: 'image/tiff', buffer };
}

const maya = await personOf('maya@northwind.localhost');
const ana = await personOf('ana@harbor.localhost');
const admin = await personOf('admin@harbor.localhost');

/** A black square. */
const LOGO = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');

try {
  const boss = await apiOf(house, 'admin@northwind.localhost');
  const { id: coverId } = await boss.ask('POST', '/cover-pages', { name: 'House', template: '<b>Fax</b> to {{to_name}} {{to_number}}, {{pages}} pages: {{subject}}' });
  await boss.ask('PUT', `/cover-pages/${coverId}/logo`, LOGO);
  const { main, menu, press } = walker(admin.page);
  await menu('Numbers');
  await main.getByRole('link', { name: '(628) 555-0199', exact: true }).click();
  await main.getByLabel('Mail faxes to this number to').fill('office@harbor.localhost, nobody');
  await press('Save');
  await main.getByText(/nobody/).last().waitFor();
  await main.getByLabel('Mail faxes to this number to').fill('office@harbor.localhost, archive@harbor.localhost');
  await press('Save');
  await admin.page.getByText('(628) 555-0199 saved').waitFor();
  await admin.page.reload();
  const kept = await main.getByLabel('Mail faxes to this number to').inputValue();
  if (kept !== 'office@harbor.localhost, archive@harbor.localhost') throw new Error(`the addresses are ${kept}`);
  console.log('ok addresses are given to a fax number, and a wrong one is refused');
  await menu('Numbers');
  await main.getByRole('link', { name: '(628) 555-0177', exact: true }).click();
  const faxesOf = main.getByLabel('Faxes that call it go to');
  await faxesOf.selectOption('Fax of');
  await main.getByLabel('Extension', { exact: true }).last().fill('1001');
  await press('Save');
  await admin.page.getByText('(628) 555-0177 saved').waitFor();
  await admin.page.reload();
  const whose = await main.getByLabel('Extension', { exact: true }).last().inputValue();
  if (whose !== '1001') throw new Error(`its faxes go to ${whose}`);
  await faxesOf.selectOption('Whoever answers');
  await press('Save');
  await admin.page.getByText('(628) 555-0177 saved').waitFor();
  console.log('ok a number for people is told whose the faxes are that call it, and no longer');
  await ana.page.getByRole('link', { name: 'Received faxes' }).click();
  await ana.page.getByText('No faxes yet').waitFor();
  await maya.page.getByRole('link', { name: 'My account', exact: true }).click();
  const card = maya.page.getByRole('form', { name: 'Fax' });
  await card.getByLabel('Fastest rate when sending').selectOption('9600 bit/s');
  await card.getByLabel('Error correction when sending').uncheck();
  await card.getByLabel('Quality when sending').selectOption('Standard, quicker');
  const header = card.getByLabel('Line over each page');
  await header.uncheck();
  await card.getByRole('button', { name: 'Save' }).click();
  await maya.page.getByText('Fax settings saved').waitFor();
  await maya.page.reload();
  if (await header.isChecked()) throw new Error('the line is switched on again');
  await header.check();
  await card.getByLabel('Name in the line').fill(STATION);
  await card.getByRole('button', { name: 'Save' }).click();
  await maya.page.getByText('Fax settings saved').waitFor();
  await maya.page.getByRole('link', { name: 'Send fax' }).click();
  const chosen = (name) => fileURLToPath(new URL(`../../../test/scene/${name}`, import.meta.url));
  const input = maya.page.locator('input[type=file]');
  const pageOf = async (page, pages) => {
    for (let turn = 1; turn < page; turn += 1) await maya.page.getByRole('button', { name: 'Next page' }).click();
    const picture = maya.page.getByRole('img', { name: `Page ${page} of ${pages}` });
    await picture.waitFor();
    return dots(picture);
  };
  await maya.page.getByLabel('Quality', { exact: true }).locator('option:checked', { hasText: 'Standard' }).waitFor({ state: 'attached' });
  await input.setInputFiles(chosen('fax3.pdf'));
  const first = await pageOf(1, 3);
  const scrap = { name: 'scrap.pdf', mimeType: 'application/pdf', buffer: Buffer.from('This is no PDF') };
  await input.setInputFiles([{ name: 'fax.pdf', mimeType: 'application/pdf', buffer: readFileSync(chosen('fax.pdf')) }, scrap]);
  await maya.page.getByText('This is not a PDF, TIFF, PNG or JPEG file.').waitFor();
  await maya.page.getByRole('button', { name: 'Remove scrap.pdf' }).click();
  await maya.page.getByText('Together 4 pages').waitFor();
  const behind = await pageOf(4, 4);
  await maya.page.getByRole('button', { name: 'Move fax.pdf up' }).click();
  await maya.page.getByText('Together 4 pages').waitFor();
  const before = await pageOf(1, 4);
  if (behind.hash !== before.hash) throw new Error(`fax.pdf is ${JSON.stringify(behind)} as the last page and ${JSON.stringify(before)} as the first`);
  const second = await pageOf(2, 4);
  if (second.hash !== first.hash) throw new Error(`behind it is ${JSON.stringify(second)}, not ${JSON.stringify(first)}`);
  await maya.page.getByRole('button', { name: 'Remove fax3.pdf' }).click();
  await input.setInputFiles({ name: 'long.pdf', mimeType: 'application/pdf', buffer: longPdf(LONG) });
  await maya.page.getByText(`A fax has at most ${LONG} pages`).waitFor({ timeout: FAX_MS });
  await maya.page.getByRole('button', { name: 'Remove fax.pdf' }).click();
  const wholeLong = maya.page.getByLabel('Go to page');
  await wholeLong.waitFor({ timeout: FAX_MS });
  await wholeLong.fill(String(LONG - 1));
  await wholeLong.press('Enter');
  const lastButOne = await dots(maya.page.getByRole('img', { name: `Page ${LONG - 1} of ${LONG}` }));
  await maya.page.getByRole('button', { name: 'Next page' }).click();
  const last = await dots(maya.page.getByRole('img', { name: `Page ${LONG} of ${LONG}` }));
  if (!last.black || last.hash === lastButOne.hash) throw new Error(`of a long document the last page is ${JSON.stringify(last)}`);
  console.log('ok a document of as many pages as may be is shown to its last page; with one page more it is refused, and the limit named');
  await input.setInputFiles(chosen('fax.pdf'));
  await maya.page.getByRole('button', { name: 'Remove long.pdf' }).click();
  const preview = maya.page.getByRole('img', { name: 'Page 1 of 1' });
  await preview.waitFor();
  const coarse = await dots(preview);
  await maya.page.getByLabel('Quality', { exact: true }).selectOption('Fine');
  const lines = Number(coarse.size.split('x')[1]);
  await maya.page.waitForFunction((least) => [...document.querySelectorAll('img')].some((one) => one.alt === 'Page 1 of 1' && one.complete && one.naturalHeight === least), lines * 2);
  console.log('ok several files are one fax in their order, which can be changed; one that cannot be faxed is named');
  const seen = await dots(preview);
  if (!seen.black) throw new Error('the preview is white');
  await maya.page.getByLabel('To', { exact: true }).fill('Ana Souza <+1 628 555 0199>');
  await maya.page.getByLabel('To', { exact: true }).press('Enter');
  await maya.page.getByLabel('Subject').fill('Case 20481');
  const looked = maya.page.waitForResponse((answer) => answer.url().endsWith('/preview') && /Ana Souza/.test(answer.request().postData() ?? ''));
  await maya.page.getByLabel('Cover page').selectOption('House');
  await maya.page.getByText('With the cover page: 2 pages').waitFor();
  const drawnCover = (await (await looked).json()).picture;
  const coverPreview = maya.page.getByRole('img', { name: 'Page 1 of 2' });
  await maya.page.waitForFunction((url) => [...document.querySelectorAll('img')].some((one) => one.alt === 'Page 1 of 2' && one.complete && one.src === url), drawnCover);
  const coverSeen = await dots(coverPreview), logo = await dots(coverPreview, LOGO_TOP, LOGO_ROWS);
  if (logo.black < LOGO_ROWS * LOGO_ROWS) throw new Error(`of the logo ${logo.black} dots are seen`);
  const free = await busyNumber();
  await maya.page.getByRole('button', { name: 'Send fax' }).click();
  await maya.page.getByText('Fax is on its way').waitFor();
  const told = maya.page.getByRole('table').getByText(/^Busy, next try at/);
  await told.waitFor();
  const asked = async () => (await maya.page.evaluate(() => fetch('/api/v1/faxes').then((answer) => answer.json()))).rows[0];
  const due = new Intl.DateTimeFormat('en', { timeZone: 'America/Los_Angeles', hour: 'numeric', minute: '2-digit' }).format((await asked()).nextTryAt);
  const plain = (text) => text.replace(/\s/g, ' ');
  if (plain(await told.textContent()) !== plain(`Busy, next try at ${due}`)) throw new Error(`${await told.textContent()}, and the try is at ${due}`);
  await free();
  await house.pass(61_000);
  console.log('ok a busy number is told, with the moment of the next try');
  await maya.page.getByRole('table').getByText('Sending page 1 of 2').waitFor({ timeout: FAX_MS });
  console.log('ok a dropped PDF is shown, sent, and its progress is seen');
  await maya.page.getByRole('table').getByText('Sent', { exact: true }).waitFor({ timeout: FAX_MS });
  await maya.page.getByRole('link', { name: 'Ana Souza' }).click();
  await maya.page.getByText('Arrived', { exact: true }).waitFor();
  await maya.page.getByText('2 of 2 pages').waitFor();
  await maya.page.getByText('T.38, 9600 bit/s, no error correction').waitFor();
  await maya.page.getByText('Busy', { exact: true }).waitFor();
  await maya.page.getByText(/^2 of \d$/).waitFor();
  console.log('ok it is told as sent, with the try that did it, at the rate and without the error correction that Maya chose');
  const [download] = await Promise.all([maya.page.waitForEvent('download'), maya.page.getByRole('link', { name: 'Delivery report (PDF)' }).click()]);
  const report = spawnSync('pdftotext', ['-layout', await download.path(), '-'], { encoding: 'utf8' }).stdout;
  for (const fact of [/Result\s+Delivered/, /Pages confirmed\s+2 of 2/, /To\s+\+16285550199, Ana Souza/, /Subject\s+Case 20481/, /Document\s+fax\.pdf/, /Try 1/, /bit\/s/, /SHA-256[^]*[0-9a-f]{40}/, /1: confirmed/]) {
    if (!fact.test(report)) throw new Error(`the report does not say ${fact}: ${report}`);
  }
  const [pages] = await Promise.all([maya.page.waitForEvent('download'), maya.page.getByRole('link', { name: 'PDF', exact: true }).click()]);
  const pdf = spawnSync('pdfinfo', [await pages.path()], { encoding: 'utf8' }).stdout;
  if (!/Pages:\s+2\b/.test(pdf)) throw new Error(`what was sent is ${pdf}`);
  console.log('ok the delivery report says what was confirmed, and the pages that were sent are saved as PDF');
  await ana.page.getByRole('table').getByText('New', { exact: true }).waitFor({ timeout: 15_000 });
  const sections = ana.page.getByRole('navigation', { name: 'Sections' });
  await sections.getByRole('link', { name: 'Dashboard' }).click();
  const news = ana.page.getByRole('region', { name: 'Faxes' });
  await news.getByText('1 new fax').waitFor();
  await news.getByRole('link', { name: /555.0111 2 pages received/ }).waitFor();
  const small = await dots(news.locator('img'));
  if (!small.black) throw new Error(`the small picture on the Dashboard is ${JSON.stringify(small)}`);
  await sections.getByRole('link', { name: /^Received faxes/ }).click();
  console.log('ok the Dashboard shows the new fax with a small picture of its first page');
  await ana.page.getByLabel('1 unread').waitFor();
  await ana.page.getByRole('link', { name: '(415) 555-0111', exact: true }).click();
  const arrived = ana.page.getByRole('img', { name: 'Page 1 of 2' }), behindCover = ana.page.getByRole('img', { name: 'Page 2 of 2' });
  await arrived.waitFor();
  const gotCover = await dots(arrived, LINE);
  if (gotCover.hash !== coverSeen.hash) throw new Error(`the cover was ${JSON.stringify(coverSeen)}, arrived ${JSON.stringify(gotCover)}`);
  await ana.page.getByRole('button', { name: 'Next page' }).click();
  await behindCover.waitFor();
  const got = await dots(behindCover, LINE);
  await ana.page.getByRole('button', { name: 'Previous page' }).click();
  await arrived.waitFor();
  const [wide, high] = (await dots(arrived)).size.split('x').map(Number);
  const shown = await arrived.boundingBox();
  if (Math.abs((shown.width / shown.height / (wide / high)) - 1) > 0.02) throw new Error(`a page of ${wide}x${high} is shown ${shown.width}x${shown.height}`);
  if (got.hash !== seen.hash) throw new Error(`sent ${JSON.stringify(seen)}, arrived ${JSON.stringify(got)}`);
  await ana.page.getByLabel('1 unread').waitFor({ state: 'detached' });
  const line = await dots(arrived, 0, LINE);
  console.log('ok what arrives is what the preview showed, the cover page with its logo first, each below its line, and reading it takes the mark away');
  const [tries, tiff] = await Promise.all([
    maya.page.evaluate(async () => {
      const { rows } = await (await fetch('/api/v1/faxes')).json();
      return (await (await fetch(`/api/v1/faxes/${rows[0].id}`)).json()).attempts;
    }),
    ana.page.evaluate(async () => {
      const { rows } = await (await fetch('/api/v1/received-faxes')).json();
      return [...new Uint8Array(await (await fetch(`/api/v1/received-faxes/${rows[0].id}/tiff`)).arrayBuffer())];
    }),
  ]);
  await maya.page.keyboard.press('Escape');
  await maya.page.getByRole('link', { name: 'Send fax' }).first().click();
  await input.setInputFiles(lined(Buffer.from(tiff), tries.at(-1).startedAt));
  await maya.page.getByLabel('Quality', { exact: true }).selectOption('Fine');
  const drawn = maya.page.getByRole('img', { name: 'Page 1 of 2' });
  await maya.page.waitForFunction((least) => [...document.querySelectorAll('img')].some((one) => one.alt === 'Page 1 of 2' && one.complete && one.naturalHeight === least), high + LINE);
  const wanted = await dots(drawn, 0, LINE);
  if (!line.black || line.hash !== wanted.hash) throw new Error(`the line is ${JSON.stringify(line)}, not ${JSON.stringify(wanted)}`);
  console.log('ok the line over the page says the name that was given for it, the time, the numbers and the page');
  await menu('Mail');
  for (const address of ['office@harbor.localhost', 'archive@harbor.localhost']) await main.getByText(address).first().waitFor();
  console.log('ok the fax is mailed to the addresses of its number');
  const mailed = await until(() => house.mails().find((one) => one.to === 'ana@harbor.localhost'), 'the mail for Ana', 15_000);
  const drawings = await picturesOf(mailed.file);
  if (drawings.length !== 2) throw new Error(`Ana is mailed ${drawings.length} pages`);
  if (drawings[0].hash !== coverSeen.hash) throw new Error(`the cover was ${JSON.stringify(coverSeen)}, mailed ${JSON.stringify(drawings[0])}`);
  if (drawings[1].hash !== seen.hash) throw new Error(`sent ${JSON.stringify(seen)}, mailed ${JSON.stringify(drawings[1])}`);
  console.log('ok the PDF that Ana is mailed, to the address of the demo, shows what the preview did');
  const mine = await apiOf(house, 'maya@northwind.localhost'), theirs = await apiOf(house, 'ana@harbor.localhost');
  const { id: documentId } = await mine.ask('POST', '/fax-documents?name=fax.pdf', readFileSync(chosen('fax.pdf')));
  await until(async () => (await mine.ask('GET', `/fax-documents/${documentId}`)).state === 'ready', 'the document is ready', FAX_MS);
  await mine.ask('POST', '/faxes', { documentId, to: '+14155559999' });
  await maya.page.goto(house.url);
  const failure = maya.page.getByRole('region', { name: 'Faxes' });
  await failure.getByText('1 failed this week').waitFor({ timeout: FAX_MS });
  await failure.getByRole('button', { name: /^Send again, .*9999/ }).click();
  await maya.page.getByText('Fax is tried again').waitFor();
  await until(async () => (await mine.ask('GET', '/faxes')).rows[0].tries === 2, 'the failed fax is tried again', FAX_MS);
  console.log('ok the Dashboard names a fax that failed, and sends it again');
  await ana.page.goto(`${house.url}/account`);
  const box = ana.page.getByRole('form', { name: 'Fax' });
  const phone = await startPhone(house, '1001', 'harbor.localhost', 440);
  for (const taken of [false, true]) {
    await box.getByRole('switch', { name: 'Take faxes that call my other numbers' }).setChecked(taken);
    await box.getByRole('button', { name: 'Save' }).click();
    await box.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    const { id } = await mine.ask('POST', '/faxes', { documentId, to: '+16285550177', tries: 1 });
    await phone.event('ringing', 20_000);
    phone.say('answer');
    await phone.event('up');
    await phone.hears(CALLING_HZ);
    if (!taken) {
      await sleep(KNOWN_MS);
      await phone.hears(CALLING_HZ);
      phone.say('hangup');
    }
    await phone.event('ended', 15_000);
    if (taken) await mine.ask('POST', `/faxes/${id}/cancel`);
    const says = taken ? /it is for the faxes of Ana Souza/ : /Ana Souza takes no faxes here/;
    await until(async () => {
      const [call] = (await theirs.ask('GET', '/calls?limit=1')).rows;
      return call !== undefined && says.test(JSON.stringify((await theirs.ask('GET', `/calls/${call.id}`)).story));
    }, `the story says ${says}`);
  }
  await phone.close();
  console.log('ok a fax machine that calls a number for people is taken, or left to whoever answers');
} catch (error) {
  failed += 1;
  for (const { page } of [maya, ana, admin]) console.log(`    main: ${(await page.locator('body').innerText()).replace(/\n/g, ' | ').slice(0, 500)}`);
  console.log(`not ok a fax from page to page\n    ${String(error.message).split('\n').slice(0, 8).join('\n    ')}`);
}
const bad = [...maya.complaints, ...ana.complaints, ...admin.complaints];
await browser.close();
bad.push(...(await house.close()));
for (const text of bad) console.log(`complaint: ${text}`);
console.log(failed + bad.length ? `${failed + bad.length} failed` : 'all faxes ok');
process.exit(failed + bad.length ? 1 : 0);
