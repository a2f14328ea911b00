// The network between a browser and the program, which a test may cut, or leave without a sound. Audio too goes through
// it: in what the program says about its ports, ports of the relay stand instead.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

/** As many digits as the program's port has, so that no length in the message changes. */
const OFFERED = /(?<=m=audio |a=candidate:\S+ \d UDP \d+ 127\.0\.0\.1 )\d{5}/gi;

export async function startRelay(url) {
  const { hostname, port } = new URL(url);
  const pairs = new Set(), audio = new Map();
  let mode = 'open', sound = true;
  const lost = { sent: 0, received: 0 };
  const isRtp = (data) => data[0] >> 6 === 2 && (data[1] & 0x7f) < 64;
  const arrives = (data, way) => sound && !(isRtp(data) && Math.random() < lost[way]);

  /** The relay's port for a port of the program. */
  function audioPort(to) {
    if (!audio.has(to)) audio.set(to, new Promise((resolve) => {
      const near = createSocket('udp4'), far = createSocket('udp4');
      let browser;
      near.on('message', (data, from) => {
        browser = from;
        if (arrives(data, 'sent')) far.send(data, to, hostname);
      });
      far.on('message', (data) => browser && arrives(data, 'received') && near.send(data, browser.port, browser.address));
      near.bind(0, '127.0.0.1', () => resolve({ port: near.address().port, close: () => [near, far].forEach((socket) => socket.close()) }));
    }));
    return audio.get(to);
  }

  async function throughRelay(data) {
    const text = data.toString('latin1');
    const ports = new Map();
    for (const [to] of text.matchAll(OFFERED)) ports.set(to, (await audioPort(Number(to))).port);
    return ports.size ? Buffer.from(text.replace(OFFERED, (to) => ports.get(to)), 'latin1') : data;
  }

  const server = createServer((near) => {
    if (mode === 'cut') return void near.destroy();
    const far = connect(Number(port), hostname);
    const pair = [near, far];
    pairs.add(pair);
    near.on('data', (data) => mode !== 'still' && far.write(data));
    let turn = Promise.resolve();
    far.on('data', (data) => (turn = turn.then(async () => {
      const passed = await throughRelay(data);
      if (mode !== 'still' && !near.destroyed) near.write(passed);
    })));
    for (const socket of pair) socket.on('error', () => {}).on('close', () => {
      // A wire that lies still does not carry the end of a connection either.
      if (mode === 'still') return;
      pairs.delete(pair);
      void turn.then(() => pair.forEach((one) => one.destroy()));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const drop = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  };
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Connections break, and new ones are refused; audio stops too, unless it shall go on. */
    cut({ audio = false } = {}) {
      mode = 'cut';
      sound = audio;
      drop();
    },
    /** This share of what the browser sends, or receives, does not arrive. */
    lose: (shares) => Object.assign(lost, shares),
    /** Nothing arrives any more, and nobody is told. */
    freeze() {
      mode = 'still';
      sound = false;
    },
    /** What was open before stays dead: it lost octets. */
    open() {
      if (mode === 'still') drop();
      mode = 'open';
      sound = true;
    },
    async close() {
      server.close();
      drop();
      for (const one of audio.values()) (await one).close();
    },
  };
}
