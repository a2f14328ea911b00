/** Calls for attention outside the page's content: the tab's title and a desktop notification. */
import { t } from '../i18n';
import type { Call } from './model';
import { setTitleAlert } from '../lib/title';

export class Attention {
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly shown = new Map<string, Notification>();

  follow(ringing: Call[], answer: (id: string) => void): void {
    const first = ringing[0];
    if (first) this.blink(t.line.incomingFrom(first.name || first.number));
    else this.rest();
    for (const [id, notification] of this.shown) {
      if (ringing.some((call) => call.id === id)) continue;
      notification.close();
      this.shown.delete(id);
    }
    for (const call of ringing) this.notify(call, answer);
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

  private notify(call: Call, answer: (id: string) => void): void {
    if (!document.hidden || this.shown.has(call.id)) return;
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    const notification = new Notification(t.line.incomingFrom(call.name || call.number), {
      body: t.line.clickToAnswer, tag: call.id, requireInteraction: true, icon: '/icon.svg',
    });
    notification.onclick = () => {
      window.focus();
      answer(call.id);
    };
    this.shown.set(call.id, notification);
  }
}
