/** Signs in once with settings that are not yet in use, and out again: do they work? */
import type { EngineHooks } from './engine';
import { configOfManual, type ManualSettings } from './provision';

/** 'ok', 'forbidden' when the portal may not connect to that server, 'silent' when the server cannot be reached or says nothing in time, or the code of its refusal. */
export type Trial = 'ok' | 'forbidden' | 'silent' | number;

const TRIAL_MS = 10_000;
const LOOK_MS = 1000;

/** May this page connect there? Its own policy says so when it tries; whether somebody answers is another question. */
export function allowed(wsUrl: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(wsUrl, 'sip');
    const timer = setTimeout(() => end(true), LOOK_MS);
    const refused = ({ effectiveDirective }: SecurityPolicyViolationEvent): void => {
      if (effectiveDirective === 'connect-src') end(false);
    };
    function end(may: boolean): void {
      clearTimeout(timer);
      document.removeEventListener('securitypolicyviolation', refused);
      socket.onopen = null;
      socket.close();
      resolve(may);
    }
    document.addEventListener('securitypolicyviolation', refused);
    socket.onopen = () => end(true);
  });
}

export async function tryManual(settings: ManualSettings, version: string): Promise<Trial> {
  if (!(await allowed(settings.wsUrl))) return 'forbidden';
  const { PhoneEngine } = await import('./engine');
  const nothing = (): void => {};
  return new Promise((resolve) => {
    const timer = setTimeout(() => end('silent'), TRIAL_MS);
    const hooks: EngineHooks = {
      emit: nothing, connecting: nothing, stream: nothing, canTake: () => false,
      registered: () => end('ok'), refused: (code) => end(code), disconnected: () => end('silent'),
    };
    const engine = new PhoneEngine(configOfManual(settings, version), hooks);
    function end(trial: Trial): void {
      clearTimeout(timer);
      resolve(trial);
      engine.stop();
    }
    engine.start();
  });
}
