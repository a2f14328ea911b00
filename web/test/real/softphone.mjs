// The softphone of a page as a person uses it, and what the page plays.
import { signIn, watchedPage } from '../browser.mjs';
import { until } from './house.mjs';

/** Somebody signed in whose softphone is ready; `before` runs in the page before its own code. */
export async function person(from, url, email, before = null) {
  const context = await from.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['microphone'], reducedMotion: 'reduce' });
  context.setDefaultTimeout(10_000);
  if (before) await context.addInitScript(before);
  const { page, complaints } = await watchedPage(context, [/AudioContext/]);
  await signIn(page, url, email);
  const one = { page, context, complaints, panel: page.getByRole('complementary', { name: 'Phone' }) };
  if (!(await one.panel.isVisible())) await page.getByRole('button', { name: /^Phone/ }).first().click();
  await ready(one);
  const signedOut = complaints.findIndex((text) => /401 \(Unauthorized\)/.test(text)); // the question who one is, before the sign-in
  if (signedOut >= 0) complaints.splice(signedOut, 1);
  return one;
}

export const ready = ({ panel }) => panel.getByText('Ready', { exact: true }).waitFor({ timeout: 20_000 });
export const button = (scope, name) => scope.getByRole('button', { name, exact: true });

/** The settings of the phone, whether its panel is open or not. */
export async function openSettings({ page, panel }) {
  if (!(await panel.isVisible())) await page.getByRole('button', { name: /^Phone/ }).first().click();
  await button(panel, 'Settings').click();
}

export const bellSwitch = ({ panel }) => panel.getByRole('switch', { name: 'Ring when the portal is closed' });
export const talking = ({ panel }) => panel.getByText(/^Call time: \d+:\d\d$/).waitFor();
export const hangUp = ({ panel }) => button(panel, 'Hang up').click();
export const idle = ({ panel }) => panel.getByRole('textbox', { name: 'Name or number' }).waitFor();
export const incoming = ({ page }) => page.getByRole('region', { name: 'Incoming call' });
export const answer = (one) => incoming(one).getByRole('button', { name: /answer/i }).click();

export async function dial({ panel }, number) {
  await panel.getByRole('textbox', { name: 'Name or number' }).fill(number);
  await button(panel, 'Call').click();
}

/** The loudest frequency of what the page plays, and whether it plays anything at all. */
function frequency({ page }) {
  return page.evaluate(async () => {
    const { srcObject } = document.getElementById('phone-remote-audio');
    if (!srcObject?.getAudioTracks().length) return { hz: 0, level: -200 };
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(srcObject).connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let best = 1;
    for (let i = 1; i < bins.length; i += 1) if (bins[i] > bins[best]) best = i;
    const hz = (best * context.sampleRate) / analyser.fftSize;
    await context.close();
    return { hz: Math.round(hz), level: Math.round(bins[best]) };
  });
}

export async function pageHears(one, hz, ms = 10_000) {
  let seen;
  await until(async () => {
    seen = await frequency(one);
    return seen.level > -60 && Math.abs(seen.hz - hz) <= 12;
  }, () => `the page hears ${hz} Hz, but ${JSON.stringify(seen)}`, ms);
}

export async function pageHearsMusic(one, not) {
  let seen;
  await until(async () => {
    seen = await frequency(one);
    return seen.level > -80 && Math.abs(seen.hz - not) > 12;
  }, () => `the page hears music, but ${JSON.stringify(seen)}`, 10_000);
}

/** The page hears the phone, and the phone the tone of the page's microphone. */
export const both = (one, phone, hz) => Promise.all([pageHears(one, phone.tone), phone.hears(hz)]);
