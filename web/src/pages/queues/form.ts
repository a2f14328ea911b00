import { destInput, type Dest } from '../../data/nouns';
import type { Queue } from '../../data/queues';
import { t } from '../../i18n/queues';

export interface AgentValues {
  number: string;
  level: string;
}

/** As one types it: seconds as text. */
export interface QueueValues extends Record<string, unknown> {
  number: string;
  name: string;
  strategy: Queue['strategy'];
  agents: AgentValues[];
  ring: string;
  wrapup: string;
  announce: string;
  wait: string;
  maxCallers: string;
  leaveEmpty: boolean;
  record: boolean;
  musicId: string;
  prefix: string;
  timeoutNext: Dest | null;
  fullNext: Dest | null;
  emptyNext: Dest | null;
}

export const MOST_AGENTS = 64;
const TIMES = { ring: 'ringMs', wrapup: 'wrapupMs', announce: 'announceMs', wait: 'maxWaitMs' } as const;
const ENDS = ['timeoutNext', 'fullNext', 'emptyNext'] as const;

export function valuesOf(queue: Queue | null): QueueValues {
  const { number = '', name = '', strategy = 'longest', leaveEmpty = true, record = false, musicId = '', prefix = '' } = queue ?? {};
  return {
    number, name, strategy, leaveEmpty, record, musicId, prefix,
    agents: (queue?.agents ?? []).map((one) => ({ number: one.number, level: String(one.level) })),
    ring: String((queue?.ringMs ?? 20_000) / 1000), wrapup: String((queue?.wrapupMs ?? 0) / 1000), announce: String((queue?.announceMs ?? 45_000) / 1000),
    wait: String((queue?.maxWaitMs ?? 0) / 1000), maxCallers: String(queue?.maxCallers ?? 50),
    timeoutNext: queue?.timeoutNext ?? null, fullNext: queue?.fullNext ?? null, emptyNext: queue?.emptyNext ?? null,
  };
}

export function inputOf(values: Partial<QueueValues>): Record<string, unknown> {
  const { agents, maxCallers, ring: _r, wrapup: _w, announce: _a, wait: _l, timeoutNext: _t, fullNext: _f, emptyNext: _e, ...rest } = values;
  const input: Record<string, unknown> = { ...rest };
  if (agents) input.agents = agents.map((one) => ({ number: one.number.trim(), level: Number(one.level) }));
  if (maxCallers !== undefined) input.maxCallers = Number(maxCallers);
  for (const [field, member] of Object.entries(TIMES)) {
    const text = values[field];
    if (text !== undefined) input[member] = Number(text) * 1000;
  }
  for (const end of ENDS) {
    const next = values[end];
    if (next !== undefined) input[end] = destInput(next);
  }
  return input;
}

export const newAgent = (): AgentValues => ({ number: '', level: '1' });

const within = (text: string, least: number, most: number): boolean => /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;

export function agentErrors(agent: AgentValues): Partial<Record<'number' | 'level', string>> {
  const { errors } = t.queues;
  return {
    ...(agent.number.trim() ? {} : { number: errors.agent }),
    ...(within(agent.level, 1, 9) ? {} : { level: errors.level }),
  };
}

export function check(values: QueueValues): Record<string, string> {
  const { errors } = t.queues;
  return {
    ...(/^\d{2,6}$/.test(values.number.trim()) ? {} : { number: errors.number }),
    ...(values.name.trim() ? {} : { name: errors.name }),
    ...(within(values.ring, 5, 120) ? {} : { ring: errors.ring }),
    ...(within(values.wrapup, 0, 3600) ? {} : { wrapup: errors.wrapup }),
    ...(values.announce.trim() === '0' || within(values.announce, 10, 600) ? {} : { announce: errors.announce }),
    ...(within(values.wait, 0, 7200) ? {} : { wait: errors.wait }),
    ...(within(values.maxCallers, 1, 200) ? {} : { maxCallers: errors.maxCallers }),
    ...(values.agents.some((one) => Object.keys(agentErrors(one)).length) ? { agents: ' ' } : {}),
  };
}
