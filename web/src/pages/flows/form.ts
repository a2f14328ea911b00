import { destInput, type CallFlow, type Dest } from '../../data/nouns';
import { t } from '../../i18n/flows';

export interface FlowValues extends Record<string, unknown> {
  number: string;
  name: string;
  isNight: boolean;
  pin: string;
  /** Ask for none any more. */
  noPin: boolean;
  day: Dest | null;
  night: Dest | null;
}

export function valuesOf(flow: CallFlow | null): FlowValues {
  if (!flow) return { number: '', name: '', isNight: false, pin: '', noPin: false, day: null, night: null };
  const { number, name, isNight, day, night } = flow;
  return { number, name, isNight, pin: '', noPin: false, day, night };
}

export function inputOf({ pin, noPin, day, night, ...rest }: Partial<FlowValues>): Record<string, unknown> {
  return {
    ...rest,
    ...(noPin ? { pin: '' } : pin ? { pin } : {}),
    ...(day === undefined ? {} : { day: destInput(day) }),
    ...(night === undefined ? {} : { night: destInput(night) }),
  };
}

export function check(values: FlowValues): Record<string, string> {
  const { errors } = t.flows;
  return {
    ...(/^[1-9]\d?$/.test(values.number.trim()) ? {} : { number: errors.number }),
    ...(values.name.trim() ? {} : { name: errors.name }),
    ...(!values.pin || /^\d{4,10}$/.test(values.pin) ? {} : { pin: errors.pin }),
  };
}
