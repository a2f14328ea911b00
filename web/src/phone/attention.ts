/** Calls for attention outside the page's content: the tab's title and a desktop notification. */
import { t } from '../i18n';
import { setTitleAlert } from '../lib/title';
import { oneByOne } from '../lib/turns';
import { startServiceWorker } from '../lib/worker';
import type { Call } from './model';

interface Actions {
  answer(id: string): void;
  decline(id: string): void;
}

/** What a notification of a service worker takes; the type of a page's own lacks the buttons. */
interface WithButtons extends NotificationOptions {
  actions: { action: string; title: string }[];
}

export class Attention {
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly shown = new Map<string, () => void>();
  /** Chromium forgets a notification that appears while others are looked up: a click on it would do nothing. */
  private readonly turn = oneByOne();

  constructor(private readonly actions: Actions) {
    navigator.serviceWorker?.addEventListener('message', (event: MessageEvent<{ call?: string; action?: string }>) => {
      const { call, action } = event.data;
      if (!call || !this.shown.has(call)) return;
      if (action === 'decline') this.actions.decline(call);
      else this.actions.answer(call);
    });
  }

  follow(ringing: Call[]): void {
    const first = ringing[0];
    if (first) this.blink(t.line.incomingFrom(first.name || first.number));
    else this.rest();
    for (const [id, close] of this.shown) {
      if (ringing.some((call) => call.id === id)) continue;
      close();
      this.shown.delete(id);
    }
    for (const call of ringing) this.notify(call);
  }

  private blink(text: string): void {
    if (this.timer) return;
    let on = true;
    setTitleAlert(text);
    this.timer = setInterval(() => {
      on = !on;
      setTitleAlert(on ? text : '');
    }, 1000);
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    setTitleAlert('');
  }

  private notify(call: Call): void {
    if (!document.hidden || this.shown.has(call.id)) return;
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    this.shown.set(call.id, () => {});
    const title = t.line.incomingFrom(call.name || call.number);
    void this.turn(() => this.withButtons(call.id, title)).catch(() => this.plain(call.id, title));
  }

  /** By a service worker, where the browser has one: only there a notification has buttons. */
  private async withButtons(id: string, title: string): Promise<void> {
    const worker = await startServiceWorker('/sw.js');
    const options: WithButtons = {
      tag: id, requireInteraction: true, icon: '/icon.svg',
      actions: [{ action: 'answer', title: t.line.answer }, { action: 'decline', title: t.line.decline }],
    };
    if (!this.shown.has(id)) return;
    await worker.showNotification(title, options);
    const close = (): void => void this.turn(async () => (await worker.getNotifications({ tag: id })).forEach((one) => one.close()));
    if (this.shown.has(id)) this.shown.set(id, close);
    else close();
  }

  private plain(id: string, title: string): void {
    if (!this.shown.has(id)) return;
    const notification = new Notification(title, { body: t.line.clickToAnswer, tag: id, requireInteraction: true, icon: '/icon.svg' });
    notification.onclick = () => {
      window.focus();
      this.actions.answer(id);
    };
    this.shown.set(id, () => notification.close());
  }
}
