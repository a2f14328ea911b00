/** The state of the line in words; shared by the panel and the header. */
import { t } from '../i18n';
import type { PhoneState } from '../phone/model';

export type Tone = 'ok' | 'warn' | 'bad' | 'off';

export interface LineWords {
  text: string;
  short: string;
  tone: Tone;
}

export function lineWords(state: PhoneState, leading: boolean, now: number): LineWords {
  const { line } = state;
  if (!leading && line.kind !== 'off') return { text: t.line.otherTab, short: t.line.short.otherTab, tone: 'off' };
  if (line.kind === 'ready' && state.mic === 'blocked') return { text: t.line.blocked, short: t.line.short.bad, tone: 'bad' };
  switch (line.kind) {
    case 'off': return { text: t.line.off, short: t.line.short.off, tone: 'off' };
    case 'ready': return { text: t.line.ready, short: t.line.short.ready, tone: 'ok' };
    case 'connecting': return { text: t.line.connecting, short: t.line.short.connecting, tone: 'warn' };
    case 'retrying': {
      const seconds = Math.max(0, Math.ceil((line.nextAt - now) / 1000));
      return { text: t.line.retrying(seconds), short: t.line.short.bad, tone: 'bad' };
    }
    case 'rejected': return { text: t.line.rejected, short: t.line.short.bad, tone: 'bad' };
    case 'offline': return { text: t.line.offline, short: t.line.short.bad, tone: 'bad' };
  }
}
