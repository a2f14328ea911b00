// A closed browser of one of several: a member of a ring group, an agent of a queue, a place of a follow me. It is told by a push service, and rings when it is opened.
import { apiOf, checks, startPhone, until } from './house.mjs';
import { same, startPushed } from './push_service.mjs';
import { answer, bellSwitch, both, hangUp, incoming, openSettings } from './softphone.mjs';

const MAYA_HZ = 600, TOM_HZ = 1390, LUIS_HZ = 760;
const { service, house, browser, maya, admin, lines, opened } = await startPushed(MAYA_HZ);
const tom = await startPhone(house, '1002', 'northwind.localhost', TOM_HZ);
const luis = await startPhone(house, '1004', 'northwind.localhost', LUIS_HZ);
const mayas = await apiOf(house, 'maya@northwind.localhost'), toms = await apiOf(house, 'tom@northwind.localhost');
const { check, end } = checks({ innerText: () => maya.page.innerText('body').catch(() => 'closed') }, [tom, luis], closed);

const rang = (phone) => phone.events.some((one) => one.event === 'ringing');
const settings = (whose, fields) => whose.ask('PUT', `/extensions/${whose.me.extension.id}/settings`, fields);

async function closed() {
  if (!maya.page.isClosed()) await maya.page.close();
  await until(async () => (await lines()) === 0, 'her phone is gone');
  for (const phone of [tom, luis]) phone.events.length = 0;
  service.got.length = 0;
}

async function told(news) {
  const one = await service.told();
  same(`${one.error ?? ''}${one.news} ${one.number}`, `${news} 1004`, 'news');
  return one;
}

/** Luis calls, she opens the portal, answers, and they talk. */
async function woken(number) {
  luis.say(`dial ${number}`);
  const call = await told('call');
  await opened();
  await incoming(maya).getByText('Luis Ortega').first().waitFor({ timeout: 15_000 });
  await answer(maya);
  await both(maya, luis, MAYA_HZ);
  return call;
}

async function over() {
  await hangUp(maya);
  await luis.event('ended');
  await closed();
}

async function gaveUp() {
  luis.say('hangup');
  await luis.event('ended');
  await told('missed');
  await closed();
}

const group = (number, strategy, more = {}) => admin.ask('POST', '/ring-groups', {
  number, name: `Desk ${number}`, strategy, members: [{ number: '1001', ringMs: 20_000 }, { number: '1002', ringMs: 20_000 }], ...more });

await check('her browser is told of calls from now on, and is closed', async () => {
  await openSettings(maya);
  await bellSwitch(maya).click();
  await until(() => maya.page.evaluate(async () => (await (await fetch('/api/v1/phone/bell')).json()).on), 'the server knows it');
  await group('610', 'simultaneous', { prefix: 'Desk:' });
  await group('611', 'sequence');
  await closed();
});

await check('a ring group: a member’s closed browser is told in the member’s time, and takes the call when it is opened', async () => {
  const call = await woken('610');
  same(`${call.ttl} ${call.name}`, '20 Desk: Luis Ortega', 'what it is told');
  await tom.event('ended');
  await over();
});

await check('a ring group: a colleague answers, and the browser is told that it is over', async () => {
  luis.say('dial 610');
  const call = await told('call');
  await tom.event('ringing');
  tom.say('answer');
  await luis.hears(TOM_HZ);
  const news = await told('answered');
  same(`${news.call} ${news.topic}`, `${call.call} ${call.topic}`, 'which call');
  luis.say('hangup');
  await tom.event('ended');
  await closed();
});

await check('a ring group, one after the other: who does not come in time has had the turn', async () => {
  luis.say('dial 611');
  await told('call');
  await luis.event('ringback');
  await house.pass(18_000);
  same(rang(tom), false, 'the next one rings before the time is over');
  await house.pass(2500);
  await tom.event('ringing');
  await told('missed');
  tom.say('answer');
  await luis.hears(TOM_HZ);
  luis.say('hangup');
  await tom.event('ended');
  same(service.got.length, 0, 'pushes');
  await closed();
});

await check('a ring group: with Do Not Disturb nobody is woken', async () => {
  await settings(mayas, { dnd: true });
  luis.say('dial 610');
  await tom.event('ringing');
  luis.say('hangup');
  await tom.event('ended');
  same(service.got.length, 0, 'pushes');
  await settings(mayas, { dnd: false });
  await closed();
});

await check('a queue: the closed browser of an agent who is logged in takes the caller when it is opened', async () => {
  await admin.ask('POST', '/queues', { number: '710', name: 'Help', announceMs: 0, ringMs: 20_000, wrapupMs: 0, leaveEmpty: false, agents: [{ number: '1001' }] });
  await mayas.ask('PUT', '/me/agent', { loggedIn: true });
  await woken('710');
  await told('answered');
  await over();
});

await check('a queue: the caller hangs up, and the agent’s browser is told that it is over', async () => {
  luis.say('dial 710');
  await told('call');
  await gaveUp();
});

await check('a queue: an agent who pauses is not woken, and is when the pause ends', async () => {
  await mayas.ask('PUT', '/me/agent', { paused: true });
  luis.say('dial 710');
  await luis.event('up');
  await house.pass(6000);
  same(service.got.length, 0, 'pushes');
  await mayas.ask('PUT', '/me/agent', { paused: false });
  await told('call');
  await gaveUp();
  await mayas.ask('PUT', '/me/agent', { loggedIn: false });
});

await check('a follow me: a colleague’s closed browser takes the call when it is opened', async () => {
  await toms.ask('PUT', `/extensions/${toms.me.extension.id}/follow-me`, { enabled: true, destinations: [{ number: '', ringMs: 20_000 }, { number: '1001', ringMs: 20_000 }] });
  await woken('1002');
  await tom.event('ended');
  await told('answered');
  await over();
});

await check('a follow me: what happens if someone calls now tells of the closed browser', async () => {
  const reach = await toms.ask('GET', `/extensions/${toms.me.extension.id}/reach`);
  same(/1 closed browser is told$/.test(reach.steps[0].text), true, reach.steps[0].text);
  same(`${reach.steps[0].rings} ${reach.steps[0].phones} ${reach.steps[0].ringMs}`, 'true 1 20000', 'how it rings');
});

await check('a number: what happens if someone calls now tells of closed browsers of a group, and of a queue’s agents who are logged in', async () => {
  const { id } = (await admin.ask('GET', '/dids')).rows[0];
  const first = async (kind, target) => {
    await admin.ask('PATCH', `/dids/${id}`, { dest: { kind, target } });
    return (await admin.ask('GET', `/dids/${id}/reach`)).steps[0];
  };
  same((await first('group', '610')).text, 'Ring group Desk 610; 1 closed browser is told', 'the group');
  same((await first('queue', '710')).text, 'Queue Help: the caller waits for an agent', 'the queue, logged out');
  await mayas.ask('PUT', '/me/agent', { loggedIn: true });
  same((await first('queue', '710')).text, 'Queue Help: free agents are rung; 1 closed browser is told', 'the queue');
  await mayas.ask('PUT', '/me/agent', { loggedIn: false });
});

service.close();
await end('pushes to several', { browser, complaints: maya.complaints.filter((text) => !/401|204|422/.test(text)), house });
