import { api } from '../lib/api';

/** A trunk that a number may leave through, and what is sent there. */
export interface WayTrunk {
  trunk: string;
  sends: string;
  active: boolean;
  full: boolean;
  /** It does not answer, or refuses to register us. */
  down: boolean;
  /** It goes out even when the trunk is full or down. */
  emergency: boolean;
}

/** Where a number leads that somebody dials; kind '' when it leads nowhere. */
export interface Way {
  number: string;
  kind: string;
  label: string;
  trunks: WayTrunk[];
}

export const getWay = (number: string, signal: AbortSignal): Promise<Way> => api.get('/way-out', { number }, signal);
