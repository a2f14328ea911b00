/** Queues: their forms, what happens in them now, and being an agent. */
import { api, type Page } from '../lib/api';
import { noun, type Dest } from './nouns';

export const QUEUE_STRATEGIES = ['longest', 'all', 'roundrobin', 'fewest', 'random'] as const;

export interface Queue {
  id: string;
  number: string;
  name: string;
  strategy: (typeof QUEUE_STRATEGIES)[number];
  agents: { number: string; level: number }[];
  ringMs: number;
  wrapupMs: number;
  /** 0: the place is never said. */
  announceMs: number;
  /** 0: as long as the caller likes. */
  maxWaitMs: number;
  maxCallers: number;
  leaveEmpty: boolean;
  record: boolean;
  /** Music of the organisation's own; '': what it chose for everybody. */
  musicId: string;
  prefix: string;
  timeoutNext: Dest | null;
  fullNext: Dest | null;
  emptyNext: Dest | null;
}

export const queues = noun<Queue>('queues');

export type AgentState = 'free' | 'rings' | 'busy' | 'wrapup' | 'paused' | 'out' | 'dnd' | 'offline';

export interface LiveAgent {
  number: string;
  name: string;
  level: number;
  state: AgentState;
  reason: string;
  since: number | null;
  /** The end of the wrap-up. */
  until: number | null;
  taken: number;
}

export interface LiveQueue {
  id: string;
  number: string;
  name: string;
  /** Also those who are not listed any more. */
  waiting: number;
  callers: { callId: string; number: string; name: string; since: number }[];
  agents: LiveAgent[];
}

export interface OwnAgent {
  loggedIn: boolean;
  paused: boolean;
  reason: string;
  set: { by: string; at: number } | null;
  queues: LiveQueue[];
}

export const listLiveQueues = (signal: AbortSignal): Promise<Page<LiveQueue>> => api.get('/live-queues', {}, signal);
export const getAgent = (signal: AbortSignal): Promise<OwnAgent> => api.get('/me/agent', {}, signal);
export const setAgent = (changes: Partial<Pick<OwnAgent, 'loggedIn' | 'paused' | 'reason'>>): Promise<OwnAgent> => api.put('/me/agent', changes);
