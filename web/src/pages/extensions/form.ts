import * as v from 'valibot';
import type { Extension, ExtensionInput, RecordingRule } from '../../data/admin';
import { t } from '../../i18n/extensions';
import { Form, required } from '../../lib/form.svelte';

/** The form shows seconds; the API counts in milliseconds. */
export interface ExtensionValues extends Record<string, unknown> {
  number: string;
  name: string;
  callerIdName: string;
  callerIdNumber: string;
  ringSeconds: string;
  callWaiting: boolean;
  recording: RecordingRule;
}

const EMPTY: ExtensionValues = { number: '', name: '', callerIdName: '', callerIdNumber: '', ringSeconds: '30', callWaiting: true, recording: 'none' };

export function valuesOf(extension: Extension): ExtensionValues {
  const { number, name, callerIdName, callerIdNumber, ringMs, callWaiting, recording } = extension;
  return { number, name, callerIdName: callerIdName ?? '', callerIdNumber: callerIdNumber ?? '', ringSeconds: String(Math.round(ringMs / 1000)), callWaiting, recording };
}

export function extensionForm(extension?: Extension): Form<ExtensionValues> {
  const { errors } = t.extensions;
  const seconds = (text: string): boolean => /^\d+$/.test(text) && Number(text) >= 5 && Number(text) <= 120;
  return new Form<ExtensionValues>(
    extension ? valuesOf(extension) : EMPTY,
    v.looseObject({
      number: v.pipe(v.string(), v.trim(), v.regex(/^\d{2,6}$/, errors.number)),
      name: required(errors.name),
      ringSeconds: v.pipe(v.string(), v.trim(), v.check(seconds, errors.ring)),
    }),
  );
}

export function inputOf(values: Partial<ExtensionValues>): Partial<ExtensionInput> {
  const { ringSeconds, ...rest } = values;
  return ringSeconds === undefined ? rest : { ...rest, ringMs: Number(ringSeconds) * 1000 };
}
