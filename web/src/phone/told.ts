/** What only the server knows of the calls here: whether they are recorded, the line they came in on. */
import { api } from '../lib/api';
import { toast } from '../lib/toast.svelte';
import type { Call, PhoneState, Recording, Told } from './model';
import type { PhoneEvent } from './store';

export interface ToldHost {
  state(): PhoneState;
  emit(event: PhoneEvent): void;
}

interface Row extends Told {
  /** Call-ID of the dialog; the id of a call here begins with it. */
  callId: string;
}

export class Teller {
  private asking = false;
  private again = false;

  constructor(private readonly host: ToldHost) {}

  /** Asks how things stand; many reasons to ask at once cost one more question. */
  async ask(): Promise<void> {
    const { manual, extension } = this.host.state();
    if (manual || !extension) return;
    this.again = this.asking;
    if (this.asking) return;
    this.asking = true;
    const answer = await api.get<{ rows: Row[] }>('/phone/calls').catch(() => null);
    this.asking = false;
    if (answer) this.spread(answer.rows);
    if (this.again) void this.ask();
  }

  private spread(rows: Row[]): void {
    for (const call of this.host.state().calls) {
      const row = rows.find((one) => call.id.startsWith(one.callId));
      if (!row) continue;
      const { id, recording, byRule, voicemail } = row;
      // Once answered the server no longer knows which group rang.
      const told = { id, recording, byRule, voicemail, line: call.told?.line ?? row.line };
      if (JSON.stringify(told) !== JSON.stringify(call.told)) this.host.emit({ type: 'told', id: call.id, told });
    }
  }

  private async post(id: string, path: string, body?: object): Promise<boolean> {
    const call = this.host.state().calls.find((one: Call) => one.id === id);
    if (!call?.told) return false;
    try {
      await api.post(`/live-calls/${encodeURIComponent(call.told.id)}/${path}`, body);
      return true;
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  async record(id: string, action: Recording): Promise<void> {
    await this.post(id, 'recording', { action });
    await this.ask();
  }

  /** The caller leaves a message instead; false when that could not be. */
  toVoicemail(id: string): Promise<boolean> {
    return this.post(id, 'voicemail');
  }
}
