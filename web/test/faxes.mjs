// Sending faxes, and what became of them, against the invented server.
import { answer, api, assert, check, end, go } from './check.mjs';

await check('send fax: numbers become tokens, files are checked, whoever is refused stays', 'maya', async (page) => {
  await go(page, '/fax/send');
  await page.getByRole('button', { name: 'Send fax' }).click();
  await page.getByText('Enter at least one fax number.').waitFor();
  await page.getByText('Choose a document.').waitFor();
  const to = page.getByLabel('To', { exact: true });
  await to.fill('abc');
  await to.press('Enter');
  await page.getByText('“abc” is not a telephone number.').waitFor();
  await to.fill('+1 628 555 0199; +1 500 555 0000');
  await to.press('Enter');
  await page.getByRole('list', { name: 'Recipients' }).getByText('(500) 555-0000').waitFor();
  const file = page.locator('input[type=file]');
  await file.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
  await page.getByText('This kind of file cannot be faxed.').waitFor();
  await file.setInputFiles({ name: 'locked.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 /Encrypt') });
  await page.getByText('The document is locked by a password.').waitFor();
  await page.getByRole('button', { name: 'Send to 2 recipients' }).click();
  await page.getByText('Remove the files that cannot be faxed.').waitFor();
  await page.getByRole('button', { name: 'Remove locked.pdf' }).click();
  await file.setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
  await page.getByText('2 pages, about 1 minute on the line').waitFor();
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByRole('img', { name: 'Page 2 of 2' }).waitFor();
  await page.getByRole('button', { name: 'Send to 2 recipients' }).click();
  await page.getByText('(500) 555-0000: is on the do-not-contact list').waitFor();
  await page.getByText('Fax is on its way').waitFor();
  await page.getByRole('button', { name: 'Remove (500) 555-0000' }).click();
  await to.fill('+44 20 7946 0958');
  await page.getByRole('button', { name: 'Send fax' }).click();
  await page.getByRole('heading', { name: 'Sent faxes' }).waitFor();
});

await check('send fax: the cover page of each recipient stands before the document and counts', 'maya', async (page) => {
  await go(page, '/fax/send');
  const to = page.getByLabel('To', { exact: true });
  await to.fill('Ana Ruiz <+1 628 555 0199>; +1 (628) 555-0177');
  await to.press('Enter');
  const named = page.getByRole('textbox', { name: 'Name of (628) 555-0199' });
  assert((await named.inputValue()) === 'Ana Ruiz', await named.inputValue());
  await page.getByRole('textbox', { name: 'Name of (628) 555-0177' }).fill('Ben');
  await page.locator('input[type=file]').setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
  await page.getByText('2 pages, about 1 minute on the line').waitFor();
  await page.getByLabel('Cover page').selectOption({ label: 'Office' });
  await page.getByText('With the cover page: 3 pages, about 1 minute on the line').waitFor();
  const cover = page.getByRole('img', { name: 'Page 1 of 3' });
  const says = async (name) => { await page.waitForFunction((text) => [...document.querySelectorAll('img')].some((one) => one.alt === 'Page 1 of 3' && atob(one.src.split(',')[1]).includes(text)), name); };
  await cover.waitFor();
  await says('FAX Ana Ruiz');
  await page.getByLabel('Preview for').selectOption('Ben, (628) 555-0177');
  await says('FAX Ben');
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByRole('img', { name: 'Page 2 of 3' }).waitFor();
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/faxes'));
  await page.getByRole('button', { name: 'Send to 2 recipients' }).click();
  const body = (await sent).postDataJSON();
  assert(body.toName === 'Ana Ruiz' && body.to === '+16285550199' && body.coverPageId, JSON.stringify(body));
  await page.getByRole('link', { name: 'Ana Ruiz' }).waitFor();
});

await check('send fax: an answer that was lost is asked for with the same word; what went a moment ago is asked about', 'maya', async (page) => {
  await go(page, '/fax/send');
  const to = page.getByLabel('To', { exact: true });
  await to.fill('+1 628 555 0199, +1 500 555 0001');
  await to.press('Enter');
  await page.locator('input[type=file]').setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
  await page.getByText('2 pages, about 1 minute on the line').waitFor();
  const bodies = [];
  page.on('request', (request) => { if (request.method() === 'POST' && request.url().endsWith('/faxes')) bodies.push(request.postDataJSON()); });
  await page.route(api('/faxes'), (route) => route.abort('failed'));
  await page.getByRole('button', { name: 'Send to 2 recipients' }).click();
  await page.getByText(/^\(628\) 555-0199: /).waitFor();
  await page.unroute(api('/faxes'));
  await page.getByRole('button', { name: 'Send to 2 recipients' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send it again?' });
  await dialog.getByText('(500) 555-0001: This document was sent to this number 3 min ago.').waitFor();
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('heading', { name: 'Sent faxes' }).waitFor();
  const [lost, , again, refused, anew] = bodies;
  assert(lost.once === again.once && /^[0-9a-f-]{36}$/.test(lost.once) && lost.once !== refused.once, JSON.stringify(bodies));
  assert(refused.onlyOnce === true && anew.onlyOnce === false && anew.to === '+15005550001', JSON.stringify(bodies));
});

await check('send fax: a picture is letters or a photograph, as is chosen', 'maya', async (page) => {
  await go(page, '/fax/send');
  const input = page.locator('input[type=file]');
  await input.setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
  await page.getByText('2 pages, about 1 minute on the line').waitFor();
  assert((await page.getByLabel('Pictures').count()) === 0, 'a PDF says what is a picture');
  await input.setInputFiles({ name: 'x-ray.png', mimeType: 'image/png', buffer: Buffer.from('PNG') });
  await page.getByText('Together 4 pages').waitFor();
  const joined = page.waitForRequest((request) => request.url().endsWith('/joined'));
  await page.getByLabel('Pictures').selectOption('Photograph');
  assert((await joined).postDataJSON().picture === 'photo', 'it is drawn anew');
  await page.getByText('Together 4 pages').waitFor();
});

await check('sent faxes: a try in words, cancelled, sent again', 'maya', async (page) => {
  await go(page, '/fax/sent');
  await page.getByText('Sending page 2 of 3').waitFor();
  await page.getByRole('row').filter({ hasText: '(916) 555-0163' }).getByText(/^Busy, next try at \d/).waitFor();
  await page.getByRole('link', { name: '(916) 555-0163' }).click();
  await page.getByRole('dialog').getByText(/^Busy, next try at \d/).waitFor();
  await page.getByRole('button', { name: 'Cancel fax' }).click();
  await page.getByRole('dialog', { name: 'Cancel this fax?' }).getByRole('button', { name: 'Go on sending' }).click();
  await page.getByRole('dialog', { name: 'Cancel this fax?' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Cancel fax' }).click();
  await page.getByRole('dialog', { name: 'Cancel this fax?' }).getByRole('button', { name: 'Cancel fax' }).click();
  await page.getByText('Fax cancelled', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByText('Fax is tried again').waitFor();
  await page.route(api('/faxes?*'), answer(200, { rows: [], next: null }));
  await go(page, '/fax/sent/none');
  await page.getByText('No faxes yet').waitFor();
  await page.getByText('There is no such fax').waitFor();
});

await check('received faxes: opened is read, marked unread again, deleted', 'maya', async (page) => {
  await go(page, '/fax/received');
  const marked = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await page.getByRole('link', { name: '(628) 555-0177', exact: true }).click();
  await page.getByRole('img', { name: 'Page 1 of 2' }).waitFor();
  assert((await (await marked).json()).readAt > 0, 'it counts as read');
  await page.getByRole('button', { name: 'Mark as unread' }).click();
  await page.getByRole('table').getByText('New', { exact: true }).waitFor();
  await page.getByRole('row').nth(2).getByText('Incomplete').waitFor();
  await page.getByRole('row').nth(2).getByRole('link').first().click();
  await page.getByText('Not everything is here').waitFor();
  await page.getByRole('button', { name: 'Forward by mail' }).click();
  const dialog = page.getByRole('dialog', { name: 'Forward by mail' });
  await dialog.getByRole('button', { name: 'Forward' }).click();
  await dialog.getByText('Enter an e-mail address.').waitFor();
  await dialog.getByLabel('To').fill('court');
  await dialog.getByRole('button', { name: 'Forward' }).click();
  await dialog.getByText('Contains court, which is no address.').waitFor();
  await dialog.getByLabel('To').fill('court@law.example');
  await dialog.getByRole('button', { name: 'Forward' }).click();
  await page.getByText('On its way to court@law.example').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog', { name: 'Delete this fax?' }).getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Fax deleted').waitFor();
});

await check('received faxes: what could not be converted is there as a TIFF, what is being filed is shown', 'maya', async (page) => {
  await go(page, '/fax/received');
  await page.getByRole('row', { name: /0133/ }).getByText('Not converted').waitFor();
  await page.getByRole('row', { name: /0134/ }).getByText('Being filed').waitFor();
  await page.getByRole('link', { name: '(628) 555-0133', exact: true }).click();
  await page.getByText('its pages could not be converted').waitFor();
  assert(/\/tiff\?download=1$/.test(await page.getByRole('link', { name: 'TIFF', exact: true }).getAttribute('href')), 'the file as it came');
  await go(page, '/fax/received');
  await page.getByRole('link', { name: '(628) 555-0134', exact: true }).click();
  await page.getByText('is being filed').waitFor();
});

await check('received faxes: several at once', 'maya', async (page) => {
  await go(page, '/fax/received');
  await page.getByRole('checkbox', { name: /^Choose the fax from/ }).first().check();
  await page.getByText('1 fax chosen').waitFor();
  assert(/received-faxes\.zip\?ids=[^,]+$/.test(await page.getByRole('link', { name: 'Download as ZIP' }).getAttribute('href')), 'it is in the archive');
  await page.getByRole('button', { name: 'Choose none' }).click();
  await page.getByText('1 fax chosen').waitFor({ state: 'hidden' });
  await page.getByRole('checkbox', { name: /^Choose the fax from/ }).first().check();
  await page.getByRole('button', { name: 'Mark as read' }).click();
  await page.getByText('1 fax chosen').waitFor({ state: 'hidden' });
});

await check('received faxes: faxed on with recipients and a preview', 'maya', async (page) => {
  await go(page, '/fax/received');
  await page.getByRole('link', { name: '(628) 555-0177', exact: true }).click();
  await page.getByRole('button', { name: 'Forward by fax' }).click();
  await page.getByRole('heading', { name: 'Send fax', level: 1 }).waitFor();
  await page.getByText('Fax from +16285550177').waitFor();
  await page.getByRole('img', { name: /^Page 1 of/ }).waitFor();
  await page.getByRole('button', { name: 'Remove Fax from +16285550177' }).click();
  await page.getByText('Drop PDF, TIFF, PNG or JPEG files here').waitFor();
});

await end();
