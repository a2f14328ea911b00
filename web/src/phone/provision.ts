/** Where the phone's credentials come from: the server (short-lived) or, rarely, the person's own typing. */
import { api } from '../lib/api';
import type { EngineConfig } from './engine';

export interface PhoneSession {
  deviceId: string;
  uri: string;
  authUser: string;
  ha1: string;
  realm: string;
  displayName: string;
  extension: string;
  wsUrl: string;
  expiresAt: number;
  iceServers: RTCIceServer[];
  /** When their credentials end; 0: there are none. */
  iceExpiresAt: number;
  features: { transfer?: boolean; record?: boolean };
  codecs: string[];
  emergency: string[];
  echoTest: string;
}

export interface ManualSettings {
  extension: string;
  password: string;
  domain: string;
  wsUrl: string;
}

const KEY = 'carillon-manual-phone';

export function loadManual(): { settings: ManualSettings; keep: boolean } | null {
  for (const [store, keep] of [[sessionStorage, false], [localStorage, true]] as const) {
    try {
      const text = store.getItem(KEY);
      if (text) return { settings: JSON.parse(text) as ManualSettings, keep };
    } catch {
      return null;
    }
  }
  return null;
}

export function saveManual(settings: ManualSettings | null, keep: boolean): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
  if (settings) (keep ? localStorage : sessionStorage).setItem(KEY, JSON.stringify(settings));
}

/** "Chrome on Linux": how the person recognises this browser among the devices. */
export function browserName(userAgent = navigator.userAgent): string {
  const browser = /Edg\//.test(userAgent) ? 'Edge' : /Firefox\//.test(userAgent) ? 'Firefox'
    : /Chrome\//.test(userAgent) ? 'Chrome' : /Safari\//.test(userAgent) ? 'Safari' : 'Browser';
  const system = /Android/.test(userAgent) ? 'Android' : /iPhone|iPad/.test(userAgent) ? 'iOS'
    : /Mac OS/.test(userAgent) ? 'Mac' : /Windows/.test(userAgent) ? 'Windows' : /CrOS/.test(userAgent) ? 'ChromeOS' : 'Linux';
  return `${browser} on ${system}`;
}

export function openPhoneSession(): Promise<PhoneSession> {
  return api.post<PhoneSession>('/phone/session', { deviceName: browserName() });
}

export function closePhoneSession(deviceId: string): Promise<void> {
  return api.delete(`/phone/session/${encodeURIComponent(deviceId)}`);
}

/** "wss://host/ws/" or a path of this site. */
function absoluteWs(url: string): string {
  const parsed = new URL(url, location.href);
  if (parsed.protocol === 'http:') parsed.protocol = 'ws:';
  if (parsed.protocol === 'https:') parsed.protocol = 'wss:';
  return parsed.href;
}

export function configOfSession(session: PhoneSession, version: string): EngineConfig {
  return {
    wsUrl: absoluteWs(session.wsUrl), uri: session.uri, authUser: session.authUser, ha1: session.ha1, realm: session.realm,
    displayName: session.displayName, iceServers: session.iceServers, userAgent: `Carillon/${version}`,
  };
}

export function configOfManual(settings: ManualSettings, version: string): EngineConfig {
  return {
    wsUrl: absoluteWs(settings.wsUrl), uri: `sip:${settings.extension}@${settings.domain}`, authUser: settings.extension,
    password: settings.password, displayName: settings.extension, iceServers: [], userAgent: `Carillon/${version}`,
  };
}
