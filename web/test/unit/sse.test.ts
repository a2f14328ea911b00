import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { live, LiveStream, type LiveEvent } from '../../src/lib/sse.svelte';

/** The browser's end of a stream: the test says what arrives. */
class FakeSource extends EventTarget {
  static all: FakeSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;

  constructor(readonly url: string) {
    super();
    FakeSource.all.push(this);
  }

  close(): void {
    this.closed = true;
  }

  say(name: string, id = ''): void {
    this.dispatchEvent(new MessageEvent(name, { data: '{}', lastEventId: id }));
  }
}

const last = (): FakeSource => FakeSource.all[FakeSource.all.length - 1] as FakeSource;

describe('the live stream', () => {
  let heard: LiveEvent[] = [];
  let stream: LiveStream;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('navigator', {});
    FakeSource.all = [];
    heard = [];
    stream = new LiveStream('maya', 'run-3', (event) => heard.push(event));
    last().onopen?.();
  });

  afterEach(() => {
    stream.close();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('stays while pings come, and is opened anew when nothing comes at all', () => {
    for (let i = 0; i < 8; i += 1) {
      vi.advanceTimersByTime(15_000);
      last().say('ping');
    }
    expect(FakeSource.all).toHaveLength(1);
    vi.advanceTimersByTime(50_000);
    expect(FakeSource.all.length).toBeGreaterThan(1);
    expect(FakeSource.all[0]?.closed).toBe(true);
  });

  it('asks for what came after the page was read, and after a loss for what came since', () => {
    expect(last().url).toContain('after=run-3');
    last().say('hello', 'run-5');
    last().say('fax', 'run-7');
    last().say('ping');
    last().onerror?.();
    vi.advanceTimersByTime(2000);
    expect(FakeSource.all).toHaveLength(2);
    expect(last().url).toContain('after=run-7');
    expect(heard.map((one) => one.name)).toEqual(['fax']);
  });

  it('is tried at once when the network is back, and says meanwhile that it is paused', () => {
    for (let i = 0; i < 4; i += 1) {
      last().onerror?.();
      vi.advanceTimersByTime(20_000);
    }
    expect(live.paused).toBe(true);
    const before = FakeSource.all.length;
    last().onerror?.();
    window.dispatchEvent(new Event('online'));
    vi.advanceTimersByTime(1500);
    expect(FakeSource.all).toHaveLength(before + 1);
    last().onopen?.();
    expect(live.paused).toBe(false);
  });
});
